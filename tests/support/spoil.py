#!/usr/bin/env python3
"""tests/support/spoil.py
   Damages a folder of feeds in place, as a seed says: files, games, sides, lines and shots that are not
   there, makes that do not agree, players who change teams, who have a line and no minutes, or two lines;
   lines and reports that come too late or without a time. The last dates are playoffs. What is left is
   still a readable season.

usage: tests/support/spoil.py DIR SEED"""
import csv
import datetime
import random
import sys
from pathlib import Path


class Folder:
    """Rows of every file of a folder, by feed and date; written back at the end."""

    def __init__(self, path):
        self.path = Path(path)
        self.files = {}
        for feed in ("boxscores", "shots", "props", "injuries", "game_lines"):
            for file in sorted((self.path / feed).glob("*.csv")):
                with open(file, newline="", encoding="utf-8") as f:
                    self.files[feed, file.stem] = list(csv.DictReader(f))
        self.dates = sorted({date for feed, date in self.files if feed == "boxscores"})
        self.headers = {key: list(rows[0]) for key, rows in self.files.items() if rows}

    def write(self):
        for (feed, date), rows in self.files.items():
            file = self.path / feed / f"{date}.csv"
            if rows is None:
                file.unlink()
            elif rows:
                with open(file, "w", newline="", encoding="utf-8") as f:
                    writer = csv.DictWriter(f, self.headers[feed, date], lineterminator="\n")
                    writer.writeheader()
                    writer.writerows(rows)


def keep(folder, feed, date, wanted):
    rows = folder.files.get((feed, date))
    if rows:
        folder.files[feed, date] = [row for row in rows if wanted(row)]


# ---- damage to one date ----

def lose_file(folder, date, dice):
    feed = dice.choice(["boxscores", "boxscores", "shots", "props", "injuries"])
    if (feed, date) in folder.files:
        folder.files[feed, date] = None


def lose_game(folder, date, dice):
    row = dice.choice(folder.files["boxscores", date])
    sides = {row["Tm"], row["Opp"]}
    keep(folder, "boxscores", date, lambda r: r["Tm"] not in sides)


def lose_side(folder, date, dice):
    team = dice.choice(folder.files["boxscores", date])["Tm"]
    keep(folder, "boxscores", date, lambda r: r["Tm"] != team)


def lose_lines(folder, date, dice):
    team = dice.choice(folder.files["boxscores", date])["Tm"]
    keep(folder, "boxscores", date, lambda r: r["Tm"] != team or dice.random() < 0.7)


def lose_shots(folder, date, dice):
    rows = folder.files.get(("shots", date))
    if rows:
        victim = dice.choice(rows)
        column = dice.choice(["TEAM_NAME", "PLAYER_NAME"])
        keep(folder, "shots", date, lambda r: r[column] != victim[column])


def misjudge_shot(folder, date, dice):
    """The team's makes agree no more with its box score."""
    row = dice.choice(folder.files.get(("shots", date)) or [{}])
    row["SHOT_MADE"] = "FALSE" if row.get("SHOT_MADE") == "TRUE" else "TRUE"


def bench_player(folder, date, dice):
    """His line stays, with nothing in it; a teammate has his minutes."""
    rows = folder.files["boxscores", date]
    row = dice.choice(rows)
    mate = dice.choice([r for r in rows if r["Tm"] == row["Tm"]])
    minutes = float(row["MP"]) + (float(mate["MP"]) if mate is not row else 0)
    mate["MP"] = f"{minutes:.2f}"
    if mate is not row:
        row.update(dict.fromkeys(["MP", "FG", "FGA", "3P", "3PA", "FT", "FTA", "ORB", "DRB", "TRB", "AST", "STL", "BLK",
                                  "TOV", "PF", "PTS"], "0"))


def hurry_player(folder, date, dice):
    """Whatever he did, he did in no time."""
    dice.choice(folder.files["boxscores", date])["MP"] = "0.00"


def repeat_line(folder, date, dice):
    """Once more as it is, or with another number of rebounds."""
    rows = folder.files["boxscores", date]
    row = dict(dice.choice(rows))
    row["ORB"] = dice.choice([row["ORB"], str(int(row["ORB"]) + 1)])
    rows.insert(dice.randrange(len(rows) + 1), row)


def misadd_line(folder, date, dice):
    row = dice.choice(folder.files["boxscores", date])
    row["PTS"] = str(int(row["PTS"]) + 1)


def twin_player(folder, date, dice):
    """A second line under another spelling of the name."""
    rows = folder.files["boxscores", date]
    row = dict(dice.choice(rows))
    row["Player"] = row["Player"].upper() if row["Player"] != row["Player"].upper() else row["Player"].lower()
    rows.append(row)


def later(text, minutes):
    when = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) + datetime.timedelta(minutes=minutes)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def delay_lines(folder, date, dice):
    """Put up at tip-off, around it, or nobody knows when."""
    for row in folder.files.get(("props", date)) or []:
        if row["market"] == "player_points" and dice.random() < 0.2:
            row["posted_at"] = dice.choice(["", *(later(row["commence_time"], m) for m in (-30, -1, 0, 0, 5))])


def halve_lines(folder, date, dice):
    """Some are offered on one side only."""
    keep(folder, "props", date, lambda r: dice.random() < 0.85)


def delay_reports(folder, date, dice):
    lines = folder.files.get(("props", date)) or []
    for row in folder.files.get(("injuries", date)) or []:
        if lines and dice.random() < 0.3:
            row["report_time"] = later(dice.choice(lines)["commence_time"], dice.choice([-30, -1, 0, 0, 5]))


DAMAGE = [lose_file, lose_game, lose_side, lose_lines, lose_shots, misjudge_shot, bench_player, hurry_player,
          repeat_line, misadd_line, twin_player, delay_lines, halve_lines, delay_reports]


# ---- damage to the season ----

def trade(folder, dice):
    """From a date on two players of two teams stand in each other's place, in every feed."""
    date = dice.choice(folder.dates[10:])
    rows = folder.files["boxscores", date] or []
    if not rows:
        return
    one, other = (dice.choice(rows) for _ in range(2))
    if one["Tm"] == other["Tm"]:
        return
    names = {one["Player"]: other["Player"], other["Player"]: one["Player"]}
    for (feed, day), day_rows in folder.files.items():
        column = {"boxscores": "Player", "shots": "PLAYER_NAME", "props": "player", "injuries": "player"}.get(feed)
        for row in (day_rows or []) if column is not None and day >= date else []:
            row[column] = names.get(row[column], row[column])


def cut_tip_offs(folder):
    path = folder.path / "schedule.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(",".join(line.split(",")[:4]) + "\n" for line in lines), encoding="utf-8")


def make_playoffs(folder, first):
    """Games from a date on are playoff games by their official ids, written as the league does."""
    path = folder.path / "schedule.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines]
    for row in rows:
        if row[1] >= first:
            row[0] = "004" + row[0][-7:]
    path.write_text("".join(line + "\n" for line in [head, *(",".join(row) for row in rows)]), encoding="utf-8")
    for (feed, date), shots in folder.files.items():
        for shot in (shots or []) if feed == "shots" and date >= first else []:
            shot["GAME_ID"] = "004" + shot["GAME_ID"][-7:]


def main():
    folder, dice = Folder(sys.argv[1]), random.Random(int(sys.argv[2]))
    for _ in range(5):
        trade(folder, dice)
    for date in folder.dates:
        if dice.random() < 0.45:
            for damage in dice.sample(DAMAGE, 2):
                if folder.files["boxscores", date]:
                    damage(folder, date, dice)
    if dice.random() < 0.7:
        cut_tip_offs(folder)
    make_playoffs(folder, folder.dates[-6])
    folder.write()


if __name__ == "__main__":
    main()
