/*
 * workers/models/feature_csv.c
 *    libcsv, fed line by line so that the line in hand is known; the header decides where fields go.
 */
#include "workers/models/feature_csv.h"
#include <csv.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "libcore/base/arena.h"
#include "libcore/base/value.h"

enum { NO_FEATURE = -1, SHOWN = 60 };

/* A named feature, to be looked up. */
typedef struct {
    const char *name;
    int32_t feature;
} Named;

struct FeatureCsv {
    const ModelInfo *info;
    const char *name;
    FeatureRowFn on_row;
    void *user;
    Err *err; /* of the call in hand */
    struct csv_parser parser;
    Arena *a;
    Named *named; /* sorted by name */
    size_t named_count;
    const char **columns; /* the header's */
    int32_t *feature_of;  /* a column each; NO_FEATURE */
    size_t column_count, column_cap, ignored;
    bool has_header, is_stopped;
    float *values; /* the row in hand */
    size_t field_count;
    int64_t line, row_line; /* from 1: the one that is fed, and where the row in hand began */
    size_t row_bytes;       /* of the row in hand; 0 before its first visible one */
    size_t mark_seen;       /* bytes of a byte-order mark at the input's start; all of them once that is settled */
};

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

static int
by_name(const void *x, const void *y)
{
    const Named *p = x, *q = y;

    return strcmp(p->name, q->name);
}

FeatureCsv *
feature_csv_new(const ModelInfo *info, const char *name, FeatureRowFn on_row, void *user)
{
    FeatureCsv *c = calloc(1, sizeof *c);

    if (c == NULL || csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        abort();
    csv_set_term_func(&c->parser, is_row_end);
    csv_set_space_func(&c->parser, is_space);
    c->info = info;
    c->name = name;
    c->on_row = on_row;
    c->user = user;
    c->line = c->row_line = 1;
    c->a = arena_new(0);
    c->values = arena_array(c->a, info->feature_count + 1, sizeof *c->values);
    c->named = arena_array(c->a, info->feature_count + 1, sizeof *c->named);
    for (size_t i = 0; i < info->feature_count; i++) {
        c->values[i] = NAN;
        if (info->features[i].name != NULL)
            c->named[c->named_count++] = (Named){info->features[i].name, (int32_t)i};
    }
    if (c->named_count > 0)
        qsort(c->named, c->named_count, sizeof *c->named, by_name);
    return c;
}

void
feature_csv_free(FeatureCsv *c)
{
    if (c == NULL)
        return;
    csv_free(&c->parser);
    arena_free(c->a);
    free(c);
}

size_t
feature_csv_ignored(const FeatureCsv *c)
{
    return c->ignored;
}

/* Only the first fault counts: libcsv cannot be stopped inside a call. */
static void
stop(FeatureCsv *c, bool ok)
{
    c->is_stopped = c->is_stopped || !ok;
}

/* ---- the header ---- */

static void
take_name(FeatureCsv *c, const char *text)
{
    if (c->column_count == c->column_cap) {
        size_t cap = c->column_cap;

        c->columns = arena_room(c->a, c->columns, c->column_count, &cap, sizeof *c->columns);
        c->feature_of = arena_room(c->a, c->feature_of, c->column_count, &c->column_cap, sizeof *c->feature_of);
    }
    c->columns[c->column_count++] = arena_strdup(c->a, text);
}

static bool
match_names(FeatureCsv *c)
{
    bool *is_there = arena_array(c->a, c->info->feature_count + 1, sizeof *is_there);

    for (size_t i = 0; i < c->column_count; i++) {
        const Named key = {.name = c->columns[i]};
        const Named *found = bsearch(&key, c->named, c->named_count, sizeof *c->named, by_name);

        c->feature_of[i] = found == NULL ? NO_FEATURE : found->feature;
        c->ignored += found == NULL;
        if (found != NULL && is_there[found->feature])
            return ERR_FAIL(c->err, ERR_POISON, "%s line %lld: two columns have the name '%.*s'", c->name,
                            (long long)c->row_line, SHOWN, found->name);
        if (found != NULL)
            is_there[found->feature] = true;
    }
    for (size_t i = 0; i < c->info->feature_count; i++)
        if (c->info->features[i].name != NULL && !is_there[i])
            return ERR_FAIL(c->err, ERR_POISON, "%s line %lld: no column %s, which the model has as feature %zu",
                            c->name, (long long)c->row_line, c->info->features[i].name, i);
    return true;
}

static bool
parse_number(const char *text, double *out)
{
    char *end;

    if (text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

/* A row of numbers that are not the columns' own: the header was forgotten, and the row would be lost. */
static bool
looks_like_a_row(const FeatureCsv *c)
{
    bool is_counted = true;

    for (size_t i = 0; i < c->column_count; i++) {
        double v;

        if (!parse_number(c->columns[i], &v))
            return false;
        is_counted = is_counted && fabs(v - (double)i) < 0.5;
    }
    return !is_counted;
}

static bool
match_positions(FeatureCsv *c)
{
    if (looks_like_a_row(c))
        return ERR_FAIL(c->err, ERR_POISON, "%s line %lld: no header: all its fields are numbers", c->name,
                        (long long)c->row_line);
    if (c->column_count != c->info->feature_count)
        return ERR_FAIL(c->err, ERR_POISON,
                        "%s line %lld: %zu columns; the model has %zu features, and no names for them", c->name,
                        (long long)c->row_line, c->column_count, c->info->feature_count);
    for (size_t i = 0; i < c->column_count; i++)
        c->feature_of[i] = (int32_t)i;
    return true;
}

/* ---- rows ---- */

static bool
is_missing(const char *text)
{
    return text[0] == '\0' || strcasecmp(text, "nan") == 0 || strcasecmp(text, "na") == 0;
}

static bool
bad_value(const FeatureCsv *c, size_t column, const char *text, const char *why)
{
    return ERR_FAIL(c->err, ERR_POISON, "%s line %lld, column %s: '%.*s' %s", c->name, (long long)c->row_line,
                    c->columns[column], SHOWN, text, why);
}

static bool
take_value(FeatureCsv *c, size_t column, const char *text)
{
    const int32_t feature = c->feature_of[column];
    double v = NULL_F64;

    if (feature == NO_FEATURE)
        return true;
    if (!is_missing(text) && !parse_number(text, &v))
        return bad_value(c, column, text, "is no number; a missing value is empty, NaN or NA");
    if (isinf((float)v))
        return bad_value(c, column, text, "is beyond what a float32 can hold");
    c->values[feature] = (float)v;
    return true;
}

static void
on_field(void *bytes, size_t len, void *reader)
{
    FeatureCsv *c = reader;
    const char *text = bytes == NULL ? "" : bytes;

    if (c->is_stopped)
        return;
    if (memchr(text, '\0', len) != NULL)
        stop(c, ERR_FAIL(c->err, ERR_POISON, "%s line %lld: a NUL", c->name, (long long)c->row_line));
    else if (!c->has_header)
        take_name(c, text);
    else if (c->field_count < c->column_count)
        stop(c, take_value(c, c->field_count, text));
    c->field_count++;
}

static bool
end_row(FeatureCsv *c)
{
    if (!c->has_header) {
        c->has_header = true;
        return c->info->has_names ? match_names(c) : match_positions(c);
    }
    if (c->field_count != c->column_count)
        return ERR_FAIL(c->err, ERR_POISON, "%s line %lld: %zu fields; the header has %zu", c->name,
                        (long long)c->row_line, c->field_count, c->column_count);
    return c->on_row(c->user, c->values, c->err);
}

static void
on_row_end(int end, void *reader)
{
    FeatureCsv *c = reader;

    (void)end;
    if (!c->is_stopped)
        stop(c, end_row(c));
    c->field_count = 0;
    c->row_bytes = 0;
}

/* Bytes of one line, its end included where it has come. */
static bool
feed_line(FeatureCsv *c, const uint8_t *data, size_t len)
{
    size_t blank = 0;

    while (c->row_bytes == 0 && blank < len && (is_space(data[blank]) || is_row_end(data[blank])))
        blank++;
    if (blank < len || c->row_bytes > 0) {
        if (c->row_bytes == 0)
            c->row_line = c->line;
        c->row_bytes += len;
        if (c->row_bytes > FEATURE_ROW_MAX_BYTES)
            return ERR_FAIL(c->err, ERR_POISON,
                            "%s line %lld: a row longer than 1 MiB, or a quote that is never closed", c->name,
                            (long long)c->row_line);
        if (csv_parse(&c->parser, data, len, on_field, on_row_end, c) != len)
            return ERR_FAIL(c->err, ERR_POISON, "%s line %lld: a quote in the middle of a field", c->name,
                            (long long)c->line);
    }
    return !c->is_stopped;
}

/* Passes over a byte-order mark at the start, which may come in pieces. */
static bool
pass_mark(FeatureCsv *c, Bytes *piece)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};

    while (c->mark_seen < sizeof mark && piece->len > 0) {
        const size_t held = c->mark_seen;

        if (piece->data[0] != mark[held]) {
            c->mark_seen = sizeof mark;
            return held == 0 || feed_line(c, mark, held);
        }
        c->mark_seen++;
        *piece = bytes_of(piece->data + 1, piece->len - 1);
    }
    return true;
}

bool
feature_csv_feed(FeatureCsv *c, Bytes piece, Err *err)
{
    c->err = err;
    if (!pass_mark(c, &piece))
        return false;
    while (piece.len > 0) {
        const uint8_t *end = memchr(piece.data, '\n', piece.len);
        const size_t len = end == NULL ? piece.len : (size_t)(end - piece.data) + 1;

        if (!feed_line(c, piece.data, len))
            return false;
        c->line += end != NULL;
        piece = bytes_of(piece.data + len, piece.len - len);
    }
    return true;
}

bool
feature_csv_end(FeatureCsv *c, Err *err)
{
    c->err = err;
    if (csv_fini(&c->parser, on_field, on_row_end, c) != 0)
        return ERR_FAIL(err, ERR_POISON, "%s line %lld: a quote that is never closed", c->name, (long long)c->row_line);
    if (c->is_stopped)
        return false;
    return c->has_header || ERR_FAIL(err, ERR_POISON, "%s has no header", c->name);
}
