/*
 * workers/features/gap_store.c
 *    SQL of features.feature_store_gaps.
 */
#include "workers/features/gap_store.h"

#define DETECTOR "feature_store"

/* The gaps column by column, as the statements take them. */
typedef struct {
    const char **players, **reasons, **subjects, **details, **games, **teams, **opponents;
    int32_t *seasons;
    size_t count;
} Columns;

static Columns
columns_of(const FeatureGap *gaps, size_t count, Arena *a)
{
    Columns c = {
        .players = arena_array(a, count, sizeof(char *)),
        .reasons = arena_array(a, count, sizeof(char *)),
        .subjects = arena_array(a, count, sizeof(char *)),
        .details = arena_array(a, count, sizeof(char *)),
        .games = arena_array(a, count, sizeof(char *)),
        .teams = arena_array(a, count, sizeof(char *)),
        .opponents = arena_array(a, count, sizeof(char *)),
        .seasons = arena_array(a, count, sizeof(int32_t)),
        .count = count,
    };

    for (size_t i = 0; i < count; i++) {
        const UpcomingPlayer *p = gaps[i].player;

        c.players[i] = p->player_lookup;
        c.reasons[i] = gap_reason_names[gaps[i].reason];
        c.subjects[i] = gaps[i].subject;
        c.details[i] = gaps[i].detail;
        c.games[i] = p->game_id;
        c.teams[i] = p->team;
        c.opponents[i] = p->opponent;
        c.seasons[i] = p->season_year;
    }
    return c;
}

static bool
upsert(DbTx *tx, GameDate date, const Columns *c, Instant now, Err *err)
{
    static const char sql[]
        = "insert into features.feature_store_gaps as g (game_date, player_lookup, reason, subject, reason_detail,"
          " game_id, team, opponent, season_year, detected_at, detected_by) select $1, p, r, s, d, game, t, o, y, $10,"
          " '" DETECTOR "' from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],"
          " $8::text[], $9::integer[]) u(p, r, s, d, game, t, o, y) order by p, r, s"
          " on conflict (game_date, player_lookup, reason, subject) do update set"
          " reason_detail = excluded.reason_detail, game_id = excluded.game_id, team = excluded.team,"
          " opponent = excluded.opponent, season_year = excluded.season_year,"
          " detected_at = case when g.resolved_at is null then g.detected_at else excluded.detected_at end,"
          " detected_by = case when g.resolved_at is null then g.detected_by else excluded.detected_by end,"
          " resolved_at = null, resolved_by = null";
    const DbParam params[] = {db_date(date),
                              db_texts(c->players, c->count),
                              db_texts(c->reasons, c->count),
                              db_texts(c->subjects, c->count),
                              db_texts(c->details, c->count),
                              db_texts(c->games, c->count),
                              db_texts(c->teams, c->count),
                              db_texts(c->opponents, c->count),
                              db_i32s(c->seasons, c->count),
                              db_ts(now)};

    return c->count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

static bool
resolve(DbTx *tx, GameDate date, const TextArray *players, const Columns *c, Instant now, Err *err)
{
    static const char sql[]
        = "update features.feature_store_gaps g set resolved_at = $6, resolved_by = '" DETECTOR "'"
          " where g.game_date = $1 and g.resolved_at is null and ($7 or g.player_lookup = any ($2)) and not exists"
          " (select 1 from unnest($3::text[], $4::text[], $5::text[]) u(p, r, s)"
          " where (p, r, s) = (g.player_lookup, g.reason, g.subject))";
    const bool is_everybody = players == NULL;
    const DbParam params[] = {db_date(date),
                              db_texts(is_everybody ? NULL : players->items, is_everybody ? 0 : (size_t)players->count),
                              db_texts(c->players, c->count),
                              db_texts(c->reasons, c->count),
                              db_texts(c->subjects, c->count),
                              db_ts(now),
                              db_bool(is_everybody)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
gaps_store(DbTx *tx, GameDate date, const TextArray *players, const FeatureGap *gaps, size_t count, Instant now,
           Arena *a, Err *err)
{
    const Columns c = columns_of(gaps, count, a);

    return upsert(tx, date, &c, now, err) && resolve(tx, date, players, &c, now, err);
}
