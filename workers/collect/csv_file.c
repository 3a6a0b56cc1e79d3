/*
 * workers/collect/csv_file.c
 *    libcsv with line numbers: the file is handed over line by line, so that the line in hand is
 *    known whenever a field or a row ends.
 */
#include "workers/collect/csv_file.h"
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_BYTES = 8 * 1024 };

typedef struct {
    const char *path;
    CsvRowFn on_row;
    void *user;
    Err *err;
    bool has_failed;              /* err is filled; libcsv cannot be stopped inside a call */
    int32_t line;                 /* in hand */
    int32_t row_line, field_line; /* where the row and the field in hand began */
    bool is_in_row;
    bool has_row_ended; /* within the piece in hand */
    size_t row_bytes;
    Buf text; /* the row's fields, a NUL behind each */
    size_t starts[CSV_MAX_FIELDS + 1];
    size_t field_count;
} Reader;

static bool
fail(Reader *r, int32_t line, const char *what)
{
    r->has_failed = true;
    return ERR_FAIL(r->err, ERR_POISON, "%s line %d: %s", r->path, line, what);
}

static void
take_field(void *bytes, size_t len, void *reader)
{
    Reader *r = reader;

    r->field_line = r->line;
    if (r->has_failed)
        return;
    if (r->field_count == CSV_MAX_FIELDS) {
        (void)fail(r, r->row_line, "more fields than any known layout has");
        return;
    }
    r->starts[r->field_count++] = r->text.len;
    buf_put(&r->text, bytes, len);
    buf_put_u8(&r->text, '\0');
    r->starts[r->field_count] = r->text.len;
}

static void
take_row(int end, void *reader)
{
    Reader *r = reader;
    Bytes fields[CSV_MAX_FIELDS];
    CsvRow row = {.line = r->row_line, .fields = fields, .field_count = r->field_count};

    (void)end;
    for (size_t i = 0; i < r->field_count; i++)
        fields[i] = bytes_of(r->text.data + r->starts[i], r->starts[i + 1] - r->starts[i] - 1);
    if (!r->has_failed && !r->on_row(r->user, &row, r->err))
        r->has_failed = true;
    r->field_count = 0;
    buf_clear(&r->text);
    r->has_row_ended = true;
}

static bool
is_blank(const char *piece, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr(" \t\r\n", piece[i]) == NULL || piece[i] == '\0')
            return false;
    }
    return true;
}

/* A line, or what a chunk holds of one. */
static bool
read_piece(Reader *r, struct csv_parser *parser, const char *piece, size_t len)
{
    if (!r->is_in_row)
        r->row_line = r->field_line = r->line;
    r->row_bytes += len;
    if (r->row_bytes > CSV_ROW_MAX_BYTES)
        return fail(r, r->field_line, "the row is longer than 1 MiB (a quote that is never closed?)");
    r->has_row_ended = false;
    if (csv_parse(parser, piece, len, take_field, take_row, r) != len && !r->has_failed)
        return fail(r, r->field_line, "a quote in the middle of the field that begins here, or never closed");
    if (r->has_failed)
        return false;
    r->is_in_row = !r->has_row_ended && (r->is_in_row || !is_blank(piece, len));
    if (!r->is_in_row)
        r->row_bytes = 0;
    if (piece[len - 1] == '\n')
        r->line++;
    return true;
}

static bool
read_chunk(Reader *r, struct csv_parser *parser, const char *chunk, size_t len)
{
    const char *end = chunk + len;

    while (chunk < end) {
        const char *newline = memchr(chunk, '\n', (size_t)(end - chunk));
        size_t piece = newline == NULL ? (size_t)(end - chunk) : (size_t)(newline - chunk) + 1;

        if (!read_piece(r, parser, chunk, piece))
            return false;
        chunk += piece;
    }
    return true;
}

static size_t
bom_length(const char *chunk, size_t len)
{
    return len >= 3 && memcmp(chunk, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool
read_all(Reader *r, struct csv_parser *parser, FILE *f)
{
    char chunk[CHUNK_BYTES];
    size_t len, skip = 0;
    bool is_first = true;

    while ((len = fread(chunk, 1, sizeof chunk, f)) > 0) {
        if (is_first)
            skip = bom_length(chunk, len);
        if (!read_chunk(r, parser, chunk + skip, len - skip))
            return false;
        is_first = false;
        skip = 0;
    }
    if (ferror(f))
        return ERR_FAIL(r->err, ERR_TRANSIENT, "cannot read %s", r->path);
    if (csv_fini(parser, take_field, take_row, r) != 0)
        return fail(r, r->field_line, "a quote opens the field that begins here and is never closed");
    return !r->has_failed;
}

bool
csv_file_read(const char *path, CsvRowFn on_row, void *user, bool *exists, Err *err)
{
    Reader r = {.path = path, .on_row = on_row, .user = user, .err = err, .line = 1};
    FILE *f = fopen(path, "rbe");
    struct csv_parser parser;
    bool ok;

    *exists = f != NULL;
    if (f == NULL && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s (errno %d)", path, errno);
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        (void)fclose(f);
        return ERR_FAIL(err, ERR_FATAL, "libcsv does not start");
    }
    ok = read_all(&r, &parser, f);
    csv_free(&parser);
    buf_free(&r.text);
    (void)fclose(f);
    return ok;
}
