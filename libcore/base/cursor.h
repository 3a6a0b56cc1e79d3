/*
 * libcore/base/cursor.h
 *    Avro's binary primitives: a bounds-checked reader that latches its first error, and writers.
 *
 * Read all fields of a record, then ask cursor_finish() once. After the first error every read
 * returns a null value and moves nothing. It knows no schemas; generated code does.
 */
#ifndef TIPOFF_BASE_CURSOR_H
#define TIPOFF_BASE_CURSOR_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "libcore/base/value.h"

typedef struct {
    const uint8_t *data;
    size_t len, pos;
    const char *bad_field; /* "Record.field" of the first error; NULL while all is well */
    size_t bad_at;         /* the byte at which that field's value began */
    const char *bad_why;   /* static */
} Cursor;

/* Borrows the bytes. */
Cursor cursor_over(Bytes bytes);
bool cursor_ok(const Cursor *c);
/* The first error as ERR_POISON with field and byte offset; bytes left over are one, too. */
NODISCARD bool cursor_finish(Cursor *c, const char *record, Err *err);
/* Latches an error of the caller's own; why is static storage. */
void cursor_fail(Cursor *c, const char *field, size_t at, const char *why);

/* field is "Record.field" in static storage, for the error. */
/* The wire's own forms, for what passes a value on without looking at it: any 64 bits, and the
 * length-prefixed bytes of a string or bytes, borrowed. */
int64_t cursor_varint(Cursor *c, const char *field);
Bytes cursor_view(Cursor *c, const char *field);
/* Numbers: NULL_I32, NULL_I64 and NaN are refused, since they would read as missing. */
int64_t cursor_long(Cursor *c, const char *field);
int32_t cursor_int(Cursor *c, const char *field);
double cursor_double(Cursor *c, const char *field);
bool cursor_boolean(Cursor *c, const char *field);
/* A NUL-terminated copy in a; an embedded NUL and invalid UTF-8 are refused. NULL only on error. */
const char *cursor_string(Cursor *c, Arena *a, const char *field);
/* A copy in a; data is never NULL but on error. */
Bytes cursor_bytes(Cursor *c, Arena *a, const char *field);

/* Of a union [null, X]: true when an X follows. */
bool cursor_has_value(Cursor *c, const char *field);
/* Of a union, whole. */
int32_t cursor_int_or_null(Cursor *c, const char *field);
int64_t cursor_long_or_null(Cursor *c, const char *field);
double cursor_double_or_null(Cursor *c, const char *field);
TriBool cursor_boolean_or_null(Cursor *c, const char *field);
const char *cursor_string_or_null(Cursor *c, Arena *a, const char *field);
Bytes cursor_bytes_or_null(Cursor *c, Arena *a, const char *field);

/* One block of an array. end is where it must end, 0 when the writer did not say. */
typedef struct {
    size_t count, end;
} CursorBlock;

/* False at the array's end and on error. A count that the remaining bytes cannot hold, at
 * item_min_bytes (at least 1) each, is refused before anything is allocated. */
bool cursor_next_block(Cursor *c, CursorBlock *block, size_t item_min_bytes, const char *field);
void cursor_end_block(Cursor *c, const CursorBlock *block, const char *field);
/* Room for more items behind count; may move them. NULL on error (the arena's cap). */
void *cursor_grow(Cursor *c, Arena *a, void *items, size_t *cap, size_t count, size_t more, size_t item_size,
                  const char *field);
const char *const *cursor_string_array(Cursor *c, Arena *a, size_t *count, const char *field);
const int64_t *cursor_long_array(Cursor *c, Arena *a, size_t *count, const char *field);

/* Numbers and strings that stand for null are a caller's bug here. */
void buf_put_avro_long(Buf *b, int64_t v);
void buf_put_avro_int(Buf *b, int32_t v);
void buf_put_avro_double(Buf *b, double v);
void buf_put_avro_boolean(Buf *b, bool v);
void buf_put_avro_string(Buf *b, const char *s);
void buf_put_avro_bytes(Buf *b, Bytes v);
void buf_put_avro_null(Buf *b);  /* the branch of a union [null, X] */
void buf_put_avro_value(Buf *b); /* the other branch; the value follows */
void buf_put_avro_int_or_null(Buf *b, int32_t v);
void buf_put_avro_long_or_null(Buf *b, int64_t v);
void buf_put_avro_double_or_null(Buf *b, double v);
void buf_put_avro_boolean_or_null(Buf *b, TriBool v);
void buf_put_avro_string_or_null(Buf *b, const char *s);
void buf_put_avro_bytes_or_null(Buf *b, Bytes v);
void buf_put_avro_count(Buf *b, size_t count); /* opens an array's only block; nothing when empty */
void buf_put_avro_end(Buf *b);                 /* ends an array */

/* Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_is_valid(const uint8_t *s, size_t len);
/* How many bytes from the start on are whole characters: len when all are. */
size_t utf8_valid_len(const uint8_t *s, size_t len);
/* Puts '?' in place of every byte that makes the text no UTF-8. Returns text. */
char *utf8_mend(char *text);

#endif
