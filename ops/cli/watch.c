/*
 * ops/cli/watch.c
 *    The screen, the wait, and commands that are run for their output.
 */
#include "ops/cli/watch.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "libcore/io/signals.h"
#include "ops/cli/print.h"

enum { DEFAULT_SECONDS = 2, MAX_SECONDS = 3600, STEP_MS = 250 };

bool
watch_take_interval(Cli *cli, int *interval_ms)
{
    *interval_ms = 0;
    for (int i = 0; i < cli->argc; i++) {
        char *end = NULL;
        double seconds;
        bool ok = true;

        if (strcmp(cli->argv[i], "--watch") != 0)
            continue;
        if (i + 1 == cli->argc || strncmp(cli->argv[i + 1], "--", 2) == 0) {
            (void)cli_take_switch(cli, "--watch");
            *interval_ms = DEFAULT_SECONDS * 1000;
            return true;
        }
        seconds = strtod(cli_take_option(cli, "--watch", &ok), &end);
        if (*end == '\0' && seconds >= 0.1 && seconds <= MAX_SECONDS) {
            *interval_ms = (int)(seconds * 1000);
            return true;
        }
        (void)fprintf(stderr, "tipoff: --watch takes seconds from 0.1 to %d\n", MAX_SECONDS);
        return false;
    }
    return true;
}

void
terminal_size(int *width, int *height)
{
    struct winsize w = {0};

    *width = *height = 0;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0) {
        *width = w.ws_col;
        *height = w.ws_row;
    }
}

/* ---- the screen ---- */

typedef struct {
    const WatchJob *job;
    Signals *signals;
    bool on_terminal, reads_keys;
    struct termios before;
} Watch;

static void
enter_screen(Watch *w)
{
    struct termios raw;

    w->on_terminal = isatty(STDOUT_FILENO) && !w->job->cli->json;
    if (!w->on_terminal)
        return;
    (void)fputs("\x1b[?1049h\x1b[?25l", stdout); /* the other screen, no cursor */
    w->reads_keys = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &w->before) == 0;
    if (!w->reads_keys)
        return;
    raw = w->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void
leave_screen(Watch *w)
{
    if (w->reads_keys)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &w->before);
    if (w->on_terminal)
        (void)fputs("\x1b[?25h\x1b[?1049l", stdout);
    (void)fflush(stdout);
}

/* From the top left corner on; every line clears what stood there, the end what stood below. */
static void
draw(const Watch *w, const char *text)
{
    int width, height, line = 0;

    terminal_size(&width, &height);
    (void)fputs("\x1b[H", stdout);
    for (const char *end; *text != '\0' && (height == 0 || line < height - 1); text = end + 1, line++) {
        end = strchr(text, '\n');
        if (end == NULL)
            end = text + strlen(text);
        (void)printf("%.*s\x1b[K\n", (int)(end - text), text);
        if (*end == '\0')
            break;
    }
    (void)printf("\x1b[J%s, every %g s; q ends", line == height - 1 ? "(more than fits)" : "watching",
                 w->job->interval_ms / 1000.0);
}

static bool
look(const Watch *w, Err *err)
{
    Buf text = {0};
    int width, height;
    bool ok;

    terminal_size(&width, &height);
    ok = w->job->look(w->job->ctx, width, height, &text, err);
    if (ok && w->on_terminal)
        draw(w, buf_cstr(&text));
    else if (ok && text.len > 0)
        (void)printf("%s%s", buf_cstr(&text), w->job->cli->json ? "" : "\n");
    (void)fflush(stdout);
    buf_free(&text);
    return ok;
}

/* ---- the wait ---- */

/* True when the user has had enough. */
static bool
is_over(Watch *w)
{
    char key;

    if (signals_level(w->signals) > STOP_RUN)
        return true;
    return w->reads_keys && read(STDIN_FILENO, &key, 1) == 1 && (key == 'q' || key == 'Q');
}

/* Takes in all that has come. A connection that is lost wakes, too: the next look says so. */
static bool
is_woken(const Watch *w)
{
    Db *db = w->job->wakes != NULL ? w->job->wakes(w->job->ctx) : NULL;
    char channel[DB_CHANNEL_LEN];
    bool woken = false;
    Err ignored;

    for (bool more = db != NULL; more; woken |= more)
        if (!db_wait_notify(db, 0, channel, &more, &ignored))
            return true;
    return woken;
}

/* Until the interval is over, a notification, a key or a signal comes. */
static bool
wait_or_end(Watch *w)
{
    struct pollfd fds[] = {{.fd = signals_fd(w->signals), .events = POLLIN},
                           {.fd = w->reads_keys ? STDIN_FILENO : -1, .events = POLLIN}};
    const Clock *clock = w->job->cli->clock;
    const int64_t until = clock_mono_us(clock) + (int64_t)w->job->interval_ms * 1000;

    for (int64_t left; (left = until - clock_mono_us(clock)) > 0;) {
        const int step = left > (int64_t)STEP_MS * 1000 ? STEP_MS : (int)(left / 1000) + 1;

        if (poll(fds, ARRAY_LEN(fds), step) > 0 && is_over(w))
            return false;
        if (is_woken(w))
            return true;
    }
    return true;
}

int
watch_run(const WatchJob *job)
{
    Watch w = {.job = job};
    Err err;
    int status = 0;

    w.signals = signals_new(&err);
    if (w.signals == NULL)
        return cli_fail(&err);
    if (!look(&w, &err)) { /* what is wrong from the start stays wrong */
        status = cli_fail(&err);
    } else {
        enter_screen(&w);
        while (wait_or_end(&w)) {
            if (look(&w, &err))
                continue;
            (void)fprintf(w.on_terminal ? stdout : stderr, "%stipoff: %s%s", w.on_terminal ? "\x1b[H" : "", err.msg,
                          w.on_terminal ? "\x1b[K" : "\n");
            (void)fflush(stdout);
        }
        leave_screen(&w);
    }
    signals_free(w.signals);
    return status;
}

/* ---- any command ---- */

typedef struct {
    Cli *cli;
    const Command *command;
} Watched;

bool
watch_is_possible(const Command *c, const Cli *cli)
{
    const char *word = cli->argc > 0 && cli->argv[0][0] != '-' ? cli->argv[0] : "";

    for (const char *const *w = c->watched; w != NULL && *w != NULL; w++) {
        if (**w == '!' && strcmp(*w + 1, word) == 0)
            return false;
        if (strcmp(*w, WATCH_ANY) == 0 || strcmp(*w, word) == 0)
            return true;
    }
    return false;
}

/* The words are taken as they are used; the next look needs them, too. */
static int
run_in_child(const Watched *w)
{
    Cli cli = *w->cli;
    char **words = calloc((size_t)cli.argc + 1, sizeof *words);
    int status;

    if (words == NULL)
        abort();
    memcpy(words, cli.argv, (size_t)cli.argc * sizeof *words);
    cli.argv = words;
    signals_unblock_in_child();
    status = w->command->run(&cli);
    if (status < 2) /* 1: what is asked about is bad */
        print_document(&cli);
    (void)fflush(stdout);
    return status;
}

static bool
read_all(int fd, Buf *out, Err *err)
{
    char some[4096];
    ssize_t n;

    while ((n = read(fd, some, sizeof some)) != 0) {
        if (n > 0)
            buf_put(out, some, (size_t)n);
        else if (errno != EINTR)
            return ERR_FAIL(err, ERR_TRANSIENT, "cannot read what the command says: %s", strerror(errno));
    }
    return true;
}

/* What it says on stderr, too: it belongs into the picture. */
static bool
look_at_command(void *ctx, int width, int height, Buf *out, Err *err)
{
    const Watched *w = ctx;
    int ends[2], status = 0;
    pid_t pid;
    bool ok;

    (void)width;
    (void)height;
    (void)fflush(NULL);
    if (pipe(ends) != 0 || (pid = fork()) < 0)
        return ERR_FAIL(err, ERR_TRANSIENT, "cannot run the command: %s", strerror(errno));
    if (pid == 0) {
        (void)close(ends[0]);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[1]);
        _exit(run_in_child(w));
    }
    (void)close(ends[1]);
    ok = read_all(ends[0], out, err);
    (void)close(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (ok && (!WIFEXITED(status) || WEXITSTATUS(status) > 1)) {
        char *end = out->len > 0 ? strchr(buf_cstr(out), '\n') : NULL;
        const char *said = out->len > 0 ? buf_cstr(out) : "the command failed";

        if (end != NULL)
            *end = '\0';
        return ERR_FAIL(err, ERR_CONFIG, "%s", strncmp(said, "tipoff: ", 8) == 0 ? said + 8 : said);
    }
    return ok;
}

int
watch_command(Cli *cli, const Command *c, int interval_ms)
{
    Watched watched = {cli, c};
    const WatchJob job = {.cli = cli, .interval_ms = interval_ms, .ctx = &watched, .look = look_at_command};

    return watch_run(&job);
}
