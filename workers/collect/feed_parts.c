/*
 * workers/collect/feed_parts.c
 *    Group rows by game and bookmaker, encode each group, split what is too large for one event.
 */
#include "workers/collect/feed_parts.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/io/sha256.h"
#include "workers/collect/feed_games.h"

enum {
    ID_HASH_DIGITS = 16,
    ROOM_FOR_ID_BYTES = 512, /* what the event id and the frame add to a body at most */
};

/* The rows of one game, or of one game and bookmaker. */
typedef struct {
    PartHead head;
    const char *team_a, *team_b;
    char *rows; /* contiguous, of the layout's row */
    size_t row_count;
} Group;

typedef struct {
    const FeedTable *table;
    GameDate date;
    char date_text[DATE_TEXT_LEN];
    const FeedSchedule *schedule;
    Arena *a;
    Group *groups;
    size_t group_count, group_cap;
    FeedPart *parts;
    ManifestPart *listed;
    size_t part_count, part_cap;
} Maker;

/* ---- grouping */

static bool
belongs(const Group *g, const LineHead *line)
{
    bool is_same = strcmp(g->team_a, line->team_a) == 0 && strcmp(g->team_b, line->team_b) == 0;
    bool is_swapped = strcmp(g->team_a, line->team_b) == 0 && strcmp(g->team_b, line->team_a) == 0;

    return (is_same || is_swapped) && (line->bookmaker == NULL || strcmp(g->head.bookmaker, line->bookmaker) == 0);
}

static Group
new_group(const Maker *m, const LineHead *line)
{
    const FeedGame *game = feed_game_find(m->schedule, m->date, line->team_a, line->team_b);
    Group g = {.team_a = line->team_a, .team_b = line->team_b};

    g.head.game_date = m->date;
    g.head.is_scheduled = game != NULL;
    g.head.game_id = game != NULL ? game->game_id : feed_unscheduled_game_id(m->a, m->date, line->team_a, line->team_b);
    g.head.bookmaker = line->bookmaker;
    g.head.part_id = line->bookmaker == NULL ? g.head.game_id
                                             : arena_printf(m->a, "%s/%s", g.head.game_id, line->bookmaker);
    g.head.event_id = "";
    return g;
}

/* The index of the line's group, which is made when the line is the first of its kind. */
static size_t
find_or_add_group(Maker *m, const LineHead *line)
{
    size_t g = 0;

    while (g < m->group_count && !belongs(&m->groups[g], line))
        g++;
    if (g < m->group_count)
        return g;
    if (g == m->group_cap) {
        Group *bigger = arena_array(m->a, m->group_cap = m->group_cap * 2 + 16, sizeof *bigger);

        if (g > 0)
            memcpy(bigger, m->groups, g * sizeof *bigger);
        m->groups = bigger;
    }
    m->groups[m->group_count++] = new_group(m, line);
    return g;
}

static size_t *
assign_groups(Maker *m)
{
    size_t n = m->table->line_count;
    size_t *group_of = arena_array(m->a, n, sizeof *group_of);

    for (size_t i = 0; i < n; i++) {
        group_of[i] = find_or_add_group(m, feed_table_head(m->table, i));
        m->groups[group_of[i]].row_count++;
    }
    return group_of;
}

static int
by_part_id(const void *x, const void *y)
{
    const Group *a = x, *b = y;

    return strcmp(a->head.part_id, b->head.part_id);
}

static void
group_rows(Maker *m)
{
    const FeedLayout *layout = m->table->layout;
    size_t *group_of = assign_groups(m);

    for (size_t g = 0; g < m->group_count; g++) {
        m->groups[g].rows = arena_array(m->a, m->groups[g].row_count, layout->row_size);
        m->groups[g].row_count = 0;
    }
    for (size_t i = 0; i < m->table->line_count; i++) {
        Group *g = &m->groups[group_of[i]];
        const char *line = (const char *)m->table->lines + i * layout->line_size;

        memcpy(g->rows + g->row_count++ * layout->row_size, line + layout->row_offset, layout->row_size);
    }
    if (m->group_count > 0)
        qsort(m->groups, m->group_count, sizeof *m->groups, by_part_id);
}

/* ---- encoding */

static Bytes
view(const Buf *b)
{
    return bytes_of(b->data, b->len);
}

static const char *
hex_of(Arena *a, Bytes bytes, size_t digits)
{
    uint8_t hash[SHA256_LEN];
    char hex[SHA256_HEX_LEN];

    sha256(bytes, hash);
    return arena_strndup(a, hex_encode(bytes_of(hash, sizeof hash), hex), digits);
}

static Bytes
copy_framed(Arena *a, const EventSchema *schema, Bytes body)
{
    Buf framed = {0};
    Bytes copy;

    event_frame(schema, body, &framed);
    copy = arena_bytes(a, framed.data, framed.len);
    buf_free(&framed);
    return copy;
}

/* How many of the rows fit into one event, whose body is left in body without its event id. */
static size_t
encode_what_fits(const FeedLayout *layout, const PartHead *head, const char *rows, size_t count, Buf *body)
{
    const size_t limit = FEED_PART_MAX_BYTES - ROOM_FOR_ID_BYTES;

    for (;;) {
        size_t fewer;

        buf_clear(body);
        layout->encode(head, rows, count, body);
        if (body->len <= limit || count == 1)
            return count;
        fewer = (size_t)((double)count * (double)limit / (double)body->len);
        count = fewer > 0 && fewer < count ? fewer : count - 1;
    }
}

static void
make_room(Maker *m)
{
    FeedPart *parts;
    ManifestPart *listed;

    if (m->part_count < m->part_cap)
        return;
    m->part_cap = m->part_cap * 2 + 16;
    parts = arena_array(m->a, m->part_cap, sizeof *parts);
    listed = arena_array(m->a, m->part_cap, sizeof *listed);
    if (m->part_count > 0) {
        memcpy(parts, m->parts, m->part_count * sizeof *parts);
        memcpy(listed, m->listed, m->part_count * sizeof *listed);
    }
    m->parts = parts;
    m->listed = listed;
}

/* body holds the part without its event id: the id is made of it, and then put in. */
static void
add_part(Maker *m, PartHead head, const char *rows, size_t count, Buf *body)
{
    const FeedLayout *layout = m->table->layout;
    FeedPart *part;

    make_room(m);
    head.event_id = arena_printf(m->a, "%s:%s:%s:%s", layout->feed, m->date_text, head.part_id,
                                 hex_of(m->a, view(body), ID_HASH_DIGITS));
    buf_clear(body);
    layout->encode(&head, rows, count, body);
    m->listed[m->part_count] = (ManifestPart){.part_id = head.part_id,
                                              .event_id = head.event_id,
                                              .sha256 = hex_of(m->a, view(body), (size_t)2 * SHA256_LEN),
                                              .rows = (int32_t)count};
    part = &m->parts[m->part_count++];
    part->part_id = head.part_id;
    part->event_id = head.event_id;
    part->game_id = head.game_id;
    part->is_scheduled = head.is_scheduled;
    part->key = arena_strdup(m->a, m->date_text);
    part->payload = copy_framed(m->a, layout->schema, view(body));
    part->row_count = count;
}

static void
add_group(Maker *m, const Group *g)
{
    size_t row_size = m->table->layout->row_size;
    size_t done = 0;
    Buf body = {0};

    for (int number = 1; done < g->row_count; number++) {
        const char *rows = g->rows + done * row_size;
        PartHead head = g->head;
        size_t count;

        if (number > 1)
            head.part_id = arena_printf(m->a, "%s#%d", g->head.part_id, number);
        count = encode_what_fits(m->table->layout, &head, rows, g->row_count - done, &body);
        add_part(m, head, rows, count, &body);
        done += count;
    }
    buf_free(&body);
}

/* ---- manifest */

static const char *
reason_for_no_parts(const Maker *m)
{
    const char *feed = m->table->layout->feed;

    if (m->part_count > 0)
        return NULL;
    if (!m->table->exists)
        return arena_printf(m->a, "no file %s/%s.csv", feed, m->date_text);
    if (m->table->rejected.total > 0)
        return arena_printf(m->a, "every row of %s/%s.csv was rejected", feed, m->date_text);
    return arena_printf(m->a, "%s/%s.csv has no rows", feed, m->date_text);
}

static FeedManifest
make_manifest(const Maker *m)
{
    FeedManifest manifest = {
        .event_id = "",
        .feed = m->table->layout->feed,
        .game_date = m->date,
        .manifest_version = 1,
        .exhausted = true,
        .reason = reason_for_no_parts(m),
        .parts = m->listed,
        .parts_count = m->part_count,
        .rejected_total = m->table->rejected.total,
        .rejected = m->table->rejected.items,
        .rejected_count = m->table->rejected.count,
    };
    Buf body = {0};

    feed_manifest_encode(&manifest, &body);
    manifest.event_id = arena_printf(m->a, "manifest:%s:%s:%s", manifest.feed, m->date_text,
                                     hex_of(m->a, view(&body), ID_HASH_DIGITS));
    buf_free(&body);
    return manifest;
}

void
feed_parts_make(const FeedTable *table, GameDate date, const FeedSchedule *schedule, Arena *a, FeedDay *out)
{
    Maker m = {.table = table, .date = date, .schedule = schedule, .a = a};

    (void)date_format(date, m.date_text);
    group_rows(&m);
    for (size_t g = 0; g < m.group_count; g++)
        add_group(&m, &m.groups[g]);
    *out = (FeedDay){.parts = m.parts, .part_count = m.part_count, .manifest = make_manifest(&m)};
}
