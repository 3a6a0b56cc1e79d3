"""What a player scored in his past games that were like the one to come, slowly and plainly: five figures with
what they are from, or why they are not there."""
import statistics

from season import days, mean

NONE = [(None, None)] * 5  # baseline, games, mean and least score, deviation of points: of a season's first days


class Defenses:
    """Ratings of what teams allowed in their 15 scheduled games before a date, in a View."""

    def __init__(self, view):
        self.view, self.known = view, {}

    def tier(self, name, date):
        if (name, date) not in self.known:
            self.known[name, date] = self.find(name, date)
        return self.known[name, date]

    def find(self, name, date):
        team = self.view.teams[name]
        games = [g for g in team.games if g.date < date][:15]
        rows = [team.allowed(g) if team.row(g) is not None else None for g in games]
        ratings = [row.rating for row in rows if row is not None and row.is_complete]
        if len(ratings) < 5 or 10 * len(ratings) < 7 * len(games):
            return None
        rating = mean(ratings)
        return 0 if rating < 110 else 1 if rating < 115 else 2


def enough(slots):
    """Their points where 70 percent of them are known."""
    points = [g.points for _, g in slots if g is not None]
    return points if points and 10 * len(points) >= 7 * len(slots) else None


def trend(slots):
    """-1 cold, 1 hot; slots: what lies behind him, newest first."""
    five, season = enough(slots[:5]), enough(slots)
    if five is None or season is None:
        return None
    above = mean(five) - mean(season)
    return 1 if above >= 3 else -1 if above <= -3 else 0


def setting(defenses, slots, date, opponent, is_home):
    rest = (date - slots[0][0]).days if slots and slots[0][1] is not None else None
    return defenses.tier(opponent, date), None if rest is None else min(rest, 3), is_home, trend(slots)


def score(x, y):
    total = 15 * (x[2] == y[2]) + (15 if x[3] is not None and x[3] == y[3] else 5)
    if x[0] is not None and y[0] is not None:
        total += {0: 40, 1: 20}.get(abs(x[0] - y[0]), 0)
    if x[1] is not None and y[1] is not None:
        total += {0: 30, 1: 15}.get(abs(x[1] - y[1]), 0)
    return total


def figures(view, defenses, player, opponent, is_home):
    """[(value, source)]"""
    slots = [(g.date, g) for g in player.played] + [(g.date, None) for g in player.holes]
    slots.sort(key=lambda slot: slot[0], reverse=True)
    newest = [i for i, (date, _) in enumerate(slots) if date >= view.date - days(90)][:30]
    following = setting(defenses, slots, view.date, opponent, is_home)
    alike = []
    for i in newest:
        game = slots[i][1]
        if game is not None:
            past = setting(defenses, slots[i + 1:], game.date, game.opponent, game.game.home == game.team)
            alike.append((score(past, following), game.points))
    used = len(alike)
    alike = sorted((pair for pair in alike if pair[0] >= 70), key=lambda pair: -pair[0])[:20]
    if not newest:
        source = "no_history"
    elif 10 * used < 7 * len(newest):
        source = "history_incomplete"
    else:
        source = "similarity" if len(alike) >= 5 else "too_few_similar_games"
    values = [None, float(len(alike)), None, None, None]
    if source == "similarity":
        scores, points = [s for s, _ in alike], [p for _, p in alike]
        values = [sum(s * p for s, p in alike) / sum(scores), float(len(alike)), mean(scores), float(min(scores)),
                  statistics.pstdev(points)]
    return [(value, source) for value in values]
