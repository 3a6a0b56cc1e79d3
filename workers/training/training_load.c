/*
 * workers/training/training_load.c
 *    SQL of the examples.
 */
#include "workers/training/training_load.h"
#include <string.h>
#include "libcore/io/db_array.h"
#include "libcore/io/db_table.h"

static Example
read_example(const DbRows *rows, size_t r, Arena *a)
{
    const F64Array values = db_get_f64s(rows, r, 6, a);

    return (Example){
        .date = db_get_date(rows, r, 0),
        .game_id = arena_strdup(a, db_get_text(rows, r, 1)),
        .player_lookup = arena_strdup(a, db_get_text(rows, r, 2)),
        .player_name = arena_strdup(a, db_get_text(rows, r, 3)),
        .team = arena_strdup(a, db_get_text(rows, r, 4)),
        .opponent = arena_strdup(a, db_get_text(rows, r, 5)),
        .values = values.items,
        .value_count = values.count,
        .quality_score = db_get_f64(rows, r, 7),
        .required_defaults = db_get_i32(rows, r, 8),
        .is_training_ready = db_get_bool(rows, r, 9),
        .data_source = arena_strdup(a, db_get_text(rows, r, 10)),
        .line = db_get_f64(rows, r, 11),
        .earlier_games = db_get_i32(rows, r, 12),
        .points = db_get_f64(rows, r, 13),
        .minutes = db_get_f64(rows, r, 14),
    };
}

/* Both are by date and player. */
static void
join_similar(Example *examples, size_t count, const PlayerSimilarity *similar, size_t similar_count)
{
    size_t s = 0;

    for (size_t i = 0; i < count; i++) {
        Example *e = &examples[i];

        while (s < similar_count
               && (date_before(similar[s].game_date, e->date)
                   || (date_equal(similar[s].game_date, e->date)
                       && strcmp(similar[s].player_lookup, e->player_lookup) < 0)))
            s++;
        if (s < similar_count && date_equal(similar[s].game_date, e->date)
            && strcmp(similar[s].player_lookup, e->player_lookup) == 0)
            e->similar = &similar[s];
    }
}

bool
training_load(DbTx *tx, GameDate from, GameDate to, Arena *a, const Example **out, size_t *count, Err *err)
{
    static const char sql[]
        = "select f.game_date, f.game_id, f.player_lookup, f.player_name, f.team, f.opponent, f.feature_values,"
          " f.feature_quality_score, f.required_default_count, f.is_training_ready, f.primary_data_source,"
          " c.current_points_line, coalesce(c.games_played_season, 0), g.points::double precision, g.minutes"
          " from features.ml_feature_store f"
          " left join analytics.upcoming_player_game_context c using (game_date, player_lookup)"
          " left join analytics.player_game_summary g on g.game_date = f.game_date and g.game_id = f.game_id"
          " and g.player_lookup = f.player_lookup"
          " where f.game_date between $1 and $2 order by f.game_date, f.player_lookup collate \"C\"";
    const DbParam params[] = {db_date(from), db_date(to)};
    const DbRows *mark = db_results_mark(tx);
    Example *examples;
    void *similar;
    size_t similar_count;
    DbRows *rows;

    if (!table_read_range(tx, &player_similarity_table, from, to, a, &similar, &similar_count, err)
        || !db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *count = db_row_count(rows);
    examples = arena_array(a, *count + 1, sizeof *examples);
    for (size_t r = 0; r < *count; r++)
        examples[r] = read_example(rows, r, a);
    db_results_release(tx, mark);
    join_similar(examples, *count, similar, similar_count);
    *out = examples;
    return true;
}

bool
training_first_date(DbTx *tx, GameDate *out, Err *err)
{
    DbRows *rows;

    if (!db_exec(tx, "select min(game_date) from features.ml_feature_store", NULL, 0, &rows, err))
        return false;
    *out = db_is_null(rows, 0, 0) ? GAME_DATE_NULL : db_get_date(rows, 0, 0);
    return true;
}
