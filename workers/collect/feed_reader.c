/*
 * workers/collect/feed_reader.c
 *    From files to events.
 */
#include "workers/collect/feed_reader.h"
#include <string.h>
#include "libcore/io/sha256.h"
#include "workers/collect/feed_games.h"
#include "workers/collect/feed_parts.h"
#include "workers/collect/feed_repeats.h"
#include "workers/collect/feed_table.h"

static const char schedule_file[] = "schedule.csv";

static const char *
date_text(GameDate date, Arena *a)
{
    char text[DATE_TEXT_LEN];

    return arena_strdup(a, date_format(date, text));
}

static const ScheduleLine *
schedule_line(const FeedTable *t, size_t i)
{
    return (const ScheduleLine *)(const void *)feed_table_head(t, i);
}

/* The season that most rows are of; of two, the one that comes first. */
static int32_t
commonest_season(const FeedTable *t)
{
    int32_t best = 0;
    size_t best_rows = 0;

    for (size_t i = 0; i < t->line_count; i++) {
        int32_t season = date_season_year(schedule_line(t, i)->row.game_date);
        size_t rows = 0;

        if (best_rows > 0 && season == best)
            continue;
        for (size_t j = i; j < t->line_count; j++)
            rows += date_season_year(schedule_line(t, j)->row.game_date) == season;
        if (rows > best_rows) {
            best = season;
            best_rows = rows;
        }
    }
    return best;
}

static void
reject_line(FeedTable *t, size_t i, const char *column, const char *reason)
{
    const ScheduleLine *l = schedule_line(t, i);
    const char *text = strcmp(column, "GAME_ID") == 0 ? l->row.official_id : date_text(l->row.game_date, t->rejected.a);

    feed_reject(&t->rejected, l->head.line, column, reason, bytes_of_str(text), l->head.raw);
}

/* A file that mixes seasons is a mistake. */
static void
reject_other_seasons(FeedTable *t, int32_t season_year, Arena *a)
{
    bool *marks = arena_array(a, t->line_count + 1, sizeof *marks);

    for (size_t i = 0; i < t->line_count; i++) {
        marks[i] = date_season_year(schedule_line(t, i)->row.game_date) != season_year;
        if (marks[i])
            reject_line(t, i, "GAME_DATE",
                        arena_printf(a, "another season than %d, which most rows are of", (int)season_year));
    }
    feed_table_drop(t, marks);
}

static bool
is_same_pair(const FeedGame *x, const FeedGame *y)
{
    return date_equal(x->game_date, y->game_date)
           && ((strcmp(x->home_team, y->home_team) == 0 && strcmp(x->away_team, y->away_team) == 0)
               || (strcmp(x->home_team, y->away_team) == 0 && strcmp(x->away_team, y->home_team) == 0));
}

static bool
is_same_game(const FeedGame *x, const FeedGame *y)
{
    return strcmp(x->home_team, y->home_team) == 0 && strcmp(x->official_id, y->official_id) == 0
           && x->tip_off.us == y->tip_off.us;
}

/* Two teams meet once a day: a game that is listed again counts once, and one that is listed otherwise
 * is rejected. */
static void
settle_repeated_games(FeedTable *t, Arena *a)
{
    bool *marks = arena_array(a, t->line_count + 1, sizeof *marks);

    for (size_t i = 1; i < t->line_count; i++) {
        const FeedGame *g = &schedule_line(t, i)->row;

        for (size_t j = 0; j < i && !marks[i]; j++) {
            const ScheduleLine *first = schedule_line(t, j);

            if (marks[j] || !is_same_pair(&first->row, g))
                continue;
            marks[i] = true;
            if (!is_same_game(&first->row, g))
                reject_line(t, i, "GAME_ID",
                            arena_printf(a, "these teams meet on that date in line %d already", (int)first->head.line));
        }
    }
    feed_table_drop(t, marks);
}

static void
take_games(const FeedTable *t, Arena *a, FeedSchedule *out)
{
    FeedGame *games = arena_array(a, t->line_count + 1, sizeof *games);

    for (size_t i = 0; i < t->line_count; i++) {
        games[i] = schedule_line(t, i)->row;
        games[i].game_id = feed_game_id(a, games[i].game_date, games[i].away_team, games[i].home_team);
    }
    out->games = games;
    out->games_count = t->line_count;
}

static const char *
schedule_event_id(const FeedSchedule *s, Arena *a)
{
    uint8_t hash[SHA256_LEN];
    char hex[SHA256_HEX_LEN];
    Buf body = {0};

    feed_schedule_encode(s, &body);
    sha256(bytes_of(body.data, body.len), hash);
    buf_free(&body);
    return arena_printf(a, "schedule:%d:%.16s", s->season_year, hex_encode(bytes_of(hash, sizeof hash), hex));
}

bool
feed_read_schedule(const char *dir, Arena *a, FeedSchedule *out, const Bytes **rejected_rows, Err *err)
{
    FeedTable table;

    if (!feed_table_read(&schedule_layout, dir, schedule_file, GAME_DATE_NULL, a, &table, err))
        return false;
    if (!table.exists)
        return ERR_FAIL(err, ERR_CONFIG, "no file %s/%s", dir, schedule_file);
    if (table.line_count == 0 && table.rejected.count > 0)
        return ERR_FAIL(err, ERR_POISON, "every row of %s was rejected; the first, %s: %s", schedule_file,
                        feed_rejection_place(&table.rejected.items[0], a), table.rejected.items[0].reason);
    if (table.line_count == 0)
        return ERR_FAIL(err, ERR_POISON, "%s has no game", schedule_file);
    *out = (FeedSchedule){.event_id = "", .source = schedule_file, .season_year = commonest_season(&table)};
    reject_other_seasons(&table, out->season_year, a);
    settle_repeated_games(&table, a);
    feed_rejections_sort(&table.rejected);
    take_games(&table, a, out);
    out->rejected_total = table.rejected.total;
    out->rejected = table.rejected.items;
    out->rejected_count = table.rejected.count;
    if (rejected_rows != NULL)
        *rejected_rows = table.rejected.rows;
    out->event_id = schedule_event_id(out, a);
    return true;
}

/* A row that names one team is of the game that the schedule has for it. */
static void
name_opponents(FeedTable *t, GameDate date, const FeedSchedule *schedule)
{
    for (size_t i = 0; t->layout->names_one_team && i < t->line_count; i++) {
        LineHead *h = feed_table_head(t, i);
        const FeedGame *g = feed_game_of_team(schedule, date, h->team_a);

        if (g != NULL)
            h->team_b = strcmp(g->home_team, h->team_a) == 0 ? g->away_team : g->home_team;
    }
}

bool
feed_read_date(const char *dir, const char *feed, GameDate d, const FeedSchedule *schedule, Arena *a, FeedDay *out,
               Err *err)
{
    const FeedLayout *layout = feed_layout_by_name(feed);
    char day[DATE_TEXT_LEN];
    FeedTable table;
    size_t repeated;

    if (layout == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "no layout is known for the feed %s", feed);
    if (!feed_table_read(layout, dir, arena_printf(a, "%s/%s.csv", feed, date_format(d, day)), d, a, &table, err))
        return false;
    name_opponents(&table, d, schedule);
    repeated = feed_repeats_settle(&table, a);
    feed_rejections_sort(&table.rejected);
    feed_parts_make(&table, d, schedule, a, out);
    out->exists = table.exists;
    out->rejected_rows = table.rejected.rows;
    out->repeated = repeated;
    return true;
}
