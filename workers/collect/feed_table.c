/*
 * workers/collect/feed_table.c
 *    From rows of text to typed lines: columns by name, values by the layout's readers.
 */
#include "workers/collect/feed_table.h"
#include <string.h>
#include "workers/collect/csv_file.h"

enum { SHOWN_TEXT_BYTES = 120, ABSENT = -1 };

typedef struct {
    const FeedLayout *layout;
    const char *file;
    GameDate date;
    Arena *a;
    bool has_header;
    size_t header_fields;
    int position[FEED_MAX_COLUMNS]; /* of the layout's columns in the file, or ABSENT */
    char *lines;
    size_t line_count, line_cap;
    FeedRejection *rejections;
    size_t rejection_count, rejection_cap;
    int32_t rejected_total;
} Reading;

/* Room for one more item behind count. */
static void *
grow(Arena *a, void *items, size_t *cap, size_t count, size_t item_size)
{
    void *bigger;

    if (count < *cap)
        return items;
    *cap = *cap == 0 ? 64 : *cap * 2;
    bigger = arena_array(a, *cap, item_size);
    if (count > 0)
        memcpy(bigger, items, count * item_size);
    return bigger;
}

static bool
is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

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
        if (is_control((unsigned char)text[i]))
            text[i] = '?';
    }
    for (size_t i = 0; i < len && !utf8_is_valid((const uint8_t *)text, len); i++) {
        if ((unsigned char)text[i] >= 0x80)
            text[i] = '?';
    }
    return text;
}

static void
reject(Reading *r, const CsvRow *row, const char *column, const char *reason, Bytes text)
{
    r->rejected_total++;
    if (r->rejection_count == FEED_MAX_REJECTIONS)
        return;
    r->rejections = grow(r->a, r->rejections, &r->rejection_cap, r->rejection_count, sizeof *r->rejections);
    r->rejections[r->rejection_count++] = (FeedRejection){
        .file = r->file, .line = row->line, .column = column, .reason = reason, .text = shown(r->a, text)};
}

static bool
field_is(Bytes field, const char *name)
{
    return field.len == strlen(name) && memcmp(field.data, name, field.len) == 0;
}

static bool
take_header(Reading *r, const CsvRow *row, Err *err)
{
    r->has_header = true;
    r->header_fields = row->field_count;
    for (size_t c = 0; c < r->layout->column_count; c++) {
        const FeedColumn *column = &r->layout->columns[c];

        r->position[c] = ABSENT;
        for (size_t f = 0; f < row->field_count; f++) {
            if (!field_is(row->fields[f], column->name))
                continue;
            if (r->position[c] != ABSENT)
                return ERR_FAIL(err, ERR_POISON, "%s: column %s stands twice", r->file, column->name);
            r->position[c] = (int)f;
        }
        if (r->position[c] == ABSENT && !column->is_optional)
            return ERR_FAIL(err, ERR_POISON, "%s: no column %s", r->file, column->name);
    }
    return true;
}

static bool
is_text(Bytes field, const char **why)
{
    *why = "a control character";
    for (size_t i = 0; i < field.len; i++) {
        if (is_control(field.data[i]))
            return false;
    }
    *why = "not UTF-8";
    return utf8_is_valid(field.data, field.len);
}

/* False, with the row rejected, when a column's value cannot be read. */
static bool
read_columns(Reading *r, const CsvRow *row, void *line)
{
    for (size_t c = 0; c < r->layout->column_count; c++) {
        const FeedColumn *column = &r->layout->columns[c];
        Bytes field = r->position[c] == ABSENT ? bytes_of("", 0) : row->fields[r->position[c]];
        const char *why;

        if (!is_text(field, &why)
            || !column->read((const char *)field.data, r->a, (char *)line + column->offset, &why)) {
            reject(r, row, column->name, why, field);
            return false;
        }
    }
    return true;
}

static Bytes
text_of_column(const Reading *r, const CsvRow *row, const char *name)
{
    for (size_t c = 0; c < r->layout->column_count; c++) {
        if (strcmp(r->layout->columns[c].name, name) == 0 && r->position[c] != ABSENT)
            return row->fields[r->position[c]];
    }
    return bytes_of("", 0);
}

static bool
check_line(Reading *r, const CsvRow *row, void *line)
{
    const LineHead *head = line;
    const char *column = NULL, *why = NULL;
    char day[DATE_TEXT_LEN];

    if (!r->layout->finish(line, r->date, &column, &why)) {
        reject(r, row, column, why, text_of_column(r, row, column));
        return false;
    }
    if (strcmp(head->team_a, head->team_b) == 0) {
        reject(r, row, NULL, "a team plays itself", bytes_of_str(head->team_a));
        return false;
    }
    if (!date_is_null(r->date) && !date_equal(head->date, r->date)) {
        column = r->layout->date_column;
        why = arena_printf(r->a, "belongs to %s, not to this file's date", date_format(head->date, day));
        reject(r, row, column, why, text_of_column(r, row, column));
        return false;
    }
    return true;
}

static bool
take_row(void *user, const CsvRow *row, Err *err)
{
    Reading *r = user;
    LineHead *head;

    if (!r->has_header)
        return take_header(r, row, err);
    if (row->field_count != r->header_fields) {
        const char *why = arena_printf(r->a, "%zu fields where the header has %zu", row->field_count, r->header_fields);

        reject(r, row, NULL, why, row->fields[0]);
        return true;
    }
    r->lines = grow(r->a, r->lines, &r->line_cap, r->line_count, r->layout->line_size);
    head = (LineHead *)(void *)(r->lines + r->line_count * r->layout->line_size);
    memset(head, 0, r->layout->line_size);
    if (read_columns(r, row, head) && check_line(r, row, head)) {
        head->line = row->line;
        r->line_count++;
    }
    return true;
}

bool
feed_table_read(const FeedLayout *layout, const char *dir, const char *file, GameDate date, Arena *a, FeedTable *out,
                Err *err)
{
    Reading r = {.layout = layout, .file = file, .date = date, .a = a};

    *out = (FeedTable){.layout = layout};
    if (!csv_file_read(arena_printf(a, "%s/%s", dir, file), take_row, &r, &out->exists, err))
        return false;
    if (out->exists && !r.has_header)
        return ERR_FAIL(err, ERR_POISON, "%s: no header", file);
    out->lines = r.lines;
    out->line_count = r.line_count;
    out->rejections = r.rejections;
    out->rejection_count = r.rejection_count;
    out->rejected_total = r.rejected_total;
    return true;
}
