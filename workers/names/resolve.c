/*
 * workers/names/resolve.c
 *    Exact, then alias, then suffix; the first that answers decides.
 */
#include "workers/names/resolve.h"
#include <stdlib.h>
#include <string.h>
#include "workers/names/aliases.h"

/* ---- candidates by lookup ---- */

static int
candidate_cmp(const void *x, const void *y)
{
    const NameCandidate *const *a = x;
    const NameCandidate *const *b = y;

    return strcmp((*a)->lookup, (*b)->lookup);
}

NameIndex
name_index(const NameCandidate *candidates, size_t count, Arena *a)
{
    NameIndex index = {.sorted = arena_array(a, count, sizeof index.sorted[0]), .count = count};
    bool is_sorted = true;

    for (size_t i = 0; i < count; i++) {
        index.sorted[i] = &candidates[i];
        is_sorted = is_sorted && (i == 0 || strcmp(candidates[i - 1].lookup, candidates[i].lookup) < 0);
    }
    if (!is_sorted)
        qsort(index.sorted, count, sizeof index.sorted[0], candidate_cmp);
    return index;
}

/* The first place whose lookup is not before this one. */
static size_t
lower_bound(const NameIndex *index, const char *lookup)
{
    size_t low = 0, high = index->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(index->sorted[middle]->lookup, lookup) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const NameCandidate *
find_lookup(const NameIndex *index, const char *lookup)
{
    size_t at = lower_bound(index, lookup);

    return at < index->count && strcmp(index->sorted[at]->lookup, lookup) == 0 ? index->sorted[at] : NULL;
}

/* ---- suffixes ---- */

/* Those who share the base of a name. */
typedef struct {
    const PlayerName *wanted;
    size_t sharing;
    const NameCandidate *match; /* where one of the two has a suffix and the other none */
} BaseSearch;

static void
consider(BaseSearch *s, const NameCandidate *c, Arena *scratch)
{
    PlayerName n;

    if (!player_name_parse(c->name, scratch, &n) || !player_name_same_base(&n, s->wanted))
        return;
    s->sharing++;
    if (player_name_has_suffix(&n) != player_name_has_suffix(s->wanted))
        s->match = c;
}

static bool
has_base_as_prefix(const NameCandidate *c, const PlayerName *wanted)
{
    return strncmp(c->lookup, wanted->lookup, wanted->base_len) == 0;
}

/* An alias leads several spellings to one player, who is to be considered once. */
static bool
is_repeated(size_t alias)
{
    for (size_t i = 0; i < alias; i++) {
        if (strcmp(name_aliases[i].player_lookup, name_aliases[alias].player_lookup) == 0)
            return true;
    }
    return false;
}

/* All who share the base count, not only those who would match: with a "Jr." and a "III" at hand a
 * bare name is nobody's. A candidate's lookup begins with the base of his name, unless he is known by
 * an alias. */
static NameMatch
find_base(const NameIndex *index, const PlayerName *wanted, Arena *scratch)
{
    const char *base = arena_strndup(scratch, wanted->lookup, wanted->base_len);
    BaseSearch s = {.wanted = wanted};

    for (size_t i = lower_bound(index, base); i < index->count && has_base_as_prefix(index->sorted[i], wanted); i++)
        consider(&s, index->sorted[i], scratch);
    for (size_t i = 0; i < name_alias_count; i++) {
        const NameCandidate *c = find_lookup(index, name_aliases[i].player_lookup);

        if (c != NULL && !has_base_as_prefix(c, wanted) && !is_repeated(i))
            consider(&s, c, scratch);
    }
    if (s.sharing > 1)
        return (NameMatch){.match = NULL, .outcome = NAME_AMBIGUOUS};
    return (NameMatch){.match = s.match, .outcome = s.match != NULL ? NAME_FOUND_SUFFIX : NAME_UNKNOWN};
}

/* ---- names ---- */

NameMatch
name_find(const NameIndex *index, const char *source_name, Arena *scratch)
{
    PlayerName wanted;
    NameMatch out = {.match = NULL, .outcome = NAME_UNREADABLE};
    const char *known;

    if (!player_name_parse(source_name, scratch, &wanted))
        return out;
    out.match = find_lookup(index, wanted.lookup);
    out.outcome = NAME_FOUND_EXACT;
    if (out.match != NULL)
        return out;
    known = name_alias(wanted.lookup);
    if (known == NULL)
        return find_base(index, &wanted, scratch);
    out.match = find_lookup(index, known);
    out.outcome = out.match != NULL ? NAME_FOUND_ALIAS : NAME_UNKNOWN;
    return out;
}

NameMatch
name_resolve(const NameCandidate *candidates, size_t count, const char *source_name, Arena *scratch)
{
    const NameIndex index = name_index(candidates, count, scratch);

    return name_find(&index, source_name, scratch);
}
