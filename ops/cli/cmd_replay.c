/*
 * ops/cli/cmd_replay.c
 *    replay: which events of which topics, and to which lane.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/io/record_fields.h"
#include "libcore/runtime/audit.h"
#include "ops/cli/print.h"
#include "ops/cli/replay_run.h"

enum { MAX_RATE = 1000000 };

/* A topic with the lanes that it is read from. */
typedef struct {
    TopicId id;
    bool lanes[LANE_COUNT];
} Source;

typedef struct {
    ReplayAsk ask;
    ReplayJob job;
    Source sources[TOPIC_COUNT];
    size_t source_count;
    const char *topics, *where, *reason;
} Asked;

/* ---- topics ---- */

static void
add_source(Asked *a, TopicId id, bool live, bool backfill)
{
    for (size_t i = 0; i < a->source_count; i++) {
        if (a->sources[i].id == id) {
            a->sources[i].lanes[LANE_LIVE] |= live;
            a->sources[i].lanes[LANE_BACKFILL] |= backfill;
            return;
        }
    }
    a->sources[a->source_count++] = (Source){id, {live, backfill}};
}

static bool
take_topic(Asked *a, const char *name)
{
    const char *names[TOPIC_COUNT];
    TopicId id;
    Lane lane;

    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        names[t] = topic_table[t].name;
        if (strcmp(name, "all") == 0)
            add_source(a, (TopicId)t, true, true);
    }
    if (strcmp(name, "all") == 0)
        return true;
    if (topic_by_name(name, &id)) {
        add_source(a, id, true, true);
        return true;
    }
    if (topic_from_broker_name(name, &id, &lane)) {
        add_source(a, id, lane == LANE_LIVE, lane == LANE_BACKFILL);
        return true;
    }
    (void)cli_unknown("topic", name, names, TOPIC_COUNT);
    return false;
}

/* "feed.props,feed.shots.backfill" */
static bool
take_topics(Asked *a, Arena *arena)
{
    for (const char *at = a->topics; *at != '\0';) {
        const size_t len = strcspn(at, ",");

        if (!take_topic(a, arena_strndup(arena, at, len)))
            return false;
        at += len + (at[len] == ',');
    }
    return a->source_count > 0;
}

/* ---- the other arguments ---- */

static bool
take_offset(const char *option, const char *text, int64_t *out)
{
    char *end;

    *out = strtoll(text, &end, 10);
    if (*text != '\0' && *end == '\0' && *out >= 0)
        return true;
    (void)fprintf(stderr, "tipoff: %s takes an offset, not '%s'\n", option, text);
    return false;
}

static bool
take_span(Cli *cli, ReplayAsk *ask)
{
    bool ok = true;
    const char *from = cli_take_option(cli, "--from-time", &ok), *until = cli_take_option(cli, "--until-time", &ok);
    const char *first = cli_take_option(cli, "--from-offset", &ok), *last = cli_take_option(cli, "--until-offset", &ok);
    const char *dates = cli_take_option(cli, "--date", &ok);

    ask->from = ask->until = INSTANT_NULL;
    ask->from_offset = ask->until_offset = -1;
    ask->dates = (DateRange){GAME_DATE_NULL, GAME_DATE_NULL};
    ask->key = cli_take_option(cli, "--key", &ok);
    return ok && (from == NULL || cli_parse_time(cli, "--from-time", from, &ask->from))
           && (until == NULL || cli_parse_time(cli, "--until-time", until, &ask->until))
           && (first == NULL || take_offset("--from-offset", first, &ask->from_offset))
           && (last == NULL || take_offset("--until-offset", last, &ask->until_offset))
           && (dates == NULL || cli_parse_range(cli, dates, &ask->dates));
}

static bool
take_lane(Cli *cli, const char *name, Lane *out)
{
    static const char *const names[] = {"live", "backfill"};

    (void)cli;
    *out = LANE_BACKFILL;
    if (name == NULL || strcmp(name, lane_name(LANE_BACKFILL)) == 0)
        return true;
    *out = LANE_LIVE;
    return strcmp(name, lane_name(LANE_LIVE)) == 0 || cli_unknown("lane", name, names, ARRAY_LEN(names)) == 0;
}

/* Fields that no record of the topics has are a mistake, and would match nothing. */
typedef struct {
    const Asked *asked;
    Arena *a;
    bool ok;
} FieldCheck;

static void
check_field(void *ctx, const char *field)
{
    static const char *const own[] = {"event.key", "event.partition", "event.offset", "event.time"};
    FieldCheck *c = ctx;
    bool known = strncmp(field, "header.", 7) == 0;

    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        known |= strcmp(field, own[i]) == 0;
    for (size_t i = 0; i < c->asked->source_count && !known; i++) {
        const SchemaType *type = replay_schema(c->asked->sources[i].id, c->a);

        known = type != NULL && record_has_field(type, field);
    }
    if (!known && c->ok)
        (void)fprintf(stderr,
                      "tipoff: no event of %s has a field '%s'; beside the record's own there are header.NAME,"
                      " event.key, event.partition, event.offset and event.time\n",
                      c->asked->topics, field);
    c->ok &= known;
}

static bool
take_filter(Asked *asked, Arena *a)
{
    FieldCheck check = {asked, a, true};
    Err err;

    if (asked->where == NULL)
        return true;
    asked->ask.filter = event_filter_parse(asked->where, a, &err);
    if (asked->ask.filter == NULL) {
        (void)fprintf(stderr, "tipoff: %s\n", err.msg);
        return false;
    }
    event_filter_fields(asked->ask.filter, check_field, &check);
    return check.ok;
}

static bool
take_arguments(Cli *cli, Asked *a, Arena *arena)
{
    bool ok = true;
    const char *lane = cli_take_option(cli, "--to-lane", &ok), *rate = cli_take_option(cli, "--rate", &ok);
    char *end;

    a->topics = cli_take_option(cli, "--topic", &ok);
    a->where = cli_take_option(cli, "--where", &ok);
    a->reason = cli_take_option(cli, "--reason", &ok);
    a->job.is_dry = cli_take_switch(cli, "--dry-run");
    if (!ok || !take_span(cli, &a->ask) || !cli_no_more(cli, "replay") || !take_lane(cli, lane, &a->job.to_lane))
        return false;
    if (rate != NULL) {
        a->job.rate = strtod(rate, &end);
        if (*rate == '\0' || *end != '\0' || !(a->job.rate > 0 && a->job.rate <= MAX_RATE)) {
            (void)fprintf(stderr, "tipoff: --rate takes events a second, above 0\n");
            return false;
        }
    }
    if (a->topics == NULL) {
        (void)cli_usage("replay");
        return false;
    }
    return take_topics(a, arena) && take_filter(a, arena);
}

/* ---- the command ---- */

static const char *
number(Arena *a, int64_t n)
{
    return arena_printf(a, "%lld", (long long)n);
}

static const char *
stamp(Arena *a, Instant t)
{
    char text[INSTANT_TEXT_LEN];

    return instant_is_null(t) ? NULL : arena_strdup(a, instant_format(t, text));
}

static void
print_counts(const Cli *cli, const Asked *asked, const ReplayCount *counts, size_t n, Arena *a)
{
    enum { COLUMNS = 7 };
    static const char *const headers[COLUMNS + 1] = {"topic",       "#read", "#meant", "#sent",
                                                     "#unreadable", "first", "last",   NULL};
    const TableHead head = {"topics", headers, true};
    const char **cells = arena_array(a, n * COLUMNS + 1, sizeof *cells);
    int64_t sent = 0, meant = 0;

    for (size_t i = 0; i < n; i++) {
        const ReplayCount *c = &counts[i];
        const char *row[COLUMNS] = {c->topic,           number(a, c->read),       number(a, c->meant),
                                    number(a, c->sent), number(a, c->unreadable), stamp(a, c->first),
                                    stamp(a, c->last)};

        memcpy(&cells[i * COLUMNS], row, sizeof row);
        sent += c->sent;
        meant += c->meant;
    }
    print_cells(cli, &head, cells, n);
    print_member(cli, "replay_id", asked->job.is_dry ? json_null() : json_string(asked->job.id));
    print_member(cli, "sent", json_integer(sent));
    if (cli->json)
        return;
    if (asked->job.is_dry)
        (void)printf("%lld events are meant; nothing was sent\n", (long long)meant);
    else
        (void)printf("%s: %lld events sent on the %s lane; what was processed before does nothing\n", asked->job.id,
                     (long long)sent, lane_name(asked->job.to_lane));
}

static bool
note_replay(const Cli *cli, const Asked *asked, Arena *a, Err *err)
{
    json_t *details = json_pack("{s:s, s:s, s:s?, s:s?}", "topics", asked->topics, "to_lane",
                                lane_name(asked->job.to_lane), "where", asked->where, "key", asked->ask.key);
    char *text = json_dumps(details, 0);
    Session s = {0};
    bool ok = asked->job.is_dry
              || (cli_open(cli, &s, err)
                  && audit_note(s.tx, "replay", asked->job.id, asked->reason, arena_strdup(a, text), err)
                  && db_commit(&s.tx, err));

    cli_close(&s);
    json_decref(details);
    free(text);
    return ok;
}

static bool
run(Cli *cli, const Asked *asked, Arena *a, Err *err)
{
    ReplayCount *counts = arena_array(a, (size_t)TOPIC_COUNT * LANE_COUNT, sizeof *counts);
    Signals *signals = signals_new(err);
    Replay *replay = NULL;
    size_t n = 0;
    bool ok = signals != NULL && note_replay(cli, asked, a, err)
              && replay_open(cli, &asked->job, &asked->ask, signals, &replay, err);

    for (size_t i = 0; ok && i < asked->source_count; i++)
        for (int lane = 0; ok && lane < LANE_COUNT; lane++)
            ok = !asked->sources[i].lanes[lane] || replay_mark(replay, asked->sources[i].id, (Lane)lane, err);
    for (size_t i = 0; ok && i < asked->source_count; i++)
        for (int lane = 0; ok && lane < LANE_COUNT; lane++)
            if (asked->sources[i].lanes[lane])
                ok = replay_topic(replay, asked->sources[i].id, (Lane)lane, &counts[n++], err);
    replay_close(replay);
    signals_free(signals);
    if (ok)
        print_counts(cli, asked, counts, n, a);
    return ok;
}

int
cmd_replay(Cli *cli)
{
    Arena *a = arena_new(0);
    Asked asked = {0};
    Err err;
    int status = 0;

    asked.job.id = arena_printf(a, "replay-%lld", (long long)(clock_now(cli->clock).us / 1000));
    if (!take_arguments(cli, &asked, a))
        status = 2;
    else if (!run(cli, &asked, a, &err))
        status = cli_fail(&err);
    arena_free(a);
    return status;
}
