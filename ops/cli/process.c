/*
 * ops/cli/process.c
 *    fork, exec, wait.
 */
#include "ops/cli/process.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "libcore/io/signals.h"

static void
exec_child(const char *const *argv)
{
    signals_unblock_in_child();
    /* execvp takes char *const * for history's sake and changes nothing. */
    (void)execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static bool
judge_status(const char *name, int status, Err *err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return ERR_FAIL(err, ERR_CONFIG, "%s ended with %s %d", name, WIFEXITED(status) ? "status" : "signal",
                    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

bool
process_run(const char *const *argv, Buf *out, Err *err)
{
    int fds[2] = {-1, -1}, status;
    char chunk[4096];
    ssize_t n;
    pid_t pid;

    if (out != NULL && pipe(fds) != 0)
        return ERR_FAIL(err, ERR_TRANSIENT, "pipe: %s", strerror(errno));
    pid = fork();
    if (pid < 0)
        return ERR_FAIL(err, ERR_TRANSIENT, "fork: %s", strerror(errno));
    if (pid == 0) {
        if (out != NULL && dup2(fds[1], STDOUT_FILENO) < 0)
            _exit(127);
        if (out != NULL) {
            (void)close(fds[0]);
            (void)close(fds[1]);
        }
        exec_child(argv);
    }
    if (out != NULL) {
        (void)close(fds[1]);
        while ((n = read(fds[0], chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
            if (n > 0)
                buf_put(out, chunk, (size_t)n);
        (void)close(fds[0]);
        while (out->len > 0 && out->data[out->len - 1] == '\n')
            out->len--;
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return ERR_FAIL(err, ERR_TRANSIENT, "waitpid: %s", strerror(errno));
    return judge_status(argv[0], status, err);
}

bool
process_start(const char *const *argv, const char *log_path, pid_t *pid, Err *err)
{
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

    if (log < 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", log_path, strerror(errno));
    *pid = fork();
    if (*pid == 0) {
        int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

        /* A supervisor that is killed takes its children with it: nobody else could stop them. */
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
            _exit(127);
        exec_child(argv);
    }
    (void)close(log);
    return *pid > 0 || ERR_FAIL(err, ERR_TRANSIENT, "fork: %s", strerror(errno));
}

bool
pid_file_write(const char *path, pid_t pid, Err *err)
{
    FILE *f = fopen(path, "w");

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
    (void)fprintf(f, "%d\n", (int)pid);
    return fclose(f) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
}

pid_t
pid_file_read(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[32] = "";
    long pid;

    if (f == NULL)
        return 0;
    if (fgets(line, sizeof line, f) == NULL)
        line[0] = '\0';
    (void)fclose(f);
    pid = strtol(line, NULL, 10);
    return pid > 1 && kill((pid_t)pid, 0) == 0 ? (pid_t)pid : 0;
}

int
pid_file_lock(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

pid_t
pid_file_holder(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char line[32] = "";
    long pid;
    bool is_held;

    if (fd < 0)
        return 0;
    is_held = flock(fd, LOCK_SH | LOCK_NB) != 0;
    if (read(fd, line, sizeof line - 1) < 0)
        line[0] = '\0';
    (void)close(fd);
    pid = strtol(line, NULL, 10);
    return is_held && pid > 1 ? (pid_t)pid : 0;
}

/* A process that has ended and that nobody has waited for yet is gone as well. */
static bool
is_gone(pid_t pid)
{
    char path[64], stat[512];
    const char *state;
    FILE *f;

    if (kill(pid, 0) != 0)
        return errno == ESRCH;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "r");
    if (f == NULL)
        return true;
    if (fgets(stat, sizeof stat, f) == NULL)
        stat[0] = '\0';
    (void)fclose(f);
    state = strrchr(stat, ')');
    return state != NULL && state[1] == ' ' && state[2] == 'Z';
}

bool
process_wait_gone(pid_t pid, int timeout_ms)
{
    const struct timespec tick = {.tv_nsec = 20 * 1000000L};

    for (int waited = 0; waited < timeout_ms; waited += 20) {
        if (is_gone(pid))
            return true;
        (void)nanosleep(&tick, NULL);
    }
    return false;
}
