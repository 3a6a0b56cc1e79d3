/*
 * ops/simulator/lines.c
 *    One opinion a player, on which the books differ by a little; where it moves, the line before
 *    the move stays in the list with the time at which it was posted.
 */
#include "ops/simulator/lines.h"

enum { MARKETS = 3, BOOKS = 2, SPORTSBOOKS = 3, SNAPSHOTS = 4 };

static const int64_t HOUR_US = INT64_C(3600) * 1000000;

typedef struct {
    const char *name;
    double rows[BOOKS];        /* chance that a book has it for a player with a points line */
    double noise, noise_share; /* of the opinion: a constant, and a share of the value */
    double median_below_mean;
    double lowest; /* no line below */
} MarketFacts;

static const MarketFacts markets[MARKETS] = {
    {"player_points", {0.0, 0.0}, 0.55, 0.055, 0.10, 1.5}, /* books: see books_of_points */
    {"player_rebounds", {0.57, 0.29}, 0.3, 0.05, 0.25, 1.5},
    {"player_assists", {0.35, 0.18}, 0.3, 0.05, 0.25, 1.5},
};

static const char *const books[BOOKS] = {"PrizePicks", "Underdog"};
static const char *const sportsbooks[SPORTSBOOKS] = {"DraftKings", "FanDuel", "BetMGM"};

/* Both, the first only, the second only. */
static const double books_of_points[] = {0.697, 0.204, 0.099};

/* A player has lines from some expected points on, and always from some more on. */
static const double none_below = 5.0, always_above = 12.5, most_have = 0.97, sat_has_line = 0.55;

/* How a book differs from the common opinion. */
static const double book_steps[] = {0.0, -0.5, 0.5, -1.0, 1.0};
static const double book_step_weights[] = {0.875, 0.045, 0.045, 0.0175, 0.0175};

static const double half_of_whole = 0.66; /* whole numbers that become a half, so that nothing is pushed */
static const double moves = 0.11, move_spread = 0.8;

/* To the nearest half. */
static double
to_half(double v)
{
    const double twice = 2.0 * v + (v < 0.0 ? -0.5 : 0.5);

    return (double)(int64_t)twice / 2.0;
}

static bool
is_whole(double v)
{
    return (double)(int64_t)v >= v && (double)(int64_t)v <= v;
}

/* To the nearest half, a whole number shifted. */
static double
unpushed(double v, double shift)
{
    const double half = to_half(v);

    return is_whole(half) ? half + shift : half;
}

static bool
has_lines(const Expectation *e, const Health *h, Rng *r)
{
    const double chance = most_have * clamped((e->points - none_below) / (always_above - none_below), 0.0, 1.0);
    const bool sat = h->fate == FATE_SAT && !dice_chance(r, sat_has_line);

    return dice_chance(r, chance) && is_thought_to_play(h) && !sat;
}

static double
value_of(const Expectation *e, size_t market)
{
    const double values[MARKETS] = {e->points, e->rebounds, e->assists};

    return values[market];
}

typedef struct {
    PropQuote *quotes;
    size_t count;
    Instant tip_off;
} List;

static void
post(List *l, const PropQuote *what, double line, double hours_before, Rng *r)
{
    PropQuote *q = &l->quotes[l->count++];

    *q = *what;
    q->line = line;
    q->posted.us = l->tip_off.us - (int64_t)(hours_before * 60.0) * (HOUR_US / 60)
                   - (int64_t)rng_below(r, 60) * 1000000;
}

/* The lines of one book: what it opened with, where that has moved, and what it closes with. */
static void
post_book(List *l, const PropQuote *what, double opening, double closing, double lowest, Rng *r)
{
    const double step = book_steps[dice_weighted(r, book_step_weights, ARRAY_LEN(book_steps))];
    double lines[2] = {to_half(opening + step), to_half(closing + step)};

    for (size_t i = 0; i < 2; i++) {
        lines[i] = clamped(lines[i], lowest, 99.5);
    }
    if (lines[0] < lines[1] || lines[0] > lines[1])
        post(l, what, lines[0], dice_between(r, 6.0, 11.0), r);
    post(l, what, lines[1], dice_between(r, 0.3, 4.0), r);
}

static void
post_market(List *l, const SimPlayer *p, const Expectation *e, size_t market, const bool has[BOOKS], Rng *r)
{
    const MarketFacts *m = &markets[market];
    const double mean = value_of(e, market);
    const double shared = dice_normal(r, 1.0, m->noise_share);
    const double closing = mean * shared + dice_normal(r, -m->median_below_mean, m->noise);
    /* The opening line is the worse one. */
    const double opening = dice_chance(r, moves) ? closing + dice_normal(r, 0.0, move_spread) : closing;
    /* One rounding for all books, so that they agree unless they mean not to. */
    const double shift = !dice_chance(r, half_of_whole) ? 0.0 : dice_chance(r, 0.5) ? 0.5 : -0.5;
    const double rounded[2] = {unpushed(opening, shift), unpushed(closing, shift)};

    for (size_t b = 0; b < BOOKS; b++) {
        const PropQuote what = {.player = p, .market = m->name, .bookmaker = books[b]};
        Rng own = rng_seeded(rng_u64(r));

        if (has[b])
            post_book(l, &what, rounded[0], rounded[1], m->lowest, &own);
    }
}

static void
post_player(List *l, const SimPlayer *p, const Expectation *e, Rng *r)
{
    const size_t which = dice_weighted(r, books_of_points, ARRAY_LEN(books_of_points));
    const bool has_points[BOOKS] = {which != 2, which != 1};

    post_market(l, p, e, 0, has_points, r);
    for (size_t m = 1; m < MARKETS; m++) {
        bool has[BOOKS];

        for (size_t b = 0; b < BOOKS; b++)
            has[b] = dice_chance(r, markets[m].rows[b]) && value_of(e, m) > markets[m].lowest;
        post_market(l, p, e, m, has, r);
    }
}

const PropQuote *
prop_quotes_draw(const League *l, const SimGame *game, const SideExpectation *side, const Health health[ROSTER],
                 size_t *count, Arena *a)
{
    List list = {.quotes = arena_array(a, (size_t)ROSTER * MARKETS * BOOKS * 2, sizeof(PropQuote)),
                 .tip_off = game->tip_off};

    for (size_t i = 0; i < ROSTER; i++) {
        const SimPlayer *p = &side->team->players[i];
        Rng r = dice_stream(l->seed, DICE_LINES, (uint64_t)p->id, (uint64_t)game->number);

        if (has_lines(&side->players[i], &health[i], &r))
            post_player(&list, p, &side->players[i], &r);
    }
    *count = list.count;
    return list.quotes;
}

/* ---- spread, total, winner ---- */

/* Hours before the tip-off, and how far the books still are from their closing opinion. */
static const struct {
    double hours, error;
} snapshots[SNAPSHOTS] = {{22.0, 1.0}, {9.0, 0.6}, {3.0, 0.3}, {0.1, 0.0}};

/* American odds of winning for a favourite by so many points: some 3 % a point. */
static int
price_of_lead(double lead)
{
    const double p = clamped(0.5 + 0.031 * lead, 0.06, 0.94) * 1.045;

    if (p >= 0.5)
        return -(int)(100.0 * clamped(p, 0.5, 0.97) / (1.0 - clamped(p, 0.5, 0.97)) + 0.5);
    return (int)(100.0 * (1.0 - p) / p + 0.5);
}

typedef struct {
    GameQuote *quotes;
    size_t count;
} GameList;

static void
add_outcome(GameList *l, GameQuote q, const char *outcome, double point, int price)
{
    q.outcome = outcome;
    q.point = point;
    q.price = price;
    l->quotes[l->count++] = q;
}

static void
add_snapshot(GameList *l, const GameQuote *at, const SimGame *g, double lead, double total)
{
    const char *home = team_name_of_books(g->home), *away = team_name_of_books(g->away);
    GameQuote q = *at;

    q.has_point = true;
    q.market = "spreads";
    add_outcome(l, q, home, to_half(-lead), -110);
    add_outcome(l, q, away, -to_half(-lead) + 0.0, -110);
    q.market = "totals";
    add_outcome(l, q, "Over", to_half(total), -110);
    add_outcome(l, q, "Under", to_half(total), -110);
    q.has_point = false;
    q.market = "h2h";
    add_outcome(l, q, home, 0.0, price_of_lead(lead));
    add_outcome(l, q, away, 0.0, price_of_lead(-lead));
}

const GameQuote *
game_quotes_draw(const League *l, const SimGame *game, const SideExpectation sides[SIDE_COUNT], size_t *count, Arena *a)
{
    Rng r = dice_stream(l->seed, DICE_GAME_LINES, (uint64_t)game->number, 0);
    GameList list = {.quotes = arena_array(a, (size_t)SNAPSHOTS * SPORTSBOOKS * 6, sizeof(GameQuote))};
    const double lead = sides[SIDE_HOME].points - sides[SIDE_AWAY].points + dice_normal(&r, 0.0, 1.2);
    const double total = sides[SIDE_HOME].points + sides[SIDE_AWAY].points + dice_normal(&r, 0.0, 2.0);
    const double lead_error = dice_normal(&r, 0.0, 1.4), total_error = dice_normal(&r, 0.0, 2.6);

    for (size_t s = 0; s < SNAPSHOTS; s++) {
        for (size_t b = 0; b < SPORTSBOOKS; b++) {
            const double e = snapshots[s].error;
            const GameQuote at = {.bookmaker = sportsbooks[b],
                                  .snapshot.us = game->tip_off.us
                                                 - (int64_t)(snapshots[s].hours * 60.0) * (HOUR_US / 60)};
            const double lead_seen = lead + e * lead_error + dice_normal(&r, 0.0, 0.25);
            const double total_seen = total + e * total_error + dice_normal(&r, 0.0, 0.5);

            add_snapshot(&list, &at, game, lead_seen, total_seen);
        }
    }
    *count = list.count;
    return list.quotes;
}
