#!/usr/bin/env python3
"""Computes every feature of every player and date from the feeds alone, slowly and plainly, and writes a
JSON line a row: game_date, player_lookup, values (37, null where there is none), sources (37).

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
from season import Season, View, choose_line, days, mean, season_year
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

def usage_mean(player, n):
    window = [g for g in player.played if g.usage is not None][:n]
    return mean(g.usage for g in window)


def is_star(player):
    return ((mean(g.points for g in player.played) or 0) >= 18 or (mean(g.minutes for g in player.played) or 0) >= 28
            or (mean(g.usage for g in player.played) or 0) >= 25)


def team_pace(view, team):
    return view.teams[team].window(10).value(lambda games: mean(view.teams[team].row(g).pace for g in games))


def league_pace(view):
    means = []
    for team in view.teams.values():
        means.append(mean(team.row(g).pace for g in team.games if team.is_complete(g)))
    return mean(means)


def player_context(view, player, game, line, reports, pace):
    week, fortnight = player.days_window(7), player.days_window(14)
    opponent = game.away if player.team == game.home else game.home
    ctx = SimpleNamespace(player=player, game=game, team=player.team, opponent=opponent, is_home=player.team == game.home)
    ctx.days_rest = (view.date - player.played[0].date).days if player.played else None
    ctx.back_to_back = None if ctx.days_rest is None else ctx.days_rest == 1
    ctx.games_7, ctx.minutes_7 = len(week.used), math.fsum(g.minutes for g in week.used)
    ctx.week, ctx.fortnight = week, fortnight
    ctx.minutes_a_game_7 = mean(g.minutes for g in week.used)
    ctx.back_to_backs_14 = player.back_to_backs(14)
    ctx.opponent_days_rest = view.teams[opponent].days_rest
    ctx.projected_usage, ctx.recent_usage = usage_mean(player, 3), usage_mean(player, 7)
    both = mean([team_pace(view, player.team), team_pace(view, opponent)])
    has_both = None not in (team_pace(view, player.team), team_pace(view, opponent))
    ctx.pace_differential = minus(both, pace) if has_both else None
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
        games = [g for g in team.games if g.date >= view.date - days(30) and team.allowed(g) is not None]
        own = zone_pcts(zone_sums(team.allowed(g).zones for g in games))
        if len(games) >= 10 and None not in own.values():
            pcts.append(own)
    return {zone: mean(p[zone] for p in pcts) for zone in ZONES} if len(pcts) >= 10 else LEAGUE_PCT


def team_defenses(view):
    league, rows = league_zone_pcts(view), {}
    for team in view.teams.values():
        window = team.window(15)
        if len(team.rows) < view.minimum_games(15):
            continue
        allowed = [team.allowed(g) for g in window.used]
        known = [a for a in allowed if a.zones is not None]
        pcts = zone_pcts(zone_sums(a.zones for a in allowed))
        row = SimpleNamespace(window=window, known=len(known), vs_league={})
        for zone in ZONES:
            row.vs_league[zone] = None if pcts[zone] is None else (pcts[zone] - league[zone]) * 100
        row.rating = window.value(lambda _: mean(a.rating for a in allowed))
        row.pace = window.value(lambda _: mean(a.pace for a in allowed))
        rows[team.name] = row
    return rows


def shot_zones(view, player):
    """His rates over the last 10 played games in percent, and where he scores; None below the minimum."""
    if len(player.played) < view.minimum_games(10):
        return None
    window = player.window(10)
    sums = zone_sums(g.zones for g in window.used)
    total = sum(attempts for attempts, _ in sums.values())
    row = SimpleNamespace(window=window, primary=None, rates=dict.fromkeys(ZONES))
    if total > 0 and window.is_usable:
        row.rates = {zone: 100 * sums[zone][0] / total for zone in ZONES}
        row.primary = next((zone for zone, least in (("paint", 40), ("perimeter", 40), ("mid_range", 35))
                            if row.rates[zone] >= least), "balanced")
    return row


def fatigue(ctx):
    score = 100
    if ctx.back_to_back:
        score -= 15
    elif ctx.days_rest is not None and ctx.days_rest >= 3:
        score += 5
    score -= 10 if ctx.games_7 >= 4 else 0
    score -= 10 if ctx.minutes_7 > 240 else 0
    score -= 8 if ctx.minutes_a_game_7 is not None and ctx.minutes_a_game_7 > 35 else 0
    score -= 12 if ctx.back_to_backs_14 >= 2 else 5 if ctx.back_to_backs_14 == 1 else 0
    return clamp(score, 0, 100)


def mismatch(zones, defense):
    if zones is None or defense is None or zones.primary is None:
        return None
    zone = "paint" if zones.primary == "balanced" else zones.primary
    if defense.vs_league[zone] is None:
        return None
    score = defense.vs_league[zone] * min(zones.rates[zone] / 50, 1)
    return clamp(score * 1.2 if abs(score) > 5 else score, -10, 10)


def usage_spike(ctx):
    if ctx.projected_usage is None or ctx.recent_usage is None:
        return None
    if ctx.recent_usage == 0:
        return 0.0
    base = 0.3 * (ctx.projected_usage - ctx.recent_usage)
    gain = STARS_OUT_GAIN.get(ctx.stars_out or 0, 1.30) if base > 0 else 1.0
    return clamp(base * gain, -3, 3)


def daily_cache(view, player):
    """None for fewer than 3 played games, or none within 30 days."""
    if len(player.played) < 3 or (view.date - player.played[0].date).days > 30:
        return None
    last10, team = player.window(10), view.teams[player.team]
    return SimpleNamespace(
        points_5=player.window(5).mean("points"), points_10=last10.mean("points"),
        points_season=player.window().mean("points"),
        std_10=last10.value(lambda games: sample_std([g.points for g in games])),
        minutes_10=last10.mean("minutes"), minutes_season=player.window().mean("minutes"),
        pace=team_pace(view, player.team),
        rating=team.window(10).value(lambda games: mean(team.row(g).rating for g in games)))


def sample_std(values):
    return statistics.stdev(values) if len(values) >= 2 else None


# ---- features ----

MISSING = (None, "missing")


def sourced(value, source):
    return MISSING if value is None else (value, source)


def first_of(*candidates):
    return next((c for c in candidates if c[0] is not None), MISSING)


def calculated(value):
    return MISSING if value is None else (round(value, 9) + 0.0, "calculated")


def steps(value, small, large):
    return 2 if value >= large else 1 if value >= small else -2 if value <= -large else -1 if value <= -small else 0


def trend(points):
    return float(steps(mean(points[:3]) - mean(points[3:5]), 2, 5)) if len(points) >= 5 else None


def minutes_change(last10, season):
    if last10 is None or season is None or last10 <= 0 or season <= 0:
        return None
    return float(steps((last10 - season) / season, 0.10, 0.20))


def slope(points):
    """Least squares over 0..n-1, oldest first."""
    if len(points) < 5:
        return None
    oldest = points[::-1]
    middle = (len(oldest) - 1) / 2
    return (math.fsum((i - middle) * p for i, p in enumerate(oldest))
            / math.fsum((i - middle) ** 2 for i in range(len(oldest))))


def zscore(last5, season, std):
    if None in (last5, season, std) or std == 0:
        return None
    return clamp((last5 - season) / std, -3, 3)


def breakout(last5, season, std):
    return None if None in (last5, season, std) else float(last5 > season + 1.5 * std)


def dnp_rate(view, player):
    """Of the newest 10 games of his teams with a complete box score, those that he did not play."""
    played = {g.date for g in player.played}
    games = []
    for team in {g.team for g in player.games}:
        for game in view.teams[team].games:
            latest = next((g for g in player.played if g.date <= game.date), None)
            if latest is not None and latest.team == team and view.teams[team].is_complete(game):
                games.append(game)
    newest = sorted(games, key=lambda g: (g.date, g.id), reverse=True)[:10]
    return sum(g.date not in played for g in newest) / len(newest) if len(newest) >= 3 else None


def win_pct(team):
    return sum(row.won for row in team.rows) / len(team.rows) if len(team.rows) >= 5 else None


def injury_risk(status):
    return {None: None, "available": 0.0, "probable": 1.0, "questionable": 2.0, "doubtful": 3.0, "out": 3.0}[status]


def opponent_history(player, opponent):
    meetings = [g for g in player.played if g.opponent == opponent]
    if not meetings:
        return (None, "no_history"), (0.0, "no_history")
    return (mean(g.points for g in meetings), "opponent_history"), (float(len(meetings)), "opponent_history")


def player_features(view, ctx, defenses, subscribed):
    player = ctx.player
    recent = [g for g in player.played if g.date >= view.date - days(60)][:10]
    points = [float(g.points) for g in recent]
    cache, zones, defense = daily_cache(view, player), shot_zones(view, player), defenses.get(ctx.opponent)
    none = SimpleNamespace(points_5=None, points_10=None, points_season=None, std_10=None, minutes_10=None,
                           minutes_season=None, pace=None, rating=None)
    pdc = cache or none
    last5 = mean(points[:5]) if len(points) >= 5 else None
    season_points, season_minutes = mean(g.points for g in player.played), mean(g.minutes for g in player.played)
    std = sample_std(points)
    minutes = mean(g.minutes for g in recent)

    f = [MISSING] * COUNT
    f[0] = first_of(sourced(pdc.points_5, "phase4"), sourced(last5, "phase3"))
    f[1] = first_of(sourced(pdc.points_10, "phase4"), sourced(mean(points), "phase3"))
    f[2] = first_of(sourced(pdc.points_season, "phase4"), sourced(season_points, "phase3"))
    f[3] = sourced(pdc.std_10, "phase4")
    f[4] = sourced(float(ctx.games_7) if cache else None, "phase4")
    f[5] = (float(fatigue(ctx)), "phase4")
    f[6] = sourced(mismatch(zones, defense), "phase4")
    f[7] = sourced(None if ctx.pace_differential is None else clamp(ctx.pace_differential / 2, -3, 3), "phase4")
    f[8] = sourced(usage_spike(ctx), "phase4")
    rest = minus(ctx.days_rest, ctx.opponent_days_rest)
    f[9] = calculated(None if rest is None else float(clamp(rest, -2, 2)))
    f[10] = calculated(injury_risk(ctx.status))
    f[11] = calculated(trend(points))
    f[12] = calculated(minutes_change(minutes if pdc.minutes_10 is None else pdc.minutes_10,
                                      season_minutes if pdc.minutes_season is None else pdc.minutes_season))
    f[13] = sourced(defense and defense.rating, "phase4")
    f[14] = sourced(defense and defense.pace, "phase4")
    f[15] = (float(ctx.is_home), "phase3")
    f[16] = sourced(None if ctx.back_to_back is None else float(ctx.back_to_back), "phase3")
    f[17] = (float(ctx.is_playoff), "phase3")
    for index, zone in zip((18, 19, 20), ZONES):
        rate = zones and zones.rates[zone]
        f[index] = sourced(None if rate is None else rate / 100, "phase4")
    total = sum(points)
    f[21] = calculated(clamp(sum(g.ft for g in recent) / total, 0, 0.5) if len(points) >= 5 and total > 0 else None)
    f[22], f[23] = sourced(pdc.pace, "phase4"), sourced(pdc.rating, "phase4")
    f[24] = calculated(win_pct(view.teams[player.team]))
    f[25], f[26] = sourced(ctx.line, "vegas"), sourced(ctx.opening, "vegas")
    f[27] = sourced(minus(ctx.line, ctx.opening), "vegas")
    f[28] = (float(ctx.line is not None), "calculated")
    f[29], f[30] = opponent_history(player, ctx.opponent)
    f[31] = sourced(minutes, "minutes_ppm")
    f[32] = sourced(total / sum(g.minutes for g in recent) if recent else None, "minutes_ppm")
    f[33] = calculated(dnp_rate(view, player))
    f[34] = calculated(slope(points))
    five = last5 if pdc.points_5 is None else pdc.points_5
    whole = season_points if pdc.points_season is None else pdc.points_season
    spread = std if pdc.std_10 is None else pdc.std_10
    f[35], f[36] = calculated(zscore(five, whole, spread)), calculated(breakout(five, whole, spread))
    return mark_unsubscribed(f, subscribed)


def mark_unsubscribed(features, subscribed):
    feeds = dict.fromkeys(SHOTS_FEATURES, "shots") | {10: "injuries"} | dict.fromkeys((25, 26, 27), "props")
    return [(value, "not_subscribed") if source == "missing" and feeds.get(index, "boxscores") not in subscribed
            else (value, source) for index, (value, source) in enumerate(features)]


def rows_of_date(season, date):
    view = View(season, date)
    found = contexts(view)
    defenses = {} if view.is_early else team_defenses(view)
    for key in sorted(found):
        features = [MISSING] * COUNT if view.is_early else player_features(view, found[key], defenses,
                                                                           season.feeds.subscribed)
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
