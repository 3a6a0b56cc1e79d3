/*
 * ops/cli/supervisor.c
 *    Start, restart, stop. It reads no events and knows no database.
 */
#include "ops/cli/supervisor.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "libcore/base/log.h"
#include "ops/cli/process.h"
#include "workers/registry.h"

enum {
    MAX_CHILDREN = 64,
    PATH_LEN = 1024,
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MAX_MS = 10000,
    REFUSED_MS = 2000,
    HEALTHY_AFTER_US = 10000000,
    STOP_WAIT_MS = 20000,
};

typedef struct {
    const char *name; /* of the log and the pid file */
    const char *argv[6];
    pid_t pid; /* 0 when it does not run */
    int64_t started_us, due_us;
    int backoff_ms;
    bool is_done; /* not to be started again */
    char port[12];
} Child;

typedef struct {
    const char *run_dir;
    const Clock *clock;
    Child children[MAX_CHILDREN];
    size_t count;
    bool with_broker;
    char program[1024];
} Supervisor;

static const char *
path_in(const char *run_dir, const char *kind, const char *name, const char *suffix, char out[PATH_LEN])
{
    (void)snprintf(out, PATH_LEN, "%s/%s%s%s%s", run_dir, kind, kind[0] ? "/" : "", name, suffix);
    return out;
}

/* Each worker answers on a port of its own, counted up from the configured one. */
static void
add_child(Supervisor *s, const char *name, const char *a, const char *b, int admin_port)
{
    Child *c = &s->children[s->count++];

    *c = (Child){.name = name, .argv = {s->program, a, b, NULL}, .backoff_ms = BACKOFF_FIRST_MS};
    if (b != NULL && admin_port != 0) {
        (void)snprintf(c->port, sizeof c->port, "%d", admin_port);
        c->argv[3] = "--admin.port";
        c->argv[4] = c->port;
    }
}

static void
start_child(Supervisor *s, Child *c)
{
    char log[PATH_LEN], pid[PATH_LEN];
    Err err;

    c->started_us = clock_mono_us(s->clock);
    if (!process_start(c->argv, path_in(s->run_dir, "logs", c->name, ".log", log), &c->pid, &err)
        || !pid_file_write(path_in(s->run_dir, "pids", c->name, ".pid", pid), c->pid, &err)) {
        log_err(LVL_ERROR, &err, "cannot start name=%s", c->name);
        c->due_us = c->started_us + INT64_C(1000) * c->backoff_ms;
        return;
    }
    log_line(LVL_INFO, "child started", "name=%s pid=%d", c->name, (int)c->pid);
}

static void
child_ended(Supervisor *s, Child *c, int status)
{
    int64_t now = clock_mono_us(s->clock);
    char pid[PATH_LEN];

    (void)unlink(path_in(s->run_dir, "pids", c->name, ".pid", pid));
    c->pid = 0;
    c->is_done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2 && c->backoff_ms < REFUSED_MS)
        c->backoff_ms = REFUSED_MS; /* the operator must act, and may just have done so */
    if (now - c->started_us > HEALTHY_AFTER_US)
        c->backoff_ms = BACKOFF_FIRST_MS;
    c->due_us = now + INT64_C(1000) * c->backoff_ms;
    c->backoff_ms = c->backoff_ms * 2 < BACKOFF_MAX_MS ? c->backoff_ms * 2 : BACKOFF_MAX_MS;
    log_line(c->is_done ? LVL_ERROR : LVL_WARN, "child ended",
             WIFEXITED(status) ? "name=%s status=%d again=%s" : "name=%s signal=%d again=%s", c->name,
             WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), c->is_done ? "no" : "yes");
}

static void
reap(Supervisor *s)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < s->count; i++)
            if (s->children[i].pid == pid)
                child_ended(s, &s->children[i], status);
}

/* The embedded broker writes its address when all its topics are there. */
static bool
broker_is_ready(const Supervisor *s)
{
    char path[PATH_LEN];

    return !s->with_broker || access(path_in(s->run_dir, "", "broker", ".addr", path), F_OK) == 0;
}

static void
start_due(Supervisor *s)
{
    int64_t now = clock_mono_us(s->clock);
    bool ready = broker_is_ready(s);

    for (size_t i = 0; i < s->count; i++) {
        Child *c = &s->children[i];

        if (c->pid == 0 && !c->is_done && now >= c->due_us && (ready || strcmp(c->name, "broker") == 0))
            start_child(s, c);
    }
}

static size_t
running(const Supervisor *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++)
        n += s->children[i].pid != 0;
    return n;
}

/* Workers first, the broker after them, and whoever does not go in time is killed. */
static void
stop_children(Supervisor *s)
{
    const struct timespec tick = {.tv_nsec = 20 * 1000000L};

    for (int broker = 0; broker <= 1; broker++) {
        for (size_t i = 0; i < s->count; i++)
            if (s->children[i].pid != 0 && (strcmp(s->children[i].name, "broker") == 0) == broker)
                (void)kill(s->children[i].pid, SIGTERM);
        for (int waited = 0; waited < STOP_WAIT_MS / 2 && running(s) > (broker ? 0u : 1u); waited += 20) {
            (void)nanosleep(&tick, NULL);
            reap(s);
        }
    }
    for (size_t i = 0; i < s->count; i++)
        if (s->children[i].pid != 0)
            (void)kill(s->children[i].pid, SIGKILL);
}

/* Wakes for a child's end, a stop signal, or the next start that is due. */
static void
supervise(Supervisor *s)
{
    const struct timespec tick = {.tv_nsec = 50 * 1000000L};
    sigset_t set;
    int sig;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    do {
        reap(s);
        start_due(s);
        sig = sigtimedwait(&set, NULL, &tick);
    } while (sig != SIGTERM && sig != SIGINT);
    stop_children(s);
}

static bool
make_folders(const char *run_dir, Err *err)
{
    static const char *const kinds[] = {"logs", "pids"};
    char path[PATH_LEN];

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (mkdir(path_in(run_dir, "", kinds[i], "", path), 0755) != 0 && errno != EEXIST)
            return ERR_FAIL(err, ERR_CONFIG, "cannot make %s: %s", path, strerror(errno));
    return true;
}

static void
block_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

static void
become_daemon(const char *log_path)
{
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)setsid();
    if (log < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0
        || dup2(log, STDERR_FILENO) < 0)
        _exit(1);
}

bool
supervisor_start(Cli *cli, bool with_broker, Err *err)
{
    const char *run_dir = config_get(cli->cfg, "run_dir");
    int admin_port = (int)config_int(cli->cfg, "admin.port");
    char log[PATH_LEN], pid_path[PATH_LEN];
    Supervisor *s;
    ssize_t len;
    pid_t pid;
    int lock;

    if (supervisor_pid(run_dir) != 0)
        return ERR_FAIL(err, ERR_CONFIG, "a deployment runs in %s already: 'tipoff down' stops it", run_dir);
    if (!make_folders(run_dir, err))
        return false;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->run_dir = run_dir;
    s->clock = cli->clock;
    len = readlink("/proc/self/exe", s->program, sizeof s->program - 1);
    if (len <= 0) {
        free(s);
        return ERR_FAIL(err, ERR_CONFIG, "cannot find this program: %s", strerror(errno));
    }
    s->with_broker = with_broker;
    (void)unlink(path_in(run_dir, "", "broker", ".addr", log));
    if (with_broker)
        add_child(s, "broker", "broker", NULL, 0);
    for (size_t i = 0; all_workers[i] != NULL; i++)
        add_child(s, all_workers[i]->name, "worker", all_workers[i]->name, admin_port ? admin_port + (int)i : 0);
    lock = pid_file_lock(path_in(run_dir, "", "supervisor", ".pid", pid_path));
    if (lock < 0) {
        free(s);
        return ERR_FAIL(err, ERR_CONFIG, "a deployment runs in %s already: 'tipoff down' stops it", run_dir);
    }
    pid = fork();
    if (pid == 0) {
        block_signals();
        become_daemon(path_in(run_dir, "logs", "supervisor", ".log", log));
        supervise(s);
        (void)unlink(path_in(run_dir, "", "supervisor", ".pid", pid_path));
        _exit(0);
    }
    free(s);
    (void)close(lock); /* the child holds it on */
    if (pid < 0)
        return ERR_FAIL(err, ERR_TRANSIENT, "fork: %s", strerror(errno));
    return pid_file_write(pid_path, pid, err);
}

int
supervisor_pid(const char *run_dir)
{
    char path[PATH_LEN];

    return pid_file_holder(path_in(run_dir, "", "supervisor", ".pid", path));
}

bool
supervisor_stop(const char *run_dir, Err *err)
{
    int pid = supervisor_pid(run_dir);

    if (pid == 0)
        return true;
    if (kill(pid, SIGTERM) != 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot stop process %d: %s", pid, strerror(errno));
    return process_wait_gone(pid, STOP_WAIT_MS + 5000)
           || ERR_FAIL(err, ERR_TRANSIENT, "process %d does not stop; see %s/logs/supervisor.log", pid, run_dir);
}
