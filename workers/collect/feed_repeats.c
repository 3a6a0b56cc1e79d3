/*
 * workers/collect/feed_repeats.c
 *    Sort rows so that repetitions meet, and judge them.
 */
#include "workers/collect/feed_repeats.h"
#include <stdlib.h>
#include <string.h>
#include "workers/collect/feed_parts.h"

/* A second listing has this many repeated rows at least, and one in four. */
enum { LISTING_ROWS = 8, LISTING_SHARE = 4 };

/* A line with what it is compared by. */
typedef struct {
    size_t line; /* in the table */
    const char *game, *team, *subject;
    Bytes content;  /* the row as its event would carry it */
    size_t place;   /* within its game */
    size_t earlier; /* place of the equal row before it, or its own */
} Entry;

static int
compare_bytes(Bytes a, Bytes b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_game(const void *x, const void *y)
{
    const Entry *a = x, *b = y;
    int order = strcmp(a->game, b->game);

    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int
by_subject(const void *x, const void *y)
{
    const Entry *a = x, *b = y;
    int order = strcmp(a->team, b->team);

    if (order == 0)
        order = strcmp(a->subject, b->subject);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int
by_content(const void *x, const void *y)
{
    const Entry *a = x, *b = y;
    int order = compare_bytes(a->content, b->content);

    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

/* Both teams in alphabetical order, and the bookmaker. */
static const char *
game_of(const LineHead *h, Arena *a)
{
    bool is_in_order = strcmp(h->team_a, h->team_b) <= 0;

    return arena_printf(a, "%s/%s/%s", is_in_order ? h->team_a : h->team_b, is_in_order ? h->team_b : h->team_a,
                        h->bookmaker == NULL ? "" : h->bookmaker);
}

static Entry *
entries_of(const FeedTable *t, Arena *a)
{
    static const PartHead bare = {.event_id = "", .part_id = "", .game_id = "", .bookmaker = ""};
    Entry *entries = arena_array(a, t->line_count + 1, sizeof *entries);
    Buf row = {0};

    for (size_t i = 0; i < t->line_count; i++) {
        const LineHead *h = feed_table_head(t, i);

        buf_clear(&row);
        t->layout->encode(&bare, (const char *)h + t->layout->row_offset, 1, &row);
        entries[i] = (Entry){.line = i,
                             .game = game_of(h, a),
                             .team = h->team_a,
                             .subject = t->layout->subject == NULL ? "" : t->layout->subject(h, a),
                             .content = bytes_of(arena_strndup(a, (const char *)row.data, row.len), row.len)};
    }
    buf_free(&row);
    return entries;
}

typedef struct {
    FeedTable *table;
    Arena *a;
    bool *marks; /* of lines that go */
    size_t dropped;
} Settling;

static void
drop(Settling *s, const Entry *e)
{
    s->marks[e->line] = true;
    s->dropped++;
}

static void
reject(Settling *s, const Entry *e, const char *column, const char *text, const char *reason)
{
    const LineHead *h = feed_table_head(s->table, e->line);

    s->marks[e->line] = true;
    feed_reject(&s->table->rejected, h->line, column, reason, bytes_of_str(text), h->raw);
}

static int
file_line(const Settling *s, const Entry *e)
{
    return (int)feed_table_head(s->table, e->line)->line;
}

static void
settle_subjects(Settling *s, Entry *game, size_t n)
{
    const Entry *first = &game[0];

    qsort(game, n, sizeof *game, by_subject);
    for (size_t i = 1; i < n; i++) {
        const Entry *e = &game[i];

        if (strcmp(e->team, first->team) != 0 || strcmp(e->subject, first->subject) != 0)
            first = e;
        else if (compare_bytes(e->content, first->content) == 0)
            drop(s, e);
        else
            reject(s, e, s->table->layout->subject_column, e->subject,
                   arena_printf(s->a, "stands in line %d already, with other values", file_line(s, first)));
    }
}

/* Links equal rows; returns how many have an earlier one. Leaves the rows by place. */
static size_t
link_equals(Entry *game, size_t n)
{
    size_t repeated = 0;

    for (size_t i = 0; i < n; i++)
        game[i].place = i;
    qsort(game, n, sizeof *game, by_content);
    for (size_t i = 0; i < n; i++) {
        bool is_repeated = i > 0 && compare_bytes(game[i].content, game[i - 1].content) == 0;

        game[i].earlier = is_repeated ? game[i - 1].place : game[i].place;
        repeated += is_repeated;
    }
    qsort(game, n, sizeof *game, by_game);
    return repeated;
}

/* Where the second listing begins: most rows repeat the one that stands this far before them. */
static size_t
commonest_distance(const Entry *game, size_t n, Arena *a)
{
    size_t *votes = arena_array(a, n + 1, sizeof *votes);
    size_t best = 0;

    for (size_t i = 0; i < n; i++)
        votes[game[i].place - game[i].earlier]++;
    votes[0] = 0;
    for (size_t d = 1; d < n; d++)
        if (votes[d] > votes[best])
            best = d;
    return best;
}

static void
settle_listings(Settling *s, Entry *game, size_t n)
{
    size_t repeated = link_equals(game, n), start;

    if (repeated < LISTING_ROWS || repeated < n / LISTING_SHARE)
        return;
    start = commonest_distance(game, n, s->a);
    for (size_t i = start; i < n; i++) {
        size_t origin = i;

        while (game[origin].earlier != origin && origin >= start)
            origin = game[origin].earlier;
        if (origin < start)
            drop(s, &game[i]);
        else
            reject(s, &game[i], NULL, "",
                   arena_printf(s->a,
                                "the game is listed a second time from line %d on, and its first listing has no such "
                                "row",
                                file_line(s, &game[start])));
    }
}

size_t
feed_repeats_settle(FeedTable *t, Arena *a)
{
    Settling s = {.table = t, .a = a, .marks = arena_array(a, t->line_count + 1, sizeof *s.marks)};
    Entry *entries = entries_of(t, a);
    size_t n;

    qsort(entries, t->line_count, sizeof *entries, by_game);
    for (size_t i = 0; i < t->line_count; i += n) {
        for (n = 1; i + n < t->line_count && strcmp(entries[i].game, entries[i + n].game) == 0;)
            n++;
        if (t->layout->subject != NULL)
            settle_subjects(&s, &entries[i], n);
        else
            settle_listings(&s, &entries[i], n);
    }
    feed_table_drop(t, s.marks);
    return s.dropped;
}
