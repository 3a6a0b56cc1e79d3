/*
 * ops/cli/cmd_logs.c
 *    logs: lines of the logs in the run folder, of one process or of all in the order of time.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ops/cli/log_filter.h"
#include "ops/cli/print.h"

enum { DEFAULT_LINES = 200 };

typedef struct {
    const char *time; /* of it or of the line before it in its file */
    const char *process, *text;
    size_t n; /* as read, so that equal times keep their order */
} LogLine;

typedef struct {
    LogLine *lines;
    size_t count, cap;
    LogFilter filter;
    Arena *a;
} Logs;

static bool
read_log(Logs *l, const char *path, const char *process, Err *err)
{
    FILE *f = fopen(path, "r");
    const char *time = "";
    char *line = NULL;
    size_t room = 0;

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    while (getline(&line, &room, f) > 0) {
        const char *own;

        line[strcspn(line, "\n")] = '\0';
        own = log_line_time(line, l->a);
        time = own != NULL ? own : time;
        if (!log_line_passes(line, &l->filter))
            continue;
        l->lines = arena_room(l->a, l->lines, l->count, &l->cap, sizeof *l->lines);
        l->lines[l->count] = (LogLine){time, process, arena_strdup(l->a, line), l->count};
        l->count++;
    }
    free(line);
    return fclose(f) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
}

static int
is_log(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 4 && strcmp(e->d_name + len - 4, ".log") == 0;
}

/* Names of the processes that have a log, in a. */
static bool
list_logs(const char *dir, Arena *a, const char ***names, size_t *count, Err *err)
{
    struct dirent **list;
    int n = scandir(dir, &list, is_log, alphasort);

    if (n < 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s; 'tipoff up' writes logs there", dir, strerror(errno));
    *names = arena_array(a, (size_t)n + 1, sizeof **names);
    *count = (size_t)n;
    for (int i = 0; i < n; i++) {
        (*names)[i] = arena_strndup(a, list[i]->d_name, strlen(list[i]->d_name) - 4);
        free(list[i]);
    }
    free(list);
    return true;
}

static int
by_time(const void *a, const void *b)
{
    const LogLine *x = a, *y = b;
    int order = strcmp(x->time, y->time);

    return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

static void
print_logs(const Cli *cli, const Logs *l, size_t max, bool is_one)
{
    static const char *const headers[] = {"process", "line", NULL};
    const TableHead head = {"lines", headers, true};
    const size_t first = l->count > max ? l->count - max : 0;
    const char **cells = arena_array(l->a, (l->count - first) * 2 + 1, sizeof *cells);

    for (size_t i = first; i < l->count; i++) {
        cells[(i - first) * 2] = l->lines[i].process;
        cells[(i - first) * 2 + 1] = l->lines[i].text;
        if (!cli->json)
            (void)printf("%s%s%s\n", is_one ? "" : l->lines[i].process, is_one ? "" : ": ", l->lines[i].text);
    }
    if (cli->json)
        print_cells(cli, &head, cells, l->count - first);
    else if (first > 0)
        (void)fprintf(stderr, "tipoff: %zu earlier lines are left out; --lines shows more\n", first);
}

static bool
take_filter(Cli *cli, char day[DATE_TEXT_LEN], LogFilter *out, size_t *lines)
{
    bool ok = true;
    const char *level = cli_take_option(cli, "--level", &ok), *date = cli_take_option(cli, "--date", &ok);
    const char *max = cli_take_option(cli, "--lines", &ok);
    GameDate d = GAME_DATE_NULL;

    *out = (LogFilter){.level = LVL_DEBUG, .grep = cli_take_option(cli, "--grep", &ok)};
    *lines = max != NULL ? (size_t)strtoul(max, NULL, 10) : DEFAULT_LINES;
    if (!ok || (date != NULL && !cli_parse_date(cli, date, &d)))
        return false;
    if (max != NULL && *lines == 0) {
        (void)fprintf(stderr, "tipoff: --lines takes a number above zero, not '%s'\n", max);
        return false;
    }
    out->date = date != NULL ? date_format(d, day) : NULL;
    if (level == NULL || log_level_parse(level, &out->level))
        return true;
    {
        static const char *const levels[] = {"error", "warn", "info", "debug"};

        (void)cli_unknown("level", level, levels, ARRAY_LEN(levels));
    }
    return false;
}

static int
show_logs(const Cli *cli, Logs *l, const char *of, size_t lines)
{
    const char *dir = arena_printf(l->a, "%s/logs", config_get(cli->cfg, "run_dir"));
    const char **names = NULL;
    size_t count = 0;
    bool found = of == NULL;
    Err err;

    if (!list_logs(dir, l->a, &names, &count, &err))
        return cli_fail(&err);
    for (size_t i = 0; i < count; i++) {
        if (of != NULL && strcmp(of, names[i]) != 0)
            continue;
        found = true;
        if (!read_log(l, arena_printf(l->a, "%s/%s.log", dir, names[i]), names[i], &err))
            return cli_fail(&err);
    }
    if (!found)
        return cli_unknown("process with a log", of, names, count);
    if (l->count > 1)
        qsort(l->lines, l->count, sizeof *l->lines, by_time);
    print_logs(cli, l, lines, of != NULL);
    return 0;
}

int
cmd_logs(Cli *cli)
{
    Logs l = {.lines = NULL};
    char day[DATE_TEXT_LEN];
    size_t lines;
    const char *of;
    int status;

    if (!take_filter(cli, day, &l.filter, &lines))
        return 2;
    of = cli_take_word(cli);
    if (!cli_no_more(cli, "logs"))
        return 2;
    l.a = arena_new(0);
    status = show_logs(cli, &l, of, lines);
    arena_free(l.a);
    return status;
}
