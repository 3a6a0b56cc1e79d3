/*
 * ops/simulator/truth.c
 *    Plants are one list, whatever their kind; a column that a kind does not use is empty.
 */
#include "ops/simulator/truth.h"
#include <string.h>
#include "workers/names/player_lookup.h"

const char *const truth_files[TRUTH_COUNT] = {"plants.csv",   "games.csv",   "absences.csv",
                                              "expected.csv", "players.csv", "teams.csv"};

static const char *const headers[TRUTH_COUNT] = {
    "kind,game_date,game_id,team,player_id,player_lookup,feed,spelling,first,final,expected\n",
    "game_id,first_date,game_date,home,away,overtimes,home_points,away_points,expected_home_points,"
    "expected_away_points,is_scheduled\n",
    "game_date,game_id,team,player_id,player_lookup,reason,listed,points_line\n",
    "game_date,game_id,team,player_id,player_lookup,expected_minutes,expected_points,minutes,points\n",
    "player_id,player_lookup,team,rank,kind,player,shots_spelling,props_spelling,injuries_spelling,usage,free_throw,"
    "foul_draw,minutes_bias,mix_rim,mix_paint,mix_mid,mix_arc,mix_left_corner,mix_right_corner,mix_backcourt,make_rim,"
    "make_paint,make_mid,make_arc,make_left_corner,make_right_corner,make_backcourt\n",
    "team,division,pace,force_turnover,defense_rim,defense_paint,defense_mid,defense_arc,defense_left_corner,"
    "defense_right_corner,defense_backcourt\n",
};

static const char *const feed_of_source[SOURCE_COUNT] = {"boxscores", "shots", "props", "injuries"};

static const char *
lookup(const SimPlayer *p, Arena *a)
{
    return player_canonical(p->names[SOURCE_BOX], a);
}

/* ---- plants ---- */

/* Absent ones are NULL. */
typedef struct {
    const char *kind;
    GameDate date;
    const SimGame *game;
    const SimTeam *team;
    const SimPlayer *player;
    const char *feed, *spelling, *first, *final, *expected;
} Plant;

static const char *
text(const char *s)
{
    return s != NULL ? s : "";
}

static void
add_plant(Truth *t, const Plant *p, Arena *a)
{
    char day[DATE_TEXT_LEN] = "";

    if (!date_is_null(p->date))
        (void)date_format(p->date, day);
    buf_printf(&t->files[TRUTH_PLANTS], "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", p->kind, day,
               p->game != NULL ? p->game->official_id : "", p->team != NULL ? p->team->names->tricode : "",
               p->player != NULL ? arena_printf(a, "%lld", (long long)p->player->id) : "",
               p->player != NULL ? lookup(p->player, a) : "", text(p->feed), text(p->spelling), text(p->first),
               text(p->final), text(p->expected));
}

static const char *
number(int n, Arena *a)
{
    return arena_printf(a, "%d", n);
}

static void
plant_game(Truth *t, const SimResult *r, Arena *a)
{
    const SimGame *g = r->game;
    char day[DATE_TEXT_LEN];

    if (g->is_cup_final) {
        const Plant p = {"unscheduled_game",
                         g->date,
                         g,
                         NULL,
                         NULL,
                         NULL,
                         NULL,
                         NULL,
                         NULL,
                         "raw keeps it; later phases say not_regular_season"};
        add_plant(t, &p, a);
    }
    if (r->overtimes > 0) {
        const Plant p = {"overtime",
                         g->date,
                         g,
                         NULL,
                         NULL,
                         NULL,
                         NULL,
                         NULL,
                         number(240 + 25 * r->overtimes, a),
                         "team minutes sum to final"};
        add_plant(t, &p, a);
    }
    if (game_was_postponed(g)) {
        const Plant p = {"postponed",
                         g->date,
                         g,
                         NULL,
                         NULL,
                         NULL,
                         NULL,
                         arena_strdup(a, date_format(g->first_date, day)),
                         arena_strdup(a, date_format(g->date, day)),
                         "played on the final date; nothing on the first"};
        add_plant(t, &p, a);
    }
}

static void
plant_spoilt(Truth *t, const Night *n, Arena *a)
{
    const Misspelling *m = &n->misspelling;
    const Correction *c = &n->correction;

    if (n->missing_feed != NULL) {
        const Plant p = {"missing_file",  n->date, NULL, NULL, NULL,
                         n->missing_feed, NULL,    NULL, NULL, "no_data with the file's name; a named gap"};
        add_plant(t, &p, a);
    }
    if (m->player != NULL) {
        const Plant p = {"misspelt_name",           n->date,     m->game, m->team, m->player,
                         feed_of_source[m->source], m->spelling, NULL,    NULL,    "listed as unresolved"};
        add_plant(t, &p, a);
    }
    if (c->line != NULL) {
        const SimLine first = correction_first_line(c);
        const Plant p = {"corrected_boxscore",
                         n->date,
                         c->result->game,
                         c->result->sides[c->side].team,
                         c->line->player,
                         "boxscores",
                         NULL,
                         number(line_points(&first), a),
                         number(line_points(c->line), a),
                         "corrections/boxscores re-grades him"};
        add_plant(t, &p, a);
    }
}

static void
add_absence(Truth *t, const NightGame *g, size_t side, size_t player, Arena *a)
{
    const SimSide *s = &g->result->sides[side];
    const SimPlayer *p = &s->team->players[player];
    const Health *h = &s->health[player];
    const double line = night_points_line(g, side, player);
    char day[DATE_TEXT_LEN];

    buf_printf(&t->files[TRUTH_ABSENCES], "%s,%s,%s,%lld,%s,%s,%s,%s\n", date_format(g->result->game->date, day),
               g->result->game->official_id, s->team->names->tricode, (long long)p->id, lookup(p, a),
               fate_names[h->fate], text(h->listed), line < 0.0 ? "" : arena_printf(a, "%.1f", line));
    if (line >= 0.0) {
        const Plant plant = {h->fate == FATE_SCRATCHED ? "late_scratch" : "dnp_with_line",
                             g->result->game->date,
                             g->result->game,
                             s->team,
                             p,
                             "props",
                             NULL,
                             arena_printf(a, "%.1f", line),
                             NULL,
                             "no pick or a void"};
        add_plant(t, &plant, a);
    }
}

/* ---- nights ---- */

static void
add_side(Truth *t, const NightGame *g, size_t side, Arena *a)
{
    const SimSide *s = &g->result->sides[side];
    char day[DATE_TEXT_LEN];

    for (size_t i = 0; i < ROSTER; i++) {
        const SimLine *l = &s->lines[i];
        const Expectation *e = &g->expected[side].players[i];

        if (l->seconds == 0) {
            add_absence(t, g, side, i, a);
            continue;
        }
        buf_printf(&t->files[TRUTH_EXPECTED], "%s,%s,%s,%lld,%s,%.2f,%.3f,%.2f,%d\n",
                   date_format(g->result->game->date, day), g->result->game->official_id, s->team->names->tricode,
                   (long long)l->player->id, lookup(l->player, a), e->minutes, e->points, l->seconds / 60.0,
                   line_points(l));
    }
}

static void
add_game(Truth *t, const NightGame *g)
{
    const SimResult *r = g->result;
    char first[DATE_TEXT_LEN], day[DATE_TEXT_LEN];

    buf_printf(&t->files[TRUTH_GAMES], "%s,%s,%s,%s,%s,%d,%d,%d,%.2f,%.2f,%s\n", r->game->official_id,
               date_format(r->game->first_date, first), date_format(r->game->date, day), r->game->home->names->tricode,
               r->game->away->names->tricode, r->overtimes, r->sides[SIDE_HOME].points, r->sides[SIDE_AWAY].points,
               g->expected[SIDE_HOME].points, g->expected[SIDE_AWAY].points, r->game->is_cup_final ? "no" : "yes");
}

void
truth_add_night(Truth *t, const Night *n, Arena *scratch)
{
    plant_spoilt(t, n, scratch);
    for (size_t g = 0; g < n->count; g++) {
        plant_game(t, n->games[g].result, scratch);
        add_game(t, &n->games[g]);
        for (size_t s = 0; s < SIDE_COUNT; s++)
            add_side(t, &n->games[g], s, scratch);
    }
}

/* ---- what never changes ---- */

static void
put_areas(Buf *out, const double values[AREA_COUNT])
{
    for (size_t z = 0; z < AREA_COUNT; z++)
        buf_printf(out, ",%.5f", values[z]);
}

static void
add_spellings(Truth *t, const SimTeam *team, const SimPlayer *p, Arena *a)
{
    for (size_t s = 0; s < SOURCE_COUNT; s++) {
        const Plant plant = {"other_spelling",
                             GAME_DATE_NULL,
                             NULL,
                             team,
                             p,
                             feed_of_source[s],
                             p->names[s],
                             p->names[SOURCE_BOX],
                             NULL,
                             "resolves to the player"};

        if (strcmp(p->names[s], p->names[SOURCE_BOX]) != 0)
            add_plant(t, &plant, a);
    }
}

static void
add_player(Truth *t, const SimTeam *team, const SimPlayer *p, Arena *a)
{
    Buf *out = &t->files[TRUTH_PLAYERS];

    buf_printf(out, "%lld,%s,%s,%d,%s,%s,%s,%s,%s,%.5f,%.5f,%.5f,%.5f", (long long)p->id, lookup(p, a),
               team->names->tricode, p->rank, p->kind, p->names[SOURCE_BOX], p->names[SOURCE_SHOTS],
               p->names[SOURCE_PROPS], p->names[SOURCE_INJURIES], p->rates.usage, p->free_throw, p->foul_draw,
               p->minutes_bias);
    put_areas(out, p->area_mix);
    put_areas(out, p->area_make);
    buf_put_u8(out, '\n');
    add_spellings(t, team, p, a);
}

void
truth_begin(Truth *t, const League *l, Arena *scratch)
{
    for (size_t f = 0; f < TRUTH_COUNT; f++)
        buf_put_str(&t->files[f], headers[f]);
    for (size_t i = 0; i < l->team_count; i++) {
        const SimTeam *team = &l->teams[i];

        buf_printf(&t->files[TRUTH_TEAMS], "%s,%d,%.5f,%.5f", team->names->tricode, team->division, team->pace,
                   team->force_turnover);
        put_areas(&t->files[TRUTH_TEAMS], team->defense);
        buf_put_u8(&t->files[TRUTH_TEAMS], '\n');
        for (size_t p = 0; p < ROSTER; p++)
            add_player(t, team, &team->players[p], scratch);
    }
}

void
truth_free(Truth *t)
{
    for (size_t f = 0; f < TRUTH_COUNT; f++)
        buf_free(&t->files[f]);
}
