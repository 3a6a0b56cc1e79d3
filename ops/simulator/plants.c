/*
 * ops/simulator/plants.c
 *    Every plant has its dates; who it hits is drawn from the plants' own streams.
 */
#include "ops/simulator/plants.h"
#include <string.h>
#include "ops/simulator/player_names.h"

enum { PLANT_MISSPELLING, PLANT_CORRECTION };
enum { TRIES = 400, FIRST_MISSPELLING = 8, MISSPELLING_EVERY = 6, FIRST_CORRECTION = 17, CORRECTION_EVERY = 16 };

static const struct {
    size_t date_index;
    const char *feed;
} missing_feeds[] = {{33, "shots"}, {71, "props"}, {104, "shots"}, {139, "props"}};

const char *
plant_missing_feed(size_t date_index)
{
    for (size_t i = 0; i < ARRAY_LEN(missing_feeds); i++)
        if (missing_feeds[i].date_index == date_index)
            return missing_feeds[i].feed;
    return NULL;
}

static bool
is_due(size_t date_index, size_t first, size_t every)
{
    return date_index >= first && (date_index - first) % every == 0;
}

static bool
has_shots(const SimSide *s, const SimPlayer *p)
{
    for (size_t i = 0; i < s->shot_count; i++)
        if (s->shots[i].player == p)
            return true;
    return false;
}

static bool
can_be_misspelt(const PlayedDate *d, const Misspelling *m, const SimResult *r, size_t side, HasLine has_line,
                const void *user)
{
    const char *missing = plant_missing_feed(d->index);
    const size_t player = (size_t)(m->player - r->sides[side].team->players);

    if (r->game->is_cup_final
        || (missing != NULL && strcmp(missing, m->source == SOURCE_SHOTS ? "shots" : "props") == 0))
        return false;
    if (m->source == SOURCE_SHOTS)
        return has_shots(&r->sides[side], m->player);
    return has_line(user, r, side, player);
}

Misspelling
plant_misspelling(const League *l, const PlayedDate *d, HasLine has_line, const void *user, Arena *a)
{
    Rng r = dice_stream(l->seed, DICE_PLANTS, (uint64_t)d->date.days, PLANT_MISSPELLING);

    if (!is_due(d->index, FIRST_MISSPELLING, MISSPELLING_EVERY))
        return (Misspelling){0};
    for (int i = 0; i < TRIES; i++) {
        const SimResult *result = d->results[rng_below(&r, d->count)];
        const size_t side = rng_below(&r, SIDE_COUNT);
        const SimTeam *team = result->sides[side].team;
        Misspelling m = {.player = &team->players[rng_below(&r, ROSTER)],
                         .team = team,
                         .game = result->game,
                         .source = d->index / MISSPELLING_EVERY % 2 == 0 ? SOURCE_SHOTS : SOURCE_PROPS};

        m.spelling = name_misspelt(m.player->names[m.source], a);
        if (can_be_misspelt(d, &m, result, side, has_line, user) && !league_has_name(l, m.spelling, a))
            return m;
    }
    return (Misspelling){0};
}

/* Taking a point away must not change who won. */
static bool
can_be_corrected(const SimResult *r, const SimLine *line)
{
    const int lead = r->sides[SIDE_HOME].points - r->sides[SIDE_AWAY].points;

    return !r->game->is_cup_final && line->three > 0 && (lead > 1 || lead < -1);
}

Correction
plant_correction(const League *l, const PlayedDate *d, HasLine has_line, const void *user)
{
    Rng r = dice_stream(l->seed, DICE_PLANTS, (uint64_t)d->date.days, PLANT_CORRECTION);

    if (!is_due(d->index, FIRST_CORRECTION, CORRECTION_EVERY))
        return (Correction){0};
    for (int i = 0; i < TRIES; i++) {
        const SimResult *result = d->results[rng_below(&r, d->count)];
        Correction c = {.result = result, .side = rng_below(&r, SIDE_COUNT)};
        const size_t player = rng_below(&r, ROSTER);

        c.line = &c.result->sides[c.side].lines[player];
        if (can_be_corrected(c.result, c.line) && has_line(user, c.result, c.side, player))
            return c;
    }
    return (Correction){0};
}

SimLine
correction_first_line(const Correction *c)
{
    SimLine l = *c->line;

    l.three--;
    l.three_a--;
    return l;
}
