/*
 * workers/collect/feed_layout.c
 *    The layouts as tables, and the readers of single fields.
 */
#include "workers/collect/feed_layout.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "workers/collect/feed_parts.h"
#include "workers/names/teams.h"

/* ---- fields */

static bool
read_text(const char *text, Arena *a, void *out, const char **why)
{
    const char **value = out;

    *why = "empty";
    if (text[0] == '\0')
        return false;
    *why = "longer than 256 bytes";
    if (strlen(text) > FEED_MAX_TEXT_BYTES)
        return false;
    *value = arena_strdup(a, text);
    return true;
}

static bool
read_text_or_null(const char *text, Arena *a, void *out, const char **why)
{
    return text[0] == '\0' || read_text(text, a, out, why);
}

static bool
read_team(const char *text, Arena *a, void *out, const char **why)
{
    const char **value = out;

    (void)a;
    *why = "not a team";
    *value = team_canonical(text);
    return *value != NULL;
}

/* Part ids are made of it. */
static bool
read_bookmaker(const char *text, Arena *a, void *out, const char **why)
{
    if (!read_text(text, a, out, why))
        return false;
    *why = "a bookmaker's name with '/' or '#'";
    return strpbrk(text, "/#") == NULL;
}

/* Decimal digits with an optional minus; the value fits where strtoll() does not saturate. */
static bool
parse_i64(const char *text, int64_t *out)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    size_t len = strlen(digits);

    if (len == 0 || len > 18 || strspn(digits, "0123456789") != len)
        return false;
    *out = strtoll(text, NULL, 10);
    return true;
}

static bool
read_i32(const char *text, Arena *a, void *out, const char **why)
{
    int32_t *value = out;
    int64_t v;

    (void)a;
    *why = "not a whole number";
    if (!parse_i64(text, &v) || v <= INT32_MIN || v > INT32_MAX)
        return false;
    *value = (int32_t)v;
    return true;
}

static bool
read_count(const char *text, Arena *a, void *out, const char **why)
{
    const int32_t *value = out;

    if (!read_i32(text, a, out, why))
        return false;
    *why = "negative";
    return *value >= 0;
}

static bool
read_i32_or_null(const char *text, Arena *a, void *out, const char **why)
{
    int32_t *value = out;

    *value = NULL_I32;
    return text[0] == '\0' || read_i32(text, a, out, why);
}

/* Minutes or seconds on the clock. */
static bool
read_clock_or_null(const char *text, Arena *a, void *out, const char **why)
{
    const int32_t *value = out;

    if (!read_i32_or_null(text, a, out, why))
        return false;
    *why = "not within 0 and 59";
    return i32_is_null(*value) || (*value >= 0 && *value < 60);
}

static bool
read_i64_or_null(const char *text, Arena *a, void *out, const char **why)
{
    int64_t *value = out;

    (void)a;
    *why = "not a whole number";
    *value = NULL_I64;
    return text[0] == '\0' || parse_i64(text, value);
}

static bool
read_number(const char *text, Arena *a, void *out, const char **why)
{
    double *value = out;
    size_t len = strlen(text);
    char *end;

    (void)a;
    *why = "not a number";
    if (len == 0 || strspn(text, "0123456789+-.eE") != len)
        return false;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

static bool
read_amount(const char *text, Arena *a, void *out, const char **why)
{
    const double *value = out;

    if (!read_number(text, a, out, why))
        return false;
    *why = "negative";
    return *value >= 0;
}

static bool
read_number_or_null(const char *text, Arena *a, void *out, const char **why)
{
    double *value = out;

    *value = NULL_F64;
    return text[0] == '\0' || read_number(text, a, out, why);
}

static bool
read_date(const char *text, Arena *a, void *out, const char **why)
{
    (void)a;
    *why = "not a date (YYYY-MM-DD)";
    return date_parse(text, out);
}

/* MM-DD-YYYY. */
static bool
read_us_date(const char *text, Arena *a, void *out, const char **why)
{
    char iso[DATE_TEXT_LEN];

    (void)a;
    *why = "not a date (MM-DD-YYYY)";
    if (strlen(text) != DATE_TEXT_LEN - 1 || text[2] != '-' || text[5] != '-')
        return false;
    memcpy(iso, text + 6, 4);
    iso[4] = '-';
    memcpy(iso + 5, text, 5);
    iso[10] = '\0';
    return date_parse(iso, out);
}

static bool
read_instant_or_null(const char *text, Arena *a, void *out, const char **why)
{
    Instant *value = out;

    (void)a;
    *why = "not a time (RFC 3339, UTC)";
    *value = INSTANT_NULL;
    return text[0] == '\0' || instant_parse(text, value);
}

static bool
read_instant(const char *text, Arena *a, void *out, const char **why)
{
    if (!read_instant_or_null(text, a, out, why))
        return false;
    *why = "empty";
    return text[0] != '\0';
}

static bool
read_won_or_null(const char *text, Arena *a, void *out, const char **why)
{
    TriBool *value = out;

    (void)a;
    *why = "neither W nor L";
    *value = strcmp(text, "W") == 0 ? BOOL_TRUE : strcmp(text, "L") == 0 ? BOOL_FALSE : BOOL_NULL;
    return text[0] == '\0' || *value != BOOL_NULL;
}

static bool
read_one_of_two(const char *text, const char *yes, const char *no, bool *out)
{
    *out = strcmp(text, yes) == 0;
    return *out || strcmp(text, no) == 0;
}

static bool
read_made(const char *text, Arena *a, void *out, const char **why)
{
    (void)a;
    *why = "neither TRUE nor FALSE";
    return read_one_of_two(text, "TRUE", "FALSE", out);
}

static bool
read_is_three(const char *text, Arena *a, void *out, const char **why)
{
    (void)a;
    *why = "neither 3PT Field Goal nor 2PT Field Goal";
    return read_one_of_two(text, "3PT Field Goal", "2PT Field Goal", out);
}

static bool
read_side(const char *text, Arena *a, void *out, const char **why)
{
    const char **value = out;
    bool is_over;

    (void)a;
    *why = "neither Over nor Under";
    if (!read_one_of_two(text, "Over", "Under", &is_over))
        return false;
    *value = is_over ? "Over" : "Under";
    return true;
}

/* Reports write it in any case. */
static bool
read_status(const char *text, Arena *a, void *out, const char **why)
{
    static const char *const statuses[] = {"out", "doubtful", "questionable", "probable", "available"};
    const char **value = out;

    (void)a;
    *why = "neither out, doubtful, questionable, probable nor available";
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (strcasecmp(statuses[i], text) == 0) {
            *value = statuses[i];
            return true;
        }
    }
    return false;
}

/* ---- rows */

static bool
finish_schedule(void *line, GameDate file_date, const char **column, const char **why)
{
    ScheduleLine *l = line;

    (void)file_date;
    l->head.team_a = l->row.away_team;
    l->head.team_b = l->row.home_team;
    l->head.date = l->row.game_date;
    *column = "TIP_OFF_UTC";
    *why = "the tip-off is on another day than the game";
    return instant_is_null(l->row.tip_off) || date_equal(instant_game_date(l->row.tip_off), l->row.game_date);
}

static bool
finish_boxscore(void *line, GameDate file_date, const char **column, const char **why)
{
    BoxscoreLine *l = line;

    (void)file_date;
    (void)column;
    (void)why;
    l->head.team_a = l->row.team;
    l->head.team_b = l->row.opponent;
    return true;
}

static bool
finish_shot(void *line, GameDate file_date, const char **column, const char **why)
{
    ShotLine *l = line;

    (void)file_date;
    l->row.seconds_left = i32_is_null(l->minutes_left) || i32_is_null(l->seconds_left)
                              ? NULL_I32
                              : l->minutes_left * 60 + l->seconds_left;
    *column = "TEAM_NAME";
    *why = "the team is neither at home nor away";
    return strcmp(l->row.team, l->head.team_a) == 0 || strcmp(l->row.team, l->head.team_b) == 0;
}

/* A line has no date of its own: the start of its game has. */
static bool
finish_prop(void *line, GameDate file_date, const char **column, const char **why)
{
    PropLine *l = line;

    (void)column;
    (void)why;
    l->head.date = instant_is_null(l->row.commence_time) ? file_date : instant_game_date(l->row.commence_time);
    return true;
}

static bool
finish_injury(void *line, GameDate file_date, const char **column, const char **why)
{
    InjuryLine *l = line;

    (void)file_date;
    (void)column;
    (void)why;
    l->head.team_a = l->row.team;
    l->head.team_b = "";
    return true;
}

static bool
is_market(const GameLine *l, const char *market)
{
    return strcmp(l->row.market, market) == 0;
}

/* Spreads and winners name a team as the source does, and get its tricode. What another market's
 * outcomes are called is its own affair. */
static bool
finish_game_line(void *line, GameDate file_date, const char **column, const char **why)
{
    GameLine *l = line;
    bool is_total = is_market(l, "totals"), is_spread = is_market(l, "spreads");

    l->head.date = instant_is_null(l->row.commence_time) ? file_date : instant_game_date(l->row.commence_time);
    *column = "point";
    *why = "empty";
    if ((is_total || is_spread) && f64_is_null(l->row.point))
        return false;
    *column = "outcome";
    *why = "neither Over nor Under";
    if (is_total)
        return strcmp(l->row.outcome, "Over") == 0 || strcmp(l->row.outcome, "Under") == 0;
    if (!is_spread && !is_market(l, "h2h"))
        return true;
    *why = "the team is neither at home nor away";
    l->row.outcome = team_canonical(l->row.outcome);
    return l->row.outcome != NULL
           && (strcmp(l->row.outcome, l->head.team_a) == 0 || strcmp(l->row.outcome, l->head.team_b) == 0);
}

/* One player has one line in a game. */
static const char *
subject_of_boxscore(const void *line, Arena *a)
{
    (void)a;
    return ((const BoxscoreLine *)line)->row.player_name;
}

/* One player has one status in a report. */
static const char *
subject_of_injury(const void *line, Arena *a)
{
    const InjuryLine *l = line;
    char time[INSTANT_TEXT_LEN];

    return arena_printf(a, "%s, %s, %s", l->row.team, l->row.player_name, instant_format(l->row.report_time, time));
}

/* A bookmaker has one spread, total or price at a time; other markets have ladders of points. */
static const char *
subject_of_game_line(const void *line, Arena *a)
{
    const GameLine *l = line;
    bool is_single = is_market(l, "spreads") || is_market(l, "totals") || is_market(l, "h2h");
    char time[INSTANT_TEXT_LEN];
    const char *subject = arena_printf(a, "%s, %s, %s, %s", l->row.bookmaker, l->row.market, l->row.outcome,
                                       instant_format(l->row.snapshot_time, time));

    return is_single ? subject : arena_printf(a, "%s, %.17g", subject, l->row.point);
}

/* ---- events */

static void
encode_boxscores(const PartHead *h, const void *rows, size_t count, Buf *body)
{
    const FeedBoxscores r = {.event_id = h->event_id,
                             .game_date = h->game_date,
                             .part_id = h->part_id,
                             .game_id = h->game_id,
                             .is_scheduled = h->is_scheduled,
                             .rows = rows,
                             .rows_count = count};

    feed_boxscores_encode(&r, body);
}

static void
encode_shots(const PartHead *h, const void *rows, size_t count, Buf *body)
{
    const FeedShots r = {.event_id = h->event_id,
                         .game_date = h->game_date,
                         .part_id = h->part_id,
                         .game_id = h->game_id,
                         .is_scheduled = h->is_scheduled,
                         .rows = rows,
                         .rows_count = count};

    feed_shots_encode(&r, body);
}

static void
encode_props(const PartHead *h, const void *rows, size_t count, Buf *body)
{
    const FeedProps r = {.event_id = h->event_id,
                         .game_date = h->game_date,
                         .part_id = h->part_id,
                         .game_id = h->game_id,
                         .is_scheduled = h->is_scheduled,
                         .bookmaker = h->bookmaker,
                         .rows = rows,
                         .rows_count = count};

    feed_props_encode(&r, body);
}

static void
encode_injuries(const PartHead *h, const void *rows, size_t count, Buf *body)
{
    const FeedInjuries r = {.event_id = h->event_id,
                            .game_date = h->game_date,
                            .part_id = h->part_id,
                            .game_id = h->game_id,
                            .is_scheduled = h->is_scheduled,
                            .rows = rows,
                            .rows_count = count};

    feed_injuries_encode(&r, body);
}

static void
encode_game_lines(const PartHead *h, const void *rows, size_t count, Buf *body)
{
    const FeedGameLines r = {.event_id = h->event_id,
                             .game_date = h->game_date,
                             .part_id = h->part_id,
                             .game_id = h->game_id,
                             .is_scheduled = h->is_scheduled,
                             .rows = rows,
                             .rows_count = count};

    feed_game_lines_encode(&r, body);
}

/* ---- layouts */

/* nba.com; the tip-off is ours to add where it is known. */
static const FeedColumn schedule_columns[] = {
    {"GAME_ID", read_text, offsetof(ScheduleLine, row.official_id), false},
    {"GAME_DATE", read_date, offsetof(ScheduleLine, row.game_date), false},
    {"HOME_TEAM", read_team, offsetof(ScheduleLine, row.home_team), false},
    {"AWAY_TEAM", read_team, offsetof(ScheduleLine, row.away_team), false},
    {"TIP_OFF_UTC", read_instant_or_null, offsetof(ScheduleLine, row.tip_off), true},
};

/* basketball-reference. */
static const FeedColumn boxscore_columns[] = {
    {"Data", read_date, offsetof(BoxscoreLine, head.date), false},
    {"Player", read_text, offsetof(BoxscoreLine, row.player_name), false},
    {"Tm", read_team, offsetof(BoxscoreLine, row.team), false},
    {"Opp", read_team, offsetof(BoxscoreLine, row.opponent), false},
    {"Res", read_won_or_null, offsetof(BoxscoreLine, row.won), false},
    {"MP", read_amount, offsetof(BoxscoreLine, row.minutes), false},
    {"FG", read_count, offsetof(BoxscoreLine, row.fg_makes), false},
    {"FGA", read_count, offsetof(BoxscoreLine, row.fg_attempts), false},
    {"3P", read_count, offsetof(BoxscoreLine, row.three_makes), false},
    {"3PA", read_count, offsetof(BoxscoreLine, row.three_attempts), false},
    {"FT", read_count, offsetof(BoxscoreLine, row.ft_makes), false},
    {"FTA", read_count, offsetof(BoxscoreLine, row.ft_attempts), false},
    {"ORB", read_count, offsetof(BoxscoreLine, row.offensive_rebounds), false},
    {"DRB", read_count, offsetof(BoxscoreLine, row.defensive_rebounds), false},
    {"AST", read_count, offsetof(BoxscoreLine, row.assists), false},
    {"STL", read_count, offsetof(BoxscoreLine, row.steals), false},
    {"BLK", read_count, offsetof(BoxscoreLine, row.blocks), false},
    {"TOV", read_count, offsetof(BoxscoreLine, row.turnovers), false},
    {"PF", read_count, offsetof(BoxscoreLine, row.personal_fouls), false},
    {"PTS", read_count, offsetof(BoxscoreLine, row.points), false},
};

/* nba.com shot detail. */
static const FeedColumn shot_columns[] = {
    {"GAME_DATE", read_us_date, offsetof(ShotLine, head.date), false},
    {"HOME_TEAM", read_team, offsetof(ShotLine, head.team_a), false},
    {"AWAY_TEAM", read_team, offsetof(ShotLine, head.team_b), false},
    {"TEAM_NAME", read_team, offsetof(ShotLine, row.team), false},
    {"PLAYER_ID", read_i64_or_null, offsetof(ShotLine, row.player_id), false},
    {"PLAYER_NAME", read_text, offsetof(ShotLine, row.player_name), false},
    {"SHOT_MADE", read_made, offsetof(ShotLine, row.made), false},
    {"SHOT_TYPE", read_is_three, offsetof(ShotLine, row.is_three), false},
    {"BASIC_ZONE", read_text_or_null, offsetof(ShotLine, row.area), false},
    {"ACTION_TYPE", read_text_or_null, offsetof(ShotLine, row.action_type), false},
    {"LOC_X", read_number_or_null, offsetof(ShotLine, row.loc_x), false},
    {"LOC_Y", read_number_or_null, offsetof(ShotLine, row.loc_y), false},
    {"SHOT_DISTANCE", read_number_or_null, offsetof(ShotLine, row.distance_ft), false},
    {"QUARTER", read_i32_or_null, offsetof(ShotLine, row.quarter), false},
    {"MINS_LEFT", read_clock_or_null, offsetof(ShotLine, minutes_left), false},
    {"SECS_LEFT", read_clock_or_null, offsetof(ShotLine, seconds_left), false},
};

/* The Odds API. */
static const FeedColumn prop_columns[] = {
    {"home_team", read_team, offsetof(PropLine, head.team_a), false},
    {"away_team", read_team, offsetof(PropLine, head.team_b), false},
    {"bookmaker", read_bookmaker, offsetof(PropLine, head.bookmaker), false},
    {"player", read_text, offsetof(PropLine, row.player_name), false},
    {"market", read_text, offsetof(PropLine, row.market), false},
    {"side", read_side, offsetof(PropLine, row.side), false},
    {"line", read_amount, offsetof(PropLine, row.line), false},
    {"price", read_i32_or_null, offsetof(PropLine, row.price), false},
    {"commence_time", read_instant_or_null, offsetof(PropLine, row.commence_time), false},
    {"posted_at", read_instant_or_null, offsetof(PropLine, row.posted_at), true},
};

/* The league's injury reports, one after another. */
static const FeedColumn injury_columns[] = {
    {"game_date", read_date, offsetof(InjuryLine, head.date), false},
    {"team", read_team, offsetof(InjuryLine, row.team), false},
    {"player", read_text, offsetof(InjuryLine, row.player_name), false},
    {"status", read_status, offsetof(InjuryLine, row.status), false},
    {"reason", read_text_or_null, offsetof(InjuryLine, row.reason), true},
    {"report_time", read_instant, offsetof(InjuryLine, row.report_time), false},
};

/* The Odds API, a row an outcome. */
static const FeedColumn game_line_columns[] = {
    {"home_team", read_team, offsetof(GameLine, head.team_a), false},
    {"away_team", read_team, offsetof(GameLine, head.team_b), false},
    {"bookmaker", read_text, offsetof(GameLine, row.bookmaker), false},
    {"market", read_text, offsetof(GameLine, row.market), false},
    {"outcome", read_text, offsetof(GameLine, row.outcome), false},
    {"point", read_number_or_null, offsetof(GameLine, row.point), false},
    {"price", read_i32_or_null, offsetof(GameLine, row.price), false},
    {"snapshot_time", read_instant, offsetof(GameLine, row.snapshot_time), false},
    {"commence_time", read_instant_or_null, offsetof(GameLine, row.commence_time), false},
};

const FeedLayout schedule_layout = {
    .feed = "schedule",
    .columns = schedule_columns,
    .column_count = ARRAY_LEN(schedule_columns),
    .date_column = "GAME_DATE",
    .line_size = sizeof(ScheduleLine),
    .row_offset = offsetof(ScheduleLine, row),
    .row_size = sizeof(FeedGame),
    .finish = finish_schedule,
};

static const FeedLayout dated_layouts[] = {
    {.feed = "boxscores",
     .columns = boxscore_columns,
     .column_count = ARRAY_LEN(boxscore_columns),
     .date_column = "Data",
     .line_size = sizeof(BoxscoreLine),
     .row_offset = offsetof(BoxscoreLine, row),
     .row_size = sizeof(FeedBoxscoreRow),
     .finish = finish_boxscore,
     .subject = subject_of_boxscore,
     .subject_column = "Player",
     .schema = &feed_boxscores_schema,
     .encode = encode_boxscores},
    {.feed = "shots",
     .columns = shot_columns,
     .column_count = ARRAY_LEN(shot_columns),
     .date_column = "GAME_DATE",
     .line_size = sizeof(ShotLine),
     .row_offset = offsetof(ShotLine, row),
     .row_size = sizeof(FeedShotRow),
     .finish = finish_shot,
     .schema = &feed_shots_schema,
     .encode = encode_shots},
    {.feed = "props",
     .columns = prop_columns,
     .column_count = ARRAY_LEN(prop_columns),
     .date_column = "commence_time",
     .line_size = sizeof(PropLine),
     .row_offset = offsetof(PropLine, row),
     .row_size = sizeof(FeedPropRow),
     .finish = finish_prop,
     .schema = &feed_props_schema,
     .encode = encode_props},
    {.feed = "injuries",
     .columns = injury_columns,
     .column_count = ARRAY_LEN(injury_columns),
     .date_column = "game_date",
     .line_size = sizeof(InjuryLine),
     .row_offset = offsetof(InjuryLine, row),
     .row_size = sizeof(FeedInjuryRow),
     .finish = finish_injury,
     .subject = subject_of_injury,
     .subject_column = "player",
     .names_one_team = true,
     .schema = &feed_injuries_schema,
     .encode = encode_injuries},
    {.feed = "game_lines",
     .columns = game_line_columns,
     .column_count = ARRAY_LEN(game_line_columns),
     .date_column = "commence_time",
     .line_size = sizeof(GameLine),
     .row_offset = offsetof(GameLine, row),
     .row_size = sizeof(FeedGameLineRow),
     .finish = finish_game_line,
     .subject = subject_of_game_line,
     .subject_column = "outcome",
     .schema = &feed_game_lines_schema,
     .encode = encode_game_lines},
};

_Static_assert(ARRAY_LEN(boxscore_columns) <= FEED_MAX_COLUMNS && ARRAY_LEN(shot_columns) <= FEED_MAX_COLUMNS,
               "room for every column");

const FeedLayout *const feed_layouts[] = {&schedule_layout,  &dated_layouts[0], &dated_layouts[1],
                                          &dated_layouts[2], &dated_layouts[3], &dated_layouts[4]};
const size_t feed_layout_count = ARRAY_LEN(feed_layouts);
_Static_assert(ARRAY_LEN(feed_layouts) == ARRAY_LEN(dated_layouts) + 1, "every feed");

const FeedLayout *
feed_layout_by_name(const char *feed)
{
    for (size_t i = 0; i < ARRAY_LEN(dated_layouts); i++) {
        if (strcmp(dated_layouts[i].feed, feed) == 0)
            return &dated_layouts[i];
    }
    return NULL;
}
