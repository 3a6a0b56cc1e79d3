/*
 * libcore/base/arena.h
 *    Bump allocator for everything made while one batch or one date is in hand.
 *
 * Memory lives until arena_reset() or arena_free(); there is no single free. Out of memory aborts.
 * What outsiders can size goes through arena_try_alloc(), which refuses above the arena's cap.
 */
#ifndef TIPOFF_BASE_ARENA_H
#define TIPOFF_BASE_ARENA_H

#include <stddef.h>
#include "libcore/base/bytes.h"
#include "libcore/base/macros.h"

typedef struct Arena Arena;

/* cap_bytes bounds arena_try_alloc(); 0 means no cap. Never NULL. */
Arena *arena_new(size_t cap_bytes);
void arena_free(Arena *a); /* NULL is fine */

/* Everything handed out before becomes invalid; some memory is kept for reuse. */
void arena_reset(Arena *a);

/* Zeroed and aligned for any type. Never NULL. */
void *arena_alloc(Arena *a, size_t size);
/* count * size with an overflow check that aborts. */
void *arena_array(Arena *a, size_t count, size_t size);
/* NULL when the arena's cap would be exceeded. */
NODISCARD void *arena_try_alloc(Arena *a, size_t size);

/* Room for one item more than count: items itself while *cap allows, else a copy twice as large. What
 * was there before stays in the arena, unused. */
NODISCARD void *arena_room(Arena *a, void *items, size_t count, size_t *cap, size_t size);
/* The same for an array that lives outside arenas and that free() takes. */
NODISCARD void *heap_room(void *items, size_t count, size_t *cap, size_t size);

char *arena_strdup(Arena *a, const char *s);               /* NULL stays NULL */
char *arena_strndup(Arena *a, const char *s, size_t len);  /* adds the NUL */
Bytes arena_bytes(Arena *a, const void *data, size_t len); /* a copy with a NUL behind it; absent stays absent */
char *arena_printf(Arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

size_t arena_used(const Arena *a);

#endif
