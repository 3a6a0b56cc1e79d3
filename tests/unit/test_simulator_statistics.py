#!/usr/bin/env python3
"""Is a simulated season statistically like the real one?

Compares the season of `tipoff simulate` ($TIPOFF, default build/tipoff) with the real feeds in
$TIPOFF_SHARED/data/nba-2024-25, both up to 31 December, feature by feature (FEATURES below):

  players   by minutes played (five-minute buckets): share of the player-games, mean and spread of
            points; points overall: mean, spread, share of 0, of 30 and more; players a team-game
  spread    of one player's points and minutes around his own mean (players of 15 games and more)
  teams     points a game: mean and spread; margin; pace; attempts, threes, free throws, rebounds,
            assists, steals, blocks, turnovers, fouls a game; share of overtimes; share of home wins
  shots     share of each BASIC_ZONE and the make rate there; share of threes
  lines     (actual - median points line): mean, spread, mean absolute value; share over the line;
            share of lines whose player did not play; share of player-games with a line; share of
            player-days with several lines; mean and spread of the median line

A feature is alike when   |simulated - real| <= 3 * error + slack.   error is the sampling error of the
difference, from a jackknife over groups of dates (of players for "spread"). slack is what a model may
be off by before a pipeline that is tuned on it would be misled, by kind of feature:

  mean      6 % of the real value (of points in a bucket: and 0.3 points)
  spread    12 % of the real value
  share     0.02, or a fifth of the real share where that is less
  rate      0.015 (make rates)
  split     0.03 (over the line, home wins)
  bias      0.35 points (mean of actual - line)

The test then shows that it can fail: each perturbation of the simulated season below (PERTURBED) must
make the features that it names unlike.
"""
import collections
import copy
import csv
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIPOFF = os.environ.get("TIPOFF", str(ROOT / "build/tipoff"))
REAL = Path(os.environ.get("TIPOFF_SHARED", ROOT.parent / "shared")) / "data/nba-2024-25"
LAST_DAY = "12-31"
GROUPS = 20
BUCKETS = [0, 5, 10, 15, 20, 25, 30, 35, 60]
TEAM_COUNTS = ["FGA", "3PA", "FTA", "ORB", "DRB", "AST", "STL", "BLK", "TOV", "PF"]
ZONES = ["Restricted Area", "In The Paint (Non-RA)", "Mid-Range", "Above the Break 3", "Left Corner 3",
         "Right Corner 3"]

# kind: relative slack, absolute slack, and whether the lesser of the two holds instead of their sum
SLACK = {"mean": (0.06, 0, False), "bucket": (0.06, 0.3, False), "spread": (0.12, 0, False),
         "share": (0.2, 0.02, True), "rate": (0, 0.015, False), "split": (0, 0.03, False), "bias": (0, 0.35, False)}


# ---- reading ----

def rows_of(folder, feed):
    """Up to the year's end, as (date, row)."""
    for path in sorted((folder / feed).glob("*.csv")):
        if path.stem[5:] <= LAST_DAY and path.stem[5:] >= "10-01":
            with open(path, newline="", encoding="utf-8-sig") as f:
                for row in csv.DictReader(f):
                    yield path.stem, row


def lookup(name):
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    return re.sub("[^a-z0-9]", "", re.sub(r"\b(jr|sr|ii|iii|iv)\b\.?", "", plain))


class Sums(collections.Counter):
    """What is counted and added up over one date; dates add."""

    def value(self, name, x):
        self[name, 0] += 1
        self[name, 1] += x
        self[name, 2] += x * x


def add_boxscores(dates, players, folder):
    teams = collections.defaultdict(collections.Counter)
    points_of = {}
    for date, row in rows_of(folder, "boxscores"):
        minutes, points = float(row["MP"]), int(row["PTS"])
        sums = dates[date]
        bucket = max(b for b in BUCKETS[:-1] if minutes >= b)
        sums.value(("points", bucket), points)
        sums.value("points", points)
        sums["scoreless"] += points == 0
        sums["thirty"] += points >= 30
        team = teams[date, row["Tm"], row["Opp"]]
        team["players"] += 1
        team["MP"] += minutes
        team["PTS"] += points
        for name in TEAM_COUNTS:
            team[name] += int(row[name])
        players[row["Player"]].append((points, minutes))
        points_of[date, lookup(row["Player"])] = points
    for (date, own, other), team in teams.items():
        sums = dates[date]
        possessions = team["FGA"] + 0.44 * team["FTA"] + team["TOV"] - team["ORB"]
        sums.value("pace", possessions * 240 / team["MP"])
        for name in ["players", "PTS", *TEAM_COUNTS]:
            sums.value(("team", name), team[name])
        sums.value("margin", team["PTS"] - teams[date, other, own]["PTS"])
        sums["overtimes"] += team["MP"] > 250
    return teams, points_of


def add_home_wins(dates, teams, folder):
    codes = {"BKN": "BRK", "CHA": "CHO", "PHX": "PHO"}
    with open(folder / "schedule.csv", newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            home, away = (codes.get(row[k], row[k]) for k in ("HOME_TEAM", "AWAY_TEAM"))
            if (row["GAME_DATE"], home, away) in teams:
                won = teams[row["GAME_DATE"], home, away]["PTS"] > teams[row["GAME_DATE"], away, home]["PTS"]
                dates[row["GAME_DATE"]].value("home_wins", won)


def add_shots(dates, folder):
    for date, row in rows_of(folder, "shots"):
        sums = dates[date]
        sums["shots"] += 1
        sums["threes"] += row["SHOT_TYPE"] == "3PT Field Goal"
        sums["shots", row["BASIC_ZONE"]] += 1
        sums["makes", row["BASIC_ZONE"]] += row["SHOT_MADE"] == "TRUE"


def add_lines(dates, points_of, folder):
    lines = collections.defaultdict(list)
    for date, row in rows_of(folder, "props"):
        if row["market"] == "player_points" and row["side"] == "Over":
            lines[date, lookup(row["player"])].append(float(row["line"]))
    with_points_file = {date for date, _ in points_of}
    for (date, player), values in lines.items():
        sums = dates[date]
        if date not in with_points_file:
            continue
        median = statistics.median(values)
        sums.value("line", median)
        sums["several"] += len(set(values)) > 1
        if (date, player) not in points_of:
            sums["absent"] += 1
            continue
        difference = points_of[date, player] - median
        sums.value("difference", difference)
        sums["absolute"] += abs(difference)
        sums["over"] += difference > 0
        sums["player_games_on_line_dates"] += 0
    for date, _ in points_of:
        if dates[date]["line", 0] > 0:
            dates[date]["player_games_on_line_dates"] += 1


def read_season(folder):
    dates, players = collections.defaultdict(Sums), collections.defaultdict(list)
    teams, points_of = add_boxscores(dates, players, folder)
    add_home_wins(dates, teams, folder)
    add_shots(dates, folder)
    add_lines(dates, points_of, folder)
    return dict(dates), dict(players)


# ---- features: a kind and a function of the sums ----

def mean(name):
    return lambda s: s[name, 1] / s[name, 0]


def spread(name):
    return lambda s: math.sqrt(s[name, 2] / s[name, 0] - (s[name, 1] / s[name, 0]) ** 2)


def share(part, whole):
    return lambda s: s[part] / s[whole]


def make_features():
    features = {}
    for low, high in zip(BUCKETS, BUCKETS[1:]):
        bucket = ("points", low)
        features[f"share of player-games of {low}-{high} minutes"] = ("share", share((bucket, 0), ("points", 0)))
        features[f"points of {low}-{high} minutes: mean"] = ("bucket", mean(bucket))
        features[f"points of {low}-{high} minutes: spread"] = ("spread", spread(bucket))
    features["points: mean"] = ("mean", mean("points"))
    features["points: spread"] = ("spread", spread("points"))
    features["share without a point"] = ("share", share("scoreless", ("points", 0)))
    features["share of 30 points and more"] = ("share", share("thirty", ("points", 0)))
    features["players a team-game"] = ("mean", mean(("team", "players")))
    features["team points: mean"] = ("mean", mean(("team", "PTS")))
    features["team points: spread"] = ("spread", spread(("team", "PTS")))
    features["margin: spread"] = ("spread", spread("margin"))
    features["pace: mean"] = ("mean", mean("pace"))
    features["pace: spread"] = ("spread", spread("pace"))
    for name in TEAM_COUNTS:
        features[f"team {name}: mean"] = ("mean", mean(("team", name)))
    features["share of team-games with overtime"] = ("split", share("overtimes", ("pace", 0)))
    features["share of home wins"] = ("split", mean("home_wins"))
    for zone in ZONES:
        features[f"share of shots from {zone}"] = ("share", share(("shots", zone), "shots"))
        features[f"make rate from {zone}"] = ("rate", share(("makes", zone), ("shots", zone)))
    features["share of threes"] = ("share", share("threes", "shots"))
    features["actual - line: mean"] = ("bias", mean("difference"))
    features["actual - line: spread"] = ("spread", spread("difference"))
    features["actual - line: mean absolute"] = ("mean", share("absolute", ("difference", 0)))
    features["share over the line"] = ("split", share("over", ("difference", 0)))
    features["share of lines whose player did not play"] = ("split", share("absent", ("line", 0)))
    features["share of player-games with a line"] = ("split",
                                                     share(("difference", 0), "player_games_on_line_dates"))
    features["share of player-days with several lines"] = ("split", share("several", ("line", 0)))
    features["median line: mean"] = ("mean", mean("line"))
    features["median line: spread"] = ("spread", spread("line"))
    return features


FEATURES = make_features()
PLAYER_FEATURES = {"one player's points: spread": 0, "one player's minutes: spread": 1}


def added(parts):
    total = Sums()
    for part in parts:
        total.update(part)
    return total


def jackknifed(parts, function):
    """The value of all parts and its sampling error, from leaving out a group at a time."""
    keys = sorted(parts)
    groups = [[parts[k] for k in keys[g::GROUPS]] for g in range(GROUPS)]
    whole = added(parts.values())
    without = []
    for group in groups:
        rest = Sums(whole)
        rest.subtract(added(group))
        without.append(function(rest))
    centre = sum(without) / GROUPS
    return function(whole), math.sqrt((GROUPS - 1) / GROUPS * sum((w - centre) ** 2 for w in without))


def player_parts(players, column):
    """Squares around each player's own mean, by player."""
    parts = {}
    for name, games in players.items():
        if len(games) < 15:
            continue
        values = [g[column] for g in games]
        centre = sum(values) / len(values)
        parts[name] = Sums({"squares": sum((v - centre) ** 2 for v in values), "games": len(values)})
    return parts


def measured(season):
    dates, players = season
    out = {name: (kind, *jackknifed(dates, function)) for name, (kind, function) in FEATURES.items()}
    for name, column in PLAYER_FEATURES.items():
        out[name] = ("spread", *jackknifed(player_parts(players, column),
                                           lambda s: math.sqrt(s["squares"] / s["games"])))
    return out


def unlike(real, simulated):
    """What differs by more than it may, as text by feature."""
    faults = {}
    for name, (kind, wanted, real_error) in real.items():
        _, got, error = simulated[name]
        relative, absolute, least = SLACK[kind]
        slack = min(relative * abs(wanted), absolute) if least else relative * abs(wanted) + absolute
        limit = 3 * math.hypot(real_error, error) + slack
        if os.environ.get("VERBOSE"):
            print(f"# {abs(got - wanted) / limit:5.2f} {name}: real {wanted:.4f}, simulated {got:.4f}, may {limit:.4f}")
        if not abs(got - wanted) <= limit:
            faults[name] = f"{name}: real {wanted:.4f}, simulated {got:.4f}, may differ by {limit:.4f}"
    return faults


# ---- perturbations: the simulated season spoilt, and what must then be unlike ----

def scaled(s, name, by):
    s[name, 1] *= by
    s[name, 2] *= by * by


def brought_nearer(s, name, by):
    """The same mean, and a spread that is smaller by a factor."""
    centre = s[name, 1] / s[name, 0] if s[name, 0] else 0
    s[name, 2] = (s[name, 2] - s[name, 0] * centre ** 2) * by * by + s[name, 0] * centre ** 2


def more_points(s):
    for name in ["points", ("team", "PTS"), *(("points", b) for b in BUCKETS[:-1])]:
        scaled(s, name, 1.12)


def corners_to_arc(s):
    for zone in ("Left Corner 3", "Right Corner 3"):
        moved = s["shots", zone] // 2
        s["shots", zone] -= moved
        s["shots", "Above the Break 3"] += moved


def better_rim(s):
    s["makes", "Restricted Area"] = int(s["makes", "Restricted Area"] * 1.06)


def lines_too_low(s):
    s["over"] += 0.1 * s["difference", 0]
    s["difference", 2] += 4 * s["difference", 1] + 4 * s["difference", 0]
    s["difference", 1] += 2 * s["difference", 0]


def lines_that_know(s):
    brought_nearer(s, "difference", 0.7)
    s["absolute"] *= 0.7


def faster(s):
    scaled(s, "pace", 1.09)


def nobody_absent(s):
    s["absent"] = 0


def shared_minutes(s):
    for moment in range(3):
        moved = s[("points", 35), moment] / 2
        s[("points", 35), moment] -= moved
        s[("points", 25), moment] += moved


PERTURBED = [
    ("12 % more points", more_points, ["points: mean", "team points: mean"]),
    ("half of the corner threes from above the break", corners_to_arc, ["share of shots from Left Corner 3"]),
    ("6 % more makes at the rim", better_rim, ["make rate from Restricted Area"]),
    ("lines two points too low", lines_too_low, ["actual - line: mean", "share over the line"]),
    ("lines that know too much", lines_that_know, ["actual - line: spread", "actual - line: mean absolute"]),
    ("a pace 9 % faster", faster, ["pace: mean"]),
    ("lines for nobody who sits", nobody_absent, ["share of lines whose player did not play"]),
    ("stars who play less", shared_minutes, ["share of player-games of 35-60 minutes"]),
]


def perturbed(season, change):
    dates, players = season
    spoilt = copy.deepcopy(dates)
    for date in spoilt:
        change(spoilt[date])
    return spoilt, players


def main():
    if not (REAL / "schedule.csv").exists():
        print(f"ok 1 - the simulated season is like the real one # SKIP no real data in {REAL}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "season"
        subprocess.run([TIPOFF, "simulate", "--season", "2024-25", "--seed", "1", "--out", str(out)], check=True,
                       stdout=subprocess.DEVNULL)
        simulated = read_season(out)
    wanted, got = measured(read_season(REAL)), measured(simulated)
    faults = unlike(wanted, got)
    failed = 0
    print(f"1..{len(wanted) + len(PERTURBED)}")
    for number, name in enumerate(wanted, 1):
        failed += name in faults
        print(f"{'not ok' if name in faults else 'ok'} {number} - {name}")
        if name in faults:
            print(f"# {faults[name]}")
    for number, (text, change, names) in enumerate(PERTURBED, len(wanted) + 1):
        seen = unlike(wanted, measured(perturbed(simulated, change)))
        missed = [n for n in names if n not in seen]
        failed += bool(missed)
        print(f"{'not ok' if missed else 'ok'} {number} - {text} would be noticed")
        for name in missed:
            print(f"# not noticed: {name}")
    return 1 if failed else 0


sys.exit(main())
