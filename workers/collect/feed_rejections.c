/*
 * workers/collect/feed_rejections.c
 *    Gather rejected rows up to a bound; count beyond it.
 */
#include "workers/collect/feed_rejections.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/cursor.h"

enum { SHOWN_TEXT_BYTES = 120 };

/* What stood in the file, cut, with a question mark for each byte that text must not hold. */
static const char *
shown(Arena *a, Bytes field)
{
    size_t len = field.len < SHOWN_TEXT_BYTES ? field.len : SHOWN_TEXT_BYTES;
    char *text;

    while (len > 0 && len < field.len && (field.data[len] & 0xc0) == 0x80)
        len--; /* not in the middle of a character */
    if (len == 0)
        return "";
    text = arena_strndup(a, (const char *)field.data, len);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = '?';
    }
    return utf8_mend(text);
}

static void
make_room(FeedRejections *r)
{
    FeedRejection *items;
    Bytes *rows;

    if (r->count < r->cap)
        return;
    r->cap = r->cap * 2 + 16;
    items = arena_array(r->a, r->cap, sizeof *items);
    rows = arena_array(r->a, r->cap, sizeof *rows);
    if (r->count > 0) {
        memcpy(items, r->items, r->count * sizeof *items);
        memcpy(rows, r->rows, r->count * sizeof *rows);
    }
    r->items = items;
    r->rows = rows;
}

void
feed_reject(FeedRejections *r, int32_t line, const char *column, const char *reason, Bytes text, Bytes row)
{
    r->total++;
    if (r->count == FEED_MAX_REJECTIONS)
        return;
    make_room(r);
    r->items[r->count] = (FeedRejection){
        .file = r->file, .line = line, .column = column, .reason = reason, .text = shown(r->a, text)};
    r->rows[r->count++] = bytes_of(row.data, row.len < FEED_MAX_ROW_BYTES ? row.len : FEED_MAX_ROW_BYTES);
}

/* One item with its row, so that both are sorted together. */
typedef struct {
    FeedRejection item;
    Bytes row;
    size_t number;
} Pair;

static int
by_line(const void *x, const void *y)
{
    const Pair *a = x, *b = y;

    if (a->item.line != b->item.line)
        return a->item.line < b->item.line ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

void
feed_rejections_sort(FeedRejections *r)
{
    Pair *pairs = arena_array(r->a, r->count + 1, sizeof *pairs);

    for (size_t i = 0; i < r->count; i++)
        pairs[i] = (Pair){r->items[i], r->rows[i], i};
    qsort(pairs, r->count, sizeof *pairs, by_line);
    for (size_t i = 0; i < r->count; i++) {
        r->items[i] = pairs[i].item;
        r->rows[i] = pairs[i].row;
    }
}

const char *
feed_rejection_place(const FeedRejection *r, Arena *a)
{
    return arena_printf(a, "%s line %d%s%s", r->file, (int)r->line, r->column == NULL ? "" : " ",
                        r->column == NULL ? "" : r->column);
}

const char *
feed_rejection_reason(const FeedRejection *r, Arena *a)
{
    bool has_text = r->column != NULL || r->text[0] != '\0';

    return has_text ? arena_printf(a, "%s: '%s'", r->reason, r->text) : r->reason;
}
