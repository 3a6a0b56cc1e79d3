/*
 * tests/unit/test_fuzz_parsers.c
 *    Spoilt inputs against everything that reads what others wrote: CSV files, framed records, the
 *    configuration. They may refuse, and nothing else.
 *
 * See spoil.h for seeds and rounds.
 */
#include "feed_folder.h"
#include "libcore/base/config.h"
#include "libcore/base/cursor.h"
#include "libcore/io/codec.h"
#include "spoil.h"

enum { CSV_ROUNDS = 1500, CODEC_ROUNDS = 20000, CONFIG_ROUNDS = 20000 };

/* ---- CSV ---- */

#define BOX_ROW(player, team) player "," team ",L,36.77," BOX_TAIL
#define SHOT_ROW(second)                                                                                               \
    "2025,2024-25,1,Denver Nuggets,203932,Aaron Gordon,10-26-2024,22400087,DEN,LAC,Missed Shot,FALSE,Fadeaway,"        \
    "3PT Field Goal,In The Paint (Non-RA),R,R,8-16 ft.,-4.9,13.05,9,1,11," second "\n"
#define PROP_ROW(player) player ",player_points,Underdog,Over,25.5,-137," PROP_GAME
#define INJURY_ROW(player, status)                                                                                     \
    "2024-10-26,Denver Nuggets," player "," status ",Injury/Illness - N/A; Illness,2024-10-26T15:30:00Z\n"
#define GAME_LINE_ROW(outcome) GAME_LINE_GAME "DraftKings," outcome ",-110,2024-10-26T15:30:00Z\n"

static const char *const csv_files[] = {
    small_schedule,
    BOX_HEADER BOX_ROW("Nikola Joki\xc4\x87", "DEN,LAC") BOX_ROW("\"B, C\"", "DEN,LAC") BOX_ROW("D", "LAC,DEN")
        BOX_ROW("D", "LAC,DEN"),
    SHOT_HEADER SHOT_ROW("40") SHOT_ROW("39") SHOT_ROW("38") SHOT_ROW("37") SHOT_ROW("36") SHOT_ROW("35") SHOT_ROW("34")
        SHOT_ROW("33") SHOT_ROW("32") SHOT_ROW("31") SHOT_ROW("40") SHOT_ROW("39") SHOT_ROW("38") SHOT_ROW("37")
            SHOT_ROW("36") SHOT_ROW("35") SHOT_ROW("34") SHOT_ROW("33"),
    PROP_HEADER PROP_ROW("A") PROP_ROW("\"B\"\"C\"") PROP_ROW("D") PROP_ROW("\"E\nF\""),
    INJURY_HEADER INJURY_ROW("\"B, A\"", "out") INJURY_ROW("C", "Available") INJURY_ROW("C", "available"),
    GAME_LINE_HEADER GAME_LINE_ROW("spreads,Denver Nuggets,-7.5") GAME_LINE_ROW("totals,Over,221")
        GAME_LINE_ROW("h2h,Los Angeles Clippers,"),
};

static void
check_rejections(const FeedRejection *items, size_t count, int32_t total)
{
    assert_true((size_t)total >= count);
    for (size_t i = 0; i < count; i++) {
        assert_true(items[i].line > 0 && items[i].reason != NULL && items[i].text != NULL);
        assert_true(utf8_is_valid((const uint8_t *)items[i].text, strlen(items[i].text)));
    }
}

static void
check_day(const FeedDay *d)
{
    check_rejections(d->manifest.rejected, d->manifest.rejected_count, d->manifest.rejected_total);
    assert_int_equal(d->part_count, d->manifest.parts_count);
    for (size_t i = 0; i < d->part_count; i++)
        assert_true(d->parts[i].row_count > 0 && d->parts[i].payload.len <= FEED_PART_MAX_BYTES);
}

static bool
read_spoilt(Folder *f, size_t which)
{
    static const char *const feeds[] = {NULL, "boxscores", "shots", "props", "injuries", "game_lines"};
    FeedSchedule s;
    FeedDay first, again;

    if (which == 0) {
        if (feed_read_schedule(f->dir, f->a, &s, NULL, &f->err)) {
            check_rejections(s.rejected, s.rejected_count, s.rejected_total);
            return s.rejected_total == 0;
        }
        assert_int_equal(ERR_POISON, f->err.cls);
        return false;
    }
    if (!feed_read_date(f->dir, feeds[which], day("2024-10-26"), &f->schedule, f->a, &first, &f->err)) {
        assert_int_equal(ERR_POISON, f->err.cls);
        assert_non_null(strstr(f->err.msg, feeds[which]));
        return false;
    }
    check_day(&first);
    again = read_day(f, feeds[which]);
    assert_string_equal(first.manifest.event_id, again.manifest.event_id);
    return first.manifest.rejected_total == 0;
}

static void
a_spoilt_file_is_read_or_refused(void **state)
{
    Folder *f = *state;
    Rng rng = fuzz_rng();
    Tally tally = {0};

    for (uint64_t round = fuzz_rounds(CSV_ROUNDS); round > 0; round--) {
        size_t which = (size_t)rng_below(&rng, ARRAY_LEN(csv_files));
        Arena *kept = f->a;
        Buf text = spoilt(&rng, bytes_of_str(csv_files[which]));

        f->a = arena_new(0);
        write_bytes(f, feed_files[which], (const char *)text.data, text.len);
        count(&tally, read_spoilt(f, which));
        arena_free(f->a);
        f->a = kept;
        buf_free(&text);
    }
    expect_both(&tally);
}

/* ---- records ---- */

static Bytes
completion_of(Arena *a)
{
    static const char *const players[] = {"nikolajokic", "aarongordon"};
    static const uint8_t hash[32] = {1, 2, 3};
    const Completion c = {.event_id = "raw_props:2024-10-26:v1",
                          .phase = "raw",
                          .processor = "raw_props",
                          .game_date = {20022},
                          .lane = "backfill",
                          .run_id = "r",
                          .cell_version = 1,
                          .status = "success",
                          .expected = 2,
                          .written = 2,
                          .players = players,
                          .players_count = 2,
                          .content_hash = bytes_of(hash, sizeof hash),
                          .input_hash = bytes_of(hash, sizeof hash),
                          .build = "b",
                          .config_hash = "c",
                          .correlation_id = "",
                          .reason = "because"};

    return completion_message(&c, a);
}

/* One message of each kind that a file can become, and a completion. */
static size_t
good_messages(Folder *f, Bytes *out)
{
    size_t n = 0;

    for (size_t i = 1; i < ARRAY_LEN(csv_files); i++) {
        FeedDay d;

        write_text(f, feed_files[i], csv_files[i]);
        d = read_day(f, feed_folders[i - 1]);
        out[n++] = d.parts[0].payload;
        out[n++] = feed_manifest_message(&d.manifest, f->a);
    }
    out[n++] = feed_schedule_message(&f->schedule, f->a);
    out[n++] = completion_of(f->a);
    return n;
}

/* What the reader takes, avro-c takes as well and can show. */
static bool
check_message(Bytes msg, Arena *a)
{
    Err err = {0};
    const EventSchema *schema;
    uint64_t fingerprint;
    Bytes body;
    Buf json = {0};

    if (!event_unframe(msg, &fingerprint, &body, &err)) {
        assert_int_equal(ERR_POISON, err.cls);
        return false;
    }
    schema = codec_schema_by_fingerprint(fingerprint);
    if (schema == NULL)
        return false;
    if (!schema->check(body, a, &err)) {
        assert_int_equal(ERR_POISON, err.cls);
        assert_non_null(strstr(err.msg, " at byte "));
        return false;
    }
    if (!codec_to_json(schema, body, &json, &err))
        fail_msg("avro-c refuses what the reader takes: %s", err.msg);
    buf_free(&json);
    return true;
}

static void
a_spoilt_record_is_read_or_refused(void **state)
{
    enum { ARENA_CAP = 16 * 1024 * 1024 };
    Folder *f = *state;
    Bytes good[16];
    size_t n = good_messages(f, good);
    Rng rng = fuzz_rng();
    Arena *a = arena_new(ARENA_CAP);
    Tally tally = {0};
    Codec *codec = codec_new(NULL);

    for (uint64_t round = fuzz_rounds(CODEC_ROUNDS); round > 0; round--) {
        Buf msg = spoilt(&rng, good[rng_below(&rng, n)]);
        Bytes resolved;
        Err err = {0};

        arena_reset(a);
        count(&tally, check_message(bytes_of(msg.data, msg.len), a));
        if (!codec_resolve(codec, NULL, bytes_of(msg.data, msg.len), a, &resolved, &err))
            assert_int_equal(ERR_POISON, err.cls);
        buf_free(&msg);
    }
    expect_both(&tally);
    codec_free(codec);
    arena_free(a);
}

/* ---- configuration ---- */

static size_t
line_start(const Buf *text, size_t at)
{
    while (at > 0 && text->data[at - 1] != '\n')
        at--;
    return at;
}

static void
a_spoilt_configuration_is_read_or_refused(void **state)
{
    Rng rng = fuzz_rng();
    Tally tally = {0};
    Buf sample = {0};

    (void)state;
    config_sample(&sample);
    buf_put_str(&sample, "log.level = debug\nbatch.max_events = 12\nclock.now = 2024-10-26T21:10:00Z\n"
                         "scope.from = 2024-10-22\nfetch.wait_ms = 5 # at Kafka\ndatabase.url = postgresql://x/y\n");
    for (uint64_t round = fuzz_rounds(CONFIG_ROUNDS); round > 0; round--) {
        size_t from = line_start(&sample, (size_t)rng_below(&rng, sample.len));
        Buf text = spoilt(&rng, bytes_of(sample.data + from, sample.len - from));
        Config *c = config_new();
        Err err = {0};
        bool is_read = config_parse_file(c, bytes_of(text.data, text.len), "a.conf", &err);

        count(&tally, is_read);
        if (!is_read) {
            assert_int_equal(ERR_CONFIG, err.cls);
            assert_non_null(strstr(err.msg, "a.conf"));
        }
        config_free(c);
        buf_free(&text);
    }
    expect_both(&tally);
    buf_free(&sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_spoilt_file_is_read_or_refused),
        FOLDER_TEST(a_spoilt_record_is_read_or_refused),
        cmocka_unit_test(a_spoilt_configuration_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
