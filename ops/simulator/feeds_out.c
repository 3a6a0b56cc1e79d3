/*
 * ops/simulator/feeds_out.c
 *    Rows as the sources write them. No field holds a comma or a quote.
 */
#include "ops/simulator/feeds_out.h"
#include <stdlib.h>
#include <string.h>
#include "ops/simulator/shot_place.h"

static const int64_t MINUTE_US = INT64_C(60) * 1000000;
static const double HOOP_Y_FT = 5.25; /* the hoop's centre from the baseline */

/* Whole seconds. */
static const char *
utc(Instant t, char out[INSTANT_TEXT_LEN])
{
    char *fraction;

    (void)instant_format(t, out);
    fraction = strchr(out, '.');
    if (fraction != NULL)
        memcpy(fraction, "Z", 2);
    return out;
}

/* ---- schedule ---- */

static int
first_date_cmp(const void *x, const void *y)
{
    const SimGame *const *a = x;
    const SimGame *const *b = y;

    return (*a)->number - (*b)->number; /* numbers follow the first announcement */
}

static void
put_game(const SimGame *g, GameDate date, Instant tip_off, Buf *out)
{
    char day[DATE_TEXT_LEN], time[INSTANT_TEXT_LEN];

    buf_printf(out, "%s,%s,%s,%s,%s\n", g->official_id, date_format(date, day), g->home->names->tricode,
               g->away->names->tricode, utc(tip_off, time));
}

void
put_schedule(const SimSchedule *s, GameDate limit, bool as_first_announced, Buf *out)
{
    Arena *a = arena_new(0);
    const SimGame **games = arena_array(a, s->count, sizeof *games);

    for (size_t i = 0; i < s->count; i++)
        games[i] = &s->games[i];
    if (as_first_announced)
        qsort(games, s->count, sizeof *games, first_date_cmp);
    buf_put_str(out, "GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM,TIP_OFF_UTC\n");
    for (size_t i = 0; i < s->count; i++) {
        const SimGame *g = games[i];
        const GameDate date = as_first_announced ? g->first_date : g->date;

        if (!g->is_cup_final && date_before(date, limit))
            put_game(g, date, as_first_announced ? g->first_tip_off : g->tip_off, out);
    }
    arena_free(a);
}

/* ---- box scores ---- */

typedef struct {
    const SimSide *side, *other;
    SimLine line;
    double game_score;
} BoxRow;

static double
game_score(const SimLine *l)
{
    return line_points(l) + 0.4 * l->fg - 0.7 * l->fga - 0.4 * (l->fta - l->ft) + 0.7 * l->offensive_rebounds
           + 0.3 * l->defensive_rebounds + l->steals + 0.7 * l->assists + 0.7 * l->blocks - 0.4 * l->fouls
           - l->turnovers;
}

/* As the source sorts them: the best game first. */
static int
box_row_cmp(const void *x, const void *y)
{
    const BoxRow *a = x;
    const BoxRow *b = y;

    if (a->game_score > b->game_score || a->game_score < b->game_score)
        return a->game_score > b->game_score ? -1 : 1;
    return (a->line.player->id > b->line.player->id) - (a->line.player->id < b->line.player->id);
}

static BoxRow *
box_rows(const Night *n, bool is_corrected, size_t *count, Arena *a)
{
    BoxRow *rows = arena_array(a, n->count * SIDE_COUNT * ROSTER, sizeof *rows);

    *count = 0;
    for (size_t g = 0; g < n->count; g++) {
        for (size_t s = 0; s < SIDE_COUNT; s++) {
            const SimSide *side = &n->games[g].result->sides[s];

            for (size_t p = 0; p < ROSTER; p++) {
                const SimLine *l = &side->lines[p];
                BoxRow row = {side, &n->games[g].result->sides[1 - s], *l, 0.0};

                if (l->seconds == 0)
                    continue;
                if (l == n->correction.line && !is_corrected)
                    row.line = correction_first_line(&n->correction);
                row.game_score = game_score(&row.line);
                rows[(*count)++] = row;
            }
        }
    }
    if (*count > 0)
        qsort(rows, *count, sizeof *rows, box_row_cmp);
    return rows;
}

static double
ratio(int made, int tried)
{
    return tried > 0 ? (double)made / tried : 0.0;
}

static void
put_box_row(const BoxRow *r, const char *day, Buf *out)
{
    const SimLine *l = &r->line;

    buf_printf(out, "%s,%s,%s,%c,%.2f,%d,%d,%.3f,%d,%d,%.3f,%d,%d,%.3f,%d,%d,%d,%d,%d,%d,%d,%d,%d,%.1f,%s\n",
               l->player->names[SOURCE_BOX], r->side->team->names->bref_code, r->other->team->names->bref_code,
               r->side->points > r->other->points ? 'W' : 'L', l->seconds / 60.0, l->fg, l->fga, ratio(l->fg, l->fga),
               l->three, l->three_a, ratio(l->three, l->three_a), l->ft, l->fta, ratio(l->ft, l->fta),
               l->offensive_rebounds, l->defensive_rebounds, line_rebounds(l), l->assists, l->steals, l->blocks,
               l->turnovers, l->fouls, line_points(l), r->game_score, day);
}

static void
put_box(const Night *n, bool is_corrected, Buf *out, Arena *scratch)
{
    char day[DATE_TEXT_LEN];
    size_t count;
    const BoxRow *rows = box_rows(n, is_corrected, &count, scratch);

    (void)date_format(n->date, day);
    buf_put_str(out, "Player,Tm,Opp,Res,MP,FG,FGA,FG%,3P,3PA,3P%,FT,FTA,FT%,ORB,DRB,TRB,AST,STL,BLK,TOV,PF,PTS,GmSc,"
                     "Data\n");
    for (size_t i = 0; i < count; i++)
        put_box_row(&rows[i], day, out);
}

static void
put_boxscores(const League *l, const Night *n, Buf *out, Arena *scratch)
{
    (void)l;
    put_box(n, false, out, scratch);
}

void
put_corrected_boxscores(const Night *n, Buf *out, Arena *scratch)
{
    put_box(n, true, out, scratch);
}

/* ---- shots ---- */

static const char *
spelling(const Night *n, const SimPlayer *p, Source source)
{
    return n->misspelling.player == p && n->misspelling.source == source ? n->misspelling.spelling : p->names[source];
}

static void
put_shot(const Night *n, const SimResult *r, const SimTeam *team, const SimShot *s, Rng *dice, Buf *out)
{
    const ShotZone zone = shot_zone_of(s->area, s->x, s->y);
    const int32_t season_year = date_season_year(n->date);
    char label[8];
    int year, month, day;

    date_parts(n->date, &year, &month, &day);
    buf_printf(out, "%d,%s,%lld,%s,%lld,%s,%02d-%02d-%04d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%.1f,%.2f,%d,%d,%d,%d\n",
               (int)season_year + 1, season_label(season_year, label), (long long)team->nba_id, team->names->full_name,
               (long long)s->player->id, spelling(n, s->player, SOURCE_SHOTS), month, day, year, r->game->official_id,
               r->game->home->names->tricode, r->game->away->names->tricode, s->is_made ? "Made Shot" : "Missed Shot",
               s->is_made ? "TRUE" : "FALSE", shot_action_draw(s->area, dice),
               area_facts[s->area].points == 3 ? "3PT Field Goal" : "2PT Field Goal", area_facts[s->area].name,
               zone.name, zone.abbreviation, zone.range, s->x / 10.0, HOOP_Y_FT + s->y / 10.0,
               shot_distance_ft(s->x, s->y), s->quarter, s->minutes_left, s->seconds_left);
}

static void
put_shots(const League *l, const Night *n, Buf *out, Arena *scratch)
{
    (void)scratch;
    buf_put_str(out, "SEASON_1,SEASON_2,TEAM_ID,TEAM_NAME,PLAYER_ID,PLAYER_NAME,GAME_DATE,GAME_ID,HOME_TEAM,AWAY_TEAM,"
                     "EVENT_TYPE,SHOT_MADE,ACTION_TYPE,SHOT_TYPE,BASIC_ZONE,ZONE_NAME,ZONE_ABB,ZONE_RANGE,LOC_X,LOC_Y,"
                     "SHOT_DISTANCE,QUARTER,MINS_LEFT,SECS_LEFT\n");
    for (size_t g = 0; g < n->count; g++) {
        const SimResult *r = n->games[g].result;
        Rng dice = dice_stream(l->seed, DICE_SHOTS, (uint64_t)r->game->number, 1);

        for (size_t s = 0; s < SIDE_COUNT; s++)
            for (size_t i = 0; i < r->sides[s].shot_count; i++)
                put_shot(n, r, r->sides[s].team, &r->sides[s].shots[i], &dice, out);
    }
}

/* ---- lines ---- */

static void
put_prop(const Night *n, const SimGame *g, const PropQuote *q, Buf *out)
{
    static const char *const sides[] = {"Over", "Under"};
    char tip_off[INSTANT_TEXT_LEN], posted[INSTANT_TEXT_LEN];

    (void)utc(g->tip_off, tip_off);
    (void)utc(q->posted, posted);
    for (size_t i = 0; i < ARRAY_LEN(sides); i++)
        buf_printf(out, "%s,%s,%s,%s,%.1f,%d,%s,%s,%s,%s,%s\n", spelling(n, q->player, SOURCE_PROPS), q->market,
                   q->bookmaker, sides[i], q->line, PROP_PRICE, team_name_of_books(g->home),
                   team_name_of_books(g->away), g->odds_id, tip_off, posted);
}

static void
put_props(const League *l, const Night *n, Buf *out, Arena *scratch)
{
    (void)l;
    (void)scratch;
    buf_put_str(out, "player,market,bookmaker,side,line,price,home_team,away_team,game_id,commence_time,posted_at\n");
    for (size_t g = 0; g < n->count; g++)
        for (size_t s = 0; s < SIDE_COUNT; s++)
            for (size_t i = 0; i < n->games[g].prop_count[s]; i++)
                put_prop(n, n->games[g].result->game, &n->games[g].props[s][i], out);
}

static void
put_game_lines(const League *l, const Night *n, Buf *out, Arena *scratch)
{
    (void)l;
    (void)scratch;
    buf_put_str(out, "game_id,commence_time,home_team,away_team,bookmaker,market,outcome,point,price,snapshot_time\n");
    for (size_t g = 0; g < n->count; g++) {
        const SimGame *game = n->games[g].result->game;

        for (size_t i = 0; i < n->games[g].game_quote_count; i++) {
            const GameQuote *q = &n->games[g].game_quotes[i];
            char tip_off[INSTANT_TEXT_LEN], snapshot[INSTANT_TEXT_LEN];

            buf_printf(out, "%s,%s,%s,%s,%s,%s,%s,", game->odds_id, utc(game->tip_off, tip_off),
                       team_name_of_books(game->home), team_name_of_books(game->away), q->bookmaker, q->market,
                       q->outcome);
            if (q->has_point)
                buf_printf(out, "%.1f", q->point);
            buf_printf(out, ",%d,%s\n", q->price, utc(q->snapshot, snapshot));
        }
    }
}

/* ---- injuries ---- */

static void
put_report(const Night *n, const SimTeam *t, const SimPlayer *p, const char *status, const char *reason, Instant at,
           Buf *out)
{
    char day[DATE_TEXT_LEN], time[INSTANT_TEXT_LEN];

    buf_printf(out, "%s,%s,%s,%s,%s,%s\n", date_format(n->date, day), t->names->full_name, p->names[SOURCE_INJURIES],
               status, reason, utc(at, time));
}

/* What is said of him the day before, at noon, and half an hour before the tip-off. */
static void
put_reports(const Night *n, const SimGame *g, const SimTeam *t, const SimPlayer *p, const Health *h, Rng *r, Buf *out)
{
    const bool is_early = dice_chance(r, 0.8);
    const Instant last = {g->tip_off.us - 31 * MINUTE_US + (int64_t)rng_below(r, 6) * MINUTE_US};

    if (h->listed != NULL && is_early)
        put_report(n, t, p, h->listed, h->reason, date_eastern_instant(date_add(n->date, -1), 17, 30), out);
    if (h->listed != NULL)
        put_report(n, t, p, h->listed, h->reason, date_eastern_instant(n->date, 11, 30), out);
    if (h->fate == FATE_SAT || h->fate == FATE_SCRATCHED)
        put_report(n, t, p, "out", h->reason, last, out);
    else if (h->listed != NULL && h->fate != FATE_OUT)
        put_report(n, t, p, "available", h->reason, last, out);
}

static void
put_injuries(const League *l, const Night *n, Buf *out, Arena *scratch)
{
    (void)scratch;
    buf_put_str(out, "game_date,team,player,status,reason,report_time\n");
    for (size_t g = 0; g < n->count; g++) {
        const SimResult *result = n->games[g].result;

        for (size_t s = 0; s < SIDE_COUNT; s++) {
            const SimSide *side = &result->sides[s];

            for (size_t p = 0; p < ROSTER; p++) {
                const SimPlayer *player = &side->team->players[p];
                Rng r = dice_stream(l->seed, DICE_REPORTS, (uint64_t)player->id, (uint64_t)result->game->number);

                put_reports(n, result->game, side->team, player, &side->health[p], &r, out);
            }
        }
    }
}

const FeedWriter feed_writers[] = {
    {"boxscores", put_boxscores},   {"shots", put_shots},       {"props", put_props},
    {"game_lines", put_game_lines}, {"injuries", put_injuries}, {NULL, NULL},
};
