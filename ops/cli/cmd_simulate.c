/*
 * ops/cli/cmd_simulate.c
 *    Write an invented season of feeds into a folder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ops/cli/print.h"
#include "ops/simulator/simulate.h"

/* A whole number within bounds; complains when it is none. NULL text leaves *out. */
static bool
parse_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
    char *end;
    uint64_t v;

    if (text == NULL)
        return true;
    errno = 0;
    v = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && v >= min && v <= max) {
        *out = v;
        return true;
    }
    (void)fprintf(stderr, "tipoff: %s %s: write a whole number from %llu to %llu\n", option, text,
                  (unsigned long long)min, (unsigned long long)max);
    return false;
}

static bool
parse_season(const char *label, int32_t *out)
{
    if (season_parse(label, out))
        return true;
    (void)fprintf(stderr, "tipoff: --season %s is no season; write YYYY-YY, from %d-%02d to %d-%02d\n", label,
                  SEASON_FIRST, (SEASON_FIRST + 1) % 100, SEASON_LAST, (SEASON_LAST + 1) % 100);
    return false;
}

static bool
parse_teams(const char *text, uint64_t *out)
{
    if (!parse_number("--teams", text, FEWEST_TEAMS, MOST_TEAMS, out))
        return false;
    if (*out % 2 == 0)
        return true;
    (void)fprintf(stderr, "tipoff: --teams %s: write an even number\n", text);
    return false;
}

int
cmd_simulate(Cli *cli)
{
    bool ok = true;
    const char *season = cli_take_option(cli, "--season", &ok), *seed_text = cli_take_option(cli, "--seed", &ok);
    const char *dates_text = cli_take_option(cli, "--dates", &ok), *teams_text = cli_take_option(cli, "--teams", &ok);
    SimulateJob job = {.dir = cli_take_option(cli, "--out", &ok)};
    uint64_t seed = 1, dates = 0, teams = MOST_TEAMS;
    SimulateResult r;
    Err err = {0};

    if (!ok || !cli_no_more(cli, "simulate"))
        return 2;
    if (season == NULL || job.dir == NULL || job.dir[0] == '\0')
        return cli_usage("simulate");
    if (!parse_season(season, &job.season_year) || !parse_number("--seed", seed_text, 0, UINT64_MAX, &seed)
        || !parse_number("--dates", dates_text, 1, 366, &dates) || !parse_teams(teams_text, &teams))
        return 2;
    job.seed = seed;
    job.max_dates = dates;
    job.teams = teams;
    if (!simulate_season(&job, &r, &err))
        return cli_fail(&err);
    print_count(cli, "dates", r.dates);
    print_count(cli, "games", r.games);
    print_count(cli, "files", r.files);
    if (!cli->json)
        (void)printf("simulated %zu dates with %zu games in %s: %zu files\n", r.dates, r.games, job.dir, r.files);
    return 0;
}
