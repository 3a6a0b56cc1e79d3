/*
 * tests/unit/test_feed_season.c
 *    The season's real feeds arrive whole.
 */
#include "feed_folder.h"
#include "workers/raw/raw_core.h"

/* ---- the real season; counts and sums by Python's csv module over the same files */

typedef struct {
    size_t parts, unscheduled, rows;
    int64_t rejected, whole_sum;
    double sum;
} Season;

static const char *
season_folder(Arena *a)
{
    const char *shared = getenv("TIPOFF_SHARED");
    const char *dir = arena_printf(a, "%s/data/nba-2024-25", shared == NULL ? "" : shared);

    if (access(dir, R_OK) == 0)
        return dir;
    print_message("skipped: no shared data\n");
    skip();
    return NULL;
}

static void
add_boxscores(Folder *f, const FeedDay *d, Season *s)
{
    FeedBoxscores *parts = arena_array(f->a, d->part_count, sizeof *parts);
    RawBoxscores raw;

    for (size_t i = 0; i < d->part_count; i++) {
        parts[i] = boxscores_of(f, &d->parts[i]);
        s->unscheduled += parts[i].is_scheduled ? 0 : 1;
    }
    raw = raw_boxscores(parts, d->part_count, f->a);
    s->rows += raw.count;
    s->rejected += (int64_t)raw.rejected.count;
    for (size_t i = 0; i < raw.count; i++)
        s->whole_sum += raw.rows[i].points;
}

static void
add_shots(Folder *f, const FeedDay *d, Season *s)
{
    FeedShots *parts = arena_array(f->a, d->part_count, sizeof *parts);
    RawShots raw;

    for (size_t i = 0; i < d->part_count; i++) {
        parts[i] = shots_of(f, &d->parts[i]);
        s->unscheduled += parts[i].is_scheduled ? 0 : 1;
    }
    raw = raw_shots(parts, d->part_count, f->a);
    s->rows += raw.count;
    for (size_t i = 0; i < raw.count; i++) {
        s->whole_sum += raw.rows[i].seconds_left;
        s->sum += raw.rows[i].made == BOOL_TRUE ? 1 : 0;
    }
}

static void
add_props(Folder *f, const FeedDay *d, Season *s)
{
    FeedProps *parts = arena_array(f->a, d->part_count, sizeof *parts);
    RawPropLines raw;

    for (size_t i = 0; i < d->part_count; i++) {
        parts[i] = props_of(f, &d->parts[i]);
        s->unscheduled += parts[i].is_scheduled ? 0 : 1;
    }
    raw = raw_prop_lines(parts, d->part_count, f->a);
    s->rows += raw.count;
    for (size_t i = 0; i < raw.count; i++)
        s->sum += raw.rows[i].line;
}

static Season
read_season(Folder *f, const char *feed, void (*add)(Folder *, const FeedDay *, Season *))
{
    const char *dir = season_folder(f->a);
    FeedSchedule schedule;
    Season s = {0};

    assert_true(feed_read_schedule(dir, f->a, &schedule, NULL, &f->err));
    assert_int_equal(1230, schedule.games_count);
    assert_int_equal(0, schedule.rejected_total);
    for (GameDate d = day("2024-10-22"); !date_before(day("2024-12-31"), d); d = date_add(d, 1)) {
        FeedDay out;

        if (!feed_read_date(dir, feed, d, &schedule, f->a, &out, &f->err))
            fail_msg("%s", f->err.msg);
        s.parts += out.part_count;
        s.rejected += out.manifest.rejected_total;
        add(f, &out, &s);
    }
    return s;
}

static void
every_real_box_score_arrives(void **state)
{
    Season s = read_season(*state, "boxscores", add_boxscores);

    assert_int_equal(485, s.parts);
    assert_int_equal(1, s.unscheduled); /* the cup final */
    assert_int_equal(10461, s.rows);
    assert_int_equal(0, s.rejected);
    assert_int_equal(109524, s.whole_sum);
}

static void
every_real_shot_arrives(void **state)
{
    Season s = read_season(*state, "shots", add_shots);

    assert_int_equal(484, s.parts);
    assert_int_equal(0, s.unscheduled);
    assert_int_equal(85935, s.rows);
    assert_int_equal(0, s.rejected);
    assert_int_equal(30215205, s.whole_sum);
    assert_true(is_near(39849, s.sum));
}

static void
every_real_line_arrives(void **state)
{
    Season s = read_season(*state, "props", add_props);

    assert_int_equal(939, s.parts);
    assert_int_equal(2, s.unscheduled); /* the cup final, two bookmakers */
    assert_int_equal(33325, s.rows);
    assert_int_equal(0, s.rejected);
    assert_true(is_near(374338.5, s.sum));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(every_real_box_score_arrives),
        FOLDER_TEST(every_real_shot_arrives),
        FOLDER_TEST(every_real_line_arrives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
