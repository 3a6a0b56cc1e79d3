/*
 * workers/analytics/points_lines_core.c
 *    From rows a side to quotes a player and bookmaker, and from those to one line.
 */
#include "workers/analytics/points_lines_core.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PROCESSOR_NAME "upcoming_context"
#define FEED_NAME "props"
#define POINTS_MARKET "player_points"

static const int64_t ONE_MINUTE_US = INT64_C(60000000);

enum { SIDE_OVER = 1, SIDE_UNDER = 2, SIDE_BOTH = SIDE_OVER | SIDE_UNDER };

/* One line that one bookmaker put up for a player. */
typedef struct {
    const char *lookup;
    const char *bookmaker;
    double line;
    Instant stamp;
    bool is_posted; /* the feed says when */
    int sides;      /* on which it was offered, then or another time */
} Quote;

struct PointsLines {
    const Slate *slate;
    const RawPropLine **lines; /* usable ones, sorted by game and name */
    size_t line_count;
    Quote *quotes; /* sorted by lookup, bookmaker, line, stamp */
    size_t quote_count;
    UnresolvedName *unresolved;
    size_t unresolved_count;
};

/* ---- lines and whose they are ---- */

static Instant
stamp_of(const RawPropLine *l, const Slot *slot)
{
    return instant_is_null(l->posted_at) ? (Instant){slot->tip_off.us - ONE_MINUTE_US} : l->posted_at;
}

static bool
is_usable(const Slate *s, const RawPropLine *l)
{
    const Slot *slot = slate_slot(s, l->game_id);

    return slot != NULL && l->is_scheduled == BOOL_TRUE && strcmp(l->market, POINTS_MARKET) == 0 && l->line > 0.0
           && slot_is_before(slot, stamp_of(l, slot));
}

static int
line_cmp(const void *x, const void *y)
{
    const RawPropLine *a = *(const RawPropLine *const *)x;
    const RawPropLine *b = *(const RawPropLine *const *)y;
    const int c = strcmp(a->game_id, b->game_id);

    return c != 0 ? c : strcmp(a->player_name, b->player_name);
}

static void
sort_lines(PointsLines *w, const RawPropLine *lines, size_t count)
{
    w->lines = arena_array(w->slate->arena, count, sizeof w->lines[0]);
    for (size_t i = 0; i < count; i++)
        if (is_usable(w->slate, &lines[i]))
            w->lines[w->line_count++] = &lines[i];
    if (w->line_count > 0)
        qsort(w->lines, w->line_count, sizeof w->lines[0], line_cmp);
}

static void
add_quote(PointsLines *w, const char *lookup, const RawPropLine *l, const Slot *slot)
{
    w->quotes[w->quote_count++] = (Quote){.lookup = lookup,
                                          .bookmaker = l->bookmaker,
                                          .line = l->line,
                                          .stamp = stamp_of(l, slot),
                                          .is_posted = !instant_is_null(l->posted_at),
                                          .sides = strcasecmp(l->side, "over") == 0    ? SIDE_OVER
                                                   : strcasecmp(l->side, "under") == 0 ? SIDE_UNDER
                                                                                       : 0};
}

/* All points lines of one name in one game. */
static void
place_name(PointsLines *w, const RawPropLine *const *lines, size_t count)
{
    const Slot *slot = slate_slot(w->slate, lines[0]->game_id);
    const char *reason = NULL;
    const LeaguePlayer *p = slate_player(w->slate, slot, NULL, lines[0]->player_name, &reason);

    if (p != NULL) {
        for (size_t i = 0; i < count; i++)
            add_quote(w, p->lookup, lines[i], slot);
        return;
    }
    w->unresolved[w->unresolved_count++] = (UnresolvedName){
        .game_date = w->slate->view->date,
        .processor = PROCESSOR_NAME,
        .feed = FEED_NAME,
        .player_name = lines[0]->player_name,
        .team = arena_printf(w->slate->arena, "%s@%s", slot->row->away_team, slot->row->home_team),
        .reason = reason,
        .row_count = (int32_t)count};
}

static int
quote_cmp(const void *x, const void *y)
{
    const Quote *a = x;
    const Quote *b = y;
    int c = strcmp(a->lookup, b->lookup);

    if (c == 0)
        c = strcmp(a->bookmaker, b->bookmaker);
    if (c == 0)
        c = (a->line > b->line) - (a->line < b->line);
    return c != 0 ? c : (a->stamp.us > b->stamp.us) - (a->stamp.us < b->stamp.us);
}

static bool
is_same_line(const Quote *a, const Quote *b)
{
    return strcmp(a->lookup, b->lookup) == 0 && strcmp(a->bookmaker, b->bookmaker) == 0
           && fabs(a->line - b->line) < 1e-9;
}

/* The sides of a line need not have been put up in the same second. */
static void
join_sides(PointsLines *w)
{
    size_t end;

    for (size_t i = 0; i < w->quote_count; i = end) {
        int sides = 0;

        for (end = i; end < w->quote_count && is_same_line(&w->quotes[i], &w->quotes[end]); end++)
            sides |= w->quotes[end].sides;
        for (size_t k = i; k < end; k++)
            w->quotes[k].sides = sides;
    }
}

/* One quote a player, bookmaker, line and stamp. */
static void
merge_quotes(PointsLines *w)
{
    size_t kept = 0;

    if (w->quote_count > 0)
        qsort(w->quotes, w->quote_count, sizeof w->quotes[0], quote_cmp);
    join_sides(w);
    for (size_t i = 0; i < w->quote_count; i++)
        if (kept == 0 || quote_cmp(&w->quotes[kept - 1], &w->quotes[i]) != 0)
            w->quotes[kept++] = w->quotes[i];
    w->quote_count = kept;
}

const PointsLines *
points_lines(const Slate *s, const RawPropLine *lines, size_t count)
{
    PointsLines *w = arena_alloc(s->arena, sizeof *w);
    size_t end;

    w->slate = s;
    sort_lines(w, lines, count);
    w->quotes = arena_array(s->arena, w->line_count, sizeof w->quotes[0]);
    w->unresolved = arena_array(s->arena, w->line_count, sizeof w->unresolved[0]);
    for (size_t i = 0; i < w->line_count; i = end) {
        for (end = i + 1; end < w->line_count && line_cmp(&w->lines[i], &w->lines[end]) == 0; end++)
            continue;
        place_name(w, w->lines + i, end - i);
    }
    merge_quotes(w);
    return w;
}

const UnresolvedName *
points_lines_unresolved(const PointsLines *l, size_t *count)
{
    *count = l->unresolved_count;
    return l->unresolved;
}

/* ---- one line of many ---- */

static size_t
book_rank(const char *bookmaker)
{
    static const char *const preferred[] = {"draftkings", "fanduel", "betmgm", "pointsbet", "caesars"};
    size_t i;

    for (i = 0; i < ARRAY_LEN(preferred); i++)
        if (strcasecmp(bookmaker, preferred[i]) == 0)
            break;
    return i;
}

static int
double_cmp(const void *x, const void *y)
{
    const double a = *(const double *)x;
    const double b = *(const double *)y;

    return (a > b) - (a < b);
}

/* Of some quotes; count is above 0. */
static double
median_line(const Quote *const *quotes, size_t count, Arena *a)
{
    double *lines = arena_array(a, count, sizeof lines[0]);

    for (size_t i = 0; i < count; i++)
        lines[i] = quotes[i]->line;
    qsort(lines, count, sizeof lines[0], double_cmp);
    return (lines[(count - 1) / 2] + lines[count / 2]) / 2.0;
}

/* Those that are offered on both sides; all of them when none is. */
static const Quote **
usable_quotes(const Quote *quotes, size_t count, size_t *usable, Arena *a)
{
    const Quote **out = arena_array(a, count, sizeof out[0]);

    *usable = 0;
    for (size_t i = 0; i < count; i++)
        if (quotes[i].sides == SIDE_BOTH)
            out[(*usable)++] = &quotes[i];
    if (*usable > 0)
        return out;
    for (size_t i = 0; i < count; i++)
        out[(*usable)++] = &quotes[i];
    return out;
}

/* Of each bookmaker those with its newest stamp, in their order. */
static const Quote **
newest_quotes(const Quote *const *quotes, size_t count, size_t *newest, Arena *a)
{
    const Quote **out = arena_array(a, count, sizeof out[0]);

    *newest = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_newest = true;

        for (size_t k = 0; k < count && is_newest; k++)
            is_newest = strcmp(quotes[k]->bookmaker, quotes[i]->bookmaker) != 0
                        || quotes[k]->stamp.us <= quotes[i]->stamp.us;
        if (is_newest)
            out[(*newest)++] = quotes[i];
    }
    return out;
}

/* quotes are sorted by bookmaker and line, so that the first of equals is the one wanted. */
static const Quote *
choose_quote(const Quote *const *quotes, size_t count, double median)
{
    const Quote *best = quotes[0];

    for (size_t i = 1; i < count; i++) {
        const Quote *q = quotes[i];
        const size_t rank = book_rank(q->bookmaker), best_rank = book_rank(best->bookmaker);
        const bool is_same_book = strcmp(q->bookmaker, best->bookmaker) == 0;

        if (rank < best_rank || (is_same_book && fabs(q->line - median) < fabs(best->line - median)))
            best = q;
    }
    return best;
}

/* NULL_F64 where the bookmaker's lines have no times. */
static double
opening_line(const Quote *const *quotes, size_t count, const char *bookmaker, double median)
{
    const Quote *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const Quote *q = quotes[i];

        if (!q->is_posted || strcmp(q->bookmaker, bookmaker) != 0)
            continue;
        if (best == NULL || q->stamp.us < best->stamp.us
            || (q->stamp.us == best->stamp.us && fabs(q->line - median) < fabs(best->line - median)))
            best = q;
    }
    return best == NULL ? NULL_F64 : best->line;
}

PointsLine
points_line_of(const PointsLines *l, const char *player_lookup)
{
    PointsLine out = {.line = NULL_F64, .opening = NULL_F64, .stamp = INSTANT_NULL};
    const Quote **usable, **newest, *chosen;
    size_t first = 0, end, usable_count, newest_count;
    double median;

    while (first < l->quote_count && strcmp(l->quotes[first].lookup, player_lookup) < 0)
        first++;
    for (end = first; end < l->quote_count && strcmp(l->quotes[end].lookup, player_lookup) == 0; end++)
        if (end == first || strcmp(l->quotes[end].bookmaker, l->quotes[end - 1].bookmaker) != 0)
            out.book_count++;
    if (end == first)
        return out;
    usable = usable_quotes(&l->quotes[first], end - first, &usable_count, l->slate->arena);
    newest = newest_quotes(usable, usable_count, &newest_count, l->slate->arena);
    median = median_line(newest, newest_count, l->slate->arena);
    chosen = choose_quote(newest, newest_count, median);
    out.bookmaker = chosen->bookmaker;
    out.line = chosen->line;
    out.opening = opening_line(usable, usable_count, chosen->bookmaker, median);
    out.stamp = chosen->stamp;
    return out;
}
