/*
 * ops/cli/cmd_models.c
 *    The registry of models: register a file, promote it, take that back, and see what has been done.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/audit.h"
#include "ops/cli/model_commands.h"
#include "ops/cli/print.h"
#include "ops/cli/training_options.h"
#include "workers/models/model_file.h"
#include "workers/models/model_registry.h"
#include "workers/predictions/systems.h"

ModelActor
model_actor(const Cli *cli, Arena *a)
{
    return (ModelActor){.at = clock_now(cli->clock), .by = audit_actor(a)};
}

static void
say(const Cli *cli, const char *model_id, const char *system_id, const char *status)
{
    print_member(cli, "model_id", model_id != NULL ? json_string(model_id) : json_null());
    print_member(cli, "system_id", json_string(system_id));
    print_member(cli, "status", json_string(status));
}

/* ---- register ---- */

typedef struct {
    const char *path;
    ModelEntry entry;
} Registration;

static bool
parse_window(const Cli *cli, const char *text, ModelWindow *out)
{
    DateRange r;

    *out = model_window_none();
    if (text == NULL)
        return true;
    if (!cli_parse_range(cli, text, &r))
        return false;
    out->from = r.from;
    out->to = r.to;
    return true;
}

static bool
parse_registration(Cli *cli, Registration *r)
{
    bool ok = true;
    const char *system = cli_take_option(cli, "--system", &ok), *trained = cli_take_option(cli, "--trained", &ok);
    const char *evaluated = cli_take_option(cli, "--evaluated", &ok), *base = cli_take_option(cli, "--base", &ok);

    *r = (Registration){.entry = {.system_id = system, .build = cli->build}};
    if (!ok || !parse_window(cli, trained, &r->entry.training) || !parse_window(cli, evaluated, &r->entry.evaluation)
        || !training_parse_base(base, &r->entry.base))
        return false;
    r->path = cli_take_word(cli);
    r->entry.file_name = r->path;
    if (r->path == NULL || system == NULL) {
        (void)cli_usage("model");
        return false;
    }
    return cli_no_more(cli, "model");
}

static bool
register_file(const Cli *cli, Session *s, Registration *r, Err *err)
{
    const ModelActor actor = model_actor(cli, s->a);
    const char *model_id;
    Buf file = {0};
    bool ok = model_file_bytes(r->path, &file, err);

    r->entry.bytes = bytes_of(file.data, file.len);
    ok = ok && model_store_register(s->tx, &r->entry, &actor, s->a, &model_id, err) && db_commit(&s->tx, err);
    buf_free(&file);
    if (!ok)
        return false;
    say(cli, model_id, r->entry.system_id, "candidate");
    if (!cli->json)
        (void)printf("%s is a candidate of %s; 'tipoff model promote %s' has it predict\n", model_id,
                     r->entry.system_id, model_id);
    return true;
}

static int
run_register(Cli *cli)
{
    Registration r;
    Session s;
    Err err;
    int status = 0;

    if (!parse_registration(cli, &r))
        return 2;
    if (!cli_open(cli, &s, &err) || !register_file(cli, &s, &r, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

/* ---- list ---- */

static bool
list(const Cli *cli, Session *s, const char *system, Err *err)
{
    static const char models[]
        = "select model_id, system_id, status, format, base, cardinality(feature_names)::text, training_start::text,"
          " training_end::text, training_rows::text, evaluation_start::text, evaluation_end::text,"
          " to_char((metrics->>'mae')::numeric, 'FM990.00'), to_char((metrics->>'bias')::numeric, 'FM990.00'),"
          " left(encode(sha256, 'hex'), 12), file_name from predictions.model where $1::text is null or system_id = $1"
          " order by system_id collate \"C\", created_at, model_id collate \"C\"";
    static const char events[]
        = "select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), by, action, model_id, system_id, reason"
          " from predictions.model_event where $1::text is null or system_id = $1 order by id desc limit 20";
    static const char *const model_headers[] = {
        "model", "system",         "status",       "format", "base",  "#features", "trained_from", "trained_to",
        "#rows", "evaluated_from", "evaluated_to", "#mae",   "#bias", "sha256",    "file",         NULL};
    static const char *const event_headers[] = {"at", "by", "action", "model", "system", "reason", NULL};
    static const char *const champion_headers[] = {"system", NULL};
    const TableHead model_head = {"models", model_headers}, event_head = {"events", event_headers};
    const TableHead champion_head = {"champion", champion_headers};
    const DbParam params[] = {db_text(system)};

    return print_query(cli, s, &model_head, models, params, 1, err)
           && print_query(cli, s, &event_head, events, params, 1, err)
           && print_query(cli, s, &champion_head, "select system_id from predictions.champion", NULL, 0, err);
}

static int
run_list(Cli *cli)
{
    const char *system = cli_take_word(cli);
    Session s;
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "model"))
        return 2;
    if (!cli_open(cli, &s, &err) || !list(cli, &s, system, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

/* ---- champion ---- */

/* Complains when there is none of that name. */
static bool
is_system(const char *id)
{
    const char *names[PREDICTION_SYSTEM_COUNT];

    if (prediction_system_by_id(id) != NULL)
        return true;
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        names[i] = prediction_systems[i].id;
    (void)cli_unknown("system", id, names, PREDICTION_SYSTEM_COUNT);
    return false;
}

static bool
show_champion(const Cli *cli, Session *s, Err *err)
{
    DbRows *rows;

    if (!db_exec(s->tx, "select system_id from predictions.champion", NULL, 0, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_CONFIG, "no system is the champion: 'tipoff model champion SYSTEM'");
    print_member(cli, "system_id", json_string(db_get_text(rows, 0, 0)));
    if (!cli->json)
        (void)printf("%s\n", db_get_text(rows, 0, 0));
    return true;
}

static bool
set_champion(const Cli *cli, Session *s, const char *system, const char *reason, Err *err)
{
    const ModelActor actor = model_actor(cli, s->a);

    if (!model_store_champion(s->tx, system, reason, &actor, err) || !db_commit(&s->tx, err))
        return false;
    print_member(cli, "system_id", json_string(system));
    if (!cli->json)
        (void)printf("%s is the champion; dates that are made from now on are published by it\n", system);
    return true;
}

static int
run_champion(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *system = cli_take_word(cli);
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "model") || (system != NULL && !is_system(system)))
        return 2;
    if (!cli_open(cli, &s, &err)
        || !(system != NULL ? set_champion(cli, &s, system, reason, &err) : show_champion(cli, &s, &err)))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

/* ---- promote ---- */

#define PICKS(edge) "(select p from jsonb_array_elements(metrics->'picks') p where (p->>'edge')::float8 = " edge ")"
#define HITS(edge, least)                                                                                              \
    "('hit_pct_at_" edge "', '>= " least "', (" PICKS(edge) "->>'hit_pct')::numeric, (" PICKS(                         \
        edge) "->>'decided')::numeric, (" PICKS(edge) "->>'hit_pct')::numeric >= " least ")"
#define ENOUGH(edge)                                                                                                   \
    "('picks_at_" edge                                                                                                 \
    "', '>= 50', (" PICKS(edge) "->>'decided')::numeric, null, (" PICKS(edge) "->>'decided')::numeric >= 50)"

/* On dates after the training, at -110: better than break-even by all picks, clearly so where the edge is large, each
 * with enough of them; measured over two weeks or more. */
static const char criteria_sql[]
    = "select c.name, c.needed, round(c.measured, 2)::text, c.n::text, case when c.met then 'yes' when c.measured is"
      " null then 'unknown' else 'no' end from predictions.model, lateral (values"
      " ('mae', '<= 5.5', (metrics->>'mae')::numeric, evaluation_rows::numeric, (metrics->>'mae')::numeric <= 5.5),"
      " ('bias', 'within 3', (metrics->>'bias')::numeric, evaluation_rows::numeric, abs((metrics->>'bias')::numeric)"
      " < 3), " HITS("0", "52.4") ", " HITS("3", "60") ", " HITS("5", "65") ", " ENOUGH("0") ", " ENOUGH(
          "3") ", " ENOUGH("5") ", ('evaluated_days', '>= 14', (evaluation_end - evaluation_start + 1)::numeric, null,"
                                " evaluation_end - evaluation_start + 1 >= 14)) c (name, needed, measured, n, met) "
                                "where model_id = $1";

bool
model_read_criteria(Session *s, const char *model_id, DbRows **out, const char **unmet, Err *err)
{
    const DbParam params[] = {db_text(model_id)};
    bool is_measured = false;

    *unmet = NULL;
    if (!db_exec(s->tx, criteria_sql, params, 1, out, err))
        return false;
    for (size_t r = 0; r < db_row_count(*out); r++) {
        const char *measured = db_is_null(*out, r, 2) ? "unknown" : db_get_text(*out, r, 2);

        is_measured |= !db_is_null(*out, r, 2);
        if (strcmp(db_get_text(*out, r, 4), "yes") != 0)
            *unmet = arena_printf(s->a, "%s%s%s %s, not %s", *unmet ? *unmet : "", *unmet ? "; " : "",
                                  db_get_text(*out, r, 0), measured, db_get_text(*out, r, 1));
    }
    if (!is_measured && *unmet != NULL)
        *unmet = "it comes without an evaluation";
    return true;
}

void
model_print_criteria(const Cli *cli, const DbRows *criteria)
{
    static const char *const headers[] = {"criterion", "needed", "#measured", "#n", "met", NULL};
    const TableHead head = {"criteria", headers};

    print_rows(cli, &head, criteria);
}

typedef struct {
    const char *model_id, *reason;
    bool champion;
} Promotion;

/* What was not met is remembered with the promotion. */
static const char *
promotion_note(const Promotion *p, const char *unmet, Arena *a)
{
    if (unmet == NULL)
        return p->reason;
    return p->reason == NULL ? arena_printf(a, "not met: %s", unmet)
                             : arena_printf(a, "%s (not met: %s)", p->reason, unmet);
}

static bool
promote(const Cli *cli, Session *s, const Promotion *p, Err *err)
{
    const ModelActor actor = model_actor(cli, s->a);
    const char *system, *unmet;
    DbRows *criteria;

    if (!model_read_criteria(s, p->model_id, &criteria, &unmet, err)
        || !model_store_promote(s->tx, p->model_id, promotion_note(p, unmet, s->a), &actor, s->a, &system, err)
        || (p->champion && !model_store_champion(s->tx, system, p->reason, &actor, err)))
        return false;
    model_print_criteria(cli, criteria); /* which the end of the transaction takes away */
    if (!db_commit(&s->tx, err))
        return false;
    say(cli, p->model_id, system, "promoted");
    if (unmet != NULL)
        (void)fprintf(stderr, "tipoff: promoted although not everything is met, and that is noted\n");
    if (!cli->json)
        (void)printf("%s predicts for %s%s, on dates after its training\n", p->model_id, system,
                     p->champion ? ", the champion" : "");
    return true;
}

static int
run_promote(Cli *cli)
{
    bool ok = true;
    Promotion p = {.reason = cli_take_option(cli, "--reason", &ok), .champion = cli_take_switch(cli, "--champion")};
    Session s;
    Err err;
    int status = 0;

    p.model_id = cli_take_word(cli);
    if (!ok || !cli_no_more(cli, "model"))
        return 2;
    if (p.model_id == NULL)
        return cli_usage("model");
    if (!cli_open(cli, &s, &err) || !promote(cli, &s, &p, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

/* ---- rollback and retire ---- */

static bool
roll_back(const Cli *cli, Session *s, const char *system, const char *reason, Err *err)
{
    const ModelActor actor = model_actor(cli, s->a);
    const char *model_id;

    if (!model_store_rollback(s->tx, system, reason, &actor, s->a, &model_id, err) || !db_commit(&s->tx, err))
        return false;
    say(cli, model_id, system, "rolled_back");
    if (!cli->json)
        (void)printf("%s predicts no more; what %s has promoted before it does\n", model_id, system);
    return true;
}

static int
run_rollback(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *system = cli_take_word(cli);
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "model"))
        return 2;
    if (system == NULL || reason == NULL || reason[0] == '\0') {
        (void)fputs("tipoff: a rollback names the system, and says why (--reason)\n", stderr);
        return cli_usage("model");
    }
    if (!cli_open(cli, &s, &err) || !roll_back(cli, &s, system, reason, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static bool
retire(const Cli *cli, Session *s, const char *model_id, const char *reason, Err *err)
{
    const ModelActor actor = model_actor(cli, s->a);
    const char *system;

    if (!model_store_retire(s->tx, model_id, reason, &actor, s->a, &system, err) || !db_commit(&s->tx, err))
        return false;
    say(cli, model_id, system, "retired");
    if (!cli->json)
        (void)printf("%s of %s is retired\n", model_id, system);
    return true;
}

static int
run_retire(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *model_id = cli_take_word(cli);
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "model"))
        return 2;
    if (model_id == NULL)
        return cli_usage("model");
    if (!cli_open(cli, &s, &err) || !retire(cli, &s, model_id, reason, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
model_registry_command(Cli *cli, const char *verb)
{
    static const struct {
        const char *name;
        int (*run)(Cli *cli);
    } verbs[] = {{"register", run_register}, {"list", run_list},     {"promote", run_promote},
                 {"rollback", run_rollback}, {"retire", run_retire}, {"champion", run_champion}};

    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return verbs[i].run(cli);
    return cli_usage("model");
}
