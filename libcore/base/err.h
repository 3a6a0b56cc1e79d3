/*
 * libcore/base/err.h
 *    What went wrong, where, and what the caller should do about it.
 *
 * A function that can fail returns bool, takes Err *err last, and on false has filled it. The
 * sentence is written where the cause is known; the line is logged once, where it is decided upon.
 */
#ifndef TIPOFF_BASE_ERR_H
#define TIPOFF_BASE_ERR_H

#include <stdbool.h>
#include "libcore/base/macros.h"

typedef enum {
    ERR_NONE,
    ERR_TRANSIENT, /* the same input may work later: roll back, back off, again */
    ERR_POISON,    /* this input never works: a letter with its reason, go on */
    ERR_CANCELED,  /* we were asked to stop: unwind quietly */
    ERR_CONFIG,    /* the operator must act: say how, exit 2 */
    ERR_FATAL,     /* a broken invariant, or fenced by a newer instance: exit 70 */
} ErrClass;

typedef struct Err {
    ErrClass cls;
    char code[24];    /* SQLSTATE, librdkafka's name, or a short name of our own; may be empty */
    const char *file; /* static storage */
    int line;
    char msg[1024]; /* one sentence; ends in an ellipsis where it was cut */
} Err;

/* Fills err and returns false. A NULL err is a caller's bug. */
bool err_fail_at(Err *err, ErrClass cls, const char *file, int line, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Puts "prefix: " before the sentence; class and place stay. Returns false. */
bool err_prefix(Err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Copies at most 23 bytes of code. */
void err_set_code(Err *err, const char *code);

const char *err_class_name(ErrClass cls);

/* The exit status of a process that stops for this error: 2 config, 70 fatal, 1 otherwise. */
int err_exit_status(const Err *err);

#define ERR_FAIL(err, cls, ...) err_fail_at((err), (cls), __FILE__, __LINE__, __VA_ARGS__)

#endif
