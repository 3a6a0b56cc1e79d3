/*
 * libcore/base/key_set.c
 *    Sorting, merging and searching names.
 */
#include "libcore/base/key_set.h"
#include <stdlib.h>
#include <string.h>

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

TextArray
key_set_sort(const char **items, size_t count)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < count; i++)
        if (items[i] != NULL)
            items[n++] = items[i];
    if (n > 0)
        qsort(items, n, sizeof *items, compare_names);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(items[kept - 1], items[i]) != 0)
            items[kept++] = items[i];
    return (TextArray){items, (int32_t)kept};
}

TextArray
key_set_union(TextArray x, TextArray y, Arena *a)
{
    const char **items;
    int32_t n = 0;

    if (x.count == 0 || y.count == 0)
        return x.count > 0 ? x : y;
    items = arena_array(a, (size_t)x.count + (size_t)y.count, sizeof *items);
    for (int32_t i = 0, j = 0; i < x.count || j < y.count;) {
        int order = i == x.count ? 1 : j == y.count ? -1 : strcmp(x.items[i], y.items[j]);

        items[n++] = order <= 0 ? x.items[i] : y.items[j];
        i += order <= 0;
        j += order >= 0;
    }
    return (TextArray){items, n};
}

bool
key_set_has(TextArray set, const char *key)
{
    return key != NULL && set.count > 0
           && bsearch(&key, set.items, (size_t)set.count, sizeof *set.items, compare_names) != NULL;
}
