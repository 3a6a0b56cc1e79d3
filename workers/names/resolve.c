/*
 * workers/names/resolve.c
 *    Exact, then alias, then suffix; the first that answers decides.
 */
#include "workers/names/resolve.h"
#include <string.h>
#include "workers/names/aliases.h"

static const NameCandidate *
find_lookup(const NameCandidate *candidates, size_t count, const char *lookup)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(candidates[i].lookup, lookup) == 0)
            return &candidates[i];
    return NULL;
}

/* All who share the base count, not only those who would match: with a "Jr." and a "III" at hand a
 * bare name is nobody's. */
static NameMatch
find_base(const NameCandidate *candidates, size_t count, const PlayerName *wanted, Arena *scratch)
{
    NameMatch out = {.match = NULL, .outcome = NAME_UNKNOWN};
    size_t sharing = 0;

    for (size_t i = 0; i < count; i++) {
        PlayerName n;

        if (!player_name_parse(candidates[i].name, scratch, &n) || !player_name_same_base(&n, wanted))
            continue;
        sharing++;
        if (player_name_has_suffix(&n) != player_name_has_suffix(wanted))
            out = (NameMatch){.match = &candidates[i], .outcome = NAME_FOUND_SUFFIX};
    }
    if (sharing > 1)
        return (NameMatch){.match = NULL, .outcome = NAME_AMBIGUOUS};
    return out;
}

NameMatch
name_resolve(const NameCandidate *candidates, size_t count, const char *source_name, Arena *scratch)
{
    PlayerName wanted;
    NameMatch out = {.match = NULL, .outcome = NAME_UNREADABLE};
    const char *known;

    if (!player_name_parse(source_name, scratch, &wanted))
        return out;
    out.match = find_lookup(candidates, count, wanted.lookup);
    out.outcome = NAME_FOUND_EXACT;
    if (out.match != NULL)
        return out;
    known = name_alias(wanted.lookup);
    if (known == NULL)
        return find_base(candidates, count, &wanted, scratch);
    out.match = find_lookup(candidates, count, known);
    out.outcome = out.match != NULL ? NAME_FOUND_ALIAS : NAME_UNKNOWN;
    return out;
}
