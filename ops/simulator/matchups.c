/*
 * ops/simulator/matchups.c
 *    Four games in the division, four or three in the conference, two against the other one.
 */
#include "ops/simulator/matchups.h"

enum { FULL_SEASON = 82, DIVISION_SIZE = 5 };

typedef struct {
    Matchup *games;
    size_t count;
} List;

static void
add(List *l, int home, int away, int times)
{
    for (int i = 0; i < times; i++)
        l->games[l->count++] = (Matchup){home, away};
}

/* Its place among the teams of its division. */
static int
place_in_division(const League *l, int team)
{
    int place = 0;

    for (int i = 0; i < team; i++)
        place += l->teams[i].division == l->teams[team].division;
    return place;
}

/* Of two divisions of a conference every team meets two of the other three times: once with the
 * third game at home and once away. */
static void
add_conference_pair(List *list, int x, int x_place, int y, int y_place)
{
    const int apart = (y_place - x_place + DIVISION_SIZE) % DIVISION_SIZE;

    add(list, x, y, apart == 1 ? 1 : 2);
    add(list, y, x, apart == 0 ? 1 : 2);
}

static void
add_pair_of_thirty(List *list, const League *l, int x, int y)
{
    const int dx = l->teams[x].division, dy = l->teams[y].division;

    if (dx == dy) {
        add(list, x, y, 2);
        add(list, y, x, 2);
    } else if (dx / 3 != dy / 3) {
        add(list, x, y, 1);
        add(list, y, x, 1);
    } else if (dx < dy) {
        add_conference_pair(list, x, place_in_division(l, x), y, place_in_division(l, y));
    } else {
        add_conference_pair(list, y, place_in_division(l, y), x, place_in_division(l, x));
    }
}

static void
add_pair_of_few(List *list, int x, int y, int times)
{
    const bool odd_one_at_x = (x + y) % 2 == 0;

    add(list, x, y, times / 2 + (times % 2 != 0 && odd_one_at_x));
    add(list, y, x, times / 2 + (times % 2 != 0 && !odd_one_at_x));
}

const Matchup *
matchups_make(const League *l, size_t *count, Arena *a)
{
    const int teams = (int)l->team_count;
    List list = {.games = arena_array(a, l->team_count * FULL_SEASON, sizeof(Matchup))};

    for (int x = 0; x < teams; x++)
        for (int y = x + 1; y < teams; y++) {
            if (teams == TEAM_COUNT)
                add_pair_of_thirty(&list, l, x, y);
            else
                add_pair_of_few(&list, x, y, FULL_SEASON / (teams - 1));
        }
    *count = list.count;
    return list.games;
}
