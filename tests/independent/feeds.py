"""Reads a folder of feeds (schedule, box scores, shots, lines, injury reports) into plain records.

Written from the layouts and from what the public headers say, without the C readers: it is one half of
an independent account of the features. A row that cannot be read is left out, like the pipeline's
rejected rows."""
import collections
import csv
import datetime
import functools
import math
import re
import unicodedata
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
EASTERN = ZoneInfo("America/New_York")
HOOP_Y = 5.25  # feet; the hoop stands at (0, 5.25)
SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv", "v": "v"}
LETTERS = str.maketrans({"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ı": "i", "ł": "l", "œ": "oe"})

TEAMS = {
    "ATL": "Atlanta Hawks", "BKN": "Brooklyn Nets", "BOS": "Boston Celtics", "CHA": "Charlotte Hornets",
    "CHI": "Chicago Bulls", "CLE": "Cleveland Cavaliers", "DAL": "Dallas Mavericks", "DEN": "Denver Nuggets",
    "DET": "Detroit Pistons", "GSW": "Golden State Warriors", "HOU": "Houston Rockets", "IND": "Indiana Pacers",
    "LAC": "LA Clippers", "LAL": "Los Angeles Lakers", "MEM": "Memphis Grizzlies", "MIA": "Miami Heat",
    "MIL": "Milwaukee Bucks", "MIN": "Minnesota Timberwolves", "NOP": "New Orleans Pelicans",
    "NYK": "New York Knicks", "OKC": "Oklahoma City Thunder", "ORL": "Orlando Magic", "PHI": "Philadelphia 76ers",
    "PHX": "Phoenix Suns", "POR": "Portland Trail Blazers", "SAC": "Sacramento Kings", "SAS": "San Antonio Spurs",
    "TOR": "Toronto Raptors", "UTA": "Utah Jazz", "WAS": "Washington Wizards"}
CODES = ({code: code for code in TEAMS} | {name: code for code, name in TEAMS.items()}
         | {"BRK": "BKN", "CHO": "CHA", "PHO": "PHX", "Los Angeles Clippers": "LAC"})


def team_code(text):
    """The tricode for a source's code or name; KeyError for what is no team."""
    return CODES[text]


# ---- names ----

@functools.cache
def spelling_key(name):
    """(lookup, lookup without its generational suffix): decomposed, folded, without marks, [a-z0-9] only."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c)).translate(LETTERS)
    words = [re.sub("[^a-z0-9]", "", word) for word in re.split(r"[\s,_]+", plain)]
    words = [word for word in words if word]
    suffix = SUFFIXES.get(words[-1], "") if len(words) > 1 else ""
    base = "".join(words[:-1] if suffix else words)
    return base + suffix, base


def read_aliases():
    path = ROOT / "workers/names/aliases.csv"
    with open(path, newline="", encoding="utf-8") as f:
        rows = csv.DictReader(line for line in f if not line.startswith("#"))
        return {spelling_key(row["spelling"])[0]: spelling_key(row["player"])[0] for row in rows}


ALIASES = read_aliases()


def player_key(name):
    """The lookup under which a box score's player is known."""
    own = spelling_key(name)[0]
    return ALIASES.get(own, own)


def resolve(name, players):
    """The lookup of the one player among {lookup: name as spelled} that a source means; None if nobody is
    certain. A name with an alias is that player or nobody; else it is his who is spelled so; else his who
    differs only in that one of the two has a generational suffix, if nobody else shares the rest."""
    own, base = spelling_key(name)
    if own in ALIASES:
        return ALIASES[own] if ALIASES[own] in players else None
    if own in players:
        return own
    near = [(lookup, spelling_key(spelled)) for lookup, spelled in players.items()]
    near = [(lookup, known) for lookup, known in near if known[1] == base]
    if len(near) == 1 and (near[0][1][0] == base) != (own == base):
        return near[0][0]
    return None


# ---- files ----

def read_csv(path):
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8-sig", errors="replace") as f:
        return list(csv.DictReader(f))


def subject(feed, row):
    """What a row is about where two rows cannot both be true; None where they can: equal shots may be two
    tip-ins within a second."""
    if feed == "boxscores":
        return row["Player"], row["Tm"], row["Opp"]
    if feed == "injuries":
        return row["player"], row["team"], row["report_time"]
    if feed == "game_lines":
        return (row["home_team"], row["away_team"], row["bookmaker"], row["market"], row["outcome"],
                row["snapshot_time"])
    return None


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def dated_files(folder, feed):
    return {datetime.date.fromisoformat(p.stem): p for p in sorted((folder / feed).glob("*.csv"))}


def read_schedule(folder):
    games = []
    for row in read_csv(folder / "schedule.csv"):
        date = datetime.date.fromisoformat(row["GAME_DATE"])
        home, away = row["HOME_TEAM"], row["AWAY_TEAM"]
        games.append(SimpleNamespace(id=f"{date:%Y%m%d}_{away}_{home}", date=date, home=home, away=away,
                                     official=row["GAME_ID"].zfill(10), tip_off=instant(row.get("TIP_OFF_UTC"))))
    return games


BOX_COUNTS = {"fg": "FG", "fga": "FGA", "three": "3P", "three_a": "3PA", "ft": "FT", "fta": "FTA", "orb": "ORB",
              "drb": "DRB", "ast": "AST", "stl": "STL", "blk": "BLK", "tov": "TOV", "pf": "PF", "points": "PTS"}


def read_box_line(row, date):
    if row["Data"] != date.isoformat():
        raise ValueError("a row of another date")
    line = SimpleNamespace(name=row["Player"], team=team_code(row["Tm"]), opponent=team_code(row["Opp"]),
                           minutes=float(row["MP"]))
    for field, column in BOX_COUNTS.items():
        setattr(line, field, int(float(row[column])))
    return line


def read_shot(row, date):
    if datetime.datetime.strptime(row["GAME_DATE"], "%m-%d-%Y").date() != date:
        raise ValueError("a row of another date")
    return SimpleNamespace(name=row["PLAYER_NAME"], team=team_code(row["TEAM_NAME"]),
                           sides=frozenset({team_code(row["HOME_TEAM"]), team_code(row["AWAY_TEAM"])}),
                           made=row["SHOT_MADE"].upper() == "TRUE", is_three=row["SHOT_TYPE"].startswith("3PT"),
                           distance=math.hypot(float(row["LOC_X"]), float(row["LOC_Y"]) - HOOP_Y))


def read_line(row, _date):
    return SimpleNamespace(name=row["player"], market=row["market"], book=row["bookmaker"], side=row["side"],
                           line=float(row["line"]), sides=frozenset({team_code(row["home_team"]),
                                                                     team_code(row["away_team"])}),
                           commence=instant(row["commence_time"]), posted=instant(row.get("posted_at")))


def read_report(row, date):
    if row["game_date"] != date.isoformat():
        raise ValueError("a row of another date")
    status = row["status"].lower()
    if status not in ("out", "doubtful", "questionable", "probable", "available"):
        raise ValueError("no such status")
    last, _, first = row["player"].partition(",")
    return SimpleNamespace(name=f"{first.strip()} {last}" if first else last, team=team_code(row["team"]),
                           status=status, time=instant(row["report_time"]))


def read_game_line(row, _date):
    return SimpleNamespace(sides=frozenset({team_code(row["home_team"]), team_code(row["away_team"])}),
                           commence=instant(row["commence_time"]), posted=instant(row["snapshot_time"]))


READERS = {"boxscores": read_box_line, "shots": read_shot, "props": read_line, "injuries": read_report,
           "game_lines": read_game_line}


def read_feed(folder, feed):
    """{date: records}; a date without a file has no entry."""
    days = {}
    for date, path in dated_files(folder, feed).items():
        records, seen = [], set()
        for row in read_csv(path):
            try:
                record, about = READERS[feed](row, date), subject(feed, row)
            except (ValueError, KeyError, TypeError):
                continue
            if about is None or about not in seen:  # a second row is the same once more, or a contradiction
                records.append(record)
            seen.add(about)
        days[date] = records
    return days


class Feeds:
    """Everything that a folder holds, of the feeds that are subscribed to."""

    def __init__(self, folder, subscribed):
        folder = Path(folder)
        self.subscribed = frozenset(subscribed)
        self.schedule = read_schedule(folder)
        days = {feed: read_feed(folder, feed) if feed in subscribed else {} for feed in READERS}
        self.boxscores, self.shots, self.props, self.injuries, self.game_lines = (days[feed] for feed in READERS)
        self.games_on = collections.defaultdict(list)
        for game in sorted(self.schedule, key=lambda g: (g.date, g.id)):
            self.games_on[game.date].append(game)
