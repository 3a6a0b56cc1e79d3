#!/usr/bin/env python3
"""Claims about the seasons that `tipoff simulate` ($TIPOFF, default build/tipoff) writes: that they are
the seed's, that every file agrees with every other and with the truth, and what is refused."""
import collections
import csv
import datetime
import filecmp
import math
import os
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
TIPOFF = os.environ.get("TIPOFF", str(ROOT / "build/tipoff"))
FEEDS = ["boxscores", "shots", "props", "game_lines", "injuries"]
EASTERN = ZoneInfo("America/New_York")
SEASON = "2025-26"


def simulate(out, *options):
    """season, seed and folder, with what the options say instead."""
    words = {"--season": SEASON, "--seed": "1", "--out": str(out)}
    words.update(zip(options[::2], options[1::2]))
    return subprocess.run([TIPOFF, "simulate", *(w for pair in words.items() for w in pair)], check=False,
                          capture_output=True, text=True)


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


class Season:
    """A whole season, read once."""

    def __init__(self, folder):
        self.folder = folder
        self.schedule = rows(folder / "schedule.csv")
        self.feeds = {f: {p.stem: rows(p) for p in sorted((folder / f).glob("*.csv"))} for f in FEEDS}
        self.truth = {p.stem: rows(p) for p in (folder / "truth").glob("*.csv")}
        self.plants = collections.defaultdict(list)
        for plant in self.truth["plants"]:
            self.plants[plant["kind"]].append(plant)
        self.cup_final = self.plants["unscheduled_game"][0]["game_date"]
        self.boxes = collections.defaultdict(list)  # lines by date and team, in nba.com's codes
        codes = {"BRK": "BKN", "CHO": "CHA", "PHO": "PHX"}
        for date, lines in self.feeds["boxscores"].items():
            for line in lines:
                self.boxes[date, codes.get(line["Tm"], line["Tm"])].append(line)


def day(text):
    return datetime.date.fromisoformat(text)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def points(line):
    return 2 * (int(line["FG"]) - int(line["3P"])) + 3 * int(line["3P"]) + int(line["FT"])


def same_folders(a, b):
    """What differs between two folders, or is in one only."""
    compared = filecmp.dircmp(a, b)
    _, unequal, odd = filecmp.cmpfiles(a, b, compared.common_files, shallow=False)
    faults = [f"{a}/{n}" for n in compared.left_only + compared.right_only + unequal + odd]
    for name in compared.common_dirs:
        faults += same_folders(Path(a) / name, Path(b) / name)
    return faults


# ---- claims about the whole season: each returns what breaks it ----

def there_are_1230_games_82_a_team_and_41_at_home(s):
    home = collections.Counter(g["HOME_TEAM"] for g in s.schedule)
    all_of = home + collections.Counter(g["AWAY_TEAM"] for g in s.schedule)
    faults = [] if len(s.schedule) == 1230 and len({g["GAME_ID"] for g in s.schedule}) == 1230 else ["not 1230 games"]
    faults += [] if len(all_of) == 30 else ["not 30 teams"]
    return faults + [t for t in all_of if all_of[t] != 82 or home[t] != 41]


def nobody_plays_twice_a_day_or_three_days_in_a_row(s):
    faults, days = [], collections.defaultdict(list)
    for g in s.schedule:
        for t in (g["HOME_TEAM"], g["AWAY_TEAM"]):
            days[t].append(day(g["GAME_DATE"]))
    for t, of_team in days.items():
        of_team.sort()
        faults += [f"{t} {b}" for a, b in zip(of_team, of_team[1:]) if a == b]
        faults += [f"{t} {c}" for a, c in zip(of_team, of_team[2:]) if (c - a).days == 2]
    for date, lines in s.feeds["boxscores"].items():
        names = collections.Counter(line["Player"] for line in lines)
        faults += [f"{date} {n}" for n in names if names[n] > 1]
    return faults


def back_to_backs_and_off_days_are_plausible(s):
    dates = sorted({day(g["GAME_DATE"]) for g in s.schedule})
    gone = {dates[0] + datetime.timedelta(n) for n in range((dates[-1] - dates[0]).days)} - set(dates)
    runs = max(sum(d + datetime.timedelta(n) in gone for n in range(7)) for d in gone)
    days = collections.defaultdict(set)
    for g in s.schedule:
        for t in (g["HOME_TEAM"], g["AWAY_TEAM"]):
            days[t].add(day(g["GAME_DATE"]))
    nights = [sum(d + datetime.timedelta(1) in of_team for d in of_team) for of_team in days.values()]
    return [text for text, holds in [
        (f"{len(dates)} dates", 155 <= len(dates) <= 170), (f"from {dates[0]}", dates[0].month == 10),
        (f"to {dates[-1]}", dates[-1].month == 4), ("Thanksgiving", datetime.date(2025, 11, 27) in gone),
        ("Christmas Eve", datetime.date(2025, 12, 24) in gone), ("a week's break", runs == 7),
        (f"back-to-backs {min(nights)} to {max(nights)}", 6 <= min(nights) and max(nights) <= 22)] if not holds]


def tip_offs_are_on_their_date_in_the_east(s):
    """By the zone database, which the simulator does not read."""
    faults = []
    for g in s.schedule:
        local = instant(g["TIP_OFF_UTC"]).astimezone(EASTERN)
        if local.date() != day(g["GAME_DATE"]) or not 12 <= local.hour <= 22:
            faults.append(f"{g['GAME_ID']} {local}")
    hours = {instant(g["TIP_OFF_UTC"]).astimezone(EASTERN).utcoffset() for g in s.schedule}
    return faults + ([] if len(hours) == 2 else ["no change of daylight saving"])


def every_date_has_every_file_but_those_planted(s):
    missing = {(p["game_date"], p["feed"]) for p in s.plants["missing_file"]}
    dates = {g["GAME_DATE"] for g in s.schedule}
    faults = [f"no {f} of {d}" for d in dates for f in FEEDS if (d not in s.feeds[f]) != ((d, f) in missing)]
    faults += [f"{f} of {d}" for f in FEEDS for d in set(s.feeds[f]) - dates - {s.cup_final}]
    return faults if missing else ["no file is missing"]


def box_scores_add_up(s):
    faults = []
    for (date, team), lines in s.boxes.items():
        if sum(points(line) != int(line["PTS"]) for line in lines):
            faults.append(f"{date} {team}: points are not those of the makes")
        for line in lines:
            made_and_tried = [("FG", "FGA"), ("3P", "3PA"), ("FT", "FTA"), ("3P", "FG"), ("3PA", "FGA")]
            if any(int(line[a]) > int(line[b]) for a, b in made_and_tried) or int(line["PF"]) > 6 \
                    or int(line["ORB"]) + int(line["DRB"]) != int(line["TRB"]) or not 0 < float(line["MP"]) <= 63:
                faults.append(f"{date} {line['Player']}")
        minutes = sum(float(line["MP"]) for line in lines)
        over = (minutes - 240) / 25
        if abs(over - round(over)) * 25 > 0.1 or over < -0.1:
            faults.append(f"{date} {team}: {minutes} minutes")
    return faults


def who_won_has_more_points(s):
    faults = []
    for g in s.schedule:
        home, away = (s.boxes[g["GAME_DATE"], g[k]] for k in ("HOME_TEAM", "AWAY_TEAM"))
        totals = [sum(int(line["PTS"]) for line in side) for side in (home, away)]
        won = ["W" if totals[0] > totals[1] else "L", "W" if totals[1] > totals[0] else "L"]
        if totals[0] == totals[1] or any({line["Res"] for line in side} != {w} for side, w in zip((home, away), won)):
            faults.append(f"{g['GAME_ID']} {totals}")
    return faults


def shots_are_the_box_scores(s):
    """By player and game, attempts and makes of both kinds; a corrected line is off by its three."""
    of_name = {p["shots_spelling"]: p for p in s.truth["players"]}
    for p in s.plants["misspelt_name"]:
        if p["feed"] == "shots":
            of_name[p["spelling"]] = next(q for q in s.truth["players"] if q["player_id"] == p["player_id"])
    corrected = {(p["game_date"], p["player_lookup"]) for p in s.plants["corrected_boxscore"]}
    faults = []
    for date, shots in s.feeds["shots"].items():
        sums = collections.defaultdict(lambda: [0, 0, 0, 0])
        for shot in shots:
            three, made = shot["SHOT_TYPE"] == "3PT Field Goal", shot["SHOT_MADE"] == "TRUE"
            for i, n in enumerate((1, made, three, three and made)):
                sums[of_name[shot["PLAYER_NAME"]]["player"]][i] += n
        lookups = {p["player"]: p["player_lookup"] for p in s.truth["players"]}
        for line in s.feeds["boxscores"][date]:
            kept = [int(line[k]) for k in ("FGA", "FG", "3PA", "3P")]
            if (date, lookups[line["Player"]]) in corrected:
                kept[2:] = [kept[2] + 1, kept[3] + 1]
            if sums[line["Player"]] != kept:
                faults.append(f"{date} {line['Player']}: {sums[line['Player']]} shots, {kept} in the box score")
    return faults


def shots_lie_where_they_say(s):
    """LOC_X and LOC_Y, the distance and the zone, on a court measured here."""
    faults = []
    for date, shots in s.feeds["shots"].items():
        for shot in shots:
            x, y = float(shot["LOC_X"]), float(shot["LOC_Y"]) - 5.25
            reach, zone = math.hypot(x, y), shot["BASIC_ZONE"]
            in_paint, is_three = abs(x) <= 8.05 and y <= 13.85, shot["SHOT_TYPE"] == "3PT Field Goal"
            holds = {"Restricted Area": reach < 4.05, "In The Paint (Non-RA)": reach > 3.95 and in_paint,
                     "Mid-Range": not (abs(x) < 7.95 and y < 13.75) and reach < 23.9,
                     "Above the Break 3": reach > 23.7 and y > 8.6,
                     "Left Corner 3": x >= 21.95 and y < 8.8, "Right Corner 3": x <= -21.95 and y < 8.8,
                     "Backcourt": y > 41.7}[zone]
            if not holds or abs(x) > 25 or int(shot["SHOT_DISTANCE"]) != int(reach + 1e-9) \
                    or is_three != (zone in ("Above the Break 3", "Left Corner 3", "Right Corner 3", "Backcourt")):
                faults.append(f"{date} {shot['PLAYER_NAME']} {zone} {x} {y} {shot['SHOT_DISTANCE']}")
    return faults


def lines_come_before_their_game_and_on_both_sides(s):
    faults = []
    for date, lines in s.feeds["props"].items():
        sides = collections.Counter()
        for line in lines:
            if instant(line["posted_at"]) >= instant(line["commence_time"]):
                faults.append(f"{date} {line['player']}: posted after the tip-off")
            sides[tuple(v for k, v in line.items() if k != "side")] += 1 if line["side"] == "Over" else -1
        faults += [f"{date} {k}" for k, v in sides.items() if v != 0]
    for date, lines in s.feeds["game_lines"].items():
        books = collections.Counter((q["game_id"], q["bookmaker"], q["snapshot_time"]) for q in lines)
        faults += [f"{date} {k}" for k, v in books.items() if v != 6]
        faults += [f"{date} {q['snapshot_time']}" for q in lines
                   if instant(q["snapshot_time"]) >= instant(q["commence_time"])]
    return faults


def spreads_mirror_each_other(s):
    faults = []
    for date, lines in s.feeds["game_lines"].items():
        sums = collections.Counter()
        for q in lines:
            if q["market"] == "spreads":
                sums[q["game_id"], q["bookmaker"], q["snapshot_time"]] += float(q["point"])
        faults += [f"{date} {k}" for k, v in sums.items() if v != 0]
    return faults


def players_are_many_and_have_one_name_each(s):
    lookups = collections.Counter(p["player_lookup"] for p in s.truth["players"])
    names = [p["player"] for p in s.truth["players"]]
    faults = [n for n in lookups if lookups[n] > 1]
    faults += [] if 450 <= len(lookups) <= 520 else [f"{len(lookups)} players"]
    faults += [] if any(n.endswith((" Jr.", " III", " II")) for n in names) else ["no suffix"]
    return faults + ([] if sum(not n.isascii() for n in names) > 20 else ["hardly any letter beyond ASCII"])


# ---- truth ----

def plain(name):
    """The folding that the sources' spellings must agree in, written apart from workers/names."""
    folds = {"ł": "l", "ø": "o", "đ": "d", "ı": "i"}
    text = "".join(folds.get(c, c) for c in unicodedata.normalize("NFKD", name.casefold()))
    words = "".join(c for c in text if not unicodedata.combining(c)).replace(".", "").split()
    if words[-1] in ("jr", "sr", "ii", "iii", "iv"):
        words.pop()
    return "".join(c for c in "".join(words) if c.isalnum())


def other_spellings_are_one_player_and_misspellings_nobody(s):
    known = {plain(p["player"]) for p in s.truth["players"]}
    of_id = {p["player_id"]: plain(p["player"]) for p in s.truth["players"]}
    faults = [p["spelling"] for p in s.plants["other_spelling"] if plain(p["spelling"]) != of_id[p["player_id"]]]
    faults += [p["spelling"] for p in s.plants["misspelt_name"] if plain(p["spelling"]) in known]
    for p in s.plants["misspelt_name"]:
        column = "PLAYER_NAME" if p["feed"] == "shots" else "player"
        spelt = {row[column] for row in s.feeds[p["feed"]][p["game_date"]]}
        usual = next(q for q in s.truth["players"] if q["player_id"] == p["player_id"])[f"{p['feed']}_spelling"]
        if p["spelling"] not in spelt or usual in spelt:
            faults.append(f"{p['game_date']} {p['spelling']} is not there, or {usual} is")
    return faults if len(s.plants["misspelt_name"]) >= 20 and len(s.plants["other_spelling"]) >= 100 else ["too few"]


def those_who_were_scratched_have_lines_and_no_box_score(s):
    faults = []
    for p in s.plants["late_scratch"] + s.plants["dnp_with_line"]:
        player = next(q for q in s.truth["players"] if q["player_id"] == p["player_id"])
        if any(line["Player"] == player["player"] for line in s.feeds["boxscores"][p["game_date"]]):
            faults.append(f"{p['game_date']} {player['player']} played")
        lines = [q for q in s.feeds["props"].get(p["game_date"], []) if q["market"] == "player_points"
                 and plain(q["player"]) == plain(player["player"])]
        misspelt = any(m["player_id"] == p["player_id"] and m["game_date"] == p["game_date"]
                       for m in s.plants["misspelt_name"])
        if p["game_date"] in s.feeds["props"] and not misspelt \
                and float(p["first"]) not in {float(q["line"]) for q in lines}:
            faults.append(f"{p['game_date']} {player['player']} has no line")
        if p["kind"] == "late_scratch":
            reports = [r for r in s.feeds["injuries"][p["game_date"]] if plain(r["player"]) == plain(player["player"])]
            if not reports or reports[-1]["status"] != "out" or any(r["status"] == "out" for r in reports[:-1]):
                faults.append(f"{p['game_date']} {player['player']} was no late scratch")
    return faults if len(s.plants["late_scratch"]) > 50 else ["too few"]


def overtimes_are_those_of_the_minutes(s):
    planted = {(p["game_date"], p["game_id"]): float(p["final"]) for p in s.plants["overtime"]}
    faults = []
    for g in s.schedule:
        wanted = planted.get((g["GAME_DATE"], g["GAME_ID"]), 240)
        for team in (g["HOME_TEAM"], g["AWAY_TEAM"]):
            minutes = sum(float(line["MP"]) for line in s.boxes[g["GAME_DATE"], team])
            if abs(minutes - wanted) > 0.1:
                faults.append(f"{g['GAME_ID']} {team}: {minutes} minutes, {wanted} by the truth")
    return faults if 20 < len(planted) < 150 else [f"{len(planted)} overtimes"]


def corrections_give_the_points_that_the_truth_has(s):
    faults = []
    for p in s.plants["corrected_boxscore"]:
        name = next(q for q in s.truth["players"] if q["player_id"] == p["player_id"])["player"]
        first = s.feeds["boxscores"][p["game_date"]]
        then = rows(s.folder / f"corrections/boxscores/{p['game_date']}.csv")
        points_of = [[line["PTS"] for line in lines if line["Player"] == name] for lines in (first, then)]
        if points_of != [[p["first"]], [p["final"]]] or p["first"] == p["final"]:
            faults.append(f"{p['game_date']} {name} {points_of}")
        others = [sorted(str(line) for line in lines if line["Player"] != name) for lines in (first, then)]
        if others[0] != others[1]:
            faults.append(f"{p['game_date']}: others changed too")
    return faults if len(s.plants["corrected_boxscore"]) >= 5 else ["too few"]


def postponed_games_have_two_dates(s):
    first = {g["GAME_ID"]: g["GAME_DATE"] for g in rows(s.folder / "schedule_first.csv")}
    final = {g["GAME_ID"]: g["GAME_DATE"] for g in s.schedule}
    moved = {g: (first[g], final[g]) for g in final if first[g] != final[g]}
    planted = {p["game_id"]: (p["first"], p["final"]) for p in s.plants["postponed"]}
    return [] if moved == planted and moved else [f"{moved} in the files, {planted} in the truth"]


def the_cup_final_is_in_neither_schedule_nor_shots(s):
    return [text for text, holds in [
        ("scheduled", s.cup_final not in {g["GAME_DATE"] for g in s.schedule}),
        ("has shots", s.cup_final not in s.feeds["shots"]), ("no box score", s.cup_final in s.feeds["boxscores"]),
        ("no lines", s.cup_final in s.feeds["props"])] if not holds]


def truth_has_the_points_of_the_games(s):
    faults = []
    off = collections.Counter()
    for p in s.plants["corrected_boxscore"]:
        off[p["game_date"], p["team"]] = int(p["final"]) - int(p["first"])
    for g in s.truth["games"]:
        for side in ("home", "away"):
            total = sum(int(line["PTS"]) for line in s.boxes[g["game_date"], g[side]])
            if total + off[g["game_date"], g[side]] != int(g[f"{side}_points"]):
                faults.append(f"{g['game_id']} {g[side]}")
    return faults


def skill_shows_in_the_points(s):
    """What was to be expected of a player explains most of the difference between players."""
    of_player = collections.defaultdict(list)
    for e in s.truth["expected"]:
        if float(e["expected_points"]) > 0:
            of_player[e["player_id"]].append((float(e["expected_points"]), int(e["points"])))
    means = [[sum(v) / len(v) for v in zip(*games)] for games in of_player.values() if len(games) > 30]
    centre = [sum(v) / len(v) for v in zip(*means)]
    both = sum((a - centre[0]) * (b - centre[1]) for a, b in means)
    each = [math.sqrt(sum((m[i] - centre[i]) ** 2 for m in means)) for i in (0, 1)]
    return [] if both / each[0] / each[1] > 0.95 else [f"correlation {both / each[0] / each[1]:.3f}"]


# ---- claims about runs ----

def the_same_seed_gives_the_same_bytes(s, work):
    simulate(work / "again")
    return same_folders(s.folder, work / "again")


def another_seed_gives_another_season(s, work):
    simulate(work / "other", "--seed", "2")
    one, other = (f / "boxscores/2025-10-22.csv" for f in (s.folder, work / "other"))
    return [] if one.read_bytes() != other.read_bytes() else ["the same box scores"]


def fewer_dates_are_the_first_of_the_season(s, work):
    out = work / "short"
    done = simulate(out, "--dates", "25")
    dates = sorted(p.stem for p in (out / "boxscores").glob("*.csv"))
    scheduled = {g["GAME_DATE"] for g in rows(out / "schedule.csv")}
    faults = [] if len(dates) == 25 and scheduled == set(dates) else [f"{len(dates)} dates: {done.stderr}"]
    for feed in FEEDS:
        for path in (out / feed).glob("*.csv"):
            if path.read_bytes() != (s.folder / feed / path.name).read_bytes():
                faults.append(str(path))
    return faults


def a_small_league_has_short_slates_too(s, work):
    simulate(work / "small", "--teams", "8", "--dates", "30")
    games = collections.Counter(g["GAME_DATE"] for g in rows(work / "small/schedule.csv"))
    return [] if len(games) == 30 and 1 in games.values() and max(games.values()) <= 4 else [str(games)]


def a_shorter_season_replaces_a_longer_one(s, work):
    first = simulate(work / "twice", "--dates", "6", "--teams", "4")
    second = simulate(work / "twice", "--dates", "3", "--teams", "4")
    left = len(list((work / "twice/boxscores").glob("*.csv")))
    return [] if first.returncode == second.returncode == 0 and left == 3 else [f"{left} dates: {second.stderr}"]


def refused(done, *words):
    if done.returncode != 2:
        return [f"exit status {done.returncode}"]
    return [f"'{w}' is not said: {done.stderr}" for w in words if w not in done.stderr]


def wrong_options_are_refused(s, work):
    out = work / "refused"
    faults = []
    for options, words in [(("--season", "2025"), ("--season 2025", "YYYY-YY")),
                           (("--season", "2025-27"), ("--season 2025-27", "YYYY-YY")),
                           (("--season", "1999-00"), ("--season 1999-00", "2007")),
                           (("--seed", "-1"), ("--seed -1", "whole number")),
                           (("--seed", "1x"), ("--seed 1x", "whole number")),
                           (("--dates", "0"), ("--dates 0", "from 1")),
                           (("--teams", "7"), ("--teams 7", "even")), (("--teams", "32"), ("--teams 32", "30")),
                           (("--team", "8"), ("--team", "usage"))]:
        faults += refused(simulate(out, *options), *words)
    done = subprocess.run([TIPOFF, "simulate", "--season", SEASON], check=False, capture_output=True, text=True)
    faults += refused(done, "usage: tipoff simulate")
    return faults + ([f"{out} was made all the same"] if out.exists() else [])


def folders_with_foreign_files_are_left_alone(s, work):
    full, mixed = work / "full", work / "mixed"
    full.mkdir()
    (full / "letter.txt").write_text("dear", encoding="utf-8")
    faults = refused(simulate(full), "not empty", "letter.txt", "--out")
    simulate(mixed, "--dates", "3", "--teams", "4")
    (mixed / "props/notes.txt").write_text("mine", encoding="utf-8")
    before = sorted(mixed.rglob("*"))
    faults += refused(simulate(mixed, "--dates", "2"), "props/notes.txt", "--out")
    faults += [] if sorted(mixed.rglob("*")) == before else ["files went away"]
    return faults + ([] if os.listdir(full) == ["letter.txt"] else ["files were added"])


def what_cannot_be_written_is_said(s, work):
    (work / "file").write_text("", encoding="utf-8")
    return refused(simulate(work / "file/season"), "file")


OF_SEASON = [
    there_are_1230_games_82_a_team_and_41_at_home, nobody_plays_twice_a_day_or_three_days_in_a_row,
    back_to_backs_and_off_days_are_plausible, tip_offs_are_on_their_date_in_the_east,
    every_date_has_every_file_but_those_planted, box_scores_add_up, who_won_has_more_points, shots_are_the_box_scores,
    shots_lie_where_they_say, lines_come_before_their_game_and_on_both_sides, spreads_mirror_each_other,
    players_are_many_and_have_one_name_each, other_spellings_are_one_player_and_misspellings_nobody,
    those_who_were_scratched_have_lines_and_no_box_score, overtimes_are_those_of_the_minutes,
    corrections_give_the_points_that_the_truth_has, postponed_games_have_two_dates,
    the_cup_final_is_in_neither_schedule_nor_shots, truth_has_the_points_of_the_games, skill_shows_in_the_points,
]
OF_RUNS = [
    the_same_seed_gives_the_same_bytes, another_seed_gives_another_season, fewer_dates_are_the_first_of_the_season,
    a_small_league_has_short_slates_too, a_shorter_season_replaces_a_longer_one, wrong_options_are_refused,
    folders_with_foreign_files_are_left_alone, what_cannot_be_written_is_said,
]


def main():
    failed = 0
    print(f"1..{len(OF_SEASON) + len(OF_RUNS)}")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        done = simulate(work / "season")
        if done.returncode != 0:
            print(f"not ok 1 - a season is simulated\n# {done.stderr}")
            return 1
        season = Season(work / "season")
        for number, claim in enumerate(OF_SEASON + OF_RUNS, 1):
            faults = claim(season) if claim in OF_SEASON else claim(season, work)
            failed += bool(faults)
            print(f"{'not ok' if faults else 'ok'} {number} - {claim.__name__}")
            for fault in faults[:10]:
                print(f"# {fault}")
    return 1 if failed else 0


sys.exit(main())
