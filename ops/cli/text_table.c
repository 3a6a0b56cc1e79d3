/*
 * ops/cli/text_table.c
 *    Widths, cuts and padding.
 */
#include "ops/cli/text_table.h"
#include <stdbool.h>
#include <string.h>

enum { MIN_TEXT = 6, GAP = 2 };

static bool
is_number(const char *header)
{
    return header[0] == '#';
}

static bool
starts_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* Columns on a terminal: bytes that begin a UTF-8 character. */
static int
width_of(const char *s)
{
    int n = 0;

    for (; *s != '\0'; s++)
        n += starts_character(*s);
    return n;
}

static const char *
cell_of(const TextTable *t, int columns, size_t row, int column)
{
    const char *text = t->cells[row * (size_t)columns + (size_t)column];

    return text != NULL ? text : "-";
}

static int
natural_widths(const TextTable *t, int widths[TEXT_TABLE_COLUMNS])
{
    int n = 0;

    for (; n < TEXT_TABLE_COLUMNS && t->headers[n] != NULL; n++)
        widths[n] = width_of(t->headers[n] + is_number(t->headers[n]));
    for (size_t r = 0; r < t->rows; r++) {
        for (int c = 0; c < n; c++) {
            int width = width_of(cell_of(t, n, r, c));

            if (width > widths[c])
                widths[c] = width;
        }
    }
    return n;
}

/* Takes from the widest column of text until the line fits, or nothing more can be taken. */
static void
fit(const TextTable *t, int widths[TEXT_TABLE_COLUMNS], int n, int width)
{
    int total = -GAP;

    for (int c = 0; c < n; c++)
        total += widths[c] + GAP;
    while (width > 0 && total > width) {
        int widest = -1;

        for (int c = 0; c < n; c++)
            if (!is_number(t->headers[c]) && widths[c] > MIN_TEXT && (widest < 0 || widths[c] > widths[widest]))
                widest = c;
        if (widest < 0)
            return;
        widths[widest]--;
        total--;
    }
}

static void
put_spaces(Buf *out, int n)
{
    for (int i = 0; i < n; i++)
        buf_put_u8(out, ' ');
}

/* Whole characters, as many as fit beside the mark. */
static void
put_cut(Buf *out, const char *text, int width)
{
    int n = 0;

    for (; *text != '\0'; text++) {
        if (starts_character(*text) && ++n == width)
            break;
        buf_put_u8(out, (uint8_t)*text);
    }
    buf_put_u8(out, '~');
}

static void
put_cell(Buf *out, const char *text, int width, bool right, bool last)
{
    int pad = width - width_of(text);

    if (right)
        put_spaces(out, pad);
    if (pad < 0)
        put_cut(out, text, width);
    else
        buf_put_str(out, text);
    if (!right && !last)
        put_spaces(out, pad);
    buf_put_str(out, last ? "\n" : "  ");
}

void
text_table_put(Buf *out, const TextTable *t, int width)
{
    int widths[TEXT_TABLE_COLUMNS];
    int n = natural_widths(t, widths);

    fit(t, widths, n, width);
    for (int c = 0; c < n; c++)
        put_cell(out, t->headers[c] + is_number(t->headers[c]), widths[c], is_number(t->headers[c]), c == n - 1);
    for (size_t r = 0; r < t->rows; r++)
        for (int c = 0; c < n; c++)
            put_cell(out, cell_of(t, n, r, c), widths[c], is_number(t->headers[c]), c == n - 1);
}
