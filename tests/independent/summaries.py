"""Box scores and shots of one date as rows: one a player, one a team, from the definitions in
workers/analytics/game_summaries_core.h."""
import collections
import math
from types import SimpleNamespace

from feeds import player_key, resolve

ZONES = ("paint", "mid_range", "perimeter")


def zone_of(shot):
    """Threes by the source's word; the paint is a two from at most 8 feet."""
    if shot.is_three:
        return "perimeter"
    return "paint" if shot.distance <= 8 else "mid_range"


def count_zones(shots):
    """{zone: (attempts, makes)}"""
    return {zone: (sum(zone_of(s) == zone for s in shots), sum(zone_of(s) == zone and s.made for s in shots))
            for zone in ZONES}


def is_possible(line):
    counts = [line.fg, line.fga, line.three, line.three_a, line.ft, line.fta, line.orb, line.drb, line.ast, line.stl,
              line.blk, line.tov, line.pf, line.points]
    return (min(counts) >= 0 and line.minutes >= 0 and line.fg <= line.fga and line.three <= line.three_a
            and line.ft <= line.fta and line.three <= line.fg and line.three_a <= line.fga
            and line.points == 2 * line.fg + line.three + line.ft)


def plays(line):
    return line.fga + 0.44 * line.fta + line.tov


def overtimes(minutes):
    return max(0, round((minutes - 240) / 25))


def team_row(game, team, lines, shots, is_whole):
    """The totals of one side and whether its box score is complete: no line was refused, the minutes sum to
    240 and 25 an overtime, within 1, and the shots, where there are any, agree on makes."""
    total = SimpleNamespace(game=game, date=game.date, team=team)
    for field in ("fg", "fga", "three", "three_a", "ft", "fta", "orb", "tov", "points", "minutes"):
        setattr(total, field, sum(getattr(line, field) for line in lines))
    total.possessions = total.fga + 0.44 * total.fta + total.tov - total.orb
    total.pace = total.possessions * 48 / (total.minutes / 5) if total.minutes > 0 else None
    total.rating = 100 * total.points / total.possessions if total.possessions > 0 else None
    total.zones = count_zones(shots) if shots else None
    is_full = abs(total.minutes - 240 - 25 * overtimes(total.minutes)) <= 1
    total.is_complete = is_whole and is_full and (not shots or sum(s.made for s in shots) == total.fg)
    return total


def player_row(game, line, key, total, shots):
    row = SimpleNamespace(game=game, date=game.date, key=key, name=line.name, team=line.team, opponent=line.opponent,
                          minutes=line.minutes, points=line.points, ft=line.ft, usage=None, zones=None)
    if line.minutes > 0 and plays(total) > 0:
        usage = math.floor(1000 * plays(line) * 48 / (line.minutes * plays(total)) + 0.5) / 10
        row.usage = usage if usage <= 100 else None
    if total.zones is not None and (shots or line.fga == 0):
        row.zones = count_zones(shots)
    row.is_played = line.minutes > 0 or line.points > 0 or line.fga > 0
    return row


def good_lines(lines, team, doubles):
    """({key: line}, whether every line of the team could be used)"""
    own = [line for line in lines if line.team == team]
    good = {player_key(line.name): line for line in own if is_possible(line) and player_key(line.name) not in doubles}
    return good, len(good) == len(own)


def side_rows(game, team, lines, shots, doubles):
    """(player rows, team row) of one side."""
    good, is_whole = good_lines(lines, team, doubles)
    own_shots = [s for s in shots if s.team == team]
    total = team_row(game, team, good.values(), own_shots, is_whole)
    names, by_shooter = {key: line.name for key, line in good.items()}, collections.defaultdict(list)
    for shot in own_shots:
        by_shooter[resolve(shot.name, names)].append(shot)
    return [player_row(game, line, key, total, by_shooter[key]) for key, line in good.items()], total


def summarise_game(game, lines, shots, doubles):
    """(player rows, team rows) of a finished game; none of one that cannot be used."""
    (home_players, home), (away_players, away) = (side_rows(game, team, lines, shots, doubles)
                                                  for team in (game.home, game.away))
    if not home_players or not away_players or 0 in (home.points, away.points) or home.points == away.points:
        return [], []
    home.won, away.won = home.points > away.points, away.points > home.points
    return home_players + away_players, [home, away]


def summarise_date(games, lines, shots):
    """Lines of games that the schedule does not have count for nothing; a player who has two has none."""
    sides = {frozenset({game.home, game.away}): game for game in games}
    lines = [line for line in lines if frozenset({line.team, line.opponent}) in sides]
    keys = collections.Counter(player_key(line.name) for line in lines)
    doubles = {key for key, count in keys.items() if count > 1}
    for teams, game in sides.items():
        yield summarise_game(game, [line for line in lines if line.team in teams],
                             [shot for shot in shots if shot.sides == teams], doubles)


def summarise(feeds):
    """All (player rows, team rows) of scheduled games."""
    players, teams = [], []
    for date, lines in feeds.boxscores.items():
        for game_players, game_teams in summarise_date(feeds.games_on.get(date, []), lines, feeds.shots.get(date, [])):
            players += game_players
            teams += game_teams
    return players, teams
