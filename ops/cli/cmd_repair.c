/*
 * ops/cli/cmd_repair.c
 *    repair: the reviewed recipes of ops/repairs, for what no other command mends.
 *
 * A recipe is a file: what it repairs, what it takes ("nothing", "worker" as $1, "age" as $1, an interval, or "dates" as
 * $1 and $2), a query that finds what is wrong, and one statement that mends these rows, which it knows as "found"; where
 * one line begins "-- refuse:", the query behind it answers with rows as long as the recipe must not be used. All of it is
 * one transaction, which stands only if the query then finds nothing more.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/io/sql_files.h"
#include "libcore/runtime/audit.h"
#include "ops/cli/sql_answer.h"
#include "workers/registry.h"

#define RECIPES TIPOFF_SOURCE_ROOT "/ops/repairs"

typedef struct Taken Taken;

typedef struct {
    const char *name, *says;
    const Taken *taken;
    const char *refusal, *guard; /* NULL where nothing forbids it */
    const char *find, *mend;
} Recipe;

typedef struct {
    const char *target; /* NULL: the recipe takes nothing */
    DbParam params[2];
    size_t param_count;
    const char *reason;
    bool is_dry;
} RepairAsk;

/* ---- what a recipe takes: each complains of a word that is none, or is missing ---- */

static bool
take_nothing(Cli *cli, Arena *a, const char *word, RepairAsk *ask)
{
    (void)cli;
    (void)a;
    (void)ask;
    if (word != NULL)
        (void)fprintf(stderr, "tipoff: this recipe takes nothing, not '%s'\n", word);
    return word == NULL;
}

static bool
take_worker(Cli *cli, Arena *a, const char *word, RepairAsk *ask)
{
    (void)cli;
    (void)a;
    if (word == NULL || worker_by_name(word) == NULL) {
        (void)fprintf(stderr, "tipoff: this recipe takes a worker; 'tipoff worker list' shows them\n");
        return false;
    }
    ask->params[ask->param_count++] = db_text(word);
    return true;
}

static bool
take_age(Cli *cli, Arena *a, const char *word, RepairAsk *ask)
{
    int64_t us;

    (void)cli;
    if (word == NULL) {
        (void)fputs("tipoff: this recipe takes an age, like 10m\n", stderr);
        return false;
    }
    if (!cli_parse_duration(word, &us))
        return false;
    ask->params[ask->param_count++] = db_text(arena_printf(a, "%lld microseconds", (long long)us));
    return true;
}

static bool
take_dates(Cli *cli, Arena *a, const char *word, RepairAsk *ask)
{
    DateRange range;

    (void)a;
    if (!cli_parse_range(cli, word, &range))
        return false;
    ask->params[ask->param_count++] = db_date(range.from);
    ask->params[ask->param_count++] = db_date(range.to);
    return true;
}

struct Taken {
    const char *name;
    bool (*take)(Cli *cli, Arena *a, const char *word, RepairAsk *ask);
};

static const Taken takens[] = {
    {"nothing", take_nothing},
    {"worker", take_worker},
    {"age", take_age},
    {"dates", take_dates},
};

static const Taken *
taken_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(takens); i++)
        if (strcmp(takens[i].name, name) == 0)
            return &takens[i];
    return NULL;
}

/* ---- the file ---- */

/* What stands between a line that begins with the mark and the next line that begins with "-- "; with the rest of the
 * marked line in *said. NULL when there is no such line. */
static const char *
section(const char *text, const char *mark, Arena *a, const char **said)
{
    const char *at = strncmp(text, mark, strlen(mark)) == 0 ? text : strstr(text, arena_printf(a, "\n%s", mark));
    const char *body, *end;

    if (at == NULL)
        return NULL;
    at += (*at == '\n') + strlen(mark);
    *said = arena_strndup(a, at, strcspn(at, "\n"));
    body = at + strcspn(at, "\n");
    end = strstr(body, "\n-- ");
    return end != NULL ? arena_strndup(a, body, (size_t)(end - body)) : arena_strdup(a, body);
}

static bool
recipe_parse(const char *name, const char *text, Arena *a, Recipe *out, Err *err)
{
    const char *ignored, *takes = "";

    *out = (Recipe){.name = name, .taken = takens};
    if (section(text, "-- repairs: ", a, &out->says) == NULL || section(text, "-- takes: ", a, &takes) == NULL)
        return ERR_FAIL(err, ERR_CONFIG, RECIPES "/%s.sql does not say what it repairs and takes", name);
    out->taken = taken_find(takes);
    if (out->taken == NULL) {
        (void)ERR_FAIL(err, ERR_CONFIG, RECIPES "/%s.sql takes '%s', which is none of nothing, worker, age and dates",
                       name, takes);
        return false;
    }
    out->guard = section(text, "-- refuse: ", a, &out->refusal);
    out->find = section(text, "-- find", a, &ignored);
    out->mend = section(text, "-- mend", a, &ignored);
    return (out->find != NULL && out->mend != NULL)
           || ERR_FAIL(err, ERR_CONFIG, RECIPES "/%s.sql has no part that finds, or none that mends", name);
}

static bool
list_recipes(const Cli *cli, const SqlFiles *files, Arena *a, Err *err)
{
    enum { COLUMNS = 3 };
    static const char *const headers[COLUMNS + 1] = {"recipe", "takes", "repairs", NULL};
    const TableHead head = {"recipes", headers, true};
    const char **cells = arena_array(a, files->count * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < files->count; i++) {
        Recipe r;

        if (!recipe_parse(files->names[i], files->texts[i], a, &r, err))
            return false;
        *c++ = r.name;
        *c++ = r.taken->name;
        *c++ = r.says;
    }
    print_cells(cli, &head, cells, files->count);
    return true;
}

/* ---- one recipe ---- */

static bool
is_allowed(Session *s, const Recipe *r, const RepairAsk *ask, Err *err)
{
    DbRows *rows;

    if (r->guard == NULL)
        return true;
    if (!db_exec(s->tx, r->guard, ask->params, ask->param_count, &rows, err))
        return false;
    return db_row_count(rows) == 0
           || ERR_FAIL(err, ERR_POISON, "%s: %s (%s)", r->name, r->refusal, db_get_text(rows, 0, 0));
}

/* What sessions do is looked at anew, and not as the transaction first saw it. */
static bool
is_mended(Session *s, const Recipe *r, const RepairAsk *ask, Err *err)
{
    const char *sql = arena_printf(s->a, "select count(*) from (%s\n) q", r->find);
    DbRows *rows;

    if (!db_exec(s->tx, "select pg_stat_clear_snapshot()", NULL, 0, NULL, err)
        || !db_exec(s->tx, sql, ask->params, ask->param_count, &rows, err))
        return false;
    return db_get_i64(rows, 0, 0) == 0
           || ERR_FAIL(err, ERR_POISON, "%s still finds %lld after its mending: what it wrote is undone", r->name,
                       (long long)db_get_i64(rows, 0, 0));
}

static bool
mend(Session *s, const Recipe *r, const RepairAsk *ask, size_t found, Err *err)
{
    const char *details = arena_printf(s->a, "{\"found\":%zu}", found);
    const char *sql = arena_printf(s->a, "with found as (%s\n) %s", r->find, r->mend);

    return db_exec(s->tx, sql, ask->params, ask->param_count, NULL, err) && is_mended(s, r, ask, err)
           && audit_note(s->tx, "repair", ask->target ? arena_printf(s->a, "%s %s", r->name, ask->target) : r->name,
                         ask->reason, details, err)
           && db_commit(&s->tx, err);
}

static bool
repair(const Cli *cli, Session *s, const Recipe *r, const RepairAsk *ask, Err *err)
{
    size_t found;
    bool is_mending;

    if (!is_allowed(s, r, ask, err)
        || !sql_print_answer(cli, s, "found", true, r->find, ask->params, ask->param_count, &found, err))
        return false;
    is_mending = found > 0 && !ask->is_dry;
    if (is_mending && !mend(s, r, ask, found, err))
        return false;
    print_member(cli, "recipe", json_string(r->name));
    print_member(cli, "mended", json_integer(is_mending ? (json_int_t)found : 0));
    if (cli->json)
        return true;
    if (found == 0)
        (void)printf("%s finds nothing to repair\n", r->name);
    else
        (void)printf(is_mending ? "%zu mended\n" : "%zu found; nothing has changed\n", found);
    return true;
}

static int
run_recipe(Cli *cli, const SqlFiles *files, const char *name, const char *word, RepairAsk *ask, Arena *a)
{
    const char *text = sql_files_find(files, name);
    Session s;
    Recipe r;
    Err err;
    int status = 0;

    if (text == NULL)
        return cli_unknown("recipe", name, files->names, files->count);
    if (!recipe_parse(name, text, a, &r, &err))
        return cli_fail(&err);
    ask->target = word;
    if (!r.taken->take(cli, a, word, ask))
        return 2;
    if (ask->reason == NULL && !ask->is_dry)
        return cli_usage("repair");
    if (!cli_open(cli, &s, &err) || !repair(cli, &s, &r, ask, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_repair(Cli *cli)
{
    bool ok = true;
    RepairAsk ask = {.reason = cli_take_option(cli, "--reason", &ok)};
    const char *name, *word;
    Arena *a;
    SqlFiles files;
    bool is_list;
    Err err;
    int status = 0;

    ask.is_dry = cli_take_switch(cli, "--dry-run");
    name = cli_take_word(cli);
    word = cli_take_word(cli);
    if (!ok || !cli_no_more(cli, "repair"))
        return 2;
    if (name == NULL)
        return cli_usage("repair");
    a = arena_new(0);
    is_list = strcmp(name, "list") == 0;
    if (!sql_files_load(RECIPES, a, &files, &err) || (is_list && !list_recipes(cli, &files, a, &err)))
        status = cli_fail(&err);
    else if (!is_list)
        status = run_recipe(cli, &files, name, word, &ask, a);
    arena_free(a);
    return status;
}
