/*
 * ops/cli/status_view.c
 *    Tables of a status.
 */
#include "ops/cli/status_view.h"
#include <string.h>
#include "ops/cli/text_table.h"

enum { MIN_DATE_LINES = 3 };

typedef struct {
    const StatusView *v;
    Arena *a;
    int width;
    Buf *out;
} Page;

/* ---- counting ---- */

static void
add_cells(StatusCells *sum, const StatusCells *c)
{
    sum->cells += c->cells;
    sum->done += c->done;
    sum->partial += c->partial;
    sum->degraded += c->degraded;
    sum->no_data += c->no_data;
    sum->failed += c->failed;
    sum->waiting += c->waiting;
    sum->overdue += c->overdue;
    sum->stale += c->stale;
    sum->last_minute += c->last_minute;
}

StatusCells
status_sum(const StatusView *v, size_t phase)
{
    StatusCells sum = {0};

    for (size_t i = 0; i < v->date_count; i++)
        add_cells(&sum, &v->dates[i].phases[phase]);
    return sum;
}

GameDate
status_last_done(const StatusView *v, size_t phase)
{
    GameDate last = GAME_DATE_NULL;

    for (size_t i = 0; i < v->date_count; i++) {
        const StatusCells *c = &v->dates[i].phases[phase];

        if (c->waiting > 0 || c->stale > 0)
            break;
        if (c->cells > 0)
            last = v->dates[i].date;
    }
    return last;
}

const char *
status_word(const StatusCells *c, Arena *a)
{
    if (c->cells == 0)
        return "-";
    if (c->failed > 0)
        return "failed";
    if (c->waiting > 0)
        return arena_printf(a, "%s%lld/%lld", c->overdue > 0 ? "late " : "", (long long)(c->cells - c->waiting),
                            (long long)c->cells);
    if (c->stale > 0)
        return "stale";
    if (c->degraded > 0)
        return "degraded";
    if (c->partial > 0)
        return "partial";
    return c->no_data == c->cells ? "no data" : "done";
}

/* ---- pieces ---- */

static const char *
count_text(const Page *p, int64_t n)
{
    return arena_printf(p->a, "%lld", (long long)n);
}

static void
put_table(const Page *p, const char *title, const char *const *headers, const char *const *cells, size_t rows)
{
    const TextTable t = {headers, cells, rows};

    buf_printf(p->out, "\n%s\n", title);
    text_table_put(p->out, &t, p->width);
}

static void
put_head(const Page *p)
{
    StatusCells all = {0};

    for (size_t i = 0; i < p->v->phase_count; i++) {
        const StatusCells sum = status_sum(p->v, i);

        add_cells(&all, &sum);
    }
    if (p->v->supervisor != 0)
        buf_printf(p->out, "%s  supervisor %d in %s\n", p->v->now, p->v->supervisor, p->v->run_dir);
    else
        buf_printf(p->out, "%s  no supervisor runs in %s\n", p->v->now, p->v->run_dir);
    buf_printf(p->out, "%lld of %lld cells ended, %lld failed, %lld overdue, %lld ended in the last minute\n",
               (long long)(all.cells - all.waiting), (long long)all.cells, (long long)all.failed,
               (long long)all.overdue, (long long)all.last_minute);
    buf_printf(p->out, "outbox: %lld unsent, the oldest for %.1f s; %lld predictions requested and not made\n",
               (long long)p->v->unsent, p->v->oldest_unsent_s, (long long)p->v->open_requests);
    buf_printf(p->out, "feeds: %s\n", p->v->feeds);
}

static void
put_pauses(const Page *p)
{
    static const char *const headers[] = {"paused", "by", "since", "reason", NULL};
    const char **cells = arena_array(p->a, p->v->pause_count * 4 + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < p->v->pause_count; i++) {
        const StatusPause *x = &p->v->pauses[i];

        *c++ = x->target;
        *c++ = x->by;
        *c++ = x->since;
        *c++ = x->reason;
    }
    if (p->v->pause_count > 0)
        put_table(p, "PAUSED", headers, cells, p->v->pause_count);
}

static void
put_overrides(const Page *p)
{
    static const char *const headers[] = {"date", "gate", "by", "until", "reason", NULL};
    const char **cells = arena_array(p->a, p->v->override_count * 5 + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < p->v->override_count; i++) {
        const StatusOverride *x = &p->v->overrides[i];

        *c++ = x->date;
        *c++ = x->processor;
        *c++ = x->by;
        *c++ = x->until;
        *c++ = x->reason;
    }
    if (p->v->override_count > 0)
        put_table(p, "GATES OPENED BY HAND", headers, cells, p->v->override_count);
}

static void
put_phases(const Page *p)
{
    static const char *const headers[] = {"phase",    "#done",  "#partial", "#degraded", "#no_data",   "#failed",
                                          "#waiting", "#stale", "#overdue", "done to",   "#cells/min", NULL};
    const char **cells = arena_array(p->a, p->v->phase_count * 11 + 1, sizeof *cells), **c = cells;
    char day[DATE_TEXT_LEN];

    for (size_t i = 0; i < p->v->phase_count; i++) {
        const StatusCells s = status_sum(p->v, i);
        const int64_t counts[] = {s.done, s.partial, s.degraded, s.no_data, s.failed, s.waiting, s.stale, s.overdue};
        GameDate last = status_last_done(p->v, i);

        *c++ = p->v->phase_names[i];
        for (size_t k = 0; k < ARRAY_LEN(counts); k++)
            *c++ = count_text(p, counts[k]);
        *c++ = date_is_null(last) ? NULL : arena_strdup(p->a, date_format(last, day));
        *c++ = count_text(p, s.last_minute);
    }
    put_table(p, "phases", headers, cells, p->v->phase_count);
}

/* ---- dates ---- */

/* A line of the table: dates that look the same. */
typedef struct {
    const char **words;
    GameDate first, last;
    int64_t count;
} DateGroup;

static bool
same_words(const char *const *x, const char *const *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(x[i], y[i]) != 0)
            return false;
    return true;
}

static size_t
group_dates(const Page *p, DateGroup *groups)
{
    const StatusView *v = p->v;
    size_t n = 0;

    for (size_t i = 0; i < v->date_count; i++) {
        const char **words = arena_array(p->a, v->phase_count + 1, sizeof *words);

        for (size_t k = 0; k < v->phase_count; k++)
            words[k] = status_word(&v->dates[i].phases[k], p->a);
        if (n == 0 || !same_words(groups[n - 1].words, words, v->phase_count))
            groups[n++] = (DateGroup){words, v->dates[i].date, v->dates[i].date, 0};
        groups[n - 1].last = v->dates[i].date;
        groups[n - 1].count++;
    }
    return n;
}

static const char *
span(const Page *p, const DateGroup *g)
{
    char first[DATE_TEXT_LEN], last[DATE_TEXT_LEN];

    return g->count == 1 ? arena_strdup(p->a, date_format(g->first, first))
                         : arena_printf(p->a, "%s to %s", date_format(g->first, first), date_format(g->last, last));
}

static void
put_dates(const Page *p, int lines)
{
    const StatusView *v = p->v;
    size_t columns = v->phase_count + 2, skipped, n;
    DateGroup *groups = arena_array(p->a, v->date_count + 1, sizeof *groups);
    const char **headers = arena_array(p->a, columns + 1, sizeof *headers), **cells, **c;

    headers[0] = "date";
    headers[1] = "#dates";
    for (size_t i = 0; i < v->phase_count; i++)
        headers[i + 2] = v->phase_names[i];
    n = group_dates(p, groups);
    skipped = lines > 0 && n > (size_t)lines ? n - (size_t)lines : 0;
    c = cells = arena_array(p->a, columns * n + 1, sizeof *cells);
    for (size_t g = skipped; g < n; g++) {
        *c++ = span(p, &groups[g]);
        *c++ = count_text(p, groups[g].count);
        for (size_t i = 0; i < v->phase_count; i++)
            *c++ = groups[g].words[i];
    }
    put_table(p, skipped > 0 ? arena_printf(p->a, "dates (%zu earlier lines left out)", skipped) : "dates", headers,
              cells, n - skipped);
}

/* ---- lag, letters, workers ---- */

static void
put_lag(const Page *p)
{
    static const char *const headers[] = {"topic", "worker", "#live", "#backfill", "#events/s", "state", NULL};
    const char **cells = arena_array(p->a, p->v->lag_count * 6 + 1, sizeof *cells), **c = cells;
    size_t rows = 0;

    for (size_t i = 0; i < p->v->lag_count; i++) {
        const StatusLag *l = &p->v->lags[i];

        if (l->live == 0 && l->backfill == 0 && !l->is_paused && l->per_second < 0.5)
            continue;
        *c++ = l->topic;
        *c++ = l->worker;
        *c++ = count_text(p, l->live);
        *c++ = count_text(p, l->backfill);
        *c++ = l->per_second < 0 ? NULL : arena_printf(p->a, "%.0f", l->per_second);
        *c++ = l->is_paused ? "paused" : l->live + l->backfill > 0 ? "behind" : "up to date";
        rows++;
    }
    if (rows == 0)
        buf_put_str(p->out, "\nlag\nnone: every topic has been read to its end\n");
    else
        put_table(p, "lag", headers, cells, rows);
}

static void
put_letters(const Page *p)
{
    static const char *const headers[] = {"worker", "class", "#open", "oldest", NULL};
    const char **cells = arena_array(p->a, p->v->letter_count * 4 + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < p->v->letter_count; i++) {
        const StatusLetters *l = &p->v->letters[i];

        *c++ = l->worker;
        *c++ = l->error_class;
        *c++ = count_text(p, l->open);
        *c++ = l->since;
    }
    if (p->v->letter_count > 0)
        put_table(p, "open letters ('tipoff dlq list')", headers, cells, p->v->letter_count);
    else
        buf_put_str(p->out, "\nopen letters\nnone\n");
}

static void
put_alerts(const Page *p)
{
    static const char *const headers[] = {"critical", "date", "processor", "about", "since", "message", NULL};
    const StatusAlertCounts *n = &p->v->alerts;
    const char **cells = arena_array(p->a, p->v->critical_count * 6 + 1, sizeof *cells), **c = cells;
    const char *counts = arena_printf(p->a, "%lld critical, %lld warning, %lld info", (long long)n->critical,
                                      (long long)n->warning, (long long)n->info);

    for (size_t i = 0; i < p->v->critical_count; i++) {
        const StatusAlert *x = &p->v->criticals[i];

        *c++ = x->kind;
        *c++ = x->date;
        *c++ = x->processor;
        *c++ = x->subject;
        *c++ = x->since;
        *c++ = x->message;
    }
    if (n->critical + n->warning + n->info == 0)
        buf_put_str(p->out, "\nopen alerts\nnone\n");
    else if (p->v->critical_count == 0)
        buf_printf(p->out, "\nopen alerts ('tipoff alerts')\n%s\n", counts);
    else
        put_table(p, arena_printf(p->a, "open alerts ('tipoff alerts'): %s", counts), headers, cells,
                  p->v->critical_count);
}

static void
put_workers(const Page *p)
{
    static const char *const headers[] = {"worker", "state", "host", "#pid", "#partitions", "since", NULL};
    const char **cells = arena_array(p->a, p->v->worker_count * 6 + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < p->v->worker_count; i++) {
        const StatusWorker *w = &p->v->workers[i];

        *c++ = w->name;
        *c++ = w->state;
        *c++ = w->host;
        *c++ = w->pid == 0 ? NULL : count_text(p, w->pid);
        *c++ = w->pid == 0 ? NULL : count_text(p, w->partitions);
        *c++ = w->since;
    }
    put_table(p, "workers", headers, cells, p->v->worker_count);
}

static int
lines_of(const Buf *b)
{
    int n = 0;

    for (size_t i = 0; i < b->len; i++)
        n += b->data[i] == '\n';
    return n;
}

void
status_render(const StatusView *v, int width, int height, Buf *out)
{
    Buf rest = {0};
    Page p = {v, arena_new(0), width, out};
    Page below = {v, p.a, width, &rest};
    int lines = 0;

    put_lag(&below);
    put_letters(&below);
    put_alerts(&below);
    put_workers(&below);
    put_head(&p);
    put_pauses(&p);
    put_overrides(&p);
    put_phases(&p);
    if (height > 0) {
        lines = height - lines_of(out) - lines_of(&rest) - 3; /* its title and header */
        lines = lines < MIN_DATE_LINES ? MIN_DATE_LINES : lines;
    }
    put_dates(&p, lines);
    buf_put(out, rest.data, rest.len);
    buf_free(&rest);
    arena_free(p.a);
}
