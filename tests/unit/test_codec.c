/*
 * tests/unit/test_codec.c
 *    The generated codecs against avro-c, their fingerprints against other implementations, and
 *    broken bytes against both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <avro.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/io/codec.h"

/* ---- samples: every nullable field once null and once not, arrays empty, single and longer */

static const FeedGame sample_games[] = {
    {.game_id = "20241022_NYK_BOS",
     .official_id = "22400061",
     .game_date = {20018},
     .home_team = "BOS",
     .away_team = "NYK",
     .tip_off = {INT64_C(1729639800000000)}},
    {.game_id = "20241022_MIN_LAL",
     .official_id = "",
     .game_date = {-1},
     .home_team = "LAL",
     .away_team = "MIN",
     .tip_off = {INT64_MIN}},
};
static const FeedRejection sample_rejections[] = {
    {.file = "schedule.csv", .line = 7, .column = "GAME_DATE", .reason = "not a date", .text = "2024-13-01"},
    {.file = "schedule.csv", .line = INT32_MAX, .column = NULL, .reason = "r", .text = ""},
};
static const FeedSchedule sample_schedule = {.event_id = "schedule:2024:0011",
                                             .source = "dir",
                                             .season_year = 2024,
                                             .games = sample_games,
                                             .games_count = 2,
                                             .rejected_total = 2,
                                             .rejected = sample_rejections,
                                             .rejected_count = 2};
static const FeedBoxscoreRow sample_box_rows[] = {
    {.player_name = "Nikola Joki\xc4\x87",
     .team = "DEN",
     .opponent = "LAC",
     .won = BOOL_FALSE,
     .minutes = 36.77,
     .fg_makes = 14,
     .fg_attempts = 26,
     .points = 41},
    {.player_name = "A",
     .team = "LAC",
     .opponent = "DEN",
     .won = BOOL_NULL,
     .minutes = -0.0,
     .fg_makes = -1,
     .points = 64},
    {.player_name = "B",
     .team = "LAC",
     .opponent = "DEN",
     .won = BOOL_TRUE,
     .minutes = 1e300,
     .fg_makes = INT32_MAX,
     .points = -65},
};
static const FeedBoxscores sample_boxscores = {.event_id = "e",
                                               .game_date = {20022},
                                               .part_id = "20241026_LAC_DEN",
                                               .game_id = "20241026_LAC_DEN",
                                               .is_scheduled = true,
                                               .rows = sample_box_rows,
                                               .rows_count = 3};
static const FeedShotRow sample_shot_rows[] = {
    {.team = "DEN",
     .player_id = 203932,
     .player_name = "Aaron Gordon",
     .made = false,
     .is_three = true,
     .area = "In The Paint (Non-RA)",
     .action_type = "Fadeaway",
     .loc_x = -4.9,
     .loc_y = 13.05,
     .distance_ft = 9,
     .quarter = 1,
     .seconds_left = 700},
    {.team = "DEN",
     .player_id = INT64_MIN,
     .player_name = "X",
     .made = true,
     .is_three = false,
     .area = NULL,
     .action_type = NULL,
     .loc_x = NULL_F64,
     .loc_y = NULL_F64,
     .distance_ft = NULL_F64,
     .quarter = INT32_MIN,
     .seconds_left = INT32_MIN},
};
static const FeedShots sample_shots = {.event_id = "e",
                                       .game_date = {20022},
                                       .part_id = "p",
                                       .game_id = "g",
                                       .is_scheduled = false,
                                       .rows = sample_shot_rows,
                                       .rows_count = 2};
static const FeedPropRow sample_prop_rows[] = {
    {.player_name = "Nikola Jokic",
     .market = "player_points",
     .side = "Over",
     .line = 25.5,
     .price = -137,
     .commence_time = {INT64_C(1729977000000000)},
     .posted_at = {INT64_C(1729970000000000)}},
    {.player_name = "X",
     .market = "m",
     .side = "Under",
     .line = 0.5,
     .price = INT32_MIN,
     .commence_time = {INT64_MIN},
     .posted_at = {INT64_MIN}},
};
static const FeedProps sample_props = {.event_id = "e",
                                       .game_date = {20022},
                                       .part_id = "p",
                                       .game_id = "g",
                                       .is_scheduled = true,
                                       .bookmaker = "PrizePicks",
                                       .rows = sample_prop_rows,
                                       .rows_count = 2};
static const FeedInjuryRow sample_injury_rows[] = {
    {.team = "DEN",
     .player_name = "Nikola Jokic",
     .status = "questionable",
     .reason = "Injury/Illness - Left Wrist; Sprain",
     .report_time = {INT64_C(1729950000000000)}},
    {.team = "LAC", .player_name = "X", .status = "out", .reason = NULL, .report_time = {-1}},
};
static const FeedInjuries sample_injuries = {.event_id = "e",
                                             .game_date = {20022},
                                             .part_id = "p",
                                             .game_id = "g",
                                             .is_scheduled = true,
                                             .rows = sample_injury_rows,
                                             .rows_count = 2};
static const FeedGameLineRow sample_game_line_rows[] = {
    {.bookmaker = "DraftKings",
     .market = "spreads",
     .outcome = "DEN",
     .point = -7.5,
     .price = -110,
     .snapshot_time = {INT64_C(1729950000000000)},
     .commence_time = {INT64_C(1729977000000000)}},
    {.bookmaker = "b",
     .market = "h2h",
     .outcome = "LAC",
     .point = (double)NAN,
     .price = INT32_MIN,
     .snapshot_time = {0},
     .commence_time = {INT64_MIN}},
};
static const FeedGameLines sample_game_lines = {.event_id = "e",
                                                .game_date = {20022},
                                                .part_id = "p",
                                                .game_id = "g",
                                                .is_scheduled = true,
                                                .rows = sample_game_line_rows,
                                                .rows_count = 2};
static const ManifestPart sample_parts[] = {{.part_id = "p", .event_id = "e", .sha256 = "00ff", .rows = 300}};
static const FeedManifest sample_manifest = {.event_id = "m",
                                             .feed = "props",
                                             .game_date = {20022},
                                             .manifest_version = INT64_MAX,
                                             .exhausted = true,
                                             .reason = "no file",
                                             .parts = sample_parts,
                                             .parts_count = 1};
static const char *const sample_players[] = {"nikolajokic", "", "lebronjames"};
static const char *const sample_causes[] = {"c1"};
static const uint8_t sample_hash[] = {0x00, 0xff, 0x7f, 0x80};
static const Completion sample_completion = {.event_id = "c",
                                             .phase = "raw",
                                             .processor = "raw_props",
                                             .game_date = {20022},
                                             .lane = "live",
                                             .run_id = "r",
                                             .cell_version = 3,
                                             .status = "success",
                                             .expected = 10,
                                             .written = 9,
                                             .rejected = 1,
                                             .players = sample_players,
                                             .players_count = 3,
                                             .content_hash = {sample_hash, 4},
                                             .input_hash = {sample_hash, 0},
                                             .started = {1},
                                             .finished = {INT64_MIN + 1},
                                             .build = "b",
                                             .config_hash = "h",
                                             .correlation_id = "k",
                                             .causation_ids = sample_causes,
                                             .causation_ids_count = 1,
                                             .reason = NULL};
static const PredictRequest sample_request = {.event_id = "e",
                                              .batch_id = "b",
                                              .game_date = {20022},
                                              .player_lookup = "p",
                                              .game_id = "g",
                                              .run_mode = "live",
                                              .request_version = 1};
static const CellRequest sample_cell_request = {
    .event_id = "e", .processor = "grading", .game_date = {20022}, .asked_by = "backfill 1", .reason = NULL};
static const PredictProgress sample_progress = {.event_id = "e", .game_date = {20022}, .batch_id = "b", .closed = 128};
static const Letter sample_letter = {.event_id = "e",
                                     .worker = "w",
                                     .topic = "feed.props",
                                     .partition = 11,
                                     .offset = INT64_C(1) << 40,
                                     .stamp = {5},
                                     .key = "2024-10-26",
                                     .error_class = "poison",
                                     .error_code = "",
                                     .message = "m",
                                     .fingerprint = "f",
                                     .attempts = 1,
                                     .build = "b",
                                     .payload = {sample_hash, 4}};

/* ---- one row a record: how to go from the sample to bytes and around again */

typedef struct {
    const EventSchema *schema;
    void (*encode_sample)(Buf *out);
    bool (*recode)(Bytes body, Arena *a, Buf *out, Err *err); /* decode, then encode */
} RecordCase;

#define RECORD_CASE(Record, name, sample)                                                                              \
    static void name##_encode_sample(Buf *out)                                                                         \
    {                                                                                                                  \
        name##_encode(&sample, out);                                                                                   \
    }                                                                                                                  \
    static bool name##_recode(Bytes body, Arena *a, Buf *out, Err *err)                                                \
    {                                                                                                                  \
        Record r;                                                                                                      \
        bool ok = name##_decode(body, a, &r, err);                                                                     \
        if (ok)                                                                                                        \
            name##_encode(&r, out);                                                                                    \
        return ok;                                                                                                     \
    }
RECORD_CASE(FeedSchedule, feed_schedule, sample_schedule)
RECORD_CASE(FeedBoxscores, feed_boxscores, sample_boxscores)
RECORD_CASE(FeedShots, feed_shots, sample_shots)
RECORD_CASE(FeedProps, feed_props, sample_props)
RECORD_CASE(FeedInjuries, feed_injuries, sample_injuries)
RECORD_CASE(FeedGameLines, feed_game_lines, sample_game_lines)
RECORD_CASE(FeedManifest, feed_manifest, sample_manifest)
RECORD_CASE(Completion, completion, sample_completion)
RECORD_CASE(PredictRequest, predict_request, sample_request)
RECORD_CASE(PredictProgress, predict_progress, sample_progress)
RECORD_CASE(Letter, letter, sample_letter)
RECORD_CASE(CellRequest, cell_request, sample_cell_request)

#define CASE_ROW(name)                                                                                                 \
    {                                                                                                                  \
        &name##_schema, name##_encode_sample, name##_recode                                                            \
    }
static const RecordCase record_cases[] = {
    CASE_ROW(feed_schedule),   CASE_ROW(feed_boxscores),   CASE_ROW(feed_shots),    CASE_ROW(feed_props),
    CASE_ROW(feed_injuries),   CASE_ROW(feed_game_lines),  CASE_ROW(feed_manifest), CASE_ROW(completion),
    CASE_ROW(predict_request), CASE_ROW(predict_progress), CASE_ROW(letter),        CASE_ROW(cell_request),
};

static Bytes
view(const Buf *b)
{
    return bytes_of(b->data, b->len);
}

/* ---- avro-c as the oracle */

static avro_value_t
oracle_value(const EventSchema *schema)
{
    avro_schema_t parsed;
    avro_value_iface_t *iface;
    avro_value_t value;

    assert_int_equal(0, avro_schema_from_json_length(schema->json, strlen(schema->json), &parsed));
    iface = avro_generic_class_from_schema(parsed);
    assert_int_equal(0, avro_generic_value_new(iface, &value));
    avro_value_iface_decref(iface);
    avro_schema_decref(parsed);
    return value;
}

static avro_value_t
oracle_read(const EventSchema *schema, Bytes body)
{
    avro_value_t value = oracle_value(schema);
    avro_reader_t reader = avro_reader_memory((const char *)body.data, (int64_t)body.len);

    assert_int_equal(0, avro_value_read(reader, &value));
    avro_reader_free(reader);
    return value;
}

static void
oracle_write(avro_value_t *value, Buf *out)
{
    size_t size;
    avro_writer_t writer;
    char *raw;

    assert_int_equal(0, avro_value_sizeof(value, &size));
    raw = malloc(size + 1);
    assert_non_null(raw);
    writer = avro_writer_memory(raw, (int64_t)size + 1);
    assert_int_equal(0, avro_value_write(writer, value));
    assert_int_equal(size, avro_writer_tell(writer));
    buf_put(out, raw, size);
    avro_writer_free(writer);
    free(raw);
}

static avro_value_t
member(const avro_value_t *record, const char *name)
{
    avro_value_t v = {0};

    assert_int_equal(0, avro_value_get_by_name(record, name, &v, NULL));
    return v;
}

static void
avro_c_reads_our_bytes_and_writes_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(record_cases); i++) {
        Buf ours = {0}, theirs = {0};
        avro_value_t value;

        record_cases[i].encode_sample(&ours);
        value = oracle_read(record_cases[i].schema, view(&ours));
        oracle_write(&value, &theirs);
        assert_int_equal(ours.len, theirs.len);
        assert_memory_equal(ours.data, theirs.data, ours.len);
        avro_value_decref(&value);
        buf_free(&ours);
        buf_free(&theirs);
    }
}

static void
decoding_and_encoding_gives_the_same_bytes(void **state)
{
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(record_cases); i++) {
        Arena *a = arena_new(0);
        Buf first = {0}, second = {0};

        record_cases[i].encode_sample(&first);
        if (!record_cases[i].recode(view(&first), a, &second, &err))
            fail_msg("%s", err.msg);
        assert_int_equal(first.len, second.len);
        assert_memory_equal(first.data, second.data, first.len);
        buf_free(&first);
        buf_free(&second);
        arena_free(a);
    }
}

static void
set_string(const avro_value_t *record, const char *name, const char *text)
{
    avro_value_t v = member(record, name);

    assert_int_equal(0, avro_value_set_string(&v, text));
}

static void
oracle_shot_row(avro_value_t *rows, bool is_full)
{
    avro_value_t row, branch, v;

    assert_int_equal(0, avro_value_append(rows, &row, NULL));
    set_string(&row, "team", "DEN");
    set_string(&row, "player_name", is_full ? "Aaron Gordon" : "X");
    v = member(&row, "made");
    avro_value_set_boolean(&v, is_full);
    v = member(&row, "is_three");
    avro_value_set_boolean(&v, !is_full);
    static const char *const nullable[] = {"player_id", "area",        "action_type", "loc_x",
                                           "loc_y",     "distance_ft", "quarter",     "seconds_left"};
    for (size_t i = 0; i < ARRAY_LEN(nullable); i++) {
        v = member(&row, nullable[i]);
        assert_int_equal(0, avro_value_set_branch(&v, is_full ? 1 : 0, &branch));
        if (!is_full)
            avro_value_set_null(&branch);
        else if (i == 0)
            avro_value_set_long(&branch, INT64_C(-5000000000));
        else if (i <= 2)
            avro_value_set_string(&branch, i == 1 ? "Restricted Area" : "");
        else if (i <= 5)
            avro_value_set_double(&branch, (double)i + 0.25);
        else
            avro_value_set_int(&branch, (int32_t)i * -100);
    }
}

static void
fields_that_avro_c_wrote_are_read_with_their_values(void **state)
{
    avro_value_t value = oracle_value(&feed_shots_schema), v;
    Arena *a = arena_new(0);
    Buf body = {0};
    FeedShots shots;
    Err err = {0};

    (void)state;
    set_string(&value, "event_id", "id");
    set_string(&value, "part_id", "20241026_LAC_DEN#2");
    set_string(&value, "game_id", "20241026_LAC_DEN");
    v = member(&value, "game_date");
    avro_value_set_int(&v, 20022);
    v = member(&value, "is_scheduled");
    avro_value_set_boolean(&v, 1);
    v = member(&value, "rows");
    oracle_shot_row(&v, true);
    oracle_shot_row(&v, false);
    oracle_write(&value, &body);
    if (!feed_shots_decode(view(&body), a, &shots, &err))
        fail_msg("%s", err.msg);
    assert_string_equal("20241026_LAC_DEN#2", shots.part_id);
    assert_int_equal(20022, shots.game_date.days);
    assert_true(shots.is_scheduled);
    assert_int_equal(2, shots.rows_count);
    assert_true(shots.rows[0].player_id == INT64_C(-5000000000));
    assert_true(shots.rows[0].made && !shots.rows[0].is_three);
    assert_string_equal("Restricted Area", shots.rows[0].area);
    assert_string_equal("", shots.rows[0].action_type);
    assert_true(fabs(shots.rows[0].loc_x - 3.25) < 1e-12 && fabs(shots.rows[0].distance_ft - 5.25) < 1e-12);
    assert_int_equal(-600, shots.rows[0].quarter);
    assert_int_equal(-700, shots.rows[0].seconds_left);
    assert_true(shots.rows[1].player_id == NULL_I64 && shots.rows[1].area == NULL);
    assert_true(isnan(shots.rows[1].loc_y) && shots.rows[1].quarter == NULL_I32);
    assert_true(!shots.rows[1].made && shots.rows[1].is_three);
    avro_value_decref(&value);
    buf_free(&body);
    arena_free(a);
}

static void
avro_c_sees_the_values_that_we_wrote(void **state)
{
    Buf body = {0};
    avro_value_t value, v, item;
    const char *text;
    const void *raw;
    size_t size = 0;
    int64_t when = 0;

    (void)state;
    completion_encode(&sample_completion, &body);
    value = oracle_read(&completion_schema, view(&body));
    v = member(&value, "players");
    assert_int_equal(0, avro_value_get_size(&v, &size));
    assert_int_equal(3, size);
    assert_int_equal(0, avro_value_get_by_index(&v, 2, &item, NULL));
    assert_int_equal(0, avro_value_get_string(&item, &text, NULL));
    assert_string_equal("lebronjames", text);
    v = member(&value, "teams");
    assert_int_equal(0, avro_value_get_size(&v, &size));
    assert_int_equal(0, size);
    v = member(&value, "content_hash");
    assert_int_equal(0, avro_value_get_bytes(&v, &raw, &size));
    assert_int_equal(4, size);
    assert_memory_equal(sample_hash, raw, 4);
    v = member(&value, "finished");
    assert_int_equal(0, avro_value_get_long(&v, &when));
    assert_true(when == INT64_MIN + 1);
    avro_value_decref(&value);
    buf_free(&body);
}

/* ---- fingerprints */

/* CRC-64-AVRO bit by bit, from the definition. */
static uint64_t
crc_64_avro(const char *text)
{
    const uint64_t polynomial = UINT64_C(0xc15d213aa4d7a795);
    uint64_t crc = polynomial;

    for (; *text != '\0'; text++) {
        crc ^= (uint8_t)*text;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) ? polynomial : 0);
    }
    return crc;
}

static void
fingerprints_are_those_of_the_canonical_form(void **state)
{
    (void)state;
    /* "int" is published with Avro's own test vectors: 8247732601305521295. */
    assert_true(crc_64_avro("\"int\"") == UINT64_C(8247732601305521295));
    assert_true(predict_progress_schema.fingerprint
                == crc_64_avro("{\"name\":\"tipoff.PredictProgress\",\"type\":\"record\",\"fields\":["
                               "{\"name\":\"event_id\",\"type\":\"string\"},"
                               "{\"name\":\"game_date\",\"type\":\"int\"},"
                               "{\"name\":\"batch_id\",\"type\":\"string\"},"
                               "{\"name\":\"closed\",\"type\":\"int\"}]}"));
}

static void
fingerprints_are_those_that_fastavro_computes(void **state)
{
    static const struct {
        const EventSchema *schema;
        uint64_t fingerprint;
    } golden[] = {
        {&feed_schedule_schema, UINT64_C(0x773c7f45ca808093)},
        {&feed_boxscores_schema, UINT64_C(0x7ca7960891575594)},
        {&feed_shots_schema, UINT64_C(0x38921ccf9bdfe32e)},
        {&feed_props_schema, UINT64_C(0x9549dd45808fc0a6)},
        {&feed_injuries_schema, UINT64_C(0xd5d313ee8aceee13)},
        {&feed_game_lines_schema, UINT64_C(0xd24bc712417741e5)},
        {&feed_manifest_schema, UINT64_C(0xa860eec5e0a0c242)},
        {&completion_schema, UINT64_C(0xd9f6ca8c4f1a524b)},
        {&predict_request_schema, UINT64_C(0xcb60962ed1f03f53)},
        {&predict_progress_schema, UINT64_C(0xf31038d5b953d97e)},
        {&letter_schema, UINT64_C(0x1865f4951993c47b)},
        {&cell_request_schema, UINT64_C(0x595e245e4b416bda)},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        if (golden[i].schema->fingerprint != golden[i].fingerprint)
            fail_msg("%s has another fingerprint", golden[i].schema->name);
    }
}

/* ---- broken bytes */

/* Decodes a copy of exactly that size, so that a read past its end is seen by a sanitizer. */
static bool
decodes(const RecordCase *rc, const uint8_t *bytes, size_t len, Err *err)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    Arena *a = arena_new(1024 * 1024);
    Buf again = {0};
    bool ok;

    assert_non_null(copy);
    if (len > 0)
        memcpy(copy, bytes, len);
    *err = (Err){0};
    ok = rc->recode(bytes_of(copy, len), a, &again, err);
    if (!ok)
        assert_int_equal(ERR_POISON, err->cls);
    buf_free(&again);
    arena_free(a);
    free(copy);
    return ok;
}

static void
a_record_cut_at_any_byte_is_poison(void **state)
{
    Err err;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(record_cases); i++) {
        Buf body = {0};

        record_cases[i].encode_sample(&body);
        for (size_t cut = 0; cut < body.len; cut++) {
            assert_false(decodes(&record_cases[i], body.data, cut, &err));
            assert_non_null(strstr(err.msg, " at byte "));
        }
        assert_true(decodes(&record_cases[i], body.data, body.len, &err));
        buf_free(&body);
    }
}

static void
a_record_with_a_byte_too_many_is_poison(void **state)
{
    Err err;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(record_cases); i++) {
        Buf body = {0};

        record_cases[i].encode_sample(&body);
        buf_put_u8(&body, 0);
        assert_false(decodes(&record_cases[i], body.data, body.len, &err));
        assert_non_null(strstr(err.msg, "1 bytes left over"));
        buf_free(&body);
    }
}

/* Any byte may be anything: the answer is a record or poison, never a crash. */
static void
every_single_byte_change_is_a_record_or_poison(void **state)
{
    static const uint8_t changes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    Err err;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(record_cases); i++) {
        Buf body = {0};

        record_cases[i].encode_sample(&body);
        for (size_t at = 0; at < body.len; at++) {
            uint8_t kept = body.data[at];

            for (size_t k = 0; k < ARRAY_LEN(changes); k++) {
                body.data[at] = changes[k];
                (void)decodes(&record_cases[i], body.data, body.len, &err);
            }
            body.data[at] = kept;
        }
        buf_free(&body);
    }
}

/* A PredictProgress up to a field, then the bytes; checks the sentence. */
static void
expect_poison(const char *bytes, size_t len, const char *sentence)
{
    static const RecordCase progress = CASE_ROW(predict_progress);
    Err err;

    assert_false(decodes(&progress, (const uint8_t *)bytes, len, &err));
    assert_string_equal(sentence, err.msg);
}

static void
each_fault_names_record_field_and_byte(void **state)
{
    (void)state;
    expect_poison("\x01", 1, "PredictProgress.event_id at byte 0: a negative length");
    expect_poison("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10,
                  "PredictProgress.event_id at byte 0: a length beyond the end of the bytes");
    expect_poison("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10,
                  "PredictProgress.event_id at byte 0: a number that does not fit 64 bits");
    expect_poison("\x04"
                  "a\0\0",
                  4, "PredictProgress.event_id at byte 0: a NUL inside a string");
    expect_poison("\x04\xc0\x80", 3, "PredictProgress.event_id at byte 0: a string that is not UTF-8");
    expect_poison("\x02"
                  "e\xff\xff\xff\xff\x1f",
                  7, "PredictProgress.game_date at byte 2: a number that does not fit 32 bits");
    expect_poison("\x02"
                  "e\xff\xff\xff\xff\x0f",
                  7, "PredictProgress.game_date at byte 2: the value that stands for null");
    expect_poison("\x02"
                  "e\x02\x02",
                  4, "PredictProgress.batch_id at byte 3: a length beyond the end of the bytes");
}

/* A FeedManifest up to and including exhausted, with the given boolean byte. */
static void
put_manifest_head(Buf *b, uint8_t exhausted)
{
    buf_put_avro_string(b, "e");
    buf_put_avro_string(b, "f");
    buf_put_avro_int(b, 1);
    buf_put_avro_long(b, 1);
    buf_put_u8(b, exhausted);
}

static void
expect_manifest_poison(Buf *b, const char *sentence)
{
    static const RecordCase manifest = CASE_ROW(feed_manifest);
    Err err;

    assert_false(decodes(&manifest, b->data, b->len, &err));
    assert_string_equal(sentence, err.msg);
    buf_clear(b);
}

static void
broken_booleans_unions_and_arrays_are_poison(void **state)
{
    Buf b = {0};

    (void)state;
    put_manifest_head(&b, 2);
    expect_manifest_poison(&b, "FeedManifest.exhausted at byte 6: not a boolean");
    put_manifest_head(&b, 1);
    buf_put_avro_long(&b, 2);
    expect_manifest_poison(&b, "FeedManifest.reason at byte 7: a union branch that does not exist");
    put_manifest_head(&b, 1);
    buf_put_avro_null(&b);
    buf_put_avro_long(&b, INT64_C(1) << 60);
    expect_manifest_poison(&b, "FeedManifest.parts at byte 8: more items than the bytes can hold");
    put_manifest_head(&b, 1);
    buf_put_avro_null(&b);
    buf_put(&b, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10); /* the smallest 64-bit number */
    expect_manifest_poison(&b, "FeedManifest.parts at byte 8: an impossible number of items");
    put_manifest_head(&b, 1);
    buf_put_avro_null(&b);
    buf_put_avro_long(&b, -1);
    buf_put_avro_long(&b, 5); /* one part of five bytes, which has four */
    buf_put(&b, "\0\0\0\0\0\0\0\0", 8);
    expect_manifest_poison(&b, "FeedManifest.parts at byte 14: a block whose size is not the one announced");
    buf_free(&b);
}

static void
arrays_in_several_blocks_are_read_whole(void **state)
{
    Arena *a = arena_new(0);
    Buf b = {0};
    FeedManifest m;
    Err err = {0};

    (void)state;
    put_manifest_head(&b, 1);
    buf_put_avro_null(&b);
    for (int block = 0; block < 40; block++) { /* every other one with its size */
        buf_put_avro_long(&b, block % 2 == 0 ? 1 : -1);
        if (block % 2 != 0)
            buf_put_avro_long(&b, 5);
        buf_put_avro_string(&b, "p");
        buf_put_avro_string(&b, "");
        buf_put_avro_string(&b, "");
        buf_put_avro_int(&b, block);
    }
    buf_put_avro_end(&b);
    buf_put_avro_int(&b, 0);
    buf_put_avro_end(&b);
    if (!feed_manifest_decode(view(&b), a, &m, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(40, m.parts_count);
    for (int32_t i = 0; i < 40; i++) {
        assert_string_equal("p", m.parts[i].part_id);
        assert_int_equal(i, m.parts[i].rows);
    }
    buf_free(&b);
    arena_free(a);
}

static void
a_message_larger_than_the_arena_is_poison(void **state)
{
    char *text = malloc(4096);
    PredictProgress big = sample_progress, read;
    Arena *a = arena_new(1024);
    Buf b = {0};
    Err err = {0};

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 4095);
    text[4095] = '\0';
    big.batch_id = text;
    predict_progress_encode(&big, &b);
    assert_false(predict_progress_decode(view(&b), a, &read, &err));
    assert_int_equal(ERR_POISON, err.cls);
    assert_non_null(strstr(err.msg, "PredictProgress.batch_id at byte"));
    buf_free(&b);
    arena_free(a);
    free(text);
}

/* ---- frames and JSON */

static void
a_frame_is_c3_01_and_the_fingerprint_lowest_byte_first(void **state)
{
    static const uint8_t want[] = {0xc3, 0x01, 0x7e, 0xd9, 0x53, 0xb9, 0xd5, 0x38, 0x10, 0xf3, 'x'};
    Buf b = {0};
    uint64_t fingerprint;
    Bytes body;
    Err err = {0};

    (void)state;
    event_frame(&predict_progress_schema, bytes_of("x", 1), &b);
    assert_int_equal(sizeof want, b.len);
    assert_memory_equal(want, b.data, b.len);
    assert_true(event_unframe(view(&b), &fingerprint, &body, &err));
    assert_true(fingerprint == UINT64_C(0xf31038d5b953d97e));
    assert_int_equal(1, body.len);
    assert_true(codec_check_frame(view(&b), &predict_progress_schema, &body, &err));
    assert_false(codec_check_frame(view(&b), &letter_schema, &body, &err));
    assert_int_equal(ERR_POISON, err.cls);
    assert_string_equal("expected Letter (1865f4951993c47b), got PredictProgress (f31038d5b953d97e)", err.msg);
    b.data[2] ^= 1;
    assert_false(codec_check_frame(view(&b), &letter_schema, &body, &err));
    assert_string_equal("expected Letter (1865f4951993c47b), got an unknown schema (f31038d5b953d97f)", err.msg);
    b.data[0] = 0;
    assert_false(codec_check_frame(view(&b), &letter_schema, &body, &err));
    assert_int_equal(ERR_POISON, err.cls);
    assert_false(codec_check_frame(bytes_of(b.data, 9), &letter_schema, &body, &err));
    assert_int_equal(ERR_POISON, err.cls);
    assert_false(codec_check_frame((Bytes){0}, &letter_schema, &body, &err));
    buf_free(&b);
}

static void
a_record_is_shown_as_json(void **state)
{
    Buf body = {0}, json = {0};
    Err err = {0};

    (void)state;
    predict_progress_encode(&sample_progress, &body);
    assert_true(codec_to_json(&predict_progress_schema, view(&body), &json, &err));
    assert_string_equal("{\"event_id\": \"e\", \"game_date\": 20022, \"batch_id\": \"b\", \"closed\": 128}",
                        buf_cstr(&json));
    buf_clear(&json);
    assert_false(codec_to_json(&predict_progress_schema, bytes_of(body.data, body.len - 1), &json, &err));
    assert_int_equal(ERR_POISON, err.cls);
    buf_put_u8(&body, 0); /* avro-c alone would not mind */
    assert_false(codec_to_json(&predict_progress_schema, view(&body), &json, &err));
    assert_int_equal(0, json.len);
    buf_free(&body);
    buf_free(&json);
}

static void
only_well_formed_utf8_is_valid(void **state)
{
    static const char *const good[] = {
        "", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xe2\x82",
                                      ("\xe2\x82"
                                       "a"),
                                      "\xff"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(utf8_is_valid((const uint8_t *)good[i], strlen(good[i])));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(utf8_is_valid((const uint8_t *)bad[i], strlen(bad[i])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(avro_c_reads_our_bytes_and_writes_the_same),
        cmocka_unit_test(decoding_and_encoding_gives_the_same_bytes),
        cmocka_unit_test(fields_that_avro_c_wrote_are_read_with_their_values),
        cmocka_unit_test(avro_c_sees_the_values_that_we_wrote),
        cmocka_unit_test(fingerprints_are_those_of_the_canonical_form),
        cmocka_unit_test(fingerprints_are_those_that_fastavro_computes),
        cmocka_unit_test(a_record_cut_at_any_byte_is_poison),
        cmocka_unit_test(a_record_with_a_byte_too_many_is_poison),
        cmocka_unit_test(every_single_byte_change_is_a_record_or_poison),
        cmocka_unit_test(each_fault_names_record_field_and_byte),
        cmocka_unit_test(broken_booleans_unions_and_arrays_are_poison),
        cmocka_unit_test(arrays_in_several_blocks_are_read_whole),
        cmocka_unit_test(a_message_larger_than_the_arena_is_poison),
        cmocka_unit_test(a_frame_is_c3_01_and_the_fingerprint_lowest_byte_first),
        cmocka_unit_test(a_record_is_shown_as_json),
        cmocka_unit_test(only_well_formed_utf8_is_valid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
