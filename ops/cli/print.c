/*
 * ops/cli/print.c
 *    Aligned columns, or JSON.
 */
#include "ops/cli/print.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 32, MAX_NAME = 64 };

static bool
is_number(const char *header)
{
    return header[0] == '#';
}

static int
column_count(const TableHead *head)
{
    int n = 0;

    while (n < MAX_COLUMNS && head->headers[n] != NULL)
        n++;
    return n;
}

/* ---- for people ---- */

/* Columns on a terminal: bytes that begin a UTF-8 character. */
static int
width_of(const char *s)
{
    int n = 0;

    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static void
put_cell(const char *text, int width, bool right, bool last)
{
    int pad = width - width_of(text);

    for (int i = 0; right && i < pad; i++)
        (void)putchar(' ');
    (void)fputs(text, stdout);
    for (int i = 0; !right && !last && i < pad; i++)
        (void)putchar(' ');
    (void)fputs(last ? "\n" : "  ", stdout);
}

static void
print_text(const TableHead *head, const char *const *cells, size_t row_count)
{
    int widths[MAX_COLUMNS];
    int n = column_count(head);

    for (int c = 0; c < n; c++) {
        widths[c] = width_of(head->headers[c] + is_number(head->headers[c]));
        for (size_t r = 0; r < row_count; r++) {
            const char *text = cells[r * (size_t)n + (size_t)c];
            int width = text ? width_of(text) : 1;

            if (width > widths[c])
                widths[c] = width;
        }
    }
    if (!head->is_alone)
        (void)printf("\n%s\n", head->title);
    if (row_count == 0) {
        (void)puts("  (none)");
        return;
    }
    for (int c = 0; c < n; c++)
        put_cell(head->headers[c] + is_number(head->headers[c]), widths[c], is_number(head->headers[c]), c == n - 1);
    for (size_t r = 0; r < row_count; r++) {
        for (int c = 0; c < n; c++) {
            const char *text = cells[r * (size_t)n + (size_t)c];

            put_cell(text ? text : "-", widths[c], is_number(head->headers[c]), c == n - 1);
        }
    }
}

/* ---- for programs ---- */

static json_t *
value_of(const char *text, bool as_number)
{
    char *end;
    double v;

    if (text == NULL)
        return json_null();
    if (!as_number)
        return json_string(text);
    v = strtod(text, &end);
    if (end == text || *end != '\0')
        return json_string(text);
    return strpbrk(text, ".eE") != NULL ? json_real(v) : json_integer(strtoll(text, NULL, 10));
}

void
print_member(const Cli *cli, const char *name, json_t *value)
{
    char key[MAX_NAME];
    size_t n = 0;

    if (cli->document == NULL) {
        json_decref(value);
        return;
    }
    for (; name[n] != '\0' && n < sizeof key - 1; n++)
        key[n] = name[n] == ' ' ? '_' : name[n];
    key[n] = '\0';
    (void)json_object_set_new(cli->document, key, value);
}

void
print_count(const Cli *cli, const char *name, size_t count)
{
    print_member(cli, name, json_integer((json_int_t)count));
}

static void
print_json(const Cli *cli, const TableHead *head, const char *const *cells, size_t row_count)
{
    json_t *list = json_array();
    int n = column_count(head);

    for (size_t r = 0; r < row_count; r++) {
        json_t *row = json_object();

        for (int c = 0; c < n; c++) {
            bool number = is_number(head->headers[c]);

            (void)json_object_set_new(row, head->headers[c] + number,
                                      value_of(cells[r * (size_t)n + (size_t)c], number));
        }
        (void)json_array_append_new(list, row);
    }
    print_member(cli, head->title, list);
}

void
print_document(const Cli *cli)
{
    if (cli->document == NULL || json_object_size(cli->document) == 0)
        return;
    (void)json_dumpf(cli->document, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    (void)putchar('\n');
}

/* ---- both ---- */

void
print_cells(const Cli *cli, const TableHead *head, const char *const *cells, size_t row_count)
{
    if (cli->document != NULL)
        print_json(cli, head, cells, row_count);
    else
        print_text(head, cells, row_count);
}

void
print_rows(const Cli *cli, const TableHead *head, const DbRows *rows)
{
    int n = column_count(head);
    size_t row_count = db_row_count(rows);
    Arena *a = arena_new(0);
    const char **cells = arena_array(a, row_count * (size_t)n + 1, sizeof *cells);

    for (size_t r = 0; r < row_count; r++)
        for (int c = 0; c < n; c++)
            cells[r * (size_t)n + (size_t)c] = db_get_text(rows, r, c);
    print_cells(cli, head, cells, row_count);
    arena_free(a);
}

bool
print_query(const Cli *cli, Session *s, const TableHead *head, const char *sql, const DbParam *params,
            size_t param_count, Err *err)
{
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, param_count, &rows, err))
        return false;
    print_rows(cli, head, rows);
    return true;
}
