/*
 * ops/cli/cmd_backfill.c
 *    backfill: which cells of some dates are to be made again and why; make them; go on, look, cancel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libcore/runtime/audit.h"
#include "ops/cli/backfill_run.h"
#include "ops/cli/print.h"
#include "workers/registry.h"

enum { IN_FLIGHT = 64, MAX_IN_FLIGHT = 10000, MAX_RATE = 100000 };

/* What the command line asks for. */
typedef struct {
    BackfillAsk ask;
    DateRange range;
    const char *command, *phase, *processor, *only, *reason; /* only: set beforehand, and then so are the two before */
    double rate;
    int64_t in_flight;
    bool dry_run, any_build, yes;
} Asked;

/* ---- arguments ---- */

static bool
choose_processors(const char *phase, const char *processor, bool out[PROC_COUNT])
{
    const char *phases[PROC_COUNT], *names[PROC_COUNT];
    bool any = false;

    for (size_t p = 0; p < PROC_COUNT; p++) {
        phases[p] = processor_table[p].phase;
        names[p] = processor_table[p].name;
        out[p] = (phase == NULL || strcmp(phases[p], phase) == 0)
                 && (processor == NULL || strcmp(names[p], processor) == 0);
        any |= out[p];
    }
    if (any)
        return true;
    if (phase != NULL && processor != NULL)
        (void)fprintf(stderr, "tipoff: --phase and --processor together leave nothing\n");
    else if (phase != NULL)
        (void)cli_unknown("phase", phase, phases, PROC_COUNT);
    else
        (void)cli_unknown("processor", processor, names, PROC_COUNT);
    return false;
}

static bool
parse_number(const char *option, const char *text, double most, double *out)
{
    char *end;

    *out = strtod(text, &end);
    if (*text != '\0' && *end == '\0' && *out > 0 && *out <= most)
        return true;
    (void)fprintf(stderr, "tipoff: %s takes a number above 0, at most %.0f\n", option, most);
    return false;
}

/* How to go on, which is no part of what is asked for. */
static bool
take_pace(Cli *cli, Asked *a)
{
    bool ok = true;
    const char *rate = cli_take_option(cli, "--rate", &ok), *in_flight = cli_take_option(cli, "--in-flight", &ok);
    double n = IN_FLIGHT;

    if (!ok || (rate != NULL && !parse_number("--rate", rate, MAX_RATE, &a->rate))
        || (in_flight != NULL && !parse_number("--in-flight", in_flight, MAX_IN_FLIGHT, &n)))
        return false;
    a->in_flight = n < 1 ? 1 : (int64_t)n;
    a->reason = cli_take_option(cli, "--reason", &ok);
    a->any_build = cli_take_switch(cli, "--any-build");
    a->yes = cli_take_switch(cli, "--yes");
    return ok;
}

static bool
take_ask(Cli *cli, const char *dates, Asked *a)
{
    bool ok = true;
    const char *bad;
    size_t bad_len;

    if (a->only == NULL) {
        a->phase = cli_take_option(cli, "--phase", &ok);
        a->processor = cli_take_option(cli, "--processor", &ok);
        a->only = cli_take_option(cli, "--only", &ok);
    }
    a->dry_run = cli_take_switch(cli, "--dry-run");
    if (!ok || !take_pace(cli, a) || !cli_no_more(cli, a->command) || !cli_parse_range(cli, dates, &a->range)
        || !choose_processors(a->phase, a->processor, a->ask.processors))
        return false;
    a->ask.only = ONLY_BROKEN;
    if (a->only != NULL && !backfill_only_parse(a->only, &a->ask.only, &bad, &bad_len)) {
        (void)fprintf(stderr, "tipoff: --only takes missing, failed, stale or all, or some with commas; not '%.*s'\n",
                      (int)bad_len, bad);
        return false;
    }
    a->ask.from = a->range.from;
    a->ask.to = a->range.to;
    a->ask.today = clock_today(cli->clock);
    a->ask.now = clock_now(cli->clock);
    return true;
}

/* The same words, whichever way they were typed. */
static const char *
asked_text(const Asked *asked, Arena *a)
{
    char range[DATE_RANGE_TEXT_LEN];

    return arena_printf(a, "%s phase=%s processor=%s only=%u", date_range_format(asked->range, range),
                        asked->phase ? asked->phase : "all", asked->processor ? asked->processor : "all",
                        asked->ask.only);
}

/* ---- the plan ---- */

static bool
make_plan(Session *s, const Asked *asked, BackfillPlan *plan, BackfillEstimate *estimate, Err *err)
{
    const CellSpec *specs[PROC_COUNT] = {NULL};
    double run_s[PROC_COUNT];
    GridCell *cells;
    size_t count;

    for (size_t w = 0; all_workers[w] != NULL; w++)
        for (size_t c = 0; c < all_workers[w]->cell_count; c++)
            specs[all_workers[w]->cells[c].processor] = &all_workers[w]->cells[c];
    if (!backfill_grid_load(s->tx, &asked->ask, specs, s->a, &cells, &count, run_s, err))
        return false;
    *plan = backfill_plan(cells, count, &asked->ask, s->a);
    *estimate = backfill_estimate(plan, run_s, asked->rate);
    return true;
}

static const char *
what_is_seen(const PlannedCell *c, Arena *a)
{
    if (c->is_by_operator)
        return "no worker makes it: collect its feed again";
    if (c->why == WHY_ROWS_GONE)
        return arena_printf(a, "%lld of %d rows", (long long)c->rows, (int)c->written);
    return c->reason;
}

static void
print_planned(const Cli *cli, Session *s, const BackfillPlan *plan)
{
    enum { COLUMNS = 4 };
    static const char *const headers[COLUMNS + 1] = {"date", "processor", "why", "seen", NULL};
    const TableHead head = {"to be made again", headers};
    const char **cells = arena_array(s->a, plan->count * COLUMNS + 1, sizeof *cells);
    char day[DATE_TEXT_LEN];

    for (size_t i = 0; i < plan->count; i++) {
        const PlannedCell *c = &plan->cells[i];
        const char **row = &cells[i * COLUMNS];

        row[0] = arena_strdup(s->a, date_format(c->key.date, day));
        row[1] = processor_table[c->key.processor].name;
        row[2] = backfill_why_name(c->why);
        row[3] = what_is_seen(c, s->a);
    }
    print_cells(cli, &head, cells, plan->count);
}

/* People want to know how many of each; programs get every one. */
static void
print_readers(const Cli *cli, Session *s, const BackfillPlan *plan)
{
    enum { COLUMNS = 4 };
    static const char *const headers[COLUMNS + 1] = {"processor", "#cells", "first", "last", NULL};
    static const char *const all[] = {"date", "processor", NULL};
    const TableHead some_head = {"what reads them", headers}, all_head = {"what reads them", all};
    const char **cells = arena_array(s->a, (plan->reader_count + PROC_COUNT) * COLUMNS + 1, sizeof *cells);
    char day[DATE_TEXT_LEN];
    size_t n = 0;

    for (size_t i = 0; cli->json && i < plan->reader_count; i++, n++) {
        cells[n * 2] = arena_strdup(s->a, date_format(plan->readers[i].date, day));
        cells[n * 2 + 1] = processor_table[plan->readers[i].processor].name;
    }
    for (size_t p = 0; !cli->json && p < PROC_COUNT; p++) {
        const CellKey *first = NULL, *last = NULL;
        size_t count = 0;

        for (size_t i = 0; i < plan->reader_count; i++) {
            if (plan->readers[i].processor != (ProcessorId)p)
                continue;
            last = &plan->readers[i];
            first = first == NULL ? last : first;
            count++;
        }
        if (count == 0)
            continue;
        cells[n * COLUMNS] = processor_table[p].name;
        cells[n * COLUMNS + 1] = arena_printf(s->a, "%zu", count);
        cells[n * COLUMNS + 2] = arena_strdup(s->a, date_format(first->date, day));
        cells[n++ * COLUMNS + 3] = arena_strdup(s->a, date_format(last->date, day));
    }
    print_cells(cli, cli->json ? &all_head : &some_head, cells, n);
}

static void
print_plan(const Cli *cli, Session *s, const BackfillPlan *plan, const BackfillEstimate *e)
{
    print_planned(cli, s, plan);
    print_readers(cli, s, plan);
    print_count(cli, "cells", plan->count);
    print_member(cli, "work_s", json_real(e->work_s));
    print_member(cli, "least_s", json_real(e->least_s));
    print_member(cli, "readers_s", json_real(e->readers_s));
    if (!cli->json)
        (void)printf("\n%zu cells to be made again: %.1f s of work by what their last runs took, %.1f s or more side by"
                     " side; %.1f s more of %zu that read them, should all come out otherwise\n",
                     plan->count, e->work_s, e->least_s, e->readers_s, plan->reader_count);
}

/* ---- running ---- */

static bool
check_builds(const Cli *cli, Session *s, bool any_build, Err *err)
{
    OtherBuild *others;
    size_t count;

    if (!other_builds_load(s->tx, cli->build, s->a, &others, &count, err))
        return false;
    return any_build || count == 0
           || ERR_FAIL(err, ERR_CONFIG,
                       "%zu worker processes run another build than this one (%s), the first %s of %s: restart them, or"
                       " say --any-build",
                       count, cli->build, others[0].owner, others[0].build);
}

/* Where nobody can answer there is no question. */
static bool
is_wanted(const Asked *asked, size_t count)
{
    char answer[16] = "";

    if (asked->yes || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return true;
    (void)fprintf(stderr, "make %zu cells again? [y/N] ", count);
    return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

static bool
print_troubles(const Cli *cli, Session *s, int64_t id, Err *err)
{
    static const char sql[]
        = "select b.game_date::text, b.processor, b.status, coalesce(b.reason, c.reason) from ops.backfill_cell b"
          " left join ops.cell c using (game_date, processor) where b.backfill = $1 and b.status in ('held', 'failed')"
          " order by b.n limit 100";
    static const char *const headers[] = {"date", "processor", "state", "reason", NULL};
    const TableHead head = {"held or failed", headers};
    const DbParam params[] = {db_i64(id)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 1, &rows, err))
        return false;
    if (cli->json || db_row_count(rows) > 0)
        print_rows(cli, &head, rows);
    return true;
}

static bool
count_hashes(Session *s, int64_t id, int64_t *same, int64_t *other, Err *err)
{
    static const char sql[] = "select count(*) filter (where hash_after = hash_before),"
                              " count(*) filter (where hash_after is distinct from hash_before)"
                              " from ops.backfill_cell where backfill = $1 and status = 'done'";
    const DbParam params[] = {db_i64(id)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 1, &rows, err))
        return false;
    *same = db_get_i64(rows, 0, 0);
    *other = db_get_i64(rows, 0, 1);
    return true;
}

static bool
say_end(const Cli *cli, Session *s, int64_t id, const BackfillRun *run, Err *err)
{
    int64_t same, other;

    if (!db_begin(s->db, &s->tx, err) || !count_hashes(s, id, &same, &other, err) || !print_troubles(cli, s, id, err))
        return false;
    print_member(cli, "backfill", json_integer(id));
    print_member(cli, "state", json_string(run->is_stopped ? "stopped" : run->state.status));
    print_member(cli, "done", json_integer(run->state.done));
    print_member(cli, "failed", json_integer(run->state.failed));
    print_member(cli, "held", json_integer(run->state.held));
    print_member(cli, "cancelled", json_integer(run->state.cancelled));
    print_member(cli, "hashes_as_before", json_integer(same));
    print_member(cli, "seconds", json_real(run->seconds));
    if (cli->json)
        return true;
    (void)printf("backfill %lld: %lld of %lld cells made again in %.1f s, %lld of them as they were, %lld otherwise or"
                 " for the first time; %lld failed, %lld held\n",
                 (long long)id, (long long)run->state.done, (long long)run->state.total, run->seconds, (long long)same,
                 (long long)other, (long long)run->state.failed, (long long)run->state.held);
    if (run->is_stopped)
        (void)printf("it was stopped; 'tipoff backfill resume %lld' goes on\n", (long long)id);
    return true;
}

static int
run_to_end(Cli *cli, Session *s, const Asked *asked, int64_t id, Err *err)
{
    const BackfillJob job = {.id = id, .rate = asked->rate, .in_flight = (size_t)asked->in_flight};
    BackfillRun run;

    if (!backfill_run(cli, &job, s->a, &run, err) || !say_end(cli, s, id, &run, err))
        return cli_fail(err);
    if (run.is_stopped || run.state.failed > 0 || run.state.held > 0 || strcmp(run.state.status, "cancelled") == 0) {
        print_document(cli); /* which main leaves to those that fail */
        return 1;
    }
    return 0;
}

/* The same command finds what it left unfinished. */
static bool
find_or_create(const Cli *cli, Session *s, const Asked *asked, const BackfillPlan *plan, int64_t *id, Err *err)
{
    const char *text = asked_text(asked, s->a);

    if (!backfill_find(s->tx, text, id, err))
        return false;
    if (*id == 0) {
        if (!backfill_create(s->tx, plan, &asked->ask, text, audit_actor(s->a), asked->reason, s->a, id, err)
            || !audit_note(s->tx, "backfill", arena_printf(s->a, "backfill %lld", (long long)*id), asked->reason,
                           arena_printf(s->a, "{\"asked\": \"%s\", \"cells\": %zu}", text, plan->count), err))
            return false;
        if (!cli->json)
            (void)fprintf(stderr, "backfill %lld: %zu cells\n", (long long)*id, plan->count);
    } else {
        (void)fprintf(stderr, "backfill %lld was asked for this and has not ended: going on with it\n", (long long)*id);
    }
    return db_commit(&s->tx, err);
}

static int
backfill(Cli *cli, const char *dates, Asked asked)
{
    BackfillPlan plan;
    BackfillEstimate estimate;
    int64_t id = 0;
    Session s = {0};
    Err err;
    int status = 0;

    if (!take_ask(cli, dates, &asked))
        return 2;
    if (!cli_open(cli, &s, &err) || !make_plan(&s, &asked, &plan, &estimate, &err)
        || !backfill_find(s.tx, asked_text(&asked, s.a), &id, &err)
        || (!asked.dry_run && !check_builds(cli, &s, asked.any_build, &err))) {
        status = cli_fail(&err);
    } else if (asked.dry_run || (plan.count == 0 && id == 0)) {
        print_plan(cli, &s, &plan, &estimate);
    } else if (id == 0 && !is_wanted(&asked, plan.count)) {
        (void)fputs("nothing was done\n", stderr);
        status = 1;
    } else {
        status = find_or_create(cli, &s, &asked, &plan, &id, &err) ? run_to_end(cli, &s, &asked, id, &err)
                                                                   : cli_fail(&err);
    }
    cli_close(&s);
    return status;
}

/* ---- the other verbs ---- */

static bool
parse_number_of(const char *what, const char *list, const char *text, int64_t *id)
{
    char *end = NULL;

    *id = text != NULL ? strtoll(text, &end, 10) : 0;
    if (text != NULL && *end == '\0' && *id > 0)
        return true;
    (void)fprintf(stderr, "tipoff: '%s' is no %s's number; 'tipoff %s' shows them\n", text ? text : "", what, list);
    return false;
}

static bool
parse_id(const char *text, int64_t *id)
{
    return parse_number_of("backfill", "backfill list", text, id);
}

static int
resume(Cli *cli)
{
    const char *word = cli_take_word(cli);
    Asked asked = {0};
    BackfillState state;
    Session s = {0};
    int64_t id;
    Err err;
    int status;

    if (!take_pace(cli, &asked) || !cli_no_more(cli, "backfill") || !parse_id(word, &id))
        return 2;
    if (!cli_open(cli, &s, &err) || !backfill_state(s.tx, id, s.a, &state, &err)
        || !check_builds(cli, &s, asked.any_build, &err)
        || (strcmp(state.status, "running") != 0
            && !ERR_FAIL(&err, ERR_POISON, "backfill %lld is %s: there is nothing to go on with", (long long)id,
                         state.status))
        || !audit_note(s.tx, "backfill resume", arena_printf(s.a, "backfill %lld", (long long)id), asked.reason, NULL,
                       &err)
        || !db_commit(&s.tx, &err))
        status = cli_fail(&err);
    else
        status = run_to_end(cli, &s, &asked, id, &err);
    cli_close(&s);
    return status;
}

static int
cancel(Cli *cli)
{
    bool ok = true;
    const char *word = cli_take_word(cli), *reason = cli_take_option(cli, "--reason", &ok);
    Session s = {0};
    int64_t id;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "backfill") || !parse_id(word, &id))
        return 2;
    if (!cli_open(cli, &s, &err) || !backfill_end(s.tx, id, true, &err)
        || !audit_note(s.tx, "backfill cancel", arena_printf(s.a, "backfill %lld", (long long)id), reason, NULL, &err)
        || !db_commit(&s.tx, &err)) {
        status = cli_fail(&err);
    } else {
        print_member(cli, "cancelled", json_integer(id));
        if (!cli->json)
            (void)printf("backfill %lld asks for no more cells; those under way are finished\n", (long long)id);
    }
    cli_close(&s);
    return status;
}

static bool
print_backfills(const Cli *cli, Session *s, int64_t id, Err *err)
{
    static const char sql[]
        = "select b.id::text, b.status, b.date_from || case when b.date_to > b.date_from then '..' || b.date_to else ''"
          " end, count(c.*)::text, count(*) filter (where c.status = 'done')::text,"
          " count(*) filter (where c.status in ('planned', 'requested'))::text,"
          " count(*) filter (where c.status = 'held')::text, count(*) filter (where c.status = 'failed')::text,"
          " b.created_by, to_char(b.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), b.reason"
          " from ops.backfill b left join ops.backfill_cell c on c.backfill = b.id where $1 = 0 or b.id = $1"
          " group by b.id order by b.id desc limit 50";
    static const char *const headers[] = {"#id",   "state",   "dates", "#cells", "#done",  "#open",
                                          "#held", "#failed", "by",    "since",  "reason", NULL};
    const TableHead head = {"backfills", headers, id == 0};
    const DbParam params[] = {db_i64(id)};

    return print_query(cli, s, &head, sql, params, 1, err);
}

static bool
print_by_processor(const Cli *cli, Session *s, int64_t id, Err *err)
{
    static const char sql[]
        = "select c.processor, c.why, count(*)::text, count(*) filter (where c.status = 'done')::text,"
          " count(*) filter (where c.status in ('planned', 'requested'))::text,"
          " count(*) filter (where c.status = 'held')::text, count(*) filter (where c.status = 'failed')::text"
          " from ops.backfill_cell c where c.backfill = $1 group by 1, 2 order by min(c.n)";
    static const char *const headers[] = {"processor", "why", "#cells", "#done", "#open", "#held", "#failed", NULL};
    const TableHead head = {"cells", headers};
    const DbParam params[] = {db_i64(id)};

    return print_query(cli, s, &head, sql, params, 1, err);
}

/* Of the newest one unless another is named. */
static bool
newest_backfill(Session *s, int64_t *id, Err *err)
{
    DbRows *rows;

    if (!db_exec(s->tx, "select coalesce(max(id), 0) from ops.backfill", NULL, 0, &rows, err))
        return false;
    *id = db_get_i64(rows, 0, 0);
    return *id != 0 || ERR_FAIL(err, ERR_POISON, "there is no backfill");
}

static int
show(Cli *cli)
{
    const char *word = cli_take_word(cli);
    BackfillState state;
    Session s = {0};
    int64_t id = 0;
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "backfill") || (word != NULL && !parse_id(word, &id)))
        return 2;
    if (!cli_open(cli, &s, &err) || (id == 0 && !newest_backfill(&s, &id, &err))
        || !backfill_state(s.tx, id, s.a, &state, &err) || !print_backfills(cli, &s, id, &err)
        || !print_by_processor(cli, &s, id, &err) || !print_troubles(cli, &s, id, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static int
list(Cli *cli)
{
    Session s = {0};
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "backfill"))
        return 2;
    if (!cli_open(cli, &s, &err) || !print_backfills(cli, &s, 0, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_backfill(Cli *cli)
{
    static const struct {
        const char *name;
        int (*run)(Cli *cli);
    } verbs[] = {{"resume", resume}, {"status", show}, {"cancel", cancel}, {"list", list}};
    const char *word = cli_take_word(cli), *names[ARRAY_LEN(verbs)];
    DateRange ignored;

    if (word == NULL)
        return cli_usage("backfill");
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        names[i] = verbs[i].name;
        if (strcmp(verbs[i].name, word) == 0)
            return verbs[i].run(cli);
    }
    if (date_range_parse(word, clock_today(cli->clock), &ignored) == RANGE_NO_DATE && (word[0] < '0' || word[0] > '9'))
        return cli_unknown("dates or subcommand of backfill", word, names, ARRAY_LEN(verbs));
    return backfill(cli, word, (Asked){.command = "backfill"});
}

static bool
is_phase(const char *name)
{
    for (size_t p = 0; p < PROC_COUNT; p++)
        if (strcmp(processor_table[p].phase, name) == 0)
            return true;
    return false;
}

int
cmd_run(Cli *cli)
{
    const char *what = cli_take_word(cli), *dates = what == NULL ? NULL : cli_take_word(cli);
    Asked asked = {.command = "run", .only = "all"};

    if (dates == NULL)
        return cli_usage("run");
    *(is_phase(what) ? &asked.phase : &asked.processor) = what;
    return backfill(cli, dates, asked);
}

/* ---- retry ---- */

typedef struct {
    const char *date, *processor;
} RunCell;

/* The cell of a run, unless that run or a later one has ended well. */
static bool
cell_of_run(Session *s, int64_t run, RunCell *out, Err *err)
{
    static const char sql[]
        = "select r.game_date::text, r.processor, (select l.id::text || ' ended ' || l.status from ops.run l where"
          " l.game_date = r.game_date and l.processor = r.processor and l.id >= r.id and l.status in ('success',"
          " 'no_data') order by l.id desc limit 1) from ops.run r where r.id = $1";
    const DbParam params[] = {db_i64(run)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_CONFIG, "there is no run %lld; 'tipoff runs DATE' has the numbers", (long long)run);
    *out = (RunCell){db_get_text(rows, 0, 0), db_get_text(rows, 0, 1)};
    return db_is_null(rows, 0, 2)
           || ERR_FAIL(err, ERR_CONFIG, "run %s: 'tipoff run %s %s' makes it again all the same",
                       db_get_text(rows, 0, 2), out->processor, out->date);
}

int
cmd_retry(Cli *cli)
{
    const char *word = cli_take_word(cli);
    Asked asked = {.command = "retry", .only = "all"};
    RunCell cell = {NULL, NULL};
    int64_t run;
    Session s;
    Err err;
    int status;

    if (word == NULL)
        return cli_usage("retry");
    if (!parse_number_of("run", "runs DATE", word, &run))
        return 2;
    if (cli_open(cli, &s, &err) && cell_of_run(&s, run, &cell, &err)) {
        asked.processor = cell.processor;
        status = backfill(cli, cell.date, asked);
    } else {
        status = cli_fail(&err);
    }
    cli_close(&s);
    return status;
}

int
cmd_grade(Cli *cli)
{
    const char *dates = cli_take_word(cli);

    if (dates == NULL)
        return cli_usage("grade");
    return backfill(cli, dates,
                    (Asked){.command = "grade", .processor = processor_table[PROC_GRADING].name, .only = "all"});
}
