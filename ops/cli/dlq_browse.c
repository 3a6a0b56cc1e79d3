/*
 * ops/cli/dlq_browse.c
 *    The browser: letters by cause, the letters of a cause, one letter; and what can be done with each, by the
 *    same functions as the verbs.
 */
#include <stdio.h>
#include <string.h>
#include "ops/cli/dlq.h"
#include "ops/cli/screen.h"
#include "ops/cli/text_table.h"

typedef enum { AT_GROUPS, AT_LETTERS, AT_DETAIL, LEVELS } Level;

/* Lines of one level, and where in them somebody stands. */
typedef struct {
    const char **lines; /* without the header */
    const char *header;
    const char **keys; /* by line: the group's fingerprint, the letter's number; NULL: lines are not chosen */
    size_t count, chosen, top;
} Page;

typedef struct {
    Dlq *d;
    Screen *screen;
    Arena *a; /* of the page in hand */
    Level level;
    Page page;
    size_t places[LEVELS]; /* where one stood */
    char group[32], letter[32];
    char said[160]; /* the last thing that happened */
} Browser;

typedef struct {
    const char *title, *help;
    bool (*load)(Browser *b, Err *err);
} LevelSpec;

/* ---- pages ---- */

static size_t
split_lines(char *text, Arena *a, const char ***out)
{
    size_t count = 0, cap = 0;
    const char **lines = NULL;
    char *next;

    for (char *line = text; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        lines = arena_room(a, lines, count, &cap, sizeof *lines);
        lines[count++] = line;
    }
    *out = lines;
    return count;
}

/* A page of a query whose first column is the key of its line. */
static void
page_of_rows(Browser *b, const char *const *headers, const DbRows *rows)
{
    size_t columns = 0, n = db_row_count(rows), count;
    const char **cells, **lines;
    Buf text = {0};

    while (headers[columns] != NULL)
        columns++;
    cells = arena_array(b->a, n * columns + 1, sizeof *cells);
    b->page.keys = arena_array(b->a, n + 1, sizeof *b->page.keys);
    for (size_t r = 0; r < n; r++) {
        b->page.keys[r] = arena_strdup(b->a, db_get_text(rows, r, 0));
        for (size_t c = 0; c < columns; c++)
            cells[r * columns + c] = db_get_text(rows, r, (int)c);
    }
    text_table_put(&text, &(TextTable){headers, cells, n}, screen_columns(b->screen));
    count = split_lines(arena_strdup(b->a, buf_cstr(&text)), b->a, &lines);
    buf_free(&text);
    b->page.header = count > 0 ? lines[0] : "";
    b->page.lines = lines + 1;
    b->page.count = n;
}

static bool
load_groups(Browser *b, Err *err)
{
    static const char sql[]
        = "select fingerprint, n, worker, topic, last, error, message from (" LETTER_GROUPS_SQL
          ") g(fingerprint, n, worker, topic, d, d_to, attempts, first, last, error, newest, message)";
    static const char *const headers[] = {"fingerprint", "#letters", "worker",  "topic",
                                          "last",        "error",    "message", NULL};
    DbParam params[LETTER_PARAMS];
    DbRows *rows;

    letter_filter_params(&b->d->filter, b->a, params);
    if (!db_exec(b->d->s.tx, sql, params, LETTER_PARAMS, &rows, err))
        return false;
    page_of_rows(b, headers, rows);
    return true;
}

static bool
load_letters(Browser *b, Err *err)
{
    static const char sql[] = "select l.id::text, l.status || case when l.sent_at is null then '' else ', sent' end,"
                              " l.worker, l.attempts::text, coalesce(" LETTER_DATE ", l.key), l.event_id, l.message"
                              " from ops.letter l where " LETTER_WHERE " order by l.id limit 5000";
    static const char *const headers[] = {"#id", "status", "worker", "#attempts", "date", "event", "message", NULL};
    LetterFilter filter = b->d->filter;
    DbParam params[LETTER_PARAMS];
    DbRows *rows;

    filter.fingerprint = b->group;
    letter_filter_params(&filter, b->a, params);
    if (!db_exec(b->d->s.tx, sql, params, LETTER_PARAMS, &rows, err))
        return false;
    page_of_rows(b, headers, rows);
    return true;
}

/* Cut into pieces that fit: here nothing may be lost. */
static const char **
wrap(const char *const *lines, size_t *count, int width, Arena *a)
{
    const char **out = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < *count; i++) {
        const char *at = lines[i];

        do {
            const char *end = at;

            for (int columns = 0; *end != '\0'; end++)
                if (((unsigned char)*end & 0xC0) != 0x80 && ++columns > width)
                    break;
            out = arena_room(a, out, n, &cap, sizeof *out);
            out[n++] = arena_strndup(a, at, (size_t)(end - at));
            at = end;
        } while (*at != '\0');
    }
    *count = n;
    return out;
}

static bool
load_detail(Browser *b, Err *err)
{
    Buf text = {0};
    const char **lines;
    size_t count;
    int64_t id = 0;
    bool ok;

    for (const char *p = b->letter; *p != '\0'; p++)
        id = id * 10 + (*p - '0');
    ok = dlq_describe(b->d, id, &text, err);
    count = ok ? split_lines(arena_strdup(b->a, buf_cstr(&text)), b->a, &lines) : 0;
    buf_free(&text);
    if (!ok)
        return false;
    b->page.lines = wrap(lines, &count, screen_columns(b->screen), b->a);
    b->page.header = arena_printf(b->a, "letter %s", b->letter);
    b->page.count = count;
    return true;
}

static const LevelSpec levels[LEVELS] = {
    [AT_GROUPS] = {"dead letters by cause", "enter open  t try  r retry  s skip  p park  R refresh  q quit",
                   load_groups},
    [AT_LETTERS] = {"letters of one cause", "enter open  t try  r retry  s skip  p park  e edit  esc back  q quit",
                    load_letters},
    [AT_DETAIL] = {"one letter", "t try  r retry  s skip  p park  e edit  esc back  q quit", load_detail},
};

static bool
load(Browser *b, Err *err)
{
    arena_reset(b->a);
    b->page = (Page){.lines = NULL};
    db_rollback(&b->d->s.tx);
    if (!db_begin(b->d->s.db, &b->d->s.tx, err) || !levels[b->level].load(b, err))
        return false;
    b->page.chosen = b->places[b->level];
    if (b->page.chosen >= b->page.count)
        b->page.chosen = b->page.count > 0 ? b->page.count - 1 : 0;
    return true;
}

/* ---- drawing ---- */

enum { ROWS_AROUND = 3 }; /* title, header, help */

static size_t
room(const Browser *b)
{
    int rows = screen_rows(b->screen) - ROWS_AROUND;

    return rows > 1 ? (size_t)rows : 1;
}

static void
draw(Browser *b)
{
    Page *p = &b->page;
    const int last = screen_rows(b->screen) - 1;
    char title[256];

    if (p->chosen < p->top)
        p->top = p->chosen;
    if (p->chosen >= p->top + room(b))
        p->top = p->chosen - room(b) + 1;
    screen_clear(b->screen);
    (void)snprintf(title, sizeof title, "%s: %zu%s%s", levels[b->level].title, b->level == AT_DETAIL ? 1 : p->count,
                   b->said[0] != '\0' ? "  |  " : "", b->said);
    screen_line(b->screen, 0, title, STYLE_TITLE);
    screen_line(b->screen, 1, p->count > 0 ? p->header : "(none)", STYLE_HEADER);
    for (size_t i = 0; i < room(b) && p->top + i < p->count; i++)
        screen_line(b->screen, (int)i + 2, p->lines[p->top + i],
                    p->keys != NULL && p->top + i == p->chosen ? STYLE_CHOSEN : STYLE_PLAIN);
    screen_line(b->screen, last, levels[b->level].help, STYLE_TITLE);
    screen_show(b->screen);
}

/* ---- moving ---- */

static void
move_by(Browser *b, int key)
{
    const size_t last = b->page.count > 0 ? b->page.count - 1 : 0, page = room(b);
    size_t at = b->page.chosen;

    switch (key) {
    case KEY_IS_UP:
        at -= at > 0;
        break;
    case KEY_IS_DOWN:
        at += at < last;
        break;
    case KEY_IS_PAGE_UP:
        at = at > page ? at - page : 0;
        break;
    case KEY_IS_PAGE_DOWN:
        at = at + page < last ? at + page : last;
        break;
    case KEY_IS_FIRST:
        at = 0;
        break;
    default:
        at = last;
        break;
    }
    b->page.chosen = b->places[b->level] = at;
}

static bool
open_chosen(Browser *b, Err *err)
{
    if (b->page.keys == NULL || b->page.count == 0)
        return true;
    (void)snprintf(b->level == AT_GROUPS ? b->group : b->letter, sizeof b->group, "%s", b->page.keys[b->page.chosen]);
    b->level++;
    b->places[b->level] = 0;
    return load(b, err);
}

/* ---- deeds ---- */

typedef struct {
    int key;
    const char *command;
    bool (*run)(Dlq *d, Err *err);
    bool is_rehearsal, asks_reason, takes_one;
} Deed;

static const Deed deeds[] = {
    {'t', "dlq retry", dlq_retry, .is_rehearsal = true}, {'r', "dlq retry", dlq_retry, .asks_reason = false},
    {'s', "dlq skip", dlq_skip, .asks_reason = true},    {'p', "dlq park", dlq_park, .asks_reason = true},
    {'e', "dlq edit", dlq_edit, .takes_one = true},
};

static bool
read_line(const char *prompt, char *out, size_t size)
{
    (void)fputs(prompt, stdout);
    (void)fflush(stdout);
    if (fgets(out, (int)size, stdin) == NULL)
        return false;
    out[strcspn(out, "\n")] = '\0';
    return out[0] != '\0';
}

/* The letters that the place one stands on means: a whole group, or one letter. */
static void
aim(Browser *b, Dlq *d, int64_t *id)
{
    const char *key = b->level == AT_DETAIL ? b->letter : b->page.keys[b->page.chosen];

    if (b->level == AT_GROUPS) {
        d->filter.fingerprint = key;
        return;
    }
    *id = 0;
    for (const char *p = key; *p != '\0'; p++)
        *id = *id * 10 + (*p - '0');
    d->filter.ids = id;
    d->filter.id_count = 1;
    d->filter.status_count = 0;
}

/* As the verb does it, on the plain terminal. */
static bool
act(Browser *b, const Deed *deed, Err *err)
{
    Dlq d = *b->d;
    char reason[400] = "";
    int64_t id;
    Err why;

    if (b->page.count == 0 || (deed->takes_one && b->level == AT_GROUPS))
        return true;
    aim(b, &d, &id);
    d.command = deed->command;
    d.is_dry = deed->is_rehearsal;
    screen_suspend(b->screen);
    (void)printf("\ntipoff %s%s\n", deed->command, deed->is_rehearsal ? " --dry-run" : "");
    if (deed->asks_reason && !read_line("reason (empty: leave it): ", reason, sizeof reason)) {
        (void)snprintf(b->said, sizeof b->said, "nothing was changed");
        return load(b, err);
    }
    d.reason = reason[0] != '\0' ? reason : NULL;
    if (deed->run(&d, &why))
        (void)snprintf(b->said, sizeof b->said, "%s: done", deed->command);
    else
        (void)snprintf(b->said, sizeof b->said, "%s: %.120s", deed->command, why.msg);
    (void)printf("%s\n", b->said);
    (void)read_line("press Enter", reason, sizeof reason);
    b->d->s.tx = d.s.tx; /* its transaction may be another one by now */
    return load(b, err);
}

/* ---- the loop ---- */

static bool
handle(Browser *b, int key, bool *ends, Err *err)
{
    *ends = key == 'q' || key == KEY_IS_END || (key == KEY_IS_BACK && b->level == AT_GROUPS);
    if (*ends)
        return true;
    if (key == KEY_IS_OPEN)
        return open_chosen(b, err);
    if (key == KEY_IS_BACK) {
        b->level--;
        return load(b, err);
    }
    if (key >= KEY_IS_UP && key <= KEY_IS_LAST) {
        move_by(b, key);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
        if (deeds[i].key == key)
            return act(b, &deeds[i], err);
    if (key != 'R' && key != KEY_IS_RESIZE)
        return true;
    screen_forget(b->screen);
    b->said[0] = '\0';
    return load(b, err);
}

bool
dlq_browse(Dlq *d, Err *err)
{
    Browser b = {.d = d, .a = arena_new(0)};
    bool ends = false;
    bool ok = screen_open(&b.screen, err) && load(&b, err);

    while (ok && !ends) {
        draw(&b);
        ok = handle(&b, screen_read_key(b.screen), &ends, err);
    }
    screen_close(b.screen);
    arena_free(b.a);
    return ok;
}
