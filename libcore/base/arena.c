/*
 * libcore/base/arena.c
 *    A chain of blocks, each twice as large as the one before it.
 */
#include "libcore/base/arena.h"
#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 64 * 1024, MAX_BLOCK = 16 * 1024 * 1024 };

typedef struct Block Block;
struct Block {
    Block *next;
    size_t cap, used;
    alignas(max_align_t) unsigned char data[];
};

struct Arena {
    Block *head; /* the block that we allocate from; older ones follow */
    size_t cap, used;
};

static Block *
block_new(size_t cap)
{
    Block *b = malloc(sizeof *b + cap);

    if (b == NULL)
        abort();
    b->next = NULL;
    b->cap = cap;
    b->used = 0;
    return b;
}

Arena *
arena_new(size_t cap_bytes)
{
    Arena *a = calloc(1, sizeof *a);

    if (a == NULL)
        abort();
    a->cap = cap_bytes;
    a->head = block_new(FIRST_BLOCK);
    return a;
}

void
arena_free(Arena *a)
{
    Block *b, *next;

    if (a == NULL)
        return;
    for (b = a->head; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

/* The newest block is the largest, so that an arena that is used again and again soon lives in one. */
void
arena_reset(Arena *a)
{
    Block *next;

    for (Block *b = a->head->next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    a->head->next = NULL;
    if (a->head->cap > MAX_BLOCK) { /* one huge thing: not worth keeping */
        free(a->head);
        a->head = block_new(FIRST_BLOCK);
    }
    a->head->used = 0;
    a->used = 0;
}

void *
arena_alloc(Arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    Block *b = a->head;
    void *p;

    if (size > SIZE_MAX / 2)
        abort();
    size = (size + align - 1) & ~(align - 1);
    if (size > b->cap - b->used) {
        size_t cap = b->cap < MAX_BLOCK ? b->cap * 2 : MAX_BLOCK;

        b = block_new(cap > size ? cap : size);
        b->next = a->head;
        a->head = b;
    }
    p = b->data + b->used;
    b->used += size;
    a->used += size;
    memset(p, 0, size);
    return p;
}

void *
arena_array(Arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        abort();
    return arena_alloc(a, count * size);
}

void *
arena_try_alloc(Arena *a, size_t size)
{
    if (a->cap != 0 && (a->used > a->cap || size > a->cap - a->used))
        return NULL;
    return arena_alloc(a, size);
}

void *
arena_room(Arena *a, void *items, size_t count, size_t *cap, size_t size)
{
    void *more;

    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 16;
    more = arena_array(a, *cap, size);
    if (count > 0)
        memcpy(more, items, count * size);
    return more;
}

void *
heap_room(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 16;
    items = realloc(items, *cap * size);
    if (items == NULL)
        abort();
    return items;
}

char *
arena_strndup(Arena *a, const char *s, size_t len)
{
    char *p = arena_alloc(a, len + 1);

    memcpy(p, s, len);
    return p;
}

Bytes
arena_bytes(Arena *a, const void *data, size_t len)
{
    return data == NULL ? (Bytes){NULL, 0} : bytes_of(arena_strndup(a, data, len), len);
}

char *
arena_strdup(Arena *a, const char *s)
{
    return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *
arena_printf(Arena *a, const char *fmt, ...)
{
    va_list ap, again;
    int len;
    char *p;

    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (len < 0)
        abort();
    p = arena_alloc(a, (size_t)len + 1);
    (void)vsnprintf(p, (size_t)len + 1, fmt, again);
    va_end(again);
    return p;
}

size_t
arena_used(const Arena *a)
{
    return a->used;
}
