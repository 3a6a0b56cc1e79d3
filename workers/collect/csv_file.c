/*
 * workers/collect/csv_file.c
 *    libcsv with line numbers: the file is handed over line by line, so that the line in hand is
 *    known whenever a field or a row ends, and a row that goes wrong costs its first line only.
 */
#include "workers/collect/csv_file.h"
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_BYTES = 8 * 1024, REREAD_MAX_BYTES = 64 * 1024 * 1024 };

typedef struct {
    const char *name;
    CsvRowFn on_row;
    void *user;
    Err *err;
    struct csv_parser parser;
    Bytes file;
    size_t row_start, piece_end; /* in the file */
    int32_t row_line;            /* where the row in hand began */
    bool was_stopped;            /* err is filled; libcsv cannot be stopped inside a call */
    bool has_row_ended;          /* within the piece in hand */
    bool has_too_many;           /* fields */
    size_t reread;               /* bytes of rows that went wrong: they are read again from their second line */
    Buf text;                    /* the row's fields, a NUL behind each */
    size_t starts[CSV_MAX_FIELDS + 1];
    size_t field_count;
} Reader;

/* Only a line feed ends a row: the carriage return before it is a space at a field's end, and any other
 * stands in the field, where it is seen. */
static int
is_row_end(unsigned char c)
{
    return c == '\n';
}

static int
is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool
start_parser(Reader *r)
{
    if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return ERR_FAIL(r->err, ERR_FATAL, "libcsv does not start");
    csv_set_term_func(&r->parser, is_row_end);
    csv_set_space_func(&r->parser, is_space);
    return true;
}

static void
clear_row(Reader *r)
{
    r->field_count = 0;
    r->has_too_many = false;
    buf_clear(&r->text);
}

static void
take_field(void *bytes, size_t len, void *reader)
{
    Reader *r = reader;

    if (r->field_count == CSV_MAX_FIELDS) {
        r->has_too_many = true;
        return;
    }
    r->starts[r->field_count++] = r->text.len;
    buf_put(&r->text, bytes, len);
    buf_put_u8(&r->text, '\0');
    r->starts[r->field_count] = r->text.len;
}

static Bytes
without_line_end(Bytes text)
{
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
        text.len--;
    return text;
}

static void
hand_over(Reader *r, size_t end, const char *broken)
{
    Bytes fields[CSV_MAX_FIELDS];
    const CsvRow row = {
        .line = r->row_line,
        .fields = fields,
        .field_count = r->field_count,
        .raw = without_line_end(bytes_of(r->file.data + r->row_start, end - r->row_start)),
        .broken = broken,
    };

    for (size_t i = 0; i < r->field_count; i++)
        fields[i] = bytes_of(r->text.data + r->starts[i], r->starts[i + 1] - r->starts[i] - 1);
    if (!r->was_stopped && !r->on_row(r->user, &row, r->err))
        r->was_stopped = true;
    clear_row(r);
}

static void
take_row(int end, void *reader)
{
    Reader *r = reader;

    (void)end;
    hand_over(r, r->piece_end, r->has_too_many ? "more fields than any known layout has" : NULL);
    r->has_row_ended = true;
}

/* Behind the line that begins at from. */
static size_t
line_end(const Reader *r, size_t from)
{
    const uint8_t *newline = memchr(r->file.data + from, '\n', r->file.len - from);

    return newline == NULL ? r->file.len : (size_t)(newline - r->file.data) + 1;
}

static bool
is_blank(const Reader *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!is_space(r->file.data[i]) && !is_row_end(r->file.data[i]))
            return false;
    }
    return true;
}

/* Parses one row, which may span lines. NULL when it was handed over, else why it is none. */
static const char *
parse_row(Reader *r, int32_t *lines)
{
    const size_t first_end = line_end(r, r->row_start);
    size_t at = r->row_start;

    if (first_end - r->row_start > CSV_ROW_MAX_BYTES)
        return "a line longer than 1 MiB";
    r->has_row_ended = false;
    for (*lines = 0; !r->has_row_ended; at = r->piece_end, ++*lines) {
        size_t len;

        if (at == r->file.len) /* the last line has no line end */
            return csv_fini(&r->parser, take_field, take_row, r) == 0 ? NULL : "a quote that is never closed";
        r->piece_end = line_end(r, at);
        len = r->piece_end - at;
        if (r->piece_end - r->row_start > CSV_ROW_MAX_BYTES)
            return "a quote that is not closed within 1 MiB";
        if (csv_parse(&r->parser, r->file.data + at, len, take_field, take_row, r) != len)
            return at == r->row_start ? "a quote in the middle of the field" : "a quote that is never closed";
    }
    return NULL;
}

/* The row's first line is lost; the row after it may be whole. */
static bool
skip_first_line(Reader *r, const char *why)
{
    const size_t next = line_end(r, r->row_start);

    hand_over(r, next, why);
    if (r->was_stopped)
        return false;
    r->reread += r->piece_end > next ? r->piece_end - next : 0;
    if (r->reread > REREAD_MAX_BYTES)
        return ERR_FAIL(r->err, ERR_POISON, "%s line %d: too many quotes that are never closed", r->name, r->row_line);
    csv_free(&r->parser);
    r->row_start = next;
    r->row_line++;
    return start_parser(r);
}

static bool
read_rows(Reader *r)
{
    while (r->row_start < r->file.len) {
        const size_t first_end = line_end(r, r->row_start);
        const char *why;
        int32_t lines;

        if (is_blank(r, r->row_start, first_end)) {
            r->row_start = first_end;
            r->row_line++;
            continue;
        }
        r->piece_end = r->row_start;
        why = parse_row(r, &lines);
        if (r->was_stopped)
            return false;
        if (why == NULL) {
            r->row_start = r->piece_end;
            r->row_line += lines;
        } else if (!skip_first_line(r, why)) {
            return false;
        }
    }
    return true;
}

static bool
starts_with(Bytes b, const char *mark, size_t len)
{
    return b.len >= len && memcmp(b.data, mark, len) == 0;
}

static bool
take_marks(Reader *r)
{
    if (starts_with(r->file, "\xff\xfe", 2) || starts_with(r->file, "\xfe\xff", 2))
        return ERR_FAIL(r->err, ERR_POISON, "%s is UTF-16; save it as UTF-8", r->name);
    if (starts_with(r->file, "\xef\xbb\xbf", 3))
        r->row_start = 3;
    return true;
}

static bool
read_bytes(const char *path, const char *name, Arena *a, Bytes *out, bool *exists, Err *err)
{
    FILE *f = fopen(path, "rbe");
    char chunk[CHUNK_BYTES];
    Buf all = {0};
    size_t len;
    int failure;

    *exists = f != NULL || (errno != ENOENT && errno != ENOTDIR);
    if (f == NULL)
        return !*exists || ERR_FAIL(err, ERR_POISON, "cannot open %s: %s", name, strerror(errno));
    errno = 0;
    while ((len = fread(chunk, 1, sizeof chunk, f)) > 0 && all.len <= CSV_FILE_MAX_BYTES)
        buf_put(&all, chunk, len);
    failure = ferror(f) ? errno : 0;
    (void)fclose(f);
    if (all.len > 0)
        *out = bytes_of(arena_strndup(a, (const char *)all.data, all.len), all.len);
    buf_free(&all);
    if (failure != 0)
        return ERR_FAIL(err, failure == EISDIR ? ERR_POISON : ERR_TRANSIENT, "cannot read %s: %s", name,
                        strerror(failure));
    return out->len <= CSV_FILE_MAX_BYTES
           || ERR_FAIL(err, ERR_POISON, "%s is larger than %d MiB", name, CSV_FILE_MAX_BYTES / 1024 / 1024);
}

bool
csv_file_read(const char *path, const char *name, CsvRowFn on_row, void *user, Arena *a, bool *exists, Err *err)
{
    Reader r = {.name = name, .on_row = on_row, .user = user, .err = err, .row_line = 1};
    bool ok;

    if (!read_bytes(path, name, a, &r.file, exists, err))
        return false;
    if (!*exists || r.file.len == 0)
        return true;
    if (!take_marks(&r) || !start_parser(&r))
        return false;
    ok = read_rows(&r);
    csv_free(&r.parser);
    buf_free(&r.text);
    return ok;
}
