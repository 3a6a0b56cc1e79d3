/*
 * workers/models/flat_reader.h
 *    A bounds-checked reader of FlatBuffers that latches its first error.
 *
 * The layout is the one of https://flatbuffers.dev/internals: a table begins with the distance back to its
 * vtable, which has the place of every field in it; strings and vectors begin with a 32-bit count; every
 * reference is a distance forward. Nothing is trusted: a distance, count or size that leads out of the
 * buffer, and two objects that share bytes (only vtables may), are errors. After the first error every read
 * gives a null value. It knows no schema; slots are the positions of fields in one, from 0.
 */
#ifndef TIPOFF_WORKERS_FLAT_READER_H
#define TIPOFF_WORKERS_FLAT_READER_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef struct FlatClaim FlatClaim;

typedef struct {
    const uint8_t *data;
    size_t len;
    size_t base; /* of the buffer in its file, for the offsets in messages */
    Arena *a;
    FlatClaim *claims; /* what has been read as something */
    size_t claim_count, claim_cap, claimed;
    const char *bad_what, *bad_why; /* NULL while all is well; static */
    size_t bad_at;                  /* in the file */
} FlatReader;

/* at is 0 when there is none. what is its name in messages, in static storage. */
typedef struct {
    size_t at, vtable;
    uint16_t vtable_len, len;
    const char *what;
} FlatTable;

/* count items from byte at of the buffer on. */
typedef struct {
    size_t at, count;
    const char *what;
} FlatVector;

/* Borrows the buffer; the bookkeeping lives in a. base is added to the offsets of messages. */
FlatReader flat_over(Bytes buffer, size_t base, Arena *a);
bool flat_ok(const FlatReader *r);
/* ERR_POISON with the first error's name, reason and byte; bytes that were read as two things are one, too. */
NODISCARD bool flat_finish(FlatReader *r, Err *err);

FlatTable flat_root(FlatReader *r, const char *what);
/* An absent field gives an absent table, a vector without items, a NULL string, or the fallback. */
FlatTable flat_table(FlatReader *r, const FlatTable *t, size_t slot, const char *what);
FlatVector flat_vector(FlatReader *r, const FlatTable *t, size_t slot, size_t item_bytes, const char *what);
/* A NUL-terminated text in the buffer itself: valid UTF-8 without a NUL of its own. */
const char *flat_string(FlatReader *r, const FlatTable *t, size_t slot, const char *what);
uint8_t flat_u8(FlatReader *r, const FlatTable *t, size_t slot, uint8_t fallback, const char *what);
int32_t flat_i32(FlatReader *r, const FlatTable *t, size_t slot, int32_t fallback, const char *what);
double flat_f64(FlatReader *r, const FlatTable *t, size_t slot, double fallback, const char *what);

/* Of a vector of tables, whose items are 4 bytes each; i must be below count. */
FlatTable flat_table_item(FlatReader *r, const FlatVector *v, size_t i);
/* Copies in a of a whole vector; NULL when it has no items. */
const int32_t *flat_i32_items(FlatReader *r, const FlatVector *v);
const float *flat_f32_items(FlatReader *r, const FlatVector *v);
const double *flat_f64_items(FlatReader *r, const FlatVector *v);

/* Where an item of a vector stands in the file; 0 of an empty vector. */
size_t flat_file_offset(const FlatReader *r, const FlatVector *v);

#endif
