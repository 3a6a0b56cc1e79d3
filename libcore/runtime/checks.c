/*
 * libcore/runtime/checks.c
 *    Reads checks, runs them, and judges what they say.
 */
#include "libcore/runtime/checks.h"
#include <string.h>
#include "libcore/io/sql_files.h"

static const char *const groups[] = {"daily", "features", "reconcile", "lineage", NULL};

const char *
check_verdict_name(CheckVerdict v)
{
    static const char *const names[CHECK_VERDICTS] = {"ok", "warning", "failure", "nothing"};

    return names[v];
}

static bool
passes(double value, double limit, bool more_is_better)
{
    return f64_is_null(limit) || (more_is_better ? value >= limit : value <= limit);
}

CheckVerdict
check_judge(double value, double warn, double fail, bool more_is_better)
{
    if (f64_is_null(value))
        return CHECK_NOTHING;
    if (!passes(value, fail, more_is_better))
        return CHECK_FAILURE;
    return passes(value, warn, more_is_better) ? CHECK_OK : CHECK_WARNING;
}

/* ---- files ---- */

/* What "-- key: ..." says, or NULL. */
static const char *
header_of(const char *text, const char *key, Arena *a)
{
    const char *wanted = arena_printf(a, "-- %s: ", key);

    for (const char *line = text; strncmp(line, "-- ", 3) == 0;) {
        const size_t len = strcspn(line, "\n");

        if (strncmp(line, wanted, strlen(wanted)) == 0)
            return arena_strndup(a, line + strlen(wanted), len - strlen(wanted));
        line += len + (line[len] != '\0');
    }
    return NULL;
}

static bool
is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static bool
required(const char *text, const char *key, const char *const *words, Arena *a, const char **out, Err *err)
{
    *out = header_of(text, key, a);
    if (*out == NULL) {
        (void)ERR_FAIL(err, ERR_CONFIG, "the header has no '%s'", key);
        return false;
    }
    return words == NULL || is_one_of(*out, words) || ERR_FAIL(err, ERR_CONFIG, "'%s' is no value of '%s'", *out, key);
}

bool
check_parse(const char *name, const char *text, Arena *a, Check *out, Err *err)
{
    static const char *const severities[] = {"warning", "critical", NULL}, *const ways[] = {"more", "less", NULL};
    const char *severity, *better, *need = header_of(text, "needs", a);

    *out = (Check){.name = arena_strdup(a, name), .sql = arena_strdup(a, text), .has_need = need != NULL};
    if (!required(text, "says", NULL, a, &out->says, err) || !required(text, "group", groups, a, &out->group, err)
        || !required(text, "phase", NULL, a, &out->phase, err)
        || !required(text, "severity", severities, a, &severity, err)
        || !required(text, "better", ways, a, &better, err))
        return err_prefix(err, "check %s", name);
    out->severity = strcmp(severity, "critical") == 0 ? ALERT_CRITICAL : ALERT_WARNING;
    out->more_is_better = strcmp(better, "more") == 0;
    out->takes_now = strstr(text, "$2") != NULL;
    return need == NULL || processor_by_name(need, &out->need)
           || ERR_FAIL(err, ERR_CONFIG, "check %s: no processor '%s'", name, need);
}

bool
checks_load(const char *dir, Arena *a, Check **out, size_t *count, Err *err)
{
    SqlFiles files;

    *count = 0;
    if (!sql_files_load(dir, a, &files, err))
        return false;
    *out = arena_array(a, files.count + 1, sizeof **out);
    for (; *count < files.count; (*count)++)
        if (!check_parse(files.names[*count], files.texts[*count], a, &(*out)[*count], err))
            return false;
    return *count > 0 || ERR_FAIL(err, ERR_CONFIG, "no checks in %s", dir);
}

/* ---- running ---- */

/* Why there is nothing to look at yet; NULL when there is something. */
static bool
read_need(DbTx *tx, const Check *check, GameDate date, Arena *a, const char **why, Err *err)
{
    static const char sql[] = "select status from ops.cell where game_date = $1 and processor = $2 and in_scope";
    const char *need = processor_table[check->need].name;
    const DbParam params[] = {db_date(date), db_text(need)};
    CellStatus status;
    DbRows *rows;

    *why = NULL;
    if (!check->has_need)
        return true;
    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        *why = arena_printf(a, "%s has no cell of the date", need);
    else if (!cell_status_parse(db_get_text(rows, 0, 0), &status) || !cell_status_has_rows(status))
        *why = arena_printf(a, "%s is %s", need, db_get_text(rows, 0, 0));
    return true;
}

bool
check_run(DbTx *tx, const Check *check, GameDate date, Instant now, Arena *a, CheckResult *out, Err *err)
{
    const DbParam params[] = {db_date(date), db_ts(now)};
    DbRows *rows;

    *out = (CheckResult){CHECK_NOTHING, NULL_F64, NULL_F64, NULL_F64, NULL};
    if (!read_need(tx, check, date, a, &out->detail, err))
        return false;
    if (out->detail != NULL)
        return true;
    if (!db_exec(tx, check->sql, params, check->takes_now ? 2 : 1, &rows, err))
        return err_prefix(err, "check %s", check->name);
    if (db_row_count(rows) > 0) {
        out->value = db_get_f64(rows, 0, 0);
        out->warn = db_get_f64(rows, 0, 1);
        out->fail = db_get_f64(rows, 0, 2);
        out->detail = arena_strdup(a, db_get_text(rows, 0, 3));
    }
    out->verdict = check_judge(out->value, out->warn, out->fail, check->more_is_better);
    if (out->verdict == CHECK_NOTHING)
        out->detail = "nothing to look at";
    return true;
}
