/*
 * libcore/io/versions.h
 *    Which libraries stand behind libcore/io, and which version of each is loaded.
 */
#ifndef TIPOFF_IO_VERSIONS_H
#define TIPOFF_IO_VERSIONS_H

#include <stddef.h>
#include "libcore/base/arena.h"

typedef struct {
    const char *name;
    const char *version;
} LibraryVersion;

/* *count of them, by name. They live in a. */
const LibraryVersion *library_versions(Arena *a, size_t *count);

#endif
