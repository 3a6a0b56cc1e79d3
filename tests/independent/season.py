"""What may be known of a season before a date: games, windows of games with their holes, and the date's lines
and reports. From the definitions in workers/league/*.h and workers/analytics/upcoming_context_core.h."""
import bisect
import collections
import datetime
import math
import statistics

from feeds import EASTERN, resolve
from summaries import summarise

GRAVITY = ["available", "probable", "questionable", "doubtful", "out"]
BOOKS = ["draftkings", "fanduel", "betmgm", "pointsbet", "caesars"]


def mean(values):
    known = [v for v in values if v is not None]
    return math.fsum(known) / len(known) if known else None


def days(n):
    return datetime.timedelta(days=n)


class Window:
    """The games of a window, newest first: rows of those that are known, None for each that is not."""

    def __init__(self, slots):
        self.slots = list(slots)

    @property
    def used(self):
        return [row for row in self.slots if row is not None]

    @property
    def ratio(self):
        return len(self.used) / len(self.slots) if self.slots else 1.0

    @property
    def is_usable(self):
        return self.ratio >= 0.70

    @property
    def is_whole(self):
        return self.ratio >= 1

    def newest(self, n):
        return Window(self.slots[:n])

    def known(self, field):
        """The same games, of which those are known that have a value in the field."""
        return Window(row if row is not None and getattr(row, field) is not None else None for row in self.slots)

    def values(self, field):
        """NULL for the games that are not known."""
        return [None if row is None else float(getattr(row, field)) for row in self.slots]

    def value(self, compute):
        """compute(games that are known), or None where the window has too many holes."""
        return compute(self.used) if self.is_usable else None

    def mean(self, field):
        return self.value(lambda games: mean(getattr(g, field) for g in games))


def season_year(date):
    return date.year if date.month >= 10 else date.year - 1


class Season:
    """All rows of one season; a View of it is cut off before a date."""

    def __init__(self, feeds, year):
        self.feeds = feeds
        self.schedule = [g for g in feeds.schedule if season_year(g.date) == year]
        players, teams = summarise(feeds)
        self.player_rows = collections.defaultdict(list)
        for row in sorted(players, key=lambda r: (r.date, r.game.id)):
            if season_year(row.date) == year:
                self.player_rows[row.key].append(row)
        self.team_rows = {(row.game.id, row.team): row for row in teams if season_year(row.date) == year}
        self.team_games = collections.defaultdict(list)
        for game in sorted(self.schedule, key=lambda g: (g.date, g.id)):
            self.team_games[game.home].append(game)
            self.team_games[game.away].append(game)
        self.opening_night = min(g.date for g in self.schedule)


class Team:
    """A team before the date. games: scheduled ones, newest first; rows: of those with an outcome."""

    def __init__(self, season, name, date):
        games = season.team_games[name]
        past = games[:bisect.bisect_left([g.date for g in games], date)]
        self.name = name
        self.games = past[::-1]
        self.rows = [season.team_rows[g.id, name] for g in self.games if (g.id, name) in season.team_rows]
        self.days_rest = (date - self.games[0].date).days if self.games else None
        self.today = next((g for g in games if g.date == date), None)
        self._season = season

    def row(self, game):
        return self._season.team_rows.get((game.id, self.name))

    def allowed(self, game):
        """The opponent's row of a game."""
        return self._season.team_rows.get((game.id, game.away if game.home == self.name else game.home))

    def is_complete(self, game):
        row = self.row(game)
        return row is not None and row.is_complete

    def window(self, n=None):
        """Its own rows of the newest n scheduled games, those of complete box scores."""
        return Window(self.row(g) if self.is_complete(g) else None for g in self.games[:n])

    def allowed_window(self, n=None, since=datetime.date.min):
        """The opponents' rows of the newest n scheduled games, those of complete box scores."""
        rows = [self.allowed(g) for g in self.games[:n] if g.date >= since]
        return Window(row if row is not None and row.is_complete else None for row in rows)


class Player:
    """A player before the date: his games, played games and holes, newest first."""

    def __init__(self, key, rows, view):
        self.key = key
        self.games = rows[::-1]
        self.name, self.team = self.games[0].name, self.games[0].team
        self.played = [g for g in self.games if g.is_played]
        self.holes = self.find_holes(view)
        self._date = view.date

    def teams_on(self, date):
        """Whom he may have played for on a date: the team of his games on both sides of it, two where he
        changed; that of his first game before it, and of his latest after it."""
        before = next((g for g in self.games if g.date <= date), None)
        after = next((g for g in reversed(self.games) if g.date >= date), None)
        return {g.team for g in (before, after) if g is not None}

    def find_holes(self, view):
        played = {g.date for g in self.played}
        holes = []
        for team in {g.team for g in self.games}:
            holes += [g for g in view.teams[team].games if not view.teams[team].is_complete(g)
                      and g.date not in played and team in self.teams_on(g.date)]
        return sorted(holes, key=lambda g: (g.date, g.id), reverse=True)

    def window(self, n=None, after=datetime.date.min):
        """The newest n of played games and holes; all of the season without n; those later than a date."""
        slots = [(g.date, g) for g in self.played] + [(g.date, None) for g in self.holes]
        slots.sort(key=lambda slot: slot[0], reverse=True)
        return Window(row for date, row in slots if date > after).newest(n)

    def days_window(self, n):
        return self.window(after=self._date - days(n))

    def meetings(self, opponent):
        """Games that he played against a team, and holes that are games against it."""
        slots = [(g.date, g) for g in self.played if g.opponent == opponent]
        return Window([row for _, row in slots] + [None for g in self.holes if opponent in (g.home, g.away)])


class View:
    """The season before a date."""

    def __init__(self, season, date):
        self.season, self.date = season, date
        self.day = (date - season.opening_night).days
        self.is_early = 0 <= self.day < 14
        shown = (Team(season, name, date) for name in season.team_games)
        self.teams = {team.name: team for team in shown if team.games or team.today}  # by the schedule so far
        self.slate = season.feeds.games_on.get(date, [])
        self.least_games = min(len(team.rows) for team in self.teams.values())
        self.players, self._known = {}, {}
        for key, rows in season.player_rows.items():
            cut = bisect.bisect_left([r.date for r in rows], date)
            if cut:
                self.players[key] = Player(key, rows[:cut], self)

    def minimum_games(self, final):
        return min(final, max(5, self.least_games))

    # ---- the date's own facts ----

    def tip_off(self, game):
        """The schedule's; else the earliest time that most of the lines from before it name, the later at a
        tie, if it is on the game's Eastern day; else 19:00 Eastern."""
        if game.tip_off:
            return game.tip_off
        starts = [line for line in self.lines_of(game) + self.game_lines_of(game) if line.commence is not None
                  and line.commence.astimezone(EASTERN).date() == game.date
                  and (line.posted is None or line.posted < line.commence)]
        for time in sorted({line.commence for line in starts}):
            named = collections.Counter(s.commence for s in starts if s.posted is None or s.posted < time)
            if max(named, key=lambda t: (named[t], t)) == time:
                return time
        return datetime.datetime.combine(game.date, datetime.time(19), EASTERN)

    def game_lines_of(self, game):
        sides = frozenset({game.home, game.away})
        return [line for line in self.season.feeds.game_lines.get(self.date, []) if line.sides == sides]

    def lines_of(self, game):
        sides = frozenset({game.home, game.away})
        return [line for line in self.season.feeds.props.get(self.date, []) if line.sides == sides]

    def who(self, name, *teams):
        """The lookup of the player of the season so far whom a source means, if one of these is his team."""
        if name not in self._known:
            self._known[name] = resolve(name, {p.key: p.name for p in self.players.values()})
        key = self._known[name]
        return key if key is not None and self.players[key].team in teams else None

    def points_lines(self, game):
        """{lookup: his points lines that were put up before tip-off}, each with its stamp."""
        tip, found = self.tip_off(game), collections.defaultdict(list)
        for line in self.lines_of(game):
            stamp = line.posted or tip - datetime.timedelta(minutes=1)
            if line.market == "player_points" and line.line > 0 and stamp < tip:
                found[self.who(line.name, game.home, game.away)].append((line, stamp))
        found.pop(None, None)
        return found

    def reports(self, game):
        """{lookup: status of his last listing before tip-off}, the graver of two at once; None where no report
        of the date came before it."""
        tip = self.tip_off(game)
        known = [r for r in self.season.feeds.injuries.get(self.date, []) if r.time < tip]
        last = {}
        for report in sorted(known, key=lambda r: (r.time, GRAVITY.index(r.status))):
            if report.team in (game.home, game.away):
                last[self.who(report.name, report.team)] = report.status
        return last if known else None


# ---- lines ----

def usable(lines):
    """Those offered on both sides, then or another time; all where none is."""
    sides = collections.defaultdict(set)
    for line, _ in lines:
        sides[line.book, line.line].add(line.side.lower())
    return [pair for pair in lines if sides[pair[0].book, pair[0].line] == {"over", "under"}] or lines


def stamped(lines, pick):
    """The distinct values of the lines that came last (max) or first (min)."""
    when = pick(stamp for _, stamp in lines)
    return {line.line for line, stamp in lines if stamp == when}


def book_order(book):
    known = book.lower()
    return (BOOKS.index(known) if known in BOOKS else len(BOOKS), book)


def nearest(values, middle):
    return min(values, key=lambda v: (abs(v - middle), v))


def choose_line(lines):
    """(line, opening or None) of the bookmaker that comes first."""
    by_book = collections.defaultdict(list)
    for pair in usable(lines):
        by_book[pair[0].book].append(pair)
    latest = {book: stamped(own, max) for book, own in by_book.items()}
    middle = statistics.median(value for values in latest.values() for value in values)
    book = min(latest, key=book_order)
    timed = [pair for pair in by_book[book] if pair[0].posted is not None]
    opening = nearest(stamped(timed, min), middle) if timed else None
    return nearest(latest[book], middle), opening
