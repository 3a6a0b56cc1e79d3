/*
 * ops/cli/quality_upstream.c
 *    The feature store's needs, cell by cell and row by row.
 */
#include "ops/cli/quality_reports.h"
#include <string.h>
#include "libcore/runtime/pipeline.h"
#include "ops/cli/print.h"
#include "ops/cli/why.h"

enum { COLUMNS = 8, MAX_NEEDS = 16 };

/* One need of the feature store over the dates. */
typedef struct {
    const char *processor;
    int64_t cells, bad, short_cells;
    GameDate first_bad; /* null when every cell has ended well */
    const char *bad_status;
    int64_t rows_without, by_rule; /* feature rows that lack a row of it; those whom it skipped by a rule */
    GameDate first_without;        /* of those that no rule explains */
    const char *rules;             /* why it skipped: "INSUFFICIENT_DATA 12" */
    int64_t unknown;               /* earlier games that a player's window lacks */
    const char *newest_unknown;    /* the newest of them */
} Upstream;

static const ProcessorSpec *const consumer = &processor_table[PROC_FEATURE_STORE];

/* What the one row says of cells: how many, how many bad, how many short, the first bad one and its state. */
static bool
read_cells(Session *s, const char *sql, const DbParam params[3], Upstream *u, Err *err)
{
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 3, &rows, err))
        return false;
    u->cells = db_get_i64(rows, 0, 0);
    u->bad = db_get_i64(rows, 0, 1);
    u->short_cells = db_get_i64(rows, 0, 2);
    u->first_bad = db_get_date(rows, 0, 3);
    u->bad_status = db_get_text(rows, 0, 4);
    return true;
}

#define COUNTED_CELLS                                                                                                  \
    "select count(*), count(*) filter (where bad), count(*) filter (where written < expected),"                        \
    " min(game_date) filter (where bad), (array_agg(status || coalesce(': ' || case when length(reason) > 80"          \
    " then left(reason, 79) || '…' else reason end, '') order by game_date) filter (where bad))[1] from "

/* The cells of the dates. One without data says why and is no fault of its own. */
static bool
read_own_cells(Session *s, DateRange r, Upstream *u, Err *err)
{
    static const char sql[] = COUNTED_CELLS
        "(select *, status in ('expected', 'waiting', 'failed') as bad from ops.cell"
        " where processor = $1 and game_date between $2 and $3 and (in_scope or unscheduled)) c";
    const DbParam params[] = {db_text(u->processor), db_date(r.from), db_date(r.to)};

    return read_cells(s, sql, params, u, err);
}

/* Dates of the season before the last one whose outcomes are not there: every window lacks them. */
static bool
read_earlier_cells(Session *s, DateRange r, Upstream *u, Err *err)
{
    static const char sql[] = COUNTED_CELLS
        "(select *, status in ('expected', 'waiting', 'failed') or (status = 'no_data' and exists"
        " (select 1 from raw.schedule_game g where g.game_date = c.game_date)) as bad from ops.cell c"
        " where processor = $1 and game_date < $2 and season_year = $3 and in_scope"
        " and not unscheduled) c";
    const DbParam params[] = {db_text(u->processor), db_date(r.to), db_i32(date_season_year(r.to))};

    return read_cells(s, sql, params, u, err);
}

static bool
read_absences(Session *s, DateRange r, Upstream *u, Err *err)
{
    static const char sql[]
        = "select sum(n)::bigint, coalesce(sum(n) filter (where reason is not null), 0)::bigint,"
          " min(first) filter (where reason is null),"
          " string_agg(reason || ' ' || n, ', ' order by reason) from (select k.reason, count(*) as n,"
          " min(f.game_date) as first from features.ml_feature_store f left join lateral (select min(reason) as reason"
          " from precompute.skipped_entity e where e.game_date = f.game_date and e.processor = $3"
          " and e.entity in (f.player_lookup, f.opponent)) k on true"
          " where f.game_date between $1 and $2 and $3 = any (f.missing_processors) group by k.reason) x";
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_text(u->processor)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (db_is_null(rows, 0, 0))
        return true;
    u->rows_without = db_get_i64(rows, 0, 0);
    u->by_rule = db_get_i64(rows, 0, 1);
    u->first_without = db_get_date(rows, 0, 2);
    u->rules = db_get_text(rows, 0, 3);
    return true;
}

/* Games without a box score that windows of these dates lack, and the feature rows that rest on such a
 * window. Ids of games begin with the date. */
static bool
read_unknown_games(Session *s, DateRange r, Upstream *u, Err *err)
{
    static const char sql[]
        = "select count(distinct g), max(g), to_date(min(left(g, 8)), 'YYYYMMDD'), (select count(*)"
          " from features.ml_feature_store where game_date between $1 and $2 and incomplete_indices <> '{}')"
          " from precompute.player_daily_cache, unnest(missing_game_ids) g where game_date between $1 and $2";
    const DbParam params[] = {db_date(r.from), db_date(r.to)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    u->unknown = db_get_i64(rows, 0, 0);
    u->newest_unknown = db_get_text(rows, 0, 1);
    if (u->bad == 0)
        u->first_bad = db_get_date(rows, 0, 2);
    u->rows_without = db_get_i64(rows, 0, 3);
    return true;
}

/* What the chain of that date says, else the command that walks it. */
static const char *
remedy_of(const Cli *cli, Session *s, GameDate date)
{
    const ProcessorSet all = processors_all();
    char day[DATE_TEXT_LEN];
    Link link;
    Err ignored; /* a date without a grid has no chain to walk */

    if (why_find_break(cli, s, date, &all, &link, &ignored) && link.remedy != NULL)
        return link.remedy;
    return arena_printf(s->a, "tipoff why %s", date_format(date, day));
}

static const char *
what_of(const Upstream *u, Arena *a)
{
    char day[DATE_TEXT_LEN];

    if (u->cells == 0)
        return "missing: no cell";
    if (u->bad > 0)
        return arena_printf(a, "missing%s %s (%s)", u->bad > 1 ? ", first" : "", date_format(u->first_bad, day),
                            u->bad_status);
    if (u->rows_without > u->by_rule)
        return "short: rows without one and without a rule that says so";
    if (u->rows_without > 0)
        return arena_printf(a, "skipped by rule: %s", u->rules);
    return u->short_cells > 0 ? "short: fewer rows than expected" : "whole";
}

static const char *
mend_of(const Cli *cli, Session *s, const Upstream *u, DateRange r)
{
    if (u->cells == 0)
        return remedy_of(cli, s, r.from);
    if (u->bad > 0)
        return remedy_of(cli, s, u->first_bad);
    return u->rows_without > u->by_rule ? remedy_of(cli, s, u->first_without) : NULL;
}

/* The same of outcomes of earlier dates. */
static const char *
what_of_earlier(const Upstream *u, Arena *a)
{
    char day[DATE_TEXT_LEN];
    const char *text;

    if (u->cells == 0)
        return "none yet";
    if (u->bad == 0 && u->unknown == 0)
        return u->short_cells > 0 ? "short: fewer rows than expected" : "whole";
    text = u->bad == 0 ? "short"
                       : arena_printf(a, "no outcomes of %s%s (%s)", u->bad > 1 ? "dates, first " : "",
                                      date_format(u->first_bad, day), u->bad_status);
    if (u->unknown == 0)
        return text;
    return arena_printf(a, "%s: %lld games unknown, newest %s", text, (long long)u->unknown, u->newest_unknown);
}

static const char *
mend_of_earlier(Session *s, const Upstream *u, DateRange r)
{
    char from[DATE_TEXT_LEN], to[DATE_TEXT_LEN];

    if (u->bad == 0 && u->unknown == 0)
        return NULL;
    return arena_printf(s->a, "tipoff collect --data DIR --from %s --to %s", date_format(u->first_bad, from),
                        date_format(date_add(r.to, -1), to));
}

bool
quality_show_upstream(const Cli *cli, Session *s, DateRange r, Err *err)
{
    static const char *const headers[COLUMNS + 1] = {"upstream", "of",    "#cells", "#bad_cells", "#rows_without",
                                                     "#by_rule", "state", "mend",   NULL};
    const TableHead head = {"upstream", headers};
    const char *cells[MAX_NEEDS * COLUMNS];
    size_t n = 0;

    for (size_t i = 0; i < consumer->need_count && i < MAX_NEEDS; i++) {
        bool is_earlier = consumer->needs[i].scope == NEED_ALL_BEFORE;
        Upstream u = {.processor = processor_table[consumer->needs[i].processor].name,
                      .first_bad = GAME_DATE_NULL,
                      .first_without = GAME_DATE_NULL};
        const char **row = &cells[n * COLUMNS];

        if (is_earlier ? !read_earlier_cells(s, r, &u, err) || !read_unknown_games(s, r, &u, err)
                       : !read_own_cells(s, r, &u, err) || !read_absences(s, r, &u, err))
            return false;
        row[0] = u.processor;
        row[1] = is_earlier ? "earlier dates" : "the dates";
        row[2] = count_text(u.cells, s->a);
        row[3] = count_text(u.bad, s->a);
        row[4] = count_text(u.rows_without, s->a);
        row[5] = count_text(u.by_rule, s->a);
        row[6] = is_earlier ? what_of_earlier(&u, s->a) : what_of(&u, s->a);
        row[7] = is_earlier ? mend_of_earlier(s, &u, r) : mend_of(cli, s, &u, r);
        n++;
    }
    print_cells(cli, &head, cells, n);
    return true;
}

/* ---- dates without rows ---- */

bool
quality_has_rows(Session *s, DateRange r, Err *err)
{
    static const char sql[]
        = "select exists (select 1 from features.ml_feature_store where game_date between $1 and $2),"
          " (select game_date::text || ' is ' || status || coalesce(': ' || reason, '')"
          " from ops.cell where processor = $3 and game_date between $1 and $2"
          " and (in_scope or unscheduled) order by game_date limit 1)";
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_text(consumer->name)};
    char text[DATE_RANGE_TEXT_LEN];
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (db_get_bool(rows, 0, 0))
        return true;
    (void)date_range_format(r, text);
    if (db_is_null(rows, 0, 1))
        return ERR_FAIL(err, ERR_POISON, "no feature rows on %s: no game is known there", text);
    return ERR_FAIL(err, ERR_POISON, "no feature rows on %s: %s of %s; 'tipoff why DATE' says more", text,
                    consumer->name, db_get_text(rows, 0, 1));
}
