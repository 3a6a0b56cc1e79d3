/*
 * workers/collect/feed_reader.c
 *    From files to events.
 */
#include "workers/collect/feed_reader.h"
#include <string.h>
#include "libcore/io/sha256.h"
#include "workers/collect/feed_games.h"
#include "workers/collect/feed_parts.h"
#include "workers/collect/feed_table.h"

static const char schedule_file[] = "schedule.csv";

static const ScheduleLine *
schedule_line(const FeedTable *t, size_t i)
{
    return (const ScheduleLine *)(const void *)feed_table_head(t, i);
}

/* Adds the rows of other seasons to the rejections; a file that mixes them is a mistake. */
static void
reject_other_seasons(FeedTable *t, int32_t season_year, Arena *a)
{
    FeedRejection *all = arena_array(a, t->rejection_count + t->line_count, sizeof *all);
    size_t n = t->rejection_count;

    if (n > 0)
        memcpy(all, t->rejections, n * sizeof *all);
    for (size_t i = 0; i < t->line_count; i++) {
        const ScheduleLine *l = schedule_line(t, i);
        char text[DATE_TEXT_LEN];

        if (date_season_year(l->row.game_date) == season_year)
            continue;
        t->rejected_total++;
        if (n < FEED_MAX_REJECTIONS)
            all[n++] = (FeedRejection){.file = schedule_file,
                                       .line = l->head.line,
                                       .column = "GAME_DATE",
                                       .reason = "another season than the first row's",
                                       .text = arena_strdup(a, date_format(l->row.game_date, text))};
    }
    t->rejections = all;
    t->rejection_count = n;
}

static void
take_games(const FeedTable *t, Arena *a, FeedSchedule *out)
{
    FeedGame *games = arena_array(a, t->line_count, sizeof *games);
    size_t n = 0;

    for (size_t i = 0; i < t->line_count; i++) {
        FeedGame g = schedule_line(t, i)->row;

        if (date_season_year(g.game_date) != out->season_year)
            continue;
        g.game_id = feed_game_id(a, g.game_date, g.away_team, g.home_team);
        games[n++] = g;
    }
    out->games = games;
    out->games_count = n;
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
feed_read_schedule(const char *dir, Arena *a, FeedSchedule *out, Err *err)
{
    FeedTable table;

    if (!feed_table_read(&schedule_layout, dir, schedule_file, GAME_DATE_NULL, a, &table, err))
        return false;
    if (!table.exists)
        return ERR_FAIL(err, ERR_CONFIG, "no file %s/%s", dir, schedule_file);
    if (table.line_count == 0)
        return ERR_FAIL(err, ERR_POISON, "%s/%s has no game", dir, schedule_file);
    *out = (FeedSchedule){.event_id = "", .source = schedule_file};
    out->season_year = date_season_year(schedule_line(&table, 0)->row.game_date);
    reject_other_seasons(&table, out->season_year, a);
    take_games(&table, a, out);
    out->rejected_total = table.rejected_total;
    out->rejected = table.rejections;
    out->rejected_count = table.rejection_count;
    out->event_id = schedule_event_id(out, a);
    return true;
}

bool
feed_read_date(const char *dir, const char *feed, GameDate d, const FeedSchedule *schedule, Arena *a, FeedDay *out,
               Err *err)
{
    const FeedLayout *layout = feed_layout_by_name(feed);
    char day[DATE_TEXT_LEN];
    FeedTable table;

    if (layout == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "no layout is known for the feed %s", feed);
    if (!feed_table_read(layout, dir, arena_printf(a, "%s/%s.csv", feed, date_format(d, day)), d, a, &table, err))
        return false;
    feed_parts_make(&table, d, schedule, a, out);
    return true;
}
