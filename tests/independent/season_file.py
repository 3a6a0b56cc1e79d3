#!/usr/bin/env python3
"""Recompute subsets/season.json and the records of every picks file from the published picks and the box scores.

usage: season_file.py --data DIR --public FOLDER

What was in a group before the games is read from picks/DATE.json, what the players scored from the box-score
files; nothing that the pipeline has graded is looked at. Prints hits, misses and pushes by group, and ends with 1
when a pick, an outcome or a record is another one."""
import argparse
import collections
import datetime
import json
import sys
from pathlib import Path

from feeds import player_key, read_feed


def points_by_date(folder):
    """{date: {player: points}} of who played."""
    days = {}
    for date, lines in read_feed(Path(folder), "boxscores").items():
        days[date] = {player_key(x.name): x.points for x in lines if x.minutes > 0 or x.points > 0}
    return days


def outcome(pick, scored):
    """(actual, result); nothing of who did not play."""
    actual = scored.get(player_key(pick["player"]))
    if actual is None:
        return None, None
    if actual == pick["line"]:
        return actual, "push"
    return actual, "hit" if (actual > pick["line"]) == (pick["direction"] == "OVER") else "miss"


def read_picks(public):
    days = {}
    for path in sorted((public / "picks").glob("*.json")):
        document = json.loads(path.read_text())
        days[datetime.date.fromisoformat(document["date"])] = document
    return days


def window_starts(date):
    return {"season": datetime.date(date.year if date.month >= 10 else date.year - 1, 11, 1),
            "month": date.replace(day=1), "week": date - datetime.timedelta(days=date.weekday())}


class Account:
    def __init__(self, data, public):
        self.faults = []
        self.public = Path(public)
        self.points = points_by_date(data)
        self.picks = read_picks(self.public)
        self.graded = {}  # (group, date): [(pick, actual, result)]
        for date, document in self.picks.items():
            for group in document["groups"]:
                self.graded[group["id"], date] = [(p, *outcome(p, self.points.get(date, {}))) for p in group["picks"]]

    def complain(self, text):
        self.faults.append(text)

    def record(self, group, date, last):
        """{window: (wins, losses)} of the windows that contain date, up to last."""
        found = {}
        for window, start in window_starts(date).items():
            results = collections.Counter(result for (g, day), rows in self.graded.items()
                                          if g == group and start <= day <= last for _, _, result in rows)
            found[window] = (results["hit"], results["miss"])
        return found

    def check_record(self, where, group, shown, date, last):
        for window, (wins, losses) in self.record(group, date, last).items():
            pct = 100 * wins / (wins + losses) if wins + losses else None
            got = shown[window]
            same_pct = (pct is None) == (got["pct"] is None) and (pct is None or abs(pct - got["pct"]) <= 0.0501)
            if (got["wins"], got["losses"]) != (wins, losses) or not same_pct:
                self.complain(f"{where} group {group} {window}: {got} in place of {wins}-{losses}")

    def check_picks_files(self):
        for date, document in self.picks.items():
            for group in document["groups"]:
                self.check_record(f"picks of {date}", group["id"], group["record"], date,
                                  date - datetime.timedelta(days=1))

    def check_season(self):
        season = json.loads((self.public / "subsets/season.json").read_text())
        through = datetime.date.fromisoformat(season["through"])
        totals = {}
        for group in season["groups"]:
            self.check_record("season", group["id"], group["record"], through, through)
            dates = [datetime.date.fromisoformat(d["date"]) for d in group["dates"]]
            wanted = sorted((day for (g, day), rows in self.graded.items()
                             if g == group["id"] and rows and day <= through), reverse=True)
            if dates != wanted:
                self.complain(f"season group {group['id']}: its dates are {dates[:5]}... in place of {wanted[:5]}...")
            totals[group["name"]] = self.check_days(group)
        return totals

    def check_days(self, group):
        count = collections.Counter()
        for day in group["dates"]:
            date = datetime.date.fromisoformat(day["date"])
            got = [(p["player"], p["line"], p["direction"], p["actual"], p["result"]) for p in day["picks"]]
            wanted = [(p["player"], p["line"], p["direction"], actual, result)
                      for p, actual, result in self.graded.get((group["id"], date), [])]
            if got != wanted:
                self.complain(f"season group {group['id']} of {date}: {got} in place of {wanted}")
            count.update(result for *_, result in wanted)
        return count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--public", required=True)
    args = parser.parse_args()
    account = Account(args.data, args.public)
    account.check_picks_files()
    totals = account.check_season()
    for name, count in totals.items():
        print(f"{name}: {count['hit']} hits, {count['miss']} misses, {count['push']} pushes, {count[None]} void")
    if not any(count["hit"] + count["miss"] for count in totals.values()):
        account.complain("no group has an outcome")
    if account.faults:
        sys.exit("\n".join(account.faults[:10]) + f"\n{len(account.faults)} faults")


main()
