#!/usr/bin/env python3
"""Computes every feature of every player and date from the feeds alone, slowly and plainly, and writes a
JSON line a row: game_date, player_lookup, values (37 features and the figures of his games that were like this
one, null where there is none), sources (as many).

usage: features.py --data DIR [--from DATE] [--to DATE] [--subscribed FEED,FEED...]

Written from the definitions (public headers, feature contract), not from the C code, so that the two can
disagree; compare.py compares them."""
import argparse
import datetime
import json
import math
import statistics
import sys
from pathlib import Path
from types import SimpleNamespace

from feeds import Feeds
from season import Season, View, Window, choose_line, days, mean, season_year
from similarity import NONE, Defenses, figures
from summaries import ZONES

COUNT = 37
LEAGUE_PCT = {"paint": 0.580, "mid_range": 0.410, "perimeter": 0.355}
STARS_OUT_GAIN = {0: 1.0, 1: 1.15}  # 1.30 from two on
SHOTS_FEATURES = {6, 18, 19, 20}


def clamp(value, low, high):
    return max(low, min(high, value))


def minus(a, b):
    return None if a is None or b is None else a - b


# ---- zones ----

def zone_sums(zones):
    """{zone: (attempts, makes)} over games whose shots are known."""
    known = [z for z in zones if z is not None]
    return {zone: (sum(z[zone][0] for z in known), sum(z[zone][1] for z in known)) for zone in ZONES}


def zone_pcts(sums):
    return {zone: sums[zone][1] / sums[zone][0] if sums[zone][0] else None for zone in ZONES}


# ---- analytics: the date's context ----

def is_star(player):
    return ((mean(g.points for g in player.played) or 0) >= 18 or (mean(g.minutes for g in player.played) or 0) >= 28
            or (mean(g.usage for g in player.played) or 0) >= 25)


def league_pace(view):
    return mean(mean(row.pace for row in team.window().used) for team in view.teams.values())


def back_to_backs(games):
    """Pairs of consecutive dates."""
    dates = {g.date for g in games}
    return sum(d - days(1) in dates for d in dates)


def player_context(view, player, game, line, reports, pace):
    opponent = game.away if player.team == game.home else game.home
    ctx = SimpleNamespace(player=player, team=player.team, opponent=opponent, is_home=player.team == game.home)
    ctx.newest = player.window(1)
    ctx.days_rest = (view.date - player.played[0].date).days if ctx.newest.used else None
    ctx.back_to_back = None if ctx.days_rest is None else ctx.days_rest == 1
    ctx.week, ctx.fortnight = player.days_window(7), player.days_window(14)
    ctx.games_7 = ctx.week.value(len)
    ctx.minutes_7 = ctx.week.value(lambda games: math.fsum(g.minutes for g in games))
    ctx.minutes_a_game_7 = ctx.week.mean("minutes")
    ctx.back_to_backs_14 = ctx.fortnight.value(back_to_backs)
    ctx.opponent_days_rest = view.teams[opponent].days_rest
    ctx.role, ctx.habit = player.window(3), player.window(7)  # a game can be known and have no usage rate
    ctx.own_paces, ctx.opponent_paces = view.teams[player.team].window(10), view.teams[opponent].window(10)
    paces = [ctx.own_paces.mean("pace"), ctx.opponent_paces.mean("pace")]
    ctx.pace_differential = None if None in paces else minus(mean(paces), pace)
    ctx.is_playoff = game.official[2] == "4"
    ctx.line, ctx.opening = line or (None, None)
    ctx.status, ctx.stars_out = None, None
    if reports is not None:
        ctx.status = reports.get(player.key, "available")
        mates = [p for p in view.players.values() if p.team == player.team and p.key != player.key]
        ctx.stars_out = sum(reports.get(p.key) in ("out", "doubtful") and is_star(p) for p in mates)
    return ctx


def contexts(view):
    """{lookup: context} of everybody who is expected to play on the date."""
    pace, found = league_pace(view), {}
    for game in view.slate:
        lines = {key: choose_line(own) for key, own in view.points_lines(game).items()}
        reports = view.reports(game)
        for player in view.players.values():
            if player.team not in (game.home, game.away):
                continue
            is_recent = (view.date - player.games[0].date).days <= 30
            if is_recent or lines.get(player.key) is not None:
                found[player.key] = player_context(view, player, game, lines.get(player.key), reports, pace)
    return found


# ---- precompute ----

def league_zone_pcts(view):
    pcts = []
    for team in view.teams.values():
        games = team.allowed_window(since=view.date - days(30)).used
        own = zone_pcts(zone_sums(g.zones for g in games))
        if len(games) >= 10 and None not in own.values():
            pcts.append(own)
    return {zone: mean(p[zone] for p in pcts) for zone in ZONES} if len(pcts) >= 10 else LEAGUE_PCT


def team_defenses(view):
    """What each team allowed in its newest 15 scheduled games; no row below the minimum."""
    league, rows = league_zone_pcts(view), {}
    for team in view.teams.values():
        if len(team.rows) < view.minimum_games(15):
            continue
        row = SimpleNamespace(window=team.allowed_window(15), vs_league={})
        row.zones = row.window.known("zones")
        pcts = zone_pcts(zone_sums(g.zones for g in row.zones.used))
        for zone in ZONES:
            row.vs_league[zone] = None if pcts[zone] is None else (pcts[zone] - league[zone]) * 100
        row.rating, row.pace = row.window.mean("rating"), row.window.mean("pace")
        rows[team.name] = row
    return rows


def shot_zones(view, player):
    """His rates over the last 10 games in percent, and where he scores; None below the minimum."""
    if len(player.played) < view.minimum_games(10):
        return None
    window = player.window(10).known("zones")
    sums = zone_sums(g.zones for g in window.used)
    total = sum(attempts for attempts, _ in sums.values())
    row = SimpleNamespace(window=window, primary=None, rates=dict.fromkeys(ZONES))
    if total > 0 and window.is_usable:
        row.rates = {zone: 100 * sums[zone][0] / total for zone in ZONES}
        row.primary = next((zone for zone, least in (("paint", 40), ("perimeter", 40), ("mid_range", 35))
                            if row.rates[zone] >= least), "balanced")
    return row


def fatigue(ctx):
    """None where the load of his last days, or the day of his last game, is not known."""
    if not (ctx.newest.is_usable and ctx.week.is_usable and ctx.fortnight.is_usable):
        return None
    score = 100
    if ctx.back_to_back:
        score -= 15
    elif ctx.days_rest is not None and ctx.days_rest >= 3:
        score += 5
    score -= 10 if ctx.games_7 >= 4 else 0
    score -= 10 if ctx.minutes_7 > 240 else 0
    score -= 8 if ctx.minutes_a_game_7 is not None and ctx.minutes_a_game_7 > 35 else 0
    score -= 12 if ctx.back_to_backs_14 >= 2 else 5 if ctx.back_to_backs_14 == 1 else 0
    return float(clamp(score, 0, 100))


def mismatch(zones, defense):
    """In his zone, to the degree that it is half of his shots; a balanced scorer in all three, by his shares."""
    if zones.primary is None:
        return None
    matched = ZONES if zones.primary == "balanced" else [zones.primary]
    if None in (defense.vs_league[zone] for zone in matched):
        return None
    if zones.primary == "balanced":
        score = math.fsum(zones.rates[zone] / 100 * defense.vs_league[zone] for zone in ZONES)
    else:
        score = defense.vs_league[zones.primary] * min(zones.rates[zones.primary] / 50, 1)
    return clamp(score * 1.2 if abs(score) > 5 else score, -10, 10)


def usage_spike(ctx):
    projected, recent = ctx.role.mean("usage"), ctx.habit.mean("usage")
    if projected is None or recent is None:
        return None
    if recent == 0:
        return 0.0
    base = 0.3 * (projected - recent)
    gain = STARS_OUT_GAIN.get(ctx.stars_out or 0, 1.30) if base > 0 else 1.0
    return clamp(base * gain, -3, 3)


def has_daily_cache(view, player):
    """3 played games, one of them within 30 days."""
    return len(player.played) >= 3 and (view.date - player.played[0].date).days <= 30


def sample_std(values):
    return statistics.stdev(values) if len(values) >= 2 else None


def points_std(window):
    return window.value(lambda games: sample_std([g.points for g in games]))


# ---- features ----

MISSING = (None, "missing")
INCOMPLETE = {"phase4": "phase4_incomplete", "minutes_ppm": "phase4_incomplete",
              "opponent_history": "phase4_incomplete", "phase3": "calculated_incomplete",
              "calculated": "calculated_incomplete"}


def sourced(value, source, *windows):
    """The value with its source, as the windows that it rests on allow: as it is, incomplete, or missing."""
    if value is None or not all(w.is_usable for w in windows):
        return MISSING
    return value, source if all(w.is_whole for w in windows) else INCOMPLETE[source]


def calculated(value, *windows):
    return sourced(None if value is None else round(value, 9) + 0.0, "calculated", *windows)


def first_of(*candidates):
    return next((c for c in candidates if c[0] is not None), MISSING)


def steps(value, small, large):
    return 2 if value >= large else 1 if value >= small else -2 if value <= -large else -1 if value <= -small else 0


def trend(points):
    """Newest three of five games against the two before; one known of each."""
    change = minus(mean(points[:3]), mean(points[3:5])) if len(points) >= 5 else None
    return None if change is None else float(steps(change, 2, 5))


def minutes_change(last10, season):
    if last10 is None or season is None or last10 <= 0 or season <= 0:
        return None
    return float(steps((last10 - season) / season, 0.10, 0.20))


def free_throw_share(window):
    points = sum(g.points for g in window.used)
    return clamp(sum(g.ft for g in window.used) / points, 0, 0.5) if len(window.slots) >= 5 and points > 0 else None


def slope(points):
    """Least squares over game numbers, oldest first; a hole keeps its number."""
    known = [(number, p) for number, p in enumerate(reversed(points)) if p is not None]
    if len(points) < 5 or len(known) < 2:
        return None
    middle, level = mean(n for n, _ in known), mean(p for _, p in known)
    return (math.fsum((n - middle) * (p - level) for n, p in known) / math.fsum((n - middle) ** 2 for n, _ in known))


def zscore(last5, season, std):
    if None in (last5, season, std) or std == 0:
        return None
    return clamp((last5 - season) / std, -3, 3)


def breakout(last5, season, std):
    return None if None in (last5, season, std) else float(last5 > season + 1.5 * std)


def dnp(view, player):
    """(missed share, window) of the newest 10 games of his teams: of which it is known whether he played."""
    played = {g.date: g for g in player.played}
    games = []
    for team in {g.team for g in player.played}:
        for game in view.teams[team].games:
            latest = next((g for g in player.played if g.date <= game.date), None)
            if latest is not None and latest.team == team:
                is_known = game.date in played or view.teams[team].is_complete(game)
                games.append((game.date, game if is_known else None))
    games.sort(key=lambda pair: pair[0], reverse=True)
    window = Window(game for _, game in games).newest(10)
    known = window.used
    return (sum(g.date not in played for g in known) / len(known) if len(known) >= 3 else None), window


def record(team):
    """(share of games won, window of the season)"""
    window = team.window()
    return (mean(float(row.won) for row in window.used) if len(window.used) >= 5 else None), window


def injury_risk(status):
    return {None: None, "available": 0.0, "probable": 1.0, "questionable": 2.0, "doubtful": 3.0, "out": 3.0}[status]


def opponent_history(player, opponent):
    window = player.meetings(opponent)
    if not window.slots:
        return (None, "no_history"), (0.0, "no_history")
    return (sourced(mean(g.points for g in window.used), "opponent_history", window),
            sourced(float(len(window.used)), "opponent_history", window))


def scoring(view, player, f):
    """0-3, 11, 12, 21, 31, 32, 34-36: what his own games say. Where he has a daily cache its windows count, and
    what they lack is missing; else those of his last 60 days, for what is had from them."""
    has_cache = has_daily_cache(view, player)
    recent, season = player.window(10, view.date - days(61)), player.window()
    ten = player.window(10) if has_cache else recent
    five = player.window(5) if has_cache else recent.newest(5) if len(recent.slots) >= 5 else Window([])
    source = "phase4" if has_cache else "phase3"
    f[0], f[1] = sourced(five.mean("points"), source, five), sourced(ten.mean("points"), source, ten)
    f[2] = sourced(season.mean("points"), source, season)
    std = sourced(points_std(ten), source, ten)
    f[3] = std if has_cache else MISSING
    f[12] = calculated(minutes_change(ten.mean("minutes"), season.mean("minutes")), ten, season)
    f[35] = calculated(zscore(f[0][0], f[2][0], std[0]), five, season, ten)
    f[36] = calculated(breakout(f[0][0], f[2][0], std[0]), five, season, ten)
    f[31] = sourced(recent.mean("minutes"), "minutes_ppm", recent)
    f[32] = sourced(points_a_minute(recent), "minutes_ppm", recent)
    if has_cache:
        f[31] = first_of(f[31], sourced(ten.mean("minutes"), "phase4", ten))
        f[32] = first_of(f[32], sourced(points_a_minute(ten), "phase4", ten))
    f[11] = calculated(trend(recent.values("points")), recent.newest(5))
    f[21] = calculated(free_throw_share(recent), recent)
    f[34] = calculated(slope(recent.values("points")), recent)


def points_a_minute(window):
    minutes = math.fsum(g.minutes for g in window.used)
    return sum(g.points for g in window.used) / minutes if minutes > 0 else None


def player_features(view, ctx, defenses, subscribed):
    player, team = ctx.player, view.teams[ctx.team]
    zones, defense = shot_zones(view, player), defenses.get(ctx.opponent)
    has_cache = has_daily_cache(view, player)
    f = [MISSING] * COUNT
    scoring(view, player, f)
    f[4] = sourced(float(ctx.games_7) if has_cache and ctx.games_7 is not None else None, "phase4", ctx.week)
    f[5] = sourced(fatigue(ctx), "phase4", ctx.newest, ctx.week, ctx.fortnight)
    if zones is not None and defense is not None:
        f[6] = sourced(mismatch(zones, defense), "phase4", zones.window, defense.zones)
    f[7] = sourced(None if ctx.pace_differential is None else clamp(ctx.pace_differential / 2, -3, 3), "phase4",
                   ctx.own_paces, ctx.opponent_paces)
    f[8] = sourced(usage_spike(ctx), "phase4", ctx.role, ctx.habit)
    rest = minus(ctx.days_rest, ctx.opponent_days_rest)
    f[9] = calculated(None if rest is None else float(clamp(rest, -2, 2)))
    f[10] = calculated(injury_risk(ctx.status))
    if defense is not None:
        f[13], f[14] = (sourced(value, "phase4", defense.window) for value in (defense.rating, defense.pace))
    f[15] = (float(ctx.is_home), "phase3")
    f[16] = sourced(None if ctx.back_to_back is None else float(ctx.back_to_back), "phase3")
    f[17] = (float(ctx.is_playoff), "phase3")
    if zones is not None:
        for index, zone in zip((18, 19, 20), ZONES):
            rate = zones.rates[zone]
            f[index] = sourced(None if rate is None else rate / 100, "phase4", zones.window)
    if has_cache:
        f[22], f[23] = (sourced(team.window(10).mean(field), "phase4", team.window(10)) for field in ("pace", "rating"))
    f[24] = calculated(*record(team))
    f[25], f[26] = sourced(ctx.line, "vegas"), sourced(ctx.opening, "vegas")
    f[27] = sourced(minus(ctx.line, ctx.opening), "vegas")
    f[28] = (float(ctx.line is not None), "calculated")
    f[29], f[30] = opponent_history(player, ctx.opponent)
    f[33] = calculated(*dnp(view, player))
    return mark_unsubscribed(f, subscribed)


def mark_unsubscribed(features, subscribed):
    feeds = dict.fromkeys(SHOTS_FEATURES, "shots") | {10: "injuries"} | dict.fromkeys((25, 26, 27), "props")
    return [(value, "not_subscribed") if source == "missing" and feeds.get(index, "boxscores") not in subscribed
            else (value, source) for index, (value, source) in enumerate(features)]


def rows_of_date(season, date):
    view = View(season, date)
    found = contexts(view)
    defenses = {} if view.is_early else team_defenses(view)
    ratings = Defenses(view)
    for key in sorted(found):
        features = [MISSING] * COUNT if view.is_early else player_features(view, found[key], defenses,
                                                                           season.feeds.subscribed)
        ctx = found[key]
        features += NONE if view.is_early else figures(view, ratings, ctx.player, ctx.opponent, ctx.is_home)
        yield {"game_date": date.isoformat(), "player_lookup": key, "values": [value for value, _ in features],
               "sources": [source for _, source in features]}


def main():
    parser = argparse.ArgumentParser(description="every feature of every player and date, from the feeds alone")
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--from", dest="first", type=datetime.date.fromisoformat, default=datetime.date.min)
    parser.add_argument("--to", dest="last", type=datetime.date.fromisoformat, default=datetime.date.max)
    parser.add_argument("--subscribed", default="schedule,boxscores,shots,props")
    options = parser.parse_args()
    feeds = Feeds(options.data, options.subscribed.split(","))
    dates = sorted(d for d in feeds.games_on if options.first <= d <= options.last)
    seasons = {year: Season(feeds, year) for year in {season_year(d) for d in dates}}
    for date in dates:
        for row in rows_of_date(seasons[season_year(date)], date):
            sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
