/*
 * ops/simulator/shot_place.c
 *    Places are drawn by distance and angle and kept when they lie in their area.
 */
#include "ops/simulator/shot_place.h"

/* The court in tenths of a foot, from the hoop's centre. */
enum {
    RIM_REACH = 40,
    PAINT_HALF_WIDTH = 80,
    FREE_THROW_LINE = 138,
    ARC_REACH = 238,
    CORNER_X = 220,
    CORNER_TOP = 87,
    BASELINE = -52,
    SIDE_LINE = 250,
    HALF_COURT = 418,
    FAR_BASELINE = 880,
    TRIES = 200,
    QUANTILES = 6,
};

/* Distances in tenths of a foot at even steps of probability, and how far to the side shots are
 * taken: 1 is along the baseline. */
typedef struct {
    int distance[QUANTILES];
    double widest;
} Spread;

static const Spread spreads[AREA_COUNT] = {
    [AREA_RIM] = {{0, 10, 14, 19, 26, 40}, 1.0},
    [AREA_PAINT] = {{40, 51, 64, 83, 104, 155}, 0.60},
    [AREA_MID] = {{80, 112, 142, 165, 184, 236}, 1.0},
    [AREA_ARC] = {{238, 250, 258, 266, 276, 312}, 0.62},
    [AREA_BACKCOURT] = {{420, 450, 490, 540, 620, 850}, 0.25},
};

static bool
is_in_paint(int x, int y)
{
    return x >= -PAINT_HALF_WIDTH && x <= PAINT_HALF_WIDTH && y <= FREE_THROW_LINE;
}

static bool
is_behind_arc(int x, int y)
{
    if (y <= CORNER_TOP)
        return x <= -CORNER_X || x >= CORNER_X;
    return x * x + y * y >= ARC_REACH * ARC_REACH;
}

static bool
is_in_area(Area area, int x, int y)
{
    const int squared = x * x + y * y;

    if (y < BASELINE || y > FAR_BASELINE || x < -SIDE_LINE || x > SIDE_LINE)
        return false;
    switch (area) {
    case AREA_RIM:
        return squared < RIM_REACH * RIM_REACH;
    case AREA_PAINT:
        return squared >= RIM_REACH * RIM_REACH && is_in_paint(x, y);
    case AREA_MID:
        return !is_in_paint(x, y) && !is_behind_arc(x, y);
    case AREA_ARC:
        return is_behind_arc(x, y) && y > CORNER_TOP && y < HALF_COURT;
    case AREA_LEFT_CORNER:
        return x >= CORNER_X && y <= CORNER_TOP;
    case AREA_RIGHT_CORNER:
        return x <= -CORNER_X && y <= CORNER_TOP;
    case AREA_BACKCOURT:
        return y >= HALF_COURT;
    case AREA_COUNT:
        return false;
    }
    return false;
}

static int
rounded(double v)
{
    return v < 0.0 ? -(int)(0.5 - v) : (int)(v + 0.5);
}

static void
draw_corner(Area area, Rng *r, int *x, int *y)
{
    const double one = rng_unit(r), other = rng_unit(r); /* both small means near the line */
    const int reach = CORNER_X + (int)(one * other * 24.0);

    *x = area == AREA_LEFT_CORNER ? reach : -reach;
    *y = BASELINE + (int)rng_below(r, CORNER_TOP - BASELINE + 1);
}

/* The direction comes from the rational points of the circle, which need no sine. */
static void
draw_around(const Spread *s, Rng *r, int *x, int *y)
{
    const double at = dice_between(r, 0.0, QUANTILES - 1);
    const int step = (int)at;
    const double distance = s->distance[step] + (at - step) * (s->distance[step + 1] - s->distance[step]);
    const double t = dice_between(r, -s->widest, s->widest);
    const bool is_behind = s->distance[0] < RIM_REACH && dice_chance(r, 0.25);

    *x = rounded(distance * 2.0 * t / (1.0 + t * t));
    *y = rounded(distance * (1.0 - t * t) / (1.0 + t * t)) * (is_behind ? -1 : 1);
}

/* A place of each area, for the case that the draws miss it. */
static const int usual_place[AREA_COUNT][2] = {{0, 15}, {0, 70}, {0, 160}, {0, 255}, {225, 0}, {-225, 0}, {0, 450}};

void
shot_place_draw(Area area, Rng *r, int *x, int *y)
{
    for (int i = 0; i < TRIES; i++) {
        if (area == AREA_LEFT_CORNER || area == AREA_RIGHT_CORNER)
            draw_corner(area, r, x, y);
        else
            draw_around(&spreads[area], r, x, y);
        if (is_in_area(area, *x, *y))
            return;
    }
    *x = usual_place[area][0];
    *y = usual_place[area][1];
}

int
shot_distance_ft(int x, int y)
{
    const int squared = x * x + y * y;
    int feet = 0;

    while ((feet + 1) * (feet + 1) * 100 <= squared)
        feet++;
    return feet;
}

/* ---- what the feed says ---- */

static const char *
range_of(Area area, int feet)
{
    if (area == AREA_BACKCOURT)
        return "Back Court Shot";
    if (area_facts[area].points == 3)
        return "24+ ft.";
    if (feet < 8)
        return "Less Than 8 ft.";
    return feet < 16 ? "8-16 ft." : "16-24 ft.";
}

static ShotZone
centre_zone(void)
{
    return (ShotZone){.name = "Center", .abbreviation = "C"};
}

/* Sectors by the tangent of the angle from straight on. */
static ShotZone
sector_of(int x, int y, bool has_outer)
{
    const int across = x < 0 ? -x : x;
    const bool is_left = x > 0;

    if (across * 100 <= y * 36)
        return centre_zone();
    if (!has_outer || across * 100 <= y * 110)
        return is_left ? (ShotZone){"Left Side Center", "LC", NULL} : (ShotZone){"Right Side Center", "RC", NULL};
    return is_left ? (ShotZone){"Left Side", "L", NULL} : (ShotZone){"Right Side", "R", NULL};
}

ShotZone
shot_zone_of(Area area, int x, int y)
{
    const int feet = shot_distance_ft(x, y);
    ShotZone z = centre_zone();

    if (area == AREA_BACKCOURT)
        z = (ShotZone){"Back Court", "BC", NULL};
    else if (area == AREA_LEFT_CORNER)
        z = (ShotZone){"Left Side", "L", NULL};
    else if (area == AREA_RIGHT_CORNER)
        z = (ShotZone){"Right Side", "R", NULL};
    else if (area == AREA_ARC)
        z = sector_of(x, y, false);
    else if (area == AREA_MID)
        z = sector_of(x, y, true);
    z.range = range_of(area, feet);
    return z;
}

enum { ACTIONS = 5 };

static const struct {
    const char *name;
    double weight;
} actions[AREA_COUNT][ACTIONS] = {
    [AREA_RIM] = {{"Driving Layup Shot", 52},
                  {"Running Layup Shot", 25},
                  {"Cutting Layup Shot", 18},
                  {"Tip Layup Shot", 18},
                  {"Cutting Dunk Shot", 34}},
    [AREA_PAINT] = {{"Driving Floating Jump Shot", 38},
                    {"Driving Layup Shot", 21},
                    {"Pullup Jump shot", 14},
                    {"Floating Jump shot", 12},
                    {"Turnaround Hook Shot", 18}},
    [AREA_MID] = {{"Pullup Jump shot", 30},
                  {"Step Back Jump shot", 13},
                  {"Jump Shot", 11},
                  {"Fadeaway Jump Shot", 7},
                  {"Turnaround Fadeaway shot", 6}},
    [AREA_ARC] = {{"Jump Shot", 157},
                  {"Pullup Jump shot", 53},
                  {"Step Back Jump shot", 28},
                  {"Running Jump Shot", 18},
                  {"Running Pull-Up Jump Shot", 11}},
    [AREA_LEFT_CORNER] = {{"Jump Shot", 38}, {"Running Jump Shot", 5}, {"Step Back Jump shot", 2}},
    [AREA_RIGHT_CORNER] = {{"Jump Shot", 37}, {"Running Jump Shot", 4}, {"Step Back Jump shot", 2}},
    [AREA_BACKCOURT] = {{"Jump Shot", 1}},
};

const char *
shot_action_draw(Area area, Rng *r)
{
    double weights[ACTIONS];

    for (size_t i = 0; i < ACTIONS; i++)
        weights[i] = actions[area][i].weight;
    return actions[area][dice_weighted(r, weights, ACTIONS)].name;
}
