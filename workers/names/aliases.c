/*
 * workers/names/aliases.c
 *    Looks a spelling up in the generated table.
 */
#include "workers/names/aliases.h"
#include <stdlib.h>
#include <string.h>

static int
alias_cmp(const void *key, const void *row)
{
    return strcmp(key, ((const NameAlias *)row)->spelling_lookup);
}

const char *
name_alias(const char *spelling_lookup)
{
    const NameAlias *row = bsearch(spelling_lookup, name_aliases, name_alias_count, sizeof name_aliases[0], alias_cmp);

    return row == NULL ? NULL : row->player_lookup;
}
