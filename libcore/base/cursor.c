/*
 * libcore/base/cursor.c
 *    Read and write Avro's binary primitives.
 *
 * Lengths and counts come from outside: each is compared with the bytes that are left, by
 * subtraction, before it is used.
 */
#include "libcore/base/cursor.h"
#include <assert.h>
#include <string.h>

enum { VARINT_MAX_BYTES = 10 };

Cursor
cursor_over(Bytes bytes)
{
    return (Cursor){.data = bytes.data, .len = bytes.len};
}

bool
cursor_ok(const Cursor *c)
{
    return c->bad_field == NULL;
}

static size_t
left(const Cursor *c)
{
    return c->len - c->pos;
}

void
cursor_fail(Cursor *c, const char *field, size_t at, const char *why)
{
    if (c->bad_field != NULL)
        return;
    c->bad_field = field;
    c->bad_at = at;
    c->bad_why = why;
    c->pos = c->len; /* nothing is left to read */
}

bool
cursor_finish(Cursor *c, const char *record, Err *err)
{
    if (!cursor_ok(c))
        return ERR_FAIL(err, ERR_POISON, "%s at byte %zu: %s", c->bad_field, c->bad_at, c->bad_why);
    if (left(c) > 0)
        return ERR_FAIL(err, ERR_POISON, "%s at byte %zu: %zu bytes left over", record, c->pos, left(c));
    return true;
}

static int64_t
read_varint(Cursor *c, const char *field)
{
    const size_t start = c->pos;
    uint64_t zigzag = 0;

    for (unsigned i = 0; i < VARINT_MAX_BYTES; i++) {
        uint8_t byte;

        if (left(c) == 0) {
            cursor_fail(c, field, start, "the bytes end inside a number");
            return 0;
        }
        byte = c->data[c->pos++];
        if (i == VARINT_MAX_BYTES - 1 && byte > 1)
            break;
        zigzag |= (uint64_t)(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            uint64_t magnitude = zigzag >> 1;

            return (zigzag & 1) ? -(int64_t)magnitude - 1 : (int64_t)magnitude;
        }
    }
    cursor_fail(c, field, start, "a number that does not fit 64 bits");
    return 0;
}

int64_t
cursor_varint(Cursor *c, const char *field)
{
    return read_varint(c, field);
}

int64_t
cursor_long(Cursor *c, const char *field)
{
    const size_t start = c->pos;
    int64_t v = read_varint(c, field);

    if (v == NULL_I64)
        cursor_fail(c, field, start, "the value that stands for null");
    return v;
}

int32_t
cursor_int(Cursor *c, const char *field)
{
    const size_t start = c->pos;
    int64_t v = read_varint(c, field);

    if (v < INT32_MIN || v > INT32_MAX) {
        cursor_fail(c, field, start, "a number that does not fit 32 bits");
        return 0;
    }
    if (v == NULL_I32)
        cursor_fail(c, field, start, "the value that stands for null");
    return (int32_t)v;
}

double
cursor_double(Cursor *c, const char *field)
{
    uint64_t bits = 0;
    double v;

    if (left(c) < sizeof bits) {
        cursor_fail(c, field, c->pos, "the bytes end inside a double");
        return 0;
    }
    for (unsigned i = 0; i < sizeof bits; i++)
        bits |= (uint64_t)c->data[c->pos + i] << (8 * i);
    memcpy(&v, &bits, sizeof v);
    if (isnan(v))
        cursor_fail(c, field, c->pos, "a NaN");
    else
        c->pos += sizeof bits;
    return v;
}

bool
cursor_boolean(Cursor *c, const char *field)
{
    if (left(c) == 0 || c->data[c->pos] > 1) {
        cursor_fail(c, field, c->pos, "not a boolean");
        return false;
    }
    return c->data[c->pos++] == 1;
}

/* The length before a string or bytes; bounded by what is left. */
static size_t
read_length(Cursor *c, const char *field)
{
    const size_t start = c->pos;
    int64_t len = read_varint(c, field);

    if (len < 0) {
        cursor_fail(c, field, start, "a negative length");
        return 0;
    }
    if ((uint64_t)len > left(c)) {
        cursor_fail(c, field, start, "a length beyond the end of the bytes");
        return 0;
    }
    return (size_t)len;
}

Bytes
cursor_view(Cursor *c, const char *field)
{
    size_t len = read_length(c, field);
    Bytes view = bytes_of(c->data + c->pos, len);

    c->pos += len;
    return view;
}

/* A copy of the length-prefixed bytes with a NUL behind them; NULL on error. */
static uint8_t *
read_blob(Cursor *c, Arena *a, size_t *len, const char *field)
{
    const size_t start = c->pos;
    uint8_t *copy;

    *len = read_length(c, field);
    if (!cursor_ok(c))
        return NULL;
    copy = arena_try_alloc(a, *len + 1);
    if (copy == NULL) {
        cursor_fail(c, field, start, "more memory than one message may take");
        return NULL;
    }
    if (*len > 0)
        memcpy(copy, c->data + c->pos, *len);
    c->pos += *len;
    return copy;
}

const char *
cursor_string(Cursor *c, Arena *a, const char *field)
{
    const size_t start = c->pos;
    size_t len;
    uint8_t *copy = read_blob(c, a, &len, field);

    if (copy == NULL)
        return NULL;
    if (memchr(copy, 0, len) != NULL) {
        cursor_fail(c, field, start, "a NUL inside a string");
        return NULL;
    }
    if (!utf8_is_valid(copy, len)) {
        cursor_fail(c, field, start, "a string that is not UTF-8");
        return NULL;
    }
    return (const char *)copy;
}

Bytes
cursor_bytes(Cursor *c, Arena *a, const char *field)
{
    size_t len;
    uint8_t *copy = read_blob(c, a, &len, field);

    return copy == NULL ? (Bytes){0} : bytes_of(copy, len);
}

bool
cursor_has_value(Cursor *c, const char *field)
{
    const size_t start = c->pos;
    int64_t branch = read_varint(c, field);

    if (branch != 0 && branch != 1)
        cursor_fail(c, field, start, "a union branch that does not exist");
    return cursor_ok(c) && branch == 1;
}

int32_t
cursor_int_or_null(Cursor *c, const char *field)
{
    return cursor_has_value(c, field) ? cursor_int(c, field) : NULL_I32;
}

int64_t
cursor_long_or_null(Cursor *c, const char *field)
{
    return cursor_has_value(c, field) ? cursor_long(c, field) : NULL_I64;
}

double
cursor_double_or_null(Cursor *c, const char *field)
{
    return cursor_has_value(c, field) ? cursor_double(c, field) : NULL_F64;
}

TriBool
cursor_boolean_or_null(Cursor *c, const char *field)
{
    if (!cursor_has_value(c, field))
        return BOOL_NULL;
    return cursor_boolean(c, field) ? BOOL_TRUE : BOOL_FALSE;
}

const char *
cursor_string_or_null(Cursor *c, Arena *a, const char *field)
{
    return cursor_has_value(c, field) ? cursor_string(c, a, field) : NULL;
}

Bytes
cursor_bytes_or_null(Cursor *c, Arena *a, const char *field)
{
    return cursor_has_value(c, field) ? cursor_bytes(c, a, field) : (Bytes){0};
}

bool
cursor_next_block(Cursor *c, CursorBlock *block, size_t item_min_bytes, const char *field)
{
    const size_t start = c->pos;
    int64_t count = read_varint(c, field);
    size_t size = 0;

    *block = (CursorBlock){0};
    if (count < 0) {
        if (count == INT64_MIN) {
            cursor_fail(c, field, start, "an impossible number of items");
            return false;
        }
        count = -count;
        size = read_length(c, field); /* a negative count is followed by the block's bytes */
        block->end = c->pos + size;
    }
    if (!cursor_ok(c) || count == 0)
        return false;
    if ((uint64_t)count > left(c) / item_min_bytes) {
        cursor_fail(c, field, start, "more items than the bytes can hold");
        return false;
    }
    block->count = (size_t)count;
    return true;
}

void
cursor_end_block(Cursor *c, const CursorBlock *block, const char *field)
{
    if (cursor_ok(c) && block->end != 0 && c->pos != block->end)
        cursor_fail(c, field, c->pos, "a block whose size is not the one announced");
}

void *
cursor_grow(Cursor *c, Arena *a, void *items, size_t *cap, size_t count, size_t more, size_t item_size,
            const char *field)
{
    size_t want = count + more; /* both are bounded by the bytes of the message */
    void *bigger;

    if (want <= *cap)
        return items;
    if (want < *cap * 2) /* writers of small blocks shall not cost a copy each */
        want = *cap * 2;
    bigger = want > SIZE_MAX / item_size ? NULL : arena_try_alloc(a, want * item_size);
    if (bigger == NULL) {
        cursor_fail(c, field, c->pos, "more memory than one message may take");
        return NULL;
    }
    if (count > 0)
        memcpy(bigger, items, count * item_size);
    *cap = want;
    return bigger;
}

const char *const *
cursor_string_array(Cursor *c, Arena *a, size_t *count, const char *field)
{
    const char **items = NULL;
    size_t cap = 0;
    CursorBlock block;

    *count = 0;
    while (cursor_next_block(c, &block, 1, field)) {
        items = cursor_grow(c, a, items, &cap, *count, block.count, sizeof *items, field);
        for (size_t i = 0; i < block.count && cursor_ok(c); i++)
            items[(*count)++] = cursor_string(c, a, field);
        cursor_end_block(c, &block, field);
    }
    return items;
}

const int64_t *
cursor_long_array(Cursor *c, Arena *a, size_t *count, const char *field)
{
    int64_t *items = NULL;
    size_t cap = 0;
    CursorBlock block;

    *count = 0;
    while (cursor_next_block(c, &block, 1, field)) {
        items = cursor_grow(c, a, items, &cap, *count, block.count, sizeof *items, field);
        for (size_t i = 0; i < block.count && cursor_ok(c); i++)
            items[(*count)++] = cursor_long(c, field);
        cursor_end_block(c, &block, field);
    }
    return items;
}

static void
put_varint(Buf *b, int64_t v)
{
    uint64_t zigzag = ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);
    uint8_t raw[VARINT_MAX_BYTES];
    size_t n = 0;

    while (zigzag > 0x7f) {
        raw[n++] = (uint8_t)(zigzag | 0x80);
        zigzag >>= 7;
    }
    raw[n++] = (uint8_t)zigzag;
    buf_put(b, raw, n);
}

void
buf_put_avro_long(Buf *b, int64_t v)
{
    assert(v != NULL_I64);
    put_varint(b, v);
}

void
buf_put_avro_int(Buf *b, int32_t v)
{
    assert(v != NULL_I32);
    put_varint(b, v);
}

void
buf_put_avro_double(Buf *b, double v)
{
    uint64_t bits;
    uint8_t raw[sizeof bits];

    assert(!isnan(v));
    memcpy(&bits, &v, sizeof bits);
    for (unsigned i = 0; i < sizeof bits; i++)
        raw[i] = (uint8_t)(bits >> (8 * i));
    buf_put(b, raw, sizeof raw);
}

void
buf_put_avro_boolean(Buf *b, bool v)
{
    buf_put_u8(b, v ? 1 : 0);
}

void
buf_put_avro_string(Buf *b, const char *s)
{
    assert(s != NULL);
    buf_put_avro_bytes(b, bytes_of_str(s));
}

void
buf_put_avro_bytes(Buf *b, Bytes v)
{
    put_varint(b, (int64_t)v.len);
    buf_put(b, v.data, v.len);
}

void
buf_put_avro_null(Buf *b)
{
    put_varint(b, 0);
}

void
buf_put_avro_value(Buf *b)
{
    put_varint(b, 1);
}

void
buf_put_avro_int_or_null(Buf *b, int32_t v)
{
    buf_put_avro_long_or_null(b, i32_is_null(v) ? NULL_I64 : v);
}

void
buf_put_avro_long_or_null(Buf *b, int64_t v)
{
    if (v == NULL_I64) {
        buf_put_avro_null(b);
        return;
    }
    buf_put_avro_value(b);
    buf_put_avro_long(b, v);
}

void
buf_put_avro_double_or_null(Buf *b, double v)
{
    if (f64_is_null(v)) {
        buf_put_avro_null(b);
        return;
    }
    buf_put_avro_value(b);
    buf_put_avro_double(b, v);
}

void
buf_put_avro_boolean_or_null(Buf *b, TriBool v)
{
    if (v == BOOL_NULL) {
        buf_put_avro_null(b);
        return;
    }
    buf_put_avro_value(b);
    buf_put_avro_boolean(b, v == BOOL_TRUE);
}

void
buf_put_avro_string_or_null(Buf *b, const char *s)
{
    buf_put_avro_bytes_or_null(b, bytes_of_str(s));
}

void
buf_put_avro_bytes_or_null(Buf *b, Bytes v)
{
    if (v.data == NULL) {
        buf_put_avro_null(b);
        return;
    }
    buf_put_avro_value(b);
    buf_put_avro_bytes(b, v);
}

void
buf_put_avro_count(Buf *b, size_t count)
{
    if (count > 0)
        put_varint(b, (int64_t)count);
}

void
buf_put_avro_end(Buf *b)
{
    put_varint(b, 0);
}

/* Bytes of the well-formed character at s, 0 when there is none (Unicode 15, table 3-7). */
static size_t
utf8_char_len(const uint8_t *s, size_t len)
{
    uint8_t low = 0x80, high = 0xbf; /* bounds of the second byte */
    size_t n;

    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] == 0xe0)
        low = 0xa0;
    else if (s[0] == 0xed)
        high = 0x9f;
    else if (s[0] == 0xf0)
        low = 0x90;
    else if (s[0] == 0xf4)
        high = 0x8f;
    if (n > len || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++) {
        if (s[i] < 0x80 || s[i] > 0xbf)
            return 0;
    }
    return n;
}

size_t
utf8_valid_len(const uint8_t *s, size_t len)
{
    size_t pos = 0;

    while (pos < len) {
        size_t n = utf8_char_len(s + pos, len - pos);

        if (n == 0)
            break;
        pos += n;
    }
    return pos;
}

bool
utf8_is_valid(const uint8_t *s, size_t len)
{
    return utf8_valid_len(s, len) == len;
}

char *
utf8_mend(char *text)
{
    size_t len = strlen(text), pos = 0;

    while (pos < len) {
        size_t n = utf8_char_len((const uint8_t *)text + pos, len - pos);

        if (n == 0)
            text[pos] = '?';
        pos += n == 0 ? 1 : n;
    }
    return text;
}
