/*
 * ops/cli/cmd_features.c
 *    Feature rows for other programs: values, sources, quality, identifiers, exactly as they stand.
 *
 * A date is in hand at a time, in one snapshot of the database, whatever the span.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "libcore/io/db_table.h"
#include "ops/cli/print.h"
#include "ops/cli/quality_reports.h"
#include "ops/cli/row_values.h"
#include "tables_gen.h"
#include "workers/features/feature_contract.h"
#include "workers/publish/json_out.h"

/* ---- formats ---- */

/* The arrays that have an element a feature, and how the columns and members made of them are called. */
static const struct {
    const char *column, *csv_suffix, *member;
} per_feature[] = {
    {"feature_values", "_value", "values"},
    {"feature_source", "_source", "sources"},
    {"feature_quality", "_quality", "quality"},
    {"feature_sample_size", "_sample_size", "sample_sizes"},
};

static const char *
member_of(const char *column)
{
    for (size_t i = 0; i < ARRAY_LEN(per_feature); i++)
        if (strcmp(per_feature[i].column, column) == 0)
            return per_feature[i].member;
    return column;
}

static bool
is_per_feature(const char *column)
{
    return member_of(column) != column;
}

static void
csv_put(FILE *out, const char *text, bool is_first)
{
    if (!is_first)
        (void)fputc(',', out);
    if (text == NULL)
        return;
    if (text[0] != '\0' && strpbrk(text, ",\"\r\n") == NULL) {
        (void)fputs(text, out);
        return;
    }
    (void)fputc('"', out); /* an empty text is "", an absent one is nothing */
    for (; *text != '\0'; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

/* Columns of the row itself first, then a column a feature of every array. */
static void
csv_begin(FILE *out, Arena *a)
{
    bool is_first = true;

    for (size_t c = 0; c < feature_row_table.column_count; c++) {
        if (is_per_feature(feature_row_table.columns[c].name))
            continue;
        csv_put(out, feature_row_table.columns[c].name, is_first);
        is_first = false;
    }
    for (size_t i = 0; i < ARRAY_LEN(per_feature); i++)
        for (int f = 0; f < FEATURE_COUNT; f++)
            csv_put(out, arena_printf(a, "%s%s", feature_contract[f].name, per_feature[i].csv_suffix), false);
    (void)fputc('\n', out);
}

static void
csv_row(FILE *out, const FeatureRow *row, Arena *a)
{
    bool is_first = true;

    for (size_t c = 0; c < feature_row_table.column_count; c++) {
        if (is_per_feature(feature_row_table.columns[c].name))
            continue;
        csv_put(out, row_text(row, &feature_row_table.columns[c], a), is_first);
        is_first = false;
    }
    for (size_t i = 0; i < ARRAY_LEN(per_feature); i++) {
        const Column *c = row_column(&feature_row_table, per_feature[i].column);

        for (int f = 0; f < FEATURE_COUNT; f++)
            csv_put(out, row_element_text(row, c, f, a), false);
    }
    (void)fputc('\n', out);
}

static void
jsonl_begin(FILE *out, Arena *a)
{
    (void)out;
    (void)a;
}

static void
jsonl_row(FILE *out, const FeatureRow *row, Arena *a)
{
    json_t *o = json_object();

    (void)a;
    for (size_t c = 0; c < feature_row_table.column_count; c++)
        json_put(o, member_of(feature_row_table.columns[c].name), row_json(row, &feature_row_table.columns[c]));
    (void)json_dumpf(o, out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(EXACT_DIGITS));
    (void)fputc('\n', out);
    json_decref(o);
}

typedef struct {
    const char *name;
    void (*begin)(FILE *out, Arena *a);
    void (*row)(FILE *out, const FeatureRow *row, Arena *a);
} Format;

static const Format formats[] = {{"csv", csv_begin, csv_row}, {"jsonl", jsonl_begin, jsonl_row}};

static const Format *
format_by_name(const char *name)
{
    const char *names[ARRAY_LEN(formats)];

    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        names[i] = formats[i].name;
        if (strcmp(names[i], name) == 0)
            return &formats[i];
    }
    (void)cli_unknown("format", name, names, ARRAY_LEN(names));
    (void)fputs("formats are csv and jsonl\n", stderr);
    return NULL;
}

/* ---- the export ---- */

typedef struct {
    DateRange range;
    const Format *format;
    const char *path; /* NULL: standard output */
} Export;

static bool
write_date(Session *s, const Export *e, GameDate date, FILE *out, size_t *rows, Err *err)
{
    const DbRows *mark = db_results_mark(s->tx);
    Arena *a = arena_new(0);
    void *read;
    size_t count = 0;
    bool ok = table_read_date(s->tx, &feature_row_table, date, a, &read, &count, err);

    for (size_t i = 0; ok && i < count; i++)
        e->format->row(out, &((const FeatureRow *)read)[i], a);
    db_results_release(s->tx, mark);
    arena_free(a);
    *rows += count;
    return ok;
}

static bool
write_all(Session *s, const Export *e, FILE *out, size_t *rows, size_t *dates, Err *err)
{
    static const char sql[] = "select distinct game_date from features.ml_feature_store"
                              " where game_date between $1 and $2 order by 1";
    const DbParam params[] = {db_date(e->range.from), db_date(e->range.to)};
    DbRows *days;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &days, err))
        return false;
    *dates = db_row_count(days);
    e->format->begin(out, s->a);
    for (size_t i = 0; i < *dates && !ferror(out); i++)
        if (!write_date(s, e, db_get_date(days, i, 0), out, rows, err))
            return false;
    if (fflush(out) != 0 || ferror(out))
        return ERR_FAIL(err, ERR_POISON, "cannot write %s: %s", e->path ? e->path : "standard output", strerror(errno));
    return true;
}

/* Under another name until it is whole. */
static bool
write_file(Session *s, const Export *e, size_t *rows, size_t *dates, Err *err)
{
    const char *partial = arena_printf(s->a, "%s.partial", e->path);
    FILE *out = fopen(partial, "w");
    bool ok;

    if (out == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", partial, strerror(errno));
    ok = write_all(s, e, out, rows, dates, err);
    if (fclose(out) != 0 && ok)
        ok = ERR_FAIL(err, ERR_POISON, "cannot write %s: %s", partial, strerror(errno));
    if (ok && rename(partial, e->path) != 0)
        ok = ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", e->path, strerror(errno));
    if (!ok)
        (void)remove(partial);
    return ok;
}

static bool
export_rows(const Cli *cli, Session *s, const Export *e, Err *err)
{
    size_t rows = 0, dates = 0;

    if (!db_exec_script(s->tx, "set transaction isolation level repeatable read, read only", err)
        || !quality_has_rows(s, e->range, err)
        || !(e->path ? write_file(s, e, &rows, &dates, err) : write_all(s, e, stdout, &rows, &dates, err)))
        return false;
    (void)fprintf(stderr, "%zu rows of %zu dates%s%s\n", rows, dates, e->path ? " in " : "", e->path ? e->path : "");
    if (e->path != NULL) {
        print_member(cli, "file", json_string(e->path));
        print_member(cli, "format", json_string(e->format->name));
        print_count(cli, "rows", rows);
        print_count(cli, "dates", dates);
    }
    return true;
}

/* Rows as JSON lines are JSON already; rows as CSV leave no place on standard output for a document. */
static bool
parse_export(Cli *cli, Export *e)
{
    bool ok = true;
    const char *format = cli_take_option(cli, "--format", &ok);

    *e = (Export){.path = cli_take_option(cli, "--output", &ok)};
    if (!ok)
        return false;
    if (format == NULL && !cli->json) {
        (void)fputs("tipoff: --format is missing: csv or jsonl\n", stderr);
        return false;
    }
    e->format = format_by_name(format != NULL ? format : "jsonl");
    if (e->format == NULL || !cli_parse_range(cli, cli_take_word(cli), &e->range) || !cli_no_more(cli, "features"))
        return false;
    if (!cli->json || e->path != NULL || e->format->begin != csv_begin)
        return true;
    (void)fputs("tipoff: --json and --format csv: choose, or name an --output for the rows\n", stderr);
    return false;
}

int
cmd_features(Cli *cli)
{
    Export e;
    Session s;
    Err err;
    int status = 0;

    if (cli_take_word(cli) == NULL) /* "export", as the table of commands sees to */
        return cli_usage("features");
    if (!parse_export(cli, &e))
        return 2;
    if (!cli_open(cli, &s, &err) || !export_rows(cli, &s, &e, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
