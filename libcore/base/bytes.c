/*
 * libcore/base/bytes.c
 *    The growable buffer.
 */
#include "libcore/base/bytes.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
reserve(Buf *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 256;

    if (more > SIZE_MAX / 4 - b->len)
        abort();
    if (b->len + more <= b->cap)
        return;
    while (cap < b->len + more)
        cap *= 2;
    b->data = realloc(b->data, cap);
    if (b->data == NULL)
        abort();
    b->cap = cap;
}

void
buf_free(Buf *b)
{
    free(b->data);
    *b = (Buf){0};
}

void
buf_clear(Buf *b)
{
    b->len = 0;
}

void
buf_put(Buf *b, const void *data, size_t len)
{
    if (len == 0)
        return;
    reserve(b, len);
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void
buf_put_u8(Buf *b, uint8_t v)
{
    buf_put(b, &v, 1);
}

void
buf_put_u16be(Buf *b, uint16_t v)
{
    const uint8_t raw[2] = {(uint8_t)(v >> 8), (uint8_t)v};

    buf_put(b, raw, sizeof raw);
}

void
buf_put_u32be(Buf *b, uint32_t v)
{
    buf_put_u16be(b, (uint16_t)(v >> 16));
    buf_put_u16be(b, (uint16_t)v);
}

void
buf_put_u64be(Buf *b, uint64_t v)
{
    buf_put_u32be(b, (uint32_t)(v >> 32));
    buf_put_u32be(b, (uint32_t)v);
}

void
buf_put_str(Buf *b, const char *s)
{
    buf_put(b, s, strlen(s));
}

void
buf_printf(Buf *b, const char *fmt, ...)
{
    va_list ap, again;
    int len;

    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (len < 0)
        abort();
    reserve(b, (size_t)len + 1);
    (void)vsnprintf((char *)b->data + b->len, (size_t)len + 1, fmt, again);
    va_end(again);
    b->len += (size_t)len;
}

const char *
buf_cstr(Buf *b)
{
    reserve(b, 1);
    b->data[b->len] = '\0';
    return (const char *)b->data;
}

Bytes
bytes_of_str(const char *s)
{
    return s == NULL ? (Bytes){0} : bytes_of(s, strlen(s));
}
