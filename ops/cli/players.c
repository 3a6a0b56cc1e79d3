/*
 * ops/cli/players.c
 *    Names resolved as those of feeds are, and suggestions where that finds nobody.
 */
#include "ops/cli/players.h"
#include <string.h>
#include "ops/cli/suggest.h"

enum { SUGGESTED = 4 };

/* "a, b or c", each with its lookup. */
static const char *
list_names(const NameCandidate *const *players, size_t count, Arena *a)
{
    const char *text = "";

    for (size_t i = 0; i < count; i++)
        text = arena_printf(a, "%s%s%s (%s)", text,
                            i == 0           ? ""
                            : i + 1 == count ? " or "
                                             : ", ",
                            players[i]->name, players[i]->lookup);
    return text;
}

static const char *
say_ambiguous(const NameCandidate *candidates, size_t count, const char *text, Arena *a)
{
    const NameCandidate *sharing[SUGGESTED];
    size_t found = 0;
    PlayerName wanted, n;

    if (!player_name_parse(text, a, &wanted))
        return NULL;
    for (size_t i = 0; i < count && found < SUGGESTED; i++)
        if (player_name_parse(candidates[i].name, a, &n) && player_name_same_base(&n, &wanted))
            sharing[found++] = &candidates[i];
    return arena_printf(a, "'%s' may be %s", text, list_names(sharing, found, a));
}

static const NameCandidate *
with_lookup(const NameCandidate *candidates, const char *lookup)
{
    while (strcmp(candidates->lookup, lookup) != 0)
        candidates++;
    return candidates;
}

static const char *
say_unknown(const NameCandidate *candidates, size_t count, const char *text, Arena *a)
{
    const char **lookups = arena_array(a, count + 1, sizeof *lookups), *near[SUGGESTED];
    const char *typed = player_lookup(text, a);
    const NameCandidate *nearest[SUGGESTED];
    size_t found;

    for (size_t i = 0; i < count; i++)
        lookups[i] = candidates[i].lookup;
    found = typed == NULL ? 0 : suggest_words(typed, lookups, count, near, SUGGESTED);
    for (size_t i = 0; i < found; i++)
        nearest[i] = with_lookup(candidates, near[i]);
    if (found == 0)
        return arena_printf(a, "nobody is called '%s'", text);
    return arena_printf(a, "nobody is called '%s'; did you mean %s?", text, list_names(nearest, found, a));
}

const NameCandidate *
player_choose(const NameCandidate *candidates, size_t count, const char *text, Arena *a, const char **why_not)
{
    NameMatch m = name_resolve(candidates, count, text, a);

    if (m.match == NULL)
        *why_not = m.outcome == NAME_AMBIGUOUS ? say_ambiguous(candidates, count, text, a)
                                               : say_unknown(candidates, count, text, a);
    return m.match;
}

/* ---- candidates ---- */

static const NameCandidate *
candidates_of(const DbRows *rows, Arena *a, size_t *count)
{
    NameCandidate *all;

    *count = db_row_count(rows);
    all = arena_array(a, *count + 1, sizeof *all);
    for (size_t i = 0; i < *count; i++)
        all[i] = (NameCandidate){.name = db_get_text(rows, i, 1), .lookup = db_get_text(rows, i, 0)};
    return all;
}

/* Everybody who has played in the season of the dates, with his latest team. */
static bool
say_elsewhere(Session *s, DateRange r, const char *text, const char *why_not, Err *err)
{
    static const char sql[] = "select distinct on (player_lookup) player_lookup, player_name, team, game_date::text"
                              " from analytics.player_game_summary where season_year = $1 and game_date <= $2"
                              " order by player_lookup, game_date desc";
    const DbParam params[] = {db_i32(date_season_year(r.to)), db_date(r.to)};
    char dates[DATE_RANGE_TEXT_LEN];
    const NameCandidate *all, *known;
    size_t count, row;
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    all = candidates_of(rows, s->a, &count);
    known = player_choose(all, count, text, s->a, &why_not);
    if (known == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "%s", why_not);
    row = (size_t)(known - all);
    return ERR_FAIL(err, ERR_POISON, "%s (%s) has no game on %s; he last played for %s, on %s", known->name,
                    known->lookup, date_range_format(r, dates), db_get_text(rows, row, 2), db_get_text(rows, row, 3));
}

bool
player_find(Session *s, DateRange r, const char *text, const NameCandidate **out, Err *err)
{
    static const char sql[] = "select player_lookup, max(player_name) from (select player_lookup, player_name"
                              " from features.ml_feature_store where game_date between $1 and $2 union all"
                              " select player_lookup, player_name from analytics.upcoming_player_game_context"
                              " where game_date between $1 and $2) x group by 1 order by player_lookup collate \"C\"";
    const DbParam params[] = {db_date(r.from), db_date(r.to)};
    const NameCandidate *all;
    const char *why_not = NULL;
    size_t count;
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    all = candidates_of(rows, s->a, &count);
    *out = player_choose(all, count, text, s->a, &why_not);
    if (*out != NULL)
        return true;
    /* More than one man of these dates is no question of who else there is. */
    if (name_resolve(all, count, text, s->a).outcome == NAME_AMBIGUOUS)
        return ERR_FAIL(err, ERR_CONFIG, "%s", why_not);
    return say_elsewhere(s, r, text, why_not, err);
}
