/*
 * ops/cli/print.c
 *    Aligned columns, or JSON.
 */
#include "ops/cli/print.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 24 };

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

static const char *
shown(const DbRows *rows, size_t r, int c)
{
    const char *text = db_get_text(rows, r, c);

    return text ? text : "-";
}

static void
print_text(const TableHead *head, const DbRows *rows)
{
    int widths[MAX_COLUMNS] = {0};
    int n = 0;

    for (; head->headers[n] != NULL && n < MAX_COLUMNS; n++)
        widths[n] = width_of(head->headers[n]) - (head->headers[n][0] == '#');
    for (size_t r = 0; r < db_row_count(rows); r++)
        for (int c = 0; c < n; c++)
            if (width_of(shown(rows, r, c)) > widths[c])
                widths[c] = width_of(shown(rows, r, c));
    if (head->title != NULL)
        (void)printf("\n%s\n", head->title);
    if (db_row_count(rows) == 0) {
        (void)puts("  (none)");
        return;
    }
    for (int c = 0; c < n; c++)
        put_cell(head->headers[c] + (head->headers[c][0] == '#'), widths[c], head->headers[c][0] == '#', c == n - 1);
    for (size_t r = 0; r < db_row_count(rows); r++)
        for (int c = 0; c < n; c++)
            put_cell(shown(rows, r, c), widths[c], head->headers[c][0] == '#', c == n - 1);
}

static json_t *
value_of(const char *text, bool is_number)
{
    char *end;
    double v;

    if (text == NULL)
        return json_null();
    if (!is_number)
        return json_string(text);
    v = strtod(text, &end);
    if (*end != '\0')
        return json_string(text);
    return strpbrk(text, ".eE") != NULL ? json_real(v) : json_integer(strtoll(text, NULL, 10));
}

static void
print_json(const TableHead *head, const DbRows *rows)
{
    json_t *list = json_array(), *doc = list;

    for (size_t r = 0; r < db_row_count(rows); r++) {
        json_t *row = json_object();

        for (int c = 0; head->headers[c] != NULL; c++) {
            bool is_number = head->headers[c][0] == '#';

            (void)json_object_set_new(row, head->headers[c] + is_number, value_of(db_get_text(rows, r, c), is_number));
        }
        (void)json_array_append_new(list, row);
    }
    if (head->title != NULL) {
        doc = json_object();
        (void)json_object_set_new(doc, head->title, list);
    }
    (void)json_dumpf(doc, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
    (void)putchar('\n');
    json_decref(doc);
}

void
print_rows(const Cli *cli, const TableHead *head, const DbRows *rows)
{
    if (cli->json)
        print_json(head, rows);
    else
        print_text(head, rows);
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
