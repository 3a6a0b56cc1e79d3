/*
 * libcore/io/signals.c
 *    signalfd(2) behind the stop level.
 */
#include "libcore/io/signals.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct Signals {
    int fd;
    _Atomic int level;
};

static void
stop_set(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGINT);
}

Signals *
signals_new(Err *err)
{
    Signals *s = calloc(1, sizeof *s);
    sigset_t set;

    if (s == NULL)
        abort();
    stop_set(&set);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) == 0)
        s->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    else
        s->fd = -1;
    if (s->fd < 0) {
        (void)ERR_FAIL(err, ERR_FATAL, "cannot watch signals: errno %d", errno);
        free(s);
        return NULL;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    return s;
}

void
signals_free(Signals *s)
{
    if (s == NULL)
        return;
    (void)close(s->fd);
    free(s);
}

StopLevel
signals_seen(const Signals *s)
{
    return (StopLevel)atomic_load(&s->level);
}

void
signals_raise(Signals *s, StopLevel level)
{
    int now = atomic_load(&s->level);

    while (now < (int)level && !atomic_compare_exchange_weak(&s->level, &now, (int)level))
        continue;
}

StopLevel
signals_level(Signals *s)
{
    struct signalfd_siginfo info;

    while (read(s->fd, &info, sizeof info) == (ssize_t)sizeof info)
        signals_raise(s, signals_seen(s) == STOP_RUN ? STOP_DRAIN : STOP_NOW);
    return signals_seen(s);
}

StopLevel
signals_wait(Signals *s, int timeout_ms)
{
    struct pollfd p = {.fd = s->fd, .events = POLLIN};

    if (signals_level(s) == STOP_RUN)
        (void)poll(&p, 1, timeout_ms);
    return signals_level(s);
}

int
signals_fd(const Signals *s)
{
    return s->fd;
}

void
signals_unblock_in_child(void)
{
    sigset_t set;

    stop_set(&set);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

const char *
stop_level_name(StopLevel level)
{
    static const char *const names[] = {"run", "drain", "stop", "now"};

    return names[level];
}
