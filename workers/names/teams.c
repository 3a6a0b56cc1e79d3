/*
 * workers/names/teams.c
 *    The table, searched from the top: thirty rows need no index.
 */
#include "workers/names/teams.h"
#include <stdbool.h>
#include <string.h>
#include <strings.h>

const Team team_table[TEAM_COUNT] = {
    {"ATL", "ATL", "Atlanta Hawks", {NULL}},
    {"BKN", "BRK", "Brooklyn Nets", {"BK"}},
    {"BOS", "BOS", "Boston Celtics", {NULL}},
    {"CHA", "CHO", "Charlotte Hornets", {"CHH"}},
    {"CHI", "CHI", "Chicago Bulls", {NULL}},
    {"CLE", "CLE", "Cleveland Cavaliers", {NULL}},
    {"DAL", "DAL", "Dallas Mavericks", {NULL}},
    {"DEN", "DEN", "Denver Nuggets", {NULL}},
    {"DET", "DET", "Detroit Pistons", {NULL}},
    {"GSW", "GSW", "Golden State Warriors", {"GS"}},
    {"HOU", "HOU", "Houston Rockets", {NULL}},
    {"IND", "IND", "Indiana Pacers", {NULL}},
    {"LAC", "LAC", "LA Clippers", {"Los Angeles Clippers", "L.A. Clippers"}},
    {"LAL", "LAL", "Los Angeles Lakers", {"LA Lakers", "L.A. Lakers"}},
    {"MEM", "MEM", "Memphis Grizzlies", {NULL}},
    {"MIA", "MIA", "Miami Heat", {NULL}},
    {"MIL", "MIL", "Milwaukee Bucks", {NULL}},
    {"MIN", "MIN", "Minnesota Timberwolves", {NULL}},
    {"NOP", "NOP", "New Orleans Pelicans", {"NO", "NOR"}},
    {"NYK", "NYK", "New York Knicks", {"NY"}},
    {"OKC", "OKC", "Oklahoma City Thunder", {NULL}},
    {"ORL", "ORL", "Orlando Magic", {NULL}},
    {"PHI", "PHI", "Philadelphia 76ers", {"PHL"}},
    {"PHX", "PHO", "Phoenix Suns", {NULL}},
    {"POR", "POR", "Portland Trail Blazers", {"Portland Trailblazers"}},
    {"SAC", "SAC", "Sacramento Kings", {NULL}},
    {"SAS", "SAS", "San Antonio Spurs", {"SA"}},
    {"TOR", "TOR", "Toronto Raptors", {NULL}},
    {"UTA", "UTA", "Utah Jazz", {"UTAH", "UTH"}},
    {"WAS", "WAS", "Washington Wizards", {"WSH"}},
};

static bool
is_called(const Team *t, const char *any)
{
    if (strcasecmp(t->tricode, any) == 0 || strcasecmp(t->bref_code, any) == 0 || strcasecmp(t->full_name, any) == 0)
        return true;
    for (size_t i = 0; i < TEAM_OTHER_MAX && t->others[i] != NULL; i++)
        if (strcasecmp(t->others[i], any) == 0)
            return true;
    return false;
}

const char *
team_canonical(const char *any)
{
    for (size_t i = 0; i < TEAM_COUNT; i++)
        if (is_called(&team_table[i], any))
            return team_table[i].tricode;
    return NULL;
}

const Team *
team_by_tricode(const char *tricode)
{
    for (size_t i = 0; i < TEAM_COUNT; i++)
        if (strcmp(team_table[i].tricode, tricode) == 0)
            return &team_table[i];
    return NULL;
}
