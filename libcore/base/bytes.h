/*
 * libcore/base/bytes.h
 *    A borrowed view of bytes, and a growable buffer that owns its own.
 */
#ifndef TIPOFF_BASE_BYTES_H
#define TIPOFF_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include "libcore/base/macros.h"

typedef struct {
    const uint8_t *data; /* NULL means absent, which is not the same as empty */
    size_t len;
} Bytes;

/* Zero-initialise; free with buf_free(). Out of memory aborts. */
typedef struct {
    uint8_t *data;
    size_t len, cap;
} Buf;

void buf_free(Buf *b); /* leaves an empty buffer that can be used again */
void buf_clear(Buf *b);
void buf_put(Buf *b, const void *data, size_t len);
void buf_put_u8(Buf *b, uint8_t v);
void buf_put_u16be(Buf *b, uint16_t v);
void buf_put_u32be(Buf *b, uint32_t v);
void buf_put_u64be(Buf *b, uint64_t v);
void buf_put_str(Buf *b, const char *s);
void buf_printf(Buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The buffer as a NUL-terminated string; valid until the next change. */
const char *buf_cstr(Buf *b);

static inline Bytes
bytes_of(const void *data, size_t len)
{
    return (Bytes){.data = data, .len = len};
}

Bytes bytes_of_str(const char *s); /* without the NUL; NULL gives an absent view */

#endif
