/*
 * ops/cli/sql_files.c
 *    Reads the folder; asks for rows as JSON objects, so that any columns will do.
 */
#include "ops/cli/sql_files.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 31 };

static int
is_sql(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 4 && strcmp(e->d_name + len - 4, ".sql") == 0;
}

static bool
read_file(const char *dir, const char *file, Arena *a, const char **text, Err *err)
{
    const char *path = arena_printf(a, "%s/%s", dir, file);
    FILE *f = fopen(path, "r");
    char chunk[4096];
    Buf out = {0};
    size_t n;

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(&out, chunk, n);
    *text = arena_strdup(a, buf_cstr(&out));
    buf_free(&out);
    return fclose(f) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
}

bool
sql_files_load(const char *dir, Arena *a, SqlFiles *out, Err *err)
{
    struct dirent **list;
    bool ok = true;
    int n = scandir(dir, &list, is_sql, alphasort);

    *out = (SqlFiles){.count = 0};
    if (n < 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", dir, strerror(errno));
    out->names = arena_array(a, (size_t)n + 1, sizeof *out->names);
    out->texts = arena_array(a, (size_t)n + 1, sizeof *out->texts);
    for (int i = 0; i < n; i++) {
        if (ok) {
            out->names[out->count] = arena_strndup(a, list[i]->d_name, strlen(list[i]->d_name) - 4);
            ok = read_file(dir, list[i]->d_name, a, &out->texts[out->count++], err);
        }
        free(list[i]);
    }
    free(list);
    return ok;
}

const char *
sql_files_find(const SqlFiles *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->names[i], name) == 0)
            return files->texts[i];
    return NULL;
}

static const char *
text_of(const json_t *value, Arena *a)
{
    char *dumped;
    const char *text;

    if (json_is_null(value))
        return NULL;
    if (json_is_string(value))
        return arena_strdup(a, json_string_value(value));
    dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    text = arena_strdup(a, dumped);
    free(dumped);
    return text;
}

/* Rows are JSON objects of one shape; the first one names the columns. */
static bool
print_rows_of(const Cli *cli, const char *title, bool is_alone, const DbRows *rows, Arena *a, Err *err)
{
    const char *headers[COLUMNS_MAX + 1] = {NULL}, **cells = NULL;
    const size_t count = db_row_count(rows);
    size_t columns = 0, c;
    const TableHead head = {title, headers, is_alone};

    for (size_t r = 0; r < count; r++) {
        json_t *row = json_loads(db_get_text(rows, r, 0), JSON_DECODE_ANY, NULL), *value;
        const char *name;

        if (r == 0 && (columns = json_object_size(row)) > COLUMNS_MAX) {
            json_decref(row);
            return ERR_FAIL(err, ERR_CONFIG, "a query has %d columns at most", COLUMNS_MAX);
        }
        cells = cells != NULL ? cells : arena_array(a, count * columns + 1, sizeof *cells);
        c = 0;
        json_object_foreach(row, name, value)
        {
            if (r == 0)
                headers[c] = arena_printf(a, "%s%s", json_is_number(value) ? "#" : "", name);
            cells[r * columns + c++] = text_of(value, a);
        }
        json_decref(row);
    }
    print_cells(cli, &head, cells, count);
    return true;
}

bool
sql_print_answer(const Cli *cli, Session *s, const char *title, bool is_alone, const char *query, const DbParam *params,
                 size_t param_count, size_t *count, Err *err)
{
    const char *sql = arena_printf(s->a, "select row_to_json(q)::text from (\n%s\n) q", query);
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, param_count, &rows, err))
        return false;
    *count = db_row_count(rows);
    return print_rows_of(cli, title, is_alone, rows, s->a, err);
}
