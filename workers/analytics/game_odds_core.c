/*
 * workers/analytics/game_odds_core.c
 *    The first and the last row of each market by bookmaker, and one bookmaker of them.
 */
#include "workers/analytics/game_odds_core.h"
#include <string.h>
#include <strings.h>

typedef enum { MARKET_SPREAD, MARKET_TOTAL, MARKET_COUNT } Market;

/* What one bookmaker has of a market; NULL: nothing. */
typedef struct {
    const RawGameLine *first, *last;
} Span;

typedef struct {
    const char *name;
    Span spans[MARKET_COUNT];
} Book;

/* MARKET_COUNT for a market that is none of ours. */
static Market
market_of(const RawGameLine *l)
{
    static const char *const names[MARKET_COUNT] = {[MARKET_SPREAD] = "spreads", [MARKET_TOTAL] = "totals"};
    size_t m = 0;

    while (m < MARKET_COUNT && strcmp(names[m], l->market) != 0)
        m++;
    return (Market)m;
}

static bool
is_usable(const RawGameLine *l, const Slot *slot)
{
    return l->is_scheduled == BOOL_TRUE && strcmp(l->game_id, slot->row->game_id) == 0 && market_of(l) != MARKET_COUNT
           && !f64_is_null(l->point) && slot_is_before(slot, l->snapshot_time);
}

static Book *
book_of(Book *books, size_t *count, const char *name)
{
    size_t i = 0;

    while (i < *count && strcmp(books[i].name, name) != 0)
        i++;
    if (i == *count)
        books[(*count)++] = (Book){.name = name};
    return &books[i];
}

/* Of one snapshot's two outcomes the home team's and the over's; then the one that stands first. */
static bool
comes_before(const RawGameLine *a, const RawGameLine *b, const ScheduleGame *g)
{
    const bool is_main_a = strcmp(a->outcome, g->home_team) == 0 || strcmp(a->outcome, "Over") == 0;
    const bool is_main_b = strcmp(b->outcome, g->home_team) == 0 || strcmp(b->outcome, "Over") == 0;

    return is_main_a != is_main_b ? is_main_a : a->row_no < b->row_no;
}

static void
take(Span *s, const RawGameLine *l, const ScheduleGame *g)
{
    const int64_t at = l->snapshot_time.us;

    if (s->last == NULL || at > s->last->snapshot_time.us
        || (at == s->last->snapshot_time.us && comes_before(l, s->last, g)))
        s->last = l;
    if (s->first == NULL || at < s->first->snapshot_time.us
        || (at == s->first->snapshot_time.us && comes_before(l, s->first, g)))
        s->first = l;
}

static size_t
rank_of(const char *name)
{
    return strcasecmp(name, "draftkings") == 0 ? 0 : strcasecmp(name, "fanduel") == 0 ? 1 : 2;
}

static bool
has_both(const Book *b)
{
    return b->spans[MARKET_SPREAD].last != NULL && b->spans[MARKET_TOTAL].last != NULL;
}

static bool
is_better(const Book *a, const Book *b)
{
    if (has_both(a) != has_both(b))
        return has_both(a);
    if (rank_of(a->name) != rank_of(b->name))
        return rank_of(a->name) < rank_of(b->name);
    return strcmp(a->name, b->name) < 0;
}

double
odds_of_side(double home_spread, bool is_home)
{
    return is_home ? home_spread : 0.0 - home_spread;
}

static double
value_of(const RawGameLine *l, const ScheduleGame *g)
{
    return l == NULL ? NULL_F64 : odds_of_side(l->point, strcmp(l->outcome, g->away_team) != 0);
}

static double
opening_of(const Span *s, const ScheduleGame *g)
{
    return s->last == NULL || s->first->snapshot_time.us == s->last->snapshot_time.us ? NULL_F64
                                                                                      : value_of(s->first, g);
}

static Instant
stamp_of(const Span *s)
{
    return s->last == NULL ? INSTANT_NULL : s->last->snapshot_time;
}

GameOdds
game_odds(const RawGameLine *lines, size_t count, const Slot *slot, Arena *a)
{
    const ScheduleGame *g = slot->row;
    Book *books = arena_array(a, count, sizeof books[0]);
    const Book *best = NULL;
    const Span *spread, *total;
    size_t book_count = 0;

    for (size_t i = 0; i < count; i++)
        if (is_usable(&lines[i], slot))
            take(&book_of(books, &book_count, lines[i].bookmaker)->spans[market_of(&lines[i])], &lines[i], g);
    for (size_t i = 0; i < book_count; i++)
        if (best == NULL || is_better(&books[i], best))
            best = &books[i];
    if (best == NULL)
        return (GameOdds){.home_spread = NULL_F64,
                          .total = NULL_F64,
                          .opening_home_spread = NULL_F64,
                          .opening_total = NULL_F64,
                          .stamp = INSTANT_NULL};
    spread = &best->spans[MARKET_SPREAD];
    total = &best->spans[MARKET_TOTAL];
    return (GameOdds){.bookmaker = best->name,
                      .home_spread = value_of(spread->last, g),
                      .total = value_of(total->last, g),
                      .opening_home_spread = opening_of(spread, g),
                      .opening_total = opening_of(total, g),
                      .stamp = stamp_of(spread).us > stamp_of(total).us ? stamp_of(spread) : stamp_of(total)};
}
