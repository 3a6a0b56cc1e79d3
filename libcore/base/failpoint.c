/*
 * libcore/base/failpoint.c
 *    The table of points that are set, and their actions.
 *
 * The table is the process's own by nature: a point is reached from places that share nothing else.
 */
#include "libcore/base/failpoint.h"
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef enum { FAIL_KILL, FAIL_EXIT, FAIL_DELAY } FailAction;

typedef struct {
    char name[48];
    FailAction action;
    uint32_t number; /* hits until it acts, or milliseconds */
    uint32_t hits;
} Failpoint;

enum { FAILPOINTS_MAX = 16 };

static struct {
    Failpoint points[FAILPOINTS_MAX];
    size_t count;
} armed;

static bool
parse_action(const char *s, size_t len, FailAction *out)
{
    static const struct {
        const char *word;
        FailAction action;
    } words[] = {{"kill", FAIL_KILL}, {"exit", FAIL_EXIT}, {"delay", FAIL_DELAY}};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strlen(words[i].word) == len && memcmp(s, words[i].word, len) == 0) {
            *out = words[i].action;
            return true;
        }
    }
    return false;
}

/* Digits only, 1 to 1000000, the whole text. */
static bool
parse_number(const char *s, uint32_t *out)
{
    uint32_t v = 0;

    if (*s == '\0' || strlen(s) > 7)
        return false;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return false;
        v = v * 10 + (uint32_t)(*s - '0');
    }
    *out = v;
    return v >= 1 && v <= 1000000;
}

/* item: "name=action:number". */
static bool
parse_point(const char *item, Failpoint *out)
{
    const char *equals = strchr(item, '=');
    const char *colon = equals != NULL ? strchr(equals, ':') : NULL;

    if (colon == NULL || equals == item || (size_t)(equals - item) >= sizeof out->name)
        return false;
    *out = (Failpoint){0};
    memcpy(out->name, item, (size_t)(equals - item));
    return parse_action(equals + 1, (size_t)(colon - equals - 1), &out->action)
           && parse_number(colon + 1, &out->number);
}

bool
failpoint_init(const char *spec, Err *err)
{
    char item[96];

    armed.count = 0;
    while (spec != NULL && *spec != '\0') {
        size_t len = strcspn(spec, ",");

        (void)snprintf(item, sizeof item, "%.*s", len < sizeof item ? (int)len : 0, spec);
        if (armed.count == FAILPOINTS_MAX || !parse_point(item, &armed.points[armed.count]))
            return ERR_FAIL(err, ERR_CONFIG,
                            "failpoints: cannot read \"%.*s\": write name=kill:N, name=exit:N"
                            " or name=delay:MS, at most %d of them",
                            (int)(len < 200 ? len : 200), spec, FAILPOINTS_MAX);
        armed.count++;
        spec += len + (spec[len] == ',');
    }
    return true;
}

static void
act(Failpoint *p)
{
    struct timespec pause = {.tv_sec = p->number / 1000, .tv_nsec = (long)(p->number % 1000) * 1000000};

    p->hits++;
    switch (p->action) {
    case FAIL_KILL:
        if (p->hits == p->number)
            (void)raise(SIGKILL);
        return;
    case FAIL_EXIT:
        if (p->hits == p->number)
            _exit(70);
        return;
    case FAIL_DELAY:
        (void)nanosleep(&pause, NULL);
        return;
    }
}

void
failpoint_hit(const char *name)
{
    for (size_t i = 0; i < armed.count; i++) {
        if (strcmp(armed.points[i].name, name) == 0)
            act(&armed.points[i]);
    }
}
