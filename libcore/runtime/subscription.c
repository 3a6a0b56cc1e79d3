/*
 * libcore/runtime/subscription.c
 *    Sets of feeds, and what follows from them for processors.
 */
#include "libcore/runtime/subscription.h"
#include <string.h>
#include "libcore/io/db.h"

/* The set of the feeds whose mark is set. */
static FeedSet
set_of(const bool marks[FEED_COUNT])
{
    FeedSet set = {0};
    size_t n = 0;

    for (size_t i = 0; i < FEED_COUNT; i++)
        if (marks[i] || feed_table[i].is_required)
            set.names[n++] = feed_table[i].name;
    return set;
}

FeedSet
feeds_default(void)
{
    bool marks[FEED_COUNT];

    for (size_t i = 0; i < FEED_COUNT; i++)
        marks[i] = feed_table[i].is_default;
    return set_of(marks);
}

static bool
mark_feed(const char *name, size_t len, bool marks[FEED_COUNT])
{
    for (size_t i = 0; i < FEED_COUNT; i++) {
        if (strlen(feed_table[i].name) == len && memcmp(feed_table[i].name, name, len) == 0) {
            marks[i] = true;
            return true;
        }
    }
    return false;
}

static bool
refuse_feed(const char *name, size_t len, Err *err)
{
    Buf known = {0};

    for (size_t i = 0; i < FEED_COUNT; i++)
        buf_printf(&known, "%s%s", i > 0 ? ", " : "", feed_table[i].name);
    (void)ERR_FAIL(err, ERR_CONFIG, "there is no feed '%.*s'; the feeds are %s", (int)len, name, buf_cstr(&known));
    buf_free(&known);
    return false;
}

bool
feeds_parse(const char *text, FeedSet *out, Err *err)
{
    static const char between[] = ", \t";
    bool marks[FEED_COUNT] = {false};
    const char *at = text + strspn(text, between);

    *out = feeds_default();
    if (*at == '\0')
        return true;
    for (size_t len; *at != '\0'; at += len + strspn(at + len, between)) {
        len = strcspn(at, between);
        if (!mark_feed(at, len, marks))
            return refuse_feed(at, len, err);
    }
    *out = set_of(marks);
    return true;
}

const char *
feeds_text(const FeedSet *feeds, Arena *a)
{
    const char *text = "";

    for (size_t i = 0; feeds->names[i] != NULL; i++)
        text = arena_printf(a, "%s%s%s", text, i > 0 ? ", " : "", feeds->names[i]);
    return text;
}

bool
feeds_have(const FeedSet *feeds, const char *feed)
{
    for (size_t i = 0; feeds->names[i] != NULL; i++)
        if (strcmp(feeds->names[i], feed) == 0)
            return true;
    return false;
}

bool
feeds_equal(const FeedSet *a, const FeedSet *b)
{
    for (size_t i = 0; i < FEED_COUNT; i++)
        if (feeds_have(a, feed_table[i].name) != feeds_have(b, feed_table[i].name))
            return false;
    return true;
}

bool
processor_is_subscribed(const FeedSet *feeds, ProcessorId processor)
{
    const char *feed = processor_table[processor].feed;

    return feed == NULL || feeds_have(feeds, feed);
}

size_t
processors_of_feeds(const FeedSet *feeds, bool subscribed, ProcessorId out[PROC_COUNT])
{
    size_t n = 0;

    for (size_t p = 0; p < PROC_COUNT; p++)
        if (processor_is_subscribed(feeds, (ProcessorId)p) == subscribed)
            out[n++] = (ProcessorId)p;
    return n;
}

static bool
comes_or_goes(const FeedSet *before, const FeedSet *after, ProcessorId p)
{
    return processor_is_subscribed(before, p) != processor_is_subscribed(after, p);
}

static bool
is_changed(const FeedSet *before, const FeedSet *after, const ProcessorSpec *p)
{
    if (p->reads_subscription)
        return true;
    for (size_t i = 0; i < p->need_count; i++)
        if (comes_or_goes(before, after, p->needs[i].processor))
            return true;
    return false;
}

size_t
processors_of_change(const FeedSet *before, const FeedSet *after, ProcessorId out[PROC_COUNT])
{
    size_t n = 0;

    for (size_t p = 0; p < PROC_COUNT && !feeds_equal(before, after); p++)
        if (processor_table[p].feed == NULL && is_changed(before, after, &processor_table[p]))
            out[n++] = (ProcessorId)p;
    return n;
}

bool
feeds_load(DbTx *tx, FeedSet *out, Err *err)
{
    bool marks[FEED_COUNT] = {false};
    DbRows *rows;

    *out = feeds_default();
    if (!db_exec(tx, "select f from ops.deployment d, unnest(d.feeds) f", NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const char *name = db_get_text(rows, r, 0);

        if (!mark_feed(name, strlen(name), marks))
            return ERR_FAIL(err, ERR_CONFIG, "the deployment subscribes to the feed %s, which this build does not know",
                            name);
    }
    if (db_row_count(rows) > 0)
        *out = set_of(marks);
    return true;
}
