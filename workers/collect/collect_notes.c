/*
 * workers/collect/collect_notes.c
 *    Gather notes; nothing is printed here.
 */
#include "workers/collect/collect_notes.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "workers/collect/feed_games.h"

enum { ROWS_BY_NAME = 10, FILES_BY_NAME = 10 };

const char *
note_kind_name(NoteKind kind)
{
    static const char *const names[] = {
        [NOTE_REFUSED] = "refused",         [NOTE_REJECTED] = "rejected", [NOTE_KEPT] = "kept",
        [NOTE_REPEATED] = "repeated",       [NOTE_UNREAD] = "unread",     [NOTE_FUTURE] = "future",
        [NOTE_UNSCHEDULED] = "unscheduled", [NOTE_MISSING] = "missing",
    };

    return names[kind];
}

void
note_add(CollectNotes *n, NoteKind kind, const char *text)
{
    if (n->count == n->cap) {
        CollectNote *more;

        n->cap = n->cap * 2 + 16;
        more = arena_array(n->a, n->cap, sizeof *more);
        if (n->count > 0)
            memcpy(more, n->items, n->count * sizeof *more);
        n->items = more;
    }
    n->items[n->count++] = (CollectNote){kind, text};
}

void
note_rejections(CollectNotes *n, const char *file, const FeedRejection *items, size_t count, int32_t total)
{
    size_t named = count < ROWS_BY_NAME ? count : ROWS_BY_NAME;

    for (size_t i = 0; i < named; i++)
        note_add(n, NOTE_REJECTED,
                 arena_printf(n->a, "%s: %s", feed_rejection_place(&items[i], n->a),
                              feed_rejection_reason(&items[i], n->a)));
    if ((size_t)total > named)
        note_add(n, NOTE_REJECTED,
                 arena_printf(n->a, "%s: %zu more rows; 'tipoff why DATE' lists them", file, (size_t)total - named));
}

/* ---- against the schedule ---- */

static bool
is_same_pair(const FeedGame *x, const FeedGame *y)
{
    return (strcmp(x->home_team, y->home_team) == 0 && strcmp(x->away_team, y->away_team) == 0)
           || (strcmp(x->home_team, y->away_team) == 0 && strcmp(x->away_team, y->home_team) == 0);
}

static bool
has_part_of(const FeedDay *day, const char *game_id)
{
    for (size_t i = 0; i < day->part_count; i++)
        if (strcmp(day->parts[i].game_id, game_id) == 0)
            return true;
    return false;
}

/* "; the schedule has ...": where the two teams of an unscheduled game meet nearby; nothing where the
 * game has one team. */
static const char *
nearest_meeting(const FeedSchedule *schedule, GameDate date, const char *game_id, Arena *a)
{
    enum { NEAR_DAYS = 7 };
    const char *teams = strchr(game_id, '_') + 1, *between = strchr(teams, '_');
    FeedGame wanted;
    const FeedGame *best = NULL;
    char day[DATE_TEXT_LEN];

    if (between == NULL)
        return "";
    wanted = (FeedGame){.away_team = arena_strndup(a, teams, (size_t)(between - teams)), .home_team = between + 1};

    for (size_t i = 0; i < schedule->games_count; i++) {
        const FeedGame *g = &schedule->games[i];
        int away = abs(g->game_date.days - date.days);

        if (away <= NEAR_DAYS && is_same_pair(g, &wanted)
            && (best == NULL || away < abs(best->game_date.days - date.days)))
            best = g;
    }
    return best == NULL ? "" : arena_printf(a, "; it has these teams on %s", date_format(best->game_date, day));
}

static void
note_unscheduled(CollectNotes *n, const FeedDay *day, const char *file, const FeedSchedule *schedule)
{
    for (size_t i = 0; i < day->part_count; i++) {
        const FeedPart *p = &day->parts[i];

        if (!p->is_scheduled && (i == 0 || strcmp(day->parts[i - 1].game_id, p->game_id) != 0))
            note_add(n, NOTE_UNSCHEDULED,
                     arena_printf(n->a, "%s: game %s is not in schedule.csv%s", file, p->game_id,
                                  nearest_meeting(schedule, day->manifest.game_date, p->game_id, n->a)));
    }
}

static void
note_missing(CollectNotes *n, const FeedDay *day, const char *file, const FeedSchedule *schedule)
{
    for (size_t i = 0; i < schedule->games_count; i++) {
        const FeedGame *g = &schedule->games[i];

        if (date_equal(g->game_date, day->manifest.game_date) && !has_part_of(day, g->game_id))
            note_add(n, NOTE_MISSING, arena_printf(n->a, "%s: no row of game %s", file, g->game_id));
    }
}

void
note_day(CollectNotes *n, const FeedDay *day, const FeedSchedule *schedule, bool is_outcome)
{
    char date[DATE_TEXT_LEN];
    const char *file = arena_printf(n->a, "%s/%s.csv", day->manifest.feed, date_format(day->manifest.game_date, date));

    note_rejections(n, file, day->manifest.rejected, day->manifest.rejected_count, day->manifest.rejected_total);
    if (day->repeated > 0)
        note_add(n, NOTE_REPEATED, arena_printf(n->a, "%s: %zu rows stand twice and count once", file, day->repeated));
    note_unscheduled(n, day, file, schedule);
    if (day->exists && is_outcome)
        note_missing(n, day, file, schedule);
}

/* ---- files that no date asks for ---- */

static int
is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* "YYYY-MM-DD.csv". */
static bool
date_of_file(const char *name, GameDate *date)
{
    const char *end = strchr(name, '.');
    char text[DATE_TEXT_LEN] = {0};

    if (end == NULL || end - name != DATE_TEXT_LEN - 1 || strcmp(end, ".csv") != 0)
        return false;
    memcpy(text, name, DATE_TEXT_LEN - 1);
    return date_parse(text, date);
}

void
note_unread_files(CollectNotes *n, const char *dir, const char *feed, GameDate from, GameDate to)
{
    char first[DATE_TEXT_LEN], last[DATE_TEXT_LEN];
    struct dirent **list;
    size_t unread = 0;
    int count = scandir(arena_printf(n->a, "%s/%s", dir, feed), &list, is_visible, alphasort);

    if (count < 0)
        return; /* every file of the feed is missing, and each date says so */
    for (int i = 0; i < count; i++) {
        const char *name = list[i]->d_name;
        GameDate date;
        bool is_dated = date_of_file(name, &date);

        if (is_dated && !date_before(date, from) && !date_before(to, date))
            continue;
        if (++unread > FILES_BY_NAME)
            continue;
        note_add(n, NOTE_UNREAD,
                 is_dated ? arena_printf(n->a, "%s/%s: not read, since schedule.csv has games from %s to %s", feed,
                                         name, date_format(from, first), date_format(to, last))
                          : arena_printf(n->a, "%s/%s: not read, since its name is not YYYY-MM-DD.csv", feed, name));
    }
    for (int i = 0; i < count; i++)
        free(list[i]);
    free(list);
    if (unread > FILES_BY_NAME)
        note_add(n, NOTE_UNREAD, arena_printf(n->a, "%s: %zu more files are not read", feed, unread - FILES_BY_NAME));
}
