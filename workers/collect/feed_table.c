/*
 * workers/collect/feed_table.c
 *    From rows of text to typed lines: columns by name, values by the layout's readers.
 */
#include "workers/collect/feed_table.h"
#include <string.h>
#include "libcore/base/cursor.h"
#include "workers/collect/csv_file.h"

enum { ABSENT = -1 };

typedef struct {
    const FeedLayout *layout;
    const char *file;
    GameDate date;
    Arena *a;
    bool has_header;
    const char **header;
    size_t header_fields;
    int position[FEED_MAX_COLUMNS]; /* of the layout's columns in the file, or ABSENT */
    char *lines;
    size_t line_count, line_cap;
    FeedRejections rejected;
} Reading;

/* ---- header */

static bool
field_is(Bytes field, const char *name)
{
    return field.len == strlen(name) && memcmp(field.data, name, field.len) == 0;
}

/* Where the column stands in the header; ABSENT when nowhere. False when it stands twice. */
static bool
find_column(const CsvRow *row, const char *name, int *position)
{
    *position = ABSENT;
    for (size_t f = 0; f < row->field_count; f++) {
        if (!field_is(row->fields[f], name))
            continue;
        if (*position != ABSENT)
            return false;
        *position = (int)f;
    }
    return true;
}

static bool
lacks_column(const CsvRow *row, const FeedColumn *column)
{
    int position;

    return !column->is_optional && find_column(row, column->name, &position) && position == ABSENT;
}

static size_t
missing_columns(const FeedLayout *layout, const CsvRow *row)
{
    size_t n = 0;

    for (size_t c = 0; c < layout->column_count; c++)
        n += lacks_column(row, &layout->columns[c]);
    return n;
}

/* The header of another feed is the likeliest wrong one; of several that fit, the one that says most. */
static const char *
other_feed(const FeedLayout *layout, const CsvRow *row, Arena *a)
{
    const FeedLayout *best = NULL;

    for (size_t i = 0; i < feed_layout_count; i++) {
        const FeedLayout *other = feed_layouts[i];

        if (other != layout && missing_columns(other, row) == 0
            && (best == NULL || other->column_count > best->column_count))
            best = other;
    }
    return best == NULL ? "" : arena_printf(a, "; this is the header of %s", best->feed);
}

static bool
refuse_header(const Reading *r, const CsvRow *row, Err *err)
{
    Buf names = {0};

    for (size_t c = 0; c < r->layout->column_count; c++)
        if (lacks_column(row, &r->layout->columns[c]))
            buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", r->layout->columns[c].name);
    buf_put_str(&names, "; the header has ");
    for (size_t f = 0; f < row->field_count; f++)
        buf_printf(&names, "%s%.40s", f > 0 ? ", " : "", (const char *)row->fields[f].data);
    (void)ERR_FAIL(err, ERR_POISON, "%s line %d: no column %s%s", r->file, (int)row->line, buf_cstr(&names),
                   other_feed(r->layout, row, r->a));
    (void)utf8_mend(err->msg);
    buf_free(&names);
    return false;
}

static bool
take_header(Reading *r, const CsvRow *row, Err *err)
{
    r->has_header = true;
    if (row->broken != NULL)
        return ERR_FAIL(err, ERR_POISON, "%s line %d: the header cannot be read: %s", r->file, (int)row->line,
                        row->broken);
    r->header_fields = row->field_count;
    r->header = arena_array(r->a, row->field_count + 1, sizeof *r->header);
    for (size_t f = 0; f < row->field_count; f++)
        r->header[f] = utf8_mend(arena_strdup(r->a, (const char *)row->fields[f].data));
    for (size_t c = 0; c < r->layout->column_count; c++) {
        if (!find_column(row, r->layout->columns[c].name, &r->position[c]))
            return ERR_FAIL(err, ERR_POISON, "%s line %d: column %s stands twice", r->file, (int)row->line,
                            r->layout->columns[c].name);
    }
    return missing_columns(r->layout, row) == 0 || refuse_header(r, row, err);
}

/* ---- rows */

static void
reject(Reading *r, const CsvRow *row, const char *column, const char *reason, Bytes text)
{
    feed_reject(&r->rejected, row->line, column, reason, text, row->raw);
}

/* Names the first byte that makes the field no text of ours. */
static bool
is_text(Bytes field, Arena *a, const char **why)
{
    size_t at;

    for (size_t i = 0; i < field.len; i++) {
        if (field.data[i] < 0x20 || field.data[i] == 0x7f) {
            *why = arena_printf(a, "a control character (0x%02X, byte %zu of the field)", field.data[i], i + 1);
            return false;
        }
    }
    at = utf8_valid_len(field.data, field.len);
    if (at == field.len)
        return true;
    *why = arena_printf(a, "not UTF-8 (0x%02X, byte %zu of the field): if the file is Latin-1, save it as UTF-8",
                        field.data[at], at + 1);
    return false;
}

/* False, with the row rejected, when a column's value cannot be read. */
static bool
read_columns(Reading *r, const CsvRow *row, void *line)
{
    for (size_t c = 0; c < r->layout->column_count; c++) {
        const FeedColumn *column = &r->layout->columns[c];
        Bytes field = r->position[c] == ABSENT ? bytes_of("", 0) : row->fields[r->position[c]];
        const char *why;

        if (!is_text(field, r->a, &why)
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

/* What is no row: the fault is in the field behind those that were read. */
static void
reject_broken(Reading *r, const CsvRow *row)
{
    const char *column = row->field_count < r->header_fields ? r->header[row->field_count] : NULL;

    reject(r, row, column, row->broken, row->raw);
}

/* Room for one more line. */
static LineHead *
next_line(Reading *r)
{
    size_t size = r->layout->line_size;
    void *line;

    if (r->line_count == r->line_cap) {
        char *more;

        r->line_cap = r->line_cap * 2 + 64;
        more = arena_array(r->a, r->line_cap, size);
        if (r->line_count > 0)
            memcpy(more, r->lines, r->line_count * size);
        r->lines = more;
    }
    line = r->lines + r->line_count * size;
    memset(line, 0, size);
    return line;
}

static bool
take_row(void *user, const CsvRow *row, Err *err)
{
    Reading *r = user;
    LineHead *head;

    if (!r->has_header)
        return take_header(r, row, err);
    if (row->broken != NULL) {
        reject_broken(r, row);
        return true;
    }
    if (row->field_count != r->header_fields) {
        const char *why = arena_printf(r->a, "%zu fields where the header has %zu", row->field_count, r->header_fields);

        reject(r, row, NULL, why, row->fields[0]);
        return true;
    }
    head = next_line(r);
    if (read_columns(r, row, head) && check_line(r, row, head)) {
        head->line = row->line;
        head->raw = row->raw;
        r->line_count++;
    }
    return true;
}

/* ---- the whole */

void
feed_table_drop(FeedTable *t, const bool *marks)
{
    size_t kept = 0;

    for (size_t i = 0; i < t->line_count; i++) {
        if (marks[i])
            continue;
        if (kept < i)
            memcpy(feed_table_head(t, kept), feed_table_head(t, i), t->layout->line_size);
        kept++;
    }
    t->line_count = kept;
}

bool
feed_table_read(const FeedLayout *layout, const char *dir, const char *file, GameDate date, Arena *a, FeedTable *out,
                Err *err)
{
    Reading r = {.layout = layout, .file = file, .date = date, .a = a, .rejected = {.file = file, .a = a}};

    *out = (FeedTable){.layout = layout};
    if (!csv_file_read(arena_printf(a, "%s/%s", dir, file), file, take_row, &r, a, &out->exists, err))
        return false;
    if (out->exists && !r.has_header)
        return ERR_FAIL(err, ERR_POISON, "%s is empty: not even a header", file);
    out->lines = r.lines;
    out->line_count = r.line_count;
    out->rejected = r.rejected;
    return true;
}
