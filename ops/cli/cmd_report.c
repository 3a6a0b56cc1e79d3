/*
 * ops/cli/cmd_report.c
 *    What the pipeline has made of its dates: waits for it with a progress bar, measures it, prints it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "libcore/runtime/outbox.h"
#include "libcore/runtime/subscription.h"
#include "ops/cli/print.h"

enum { POLL_MS = 100, STILL_MS = 60000, BAR_WIDTH = 40 };

/* ---- waiting ---- */

typedef struct {
    int64_t cells, dates, done, files_due, requests;
    const char *latest; /* the last date that has published results; NULL before the first */
    int64_t unread;     /* events that a subscribed group has not read; counted when all else is done */
    int64_t processors; /* that the deployment has: so many cells has a date */
} Progress;

static bool
read_progress(Session *s, Progress *p, Err *err)
{
    static const char sql[]
        = "select count(*), count(distinct game_date),"
          " count(*) filter (where status not in ('expected', 'waiting') and not is_stale),"
          " (select count(*) from predictions.export_inputs i where not exists"
          " (select 1 from predictions.export_run e where e.inputs = i.inputs)),"
          " (select count(*) from predictions.request where status = 'requested'),"
          " (max(game_date) filter (where processor = 'publish_results' and status = 'success'))::text"
          " from ops.cell where in_scope or unscheduled";
    ProcessorId ids[PROC_COUNT];
    FeedSet feeds;
    DbRows *rows;

    db_rollback(&s->tx);
    if (!db_begin(s->db, &s->tx, err) || !feeds_load(s->tx, &feeds, err) || !db_exec(s->tx, sql, NULL, 0, &rows, err))
        return false;
    *p = (Progress){.cells = db_get_i64(rows, 0, 0),
                    .dates = db_get_i64(rows, 0, 1),
                    .done = db_get_i64(rows, 0, 2),
                    .files_due = db_get_i64(rows, 0, 3),
                    .requests = db_get_i64(rows, 0, 4),
                    .latest = db_get_text(rows, 0, 5),
                    .processors = (int64_t)processors_of_feeds(&feeds, true, ids)};
    return true;
}

static void
draw(const Progress *p)
{
    char bar[BAR_WIDTH + 1];
    int full = p->cells > 0 ? (int)(p->done * BAR_WIDTH / p->cells) : 0;

    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)full);
    bar[BAR_WIDTH] = '\0';
    (void)fprintf(stderr, "\r[%s] %lld of %lld cells, results to %s   ", bar, (long long)p->done, (long long)p->cells,
                  p->latest ? p->latest : "-");
}

static bool
is_done(const Progress *p)
{
    /* Before the grid is laid there are only the cells that collect has made. */
    return p->cells > 0 && p->cells == p->dates * p->processors && p->done == p->cells && p->files_due == 0
           && p->requests == 0;
}

static bool
has_moved(const Progress *before, const Progress *p)
{
    return p->done != before->done || p->files_due != before->files_due || p->requests != before->requests
           || p->unread != before->unread;
}

static bool
give_up(Session *s, const Progress *p, Err *err)
{
    int64_t unread;

    return outbox_pending(s->tx, s->a, &unread, err)
           && ERR_FAIL(err, ERR_TRANSIENT,
                       "nothing has moved for %d s with %lld of %lld cells done, %s, %lld requests"
                       " open, %lld events not read; 'tipoff status' and 'tipoff why DATE' say what they wait for",
                       STILL_MS / 1000, (long long)p->done, (long long)p->cells,
                       p->files_due > 0 ? "files to write" : "no file to write", (long long)p->requests,
                       (long long)unread);
}

/* False with err when nothing has moved for a minute. */
static bool
wait_until_done(Session *s, bool progress, Err *err)
{
    const struct timespec tick = {.tv_nsec = POLL_MS * 1000000L};
    Progress p = {0}, last = {.done = -1};
    int still_ms = 0;

    for (;;) {
        if (!read_progress(s, &p, err))
            return false;
        if (progress && (isatty(STDERR_FILENO) || is_done(&p) || (p.done != last.done && still_ms == 0)))
            draw(&p);
        if (is_done(&p)) {
            if (!outbox_pending(s->tx, s->a, &p.unread, err))
                return false;
            if (p.unread == 0) /* nobody is about to find that something changed */
                break;
        }
        still_ms = has_moved(&last, &p) ? 0 : still_ms + POLL_MS;
        last = p;
        if (still_ms >= STILL_MS)
            return give_up(s, &p, err);
        (void)nanosleep(&tick, NULL);
    }
    if (progress)
        (void)fputc('\n', stderr);
    return true;
}

/* ---- tables ---- */

typedef struct {
    const char *title;
    const char *headers[16];
    const char *sql;
} ReportTable;

#define LAST_DATE                                                                                                      \
    "(select max(game_date) from ops.cell where processor = 'publish_picks' and status in ('success', 'degraded',"     \
    " 'partial'))"

static const ReportTable report_tables[] = {
    {"run",
     {"#dates", "#cells", "#events", "#rows", "#predictions", "#seconds", "#events_per_s", "#rows_per_s", NULL},
     "select d::text, c::text, e::text, r::text, p::text, to_char(s, 'FM99990.00'), round(e / s)::text,"
     " round(r / s)::text from (select count(distinct game_date) d, count(*) c, coalesce(sum(written), 0) r"
     " from ops.cell where (in_scope or unscheduled) and status not in ('expected', 'waiting')) x,"
     " (select count(*) e from ops.outbox) y, (select count(*) p from predictions.prediction) z,"
     " (select nullif(extract(epoch from (select exported_at from predictions.export_run)"
     " - (select min(created_at) from ops.outbox where topic like 'feed.%')), 0)::numeric s) t"},
    {"cells by processor",
     {"processor", "#cells", "#success", "#partial", "#degraded", "#no_data", "#failed", "#open", "#rows", NULL},
     "select processor, count(*)::text, (count(*) filter (where status = 'success'))::text,"
     " (count(*) filter (where status = 'partial'))::text, (count(*) filter (where status = 'degraded'))::text,"
     " (count(*) filter (where status = 'no_data'))::text, (count(*) filter (where status = 'failed'))::text,"
     " (count(*) filter (where status in ('expected', 'waiting')))::text, coalesce(sum(written), 0)::text"
     " from ops.cell where in_scope or unscheduled group by processor"
     " order by min(coalesce(finished_at, now()))"},
    {"why a phase had nothing to do",
     {"processor", "reason", "#dates", "first", "last", NULL},
     "select processor, reason, count(*)::text, min(game_date)::text, max(game_date)::text from ops.cell"
     " where (in_scope or unscheduled) and status in ('no_data', 'failed', 'degraded') group by processor, reason"
     " order by min(game_date), processor, reason limit 60"},
    {"rejected rows and files",
     {"processor", "#dates", "#rows", "first", "what", "why", NULL},
     "select processor, count(distinct game_date)::text, count(*)::text, min(game_date)::text,"
     " (array_agg(entity order by game_date, ctid))[1], (array_agg(reason order by game_date, ctid))[1]"
     " from ops.rejected_row r where not (processor like 'raw\\_%' and exists (select 1 from ops.rejected_row c"
     " where c.game_date = r.game_date and c.processor like 'collect\\_%'"
     " and (c.entity, c.reason) = (r.entity, r.reason))) group by processor order by processor"},
    {"picks of the last date",
     {"player", "team", "opponent", "#predicted", "#line", "pick", "recommended", "#edge", "#confidence", "book", NULL},
     "select player_name, team, opponent, to_char(predicted_points, 'FM990.0'), to_char(current_points_line,"
     " 'FM990.0'), case when predicted_points > current_points_line then 'OVER' else 'UNDER' end,"
     " case when recommendation in ('OVER', 'UNDER') then 'yes' else 'no' end, to_char(abs(line_margin), 'FM990.00'),"
     " to_char(confidence_score, 'FM990'), sportsbook from predictions.prediction join predictions.champion"
     " using (system_id) where is_active and predicted_points <> current_points_line and game_date = " LAST_DATE
     " order by recommendation in ('OVER', 'UNDER') desc,"
     " round((abs(line_margin) * 10 + confidence_score * 0.5)::numeric, 6) desc, abs(line_margin) desc,"
     " player_lookup collate \"C\" limit 20"},
    {"record of the graded picks",
     {"system", "made", "picks", "#graded", "#hits", "#misses", "#pushes", "#voids", "#hit_pct", "#mae", NULL},
     "select system_id, case when is_live then 'live' else 'replayed' end, kind,"
     " (count(*) filter (where not is_voided))::text, (count(*) filter (where outcome = 'hit'))::text,"
     " (count(*) filter (where outcome = 'miss'))::text, (count(*) filter (where outcome = 'push'))::text,"
     " (count(*) filter (where outcome = 'void'))::text,"
     " to_char(100.0 * count(*) filter (where outcome = 'hit')"
     " / nullif(count(*) filter (where outcome in ('hit', 'miss')), 0), 'FM990.0'),"
     " to_char(avg(absolute_error), 'FM990.00') from (select *, coalesce(lean_result, result) outcome,"
     " case when lean_result is null then 'recommended' else 'leans' end kind from predictions.prediction_accuracy"
     " where recommendation in ('OVER', 'UNDER') or lean_result is not null) p"
     " group by 1, 2, 3 order by 1, 2, 3 desc"},
    {"feature quality",
     {"month", "#rows", "#ready", "#ready_pct", "#required_defaults", "#effective", "#raw", "#matchup", "#history",
      "#team_ctx", "#vegas", "#game_ctx", "worst", "#worst_pct", "produced_by", NULL},
     "select to_char(game_date, 'YYYY-MM'), count(*)::text, (count(*) filter (where is_quality_ready))::text,"
     " to_char(100.0 * count(*) filter (where is_quality_ready) / count(*), 'FM990.0'),"
     " (count(*) filter (where required_default_count > 0))::text, to_char(avg(effective_quality_score), 'FM990.0'),"
     " to_char(avg(feature_quality_score), 'FM990.0'), to_char(avg(matchup_quality_pct), 'FM990.0'),"
     " to_char(avg(player_history_quality_pct), 'FM990.0'), to_char(avg(team_context_quality_pct), 'FM990.0'),"
     " to_char(avg(vegas_quality_pct), 'FM990.0'), to_char(avg(game_context_quality_pct), 'FM990.0'),"
     " mode() within group (order by worst_category), to_char(avg(worst_category_pct), 'FM990.0'),"
     " features.producers_of(mode() within group (order by worst_category))"
     " from features.ml_feature_store where not early_season_flag or insufficient_data_reason is null"
     " group by 1 order by 1"},
    {"features that lack a source",
     {"#index", "source", "#rows", "#pct", NULL},
     "select (n - 1)::text, source, count(*)::text, to_char(100.0 * count(*) / (select count(*) from"
     " features.ml_feature_store where insufficient_data_reason is null), 'FM990.0') from features.ml_feature_store,"
     " unnest(feature_source) with ordinality u(source, n) where insufficient_data_reason is null and source in"
     " ('missing', 'default', 'fallback', 'not_subscribed', 'no_history') group by n, source order by n, source"},
    {"names that are not resolved",
     {"feed", "reason", "#names", "#rows", "of", "#pct_of_player_games", "names", NULL},
     "select f.feed, coalesce(u.reason, '-'), count(distinct u.player_name)::text, coalesce(sum(u.row_count), 0)::text,"
     " case f.feed when 'props' then (select count(*)::text || ' lines' from raw.prop_line)"
     " when 'injuries' then (select count(*)::text || ' reports' from raw.injury_report)"
     " else g.n::text || ' player-games' end, case when f.feed in ('props', 'injuries') then null"
     " else to_char(100.0 * count(distinct (u.game_date,"
     " u.player_name)) filter (where u.player_name is not null) / nullif(g.n, 0), 'FM990.000') end, "
     "left(string_agg(distinct u.player_name, ', '), 400)"
     " from (values ('boxscores'), ('shots'), ('props'), ('injuries')) f(feed) cross join"
     " (select count(*) n from analytics.player_game_summary) g left join analytics.unresolved_name u using (feed)"
     " group by f.feed, u.reason, g.n order by f.feed, u.reason"},
};

static bool
print_feeds(const Cli *cli, Session *s, Err *err)
{
    FeedSet feeds;

    if (!feeds_load(s->tx, &feeds, err))
        return false;
    print_member(cli, "feeds", json_string(feeds_text(&feeds, s->a)));
    if (!cli->json)
        (void)printf("\nfeeds: %s\n", feeds_text(&feeds, s->a));
    return true;
}

static bool
print_tables(const Cli *cli, Session *s, Err *err)
{
    if (!print_feeds(cli, s, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(report_tables); i++) {
        const TableHead head = {report_tables[i].title, report_tables[i].headers};

        if (!print_query(cli, s, &head, report_tables[i].sql, NULL, 0, err))
            return false;
    }
    print_member(cli, "public_dir", json_string(config_get(cli->cfg, "public_dir")));
    if (!cli->json)
        (void)printf("\nJSON files: %s\n", config_get(cli->cfg, "public_dir"));
    return true;
}

/* ---- hashes ---- */

static bool
write_hashes(const Cli *cli, Session *s, const char *path, Err *err)
{
    static const char sql[]
        = "select game_date::text, processor, encode(content_hash, 'hex'), coalesce(written, 0)::text"
          " from ops.cell where status not in ('expected', 'waiting') and (in_scope or unscheduled)"
          " order by game_date, processor collate \"C\"";
    static const char *const headers[] = {"date", "processor", "hash", "#rows", NULL};
    const TableHead head = {"hashes", headers, true};
    DbRows *rows;
    FILE *f;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, err))
        return false;
    if (cli->json)
        print_rows(cli, &head, rows);
    if (cli->json && strcmp(path, "-") == 0)
        return true;
    f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
    for (size_t r = 0; r < db_row_count(rows); r++)
        (void)fprintf(f, "%s %s %s %s\n", db_get_text(rows, r, 0), db_get_text(rows, r, 1), db_get_text(rows, r, 2),
                      db_get_text(rows, r, 3));
    if (f != stdout && fclose(f) != 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
    return true;
}

int
cmd_report(Cli *cli)
{
    bool ok = true;
    const char *hashes = cli_take_option(cli, "--hashes", &ok);
    bool wait = cli_take_switch(cli, "--wait"), progress = cli_take_switch(cli, "--progress");
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "report"))
        return 2;
    if (!cli_open(cli, &s, &err) || !cli_settle_public_dir(cli, &err) || (wait && !wait_until_done(&s, progress, &err))
        || (hashes ? !write_hashes(cli, &s, hashes, &err) : !print_tables(cli, &s, &err)))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
