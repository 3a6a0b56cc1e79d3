/*
 * libcore/base/err.c
 *    Fill and prefix an error.
 */
#include "libcore/base/err.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
mark_cut(char *msg, size_t cap, int wanted)
{
    static const char ellipsis[] = "...";

    if (wanted >= 0 && (size_t)wanted >= cap)
        memcpy(msg + cap - sizeof ellipsis, ellipsis, sizeof ellipsis);
}

bool
err_fail_at(Err *err, ErrClass cls, const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    int wanted;

    err->cls = cls;
    err->code[0] = '\0';
    err->file = file;
    err->line = line;
    va_start(ap, fmt);
    wanted = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    mark_cut(err->msg, sizeof err->msg, wanted);
    return false;
}

bool
err_prefix(Err *err, const char *fmt, ...)
{
    enum { PREFIX_MAX = 256 };
    char prefix[PREFIX_MAX], old[sizeof err->msg - PREFIX_MAX - 2];
    va_list ap;
    int wanted;

    va_start(ap, fmt);
    wanted = vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    mark_cut(prefix, sizeof prefix, wanted);
    memcpy(old, err->msg, sizeof old - 1);
    old[sizeof old - 1] = '\0';
    mark_cut(old, sizeof old, (int)strlen(err->msg));
    (void)snprintf(err->msg, sizeof err->msg, "%s: %s", prefix, old);
    return false;
}

void
err_set_code(Err *err, const char *code)
{
    (void)snprintf(err->code, sizeof err->code, "%s", code ? code : "");
}

const char *
err_class_name(ErrClass cls)
{
    switch (cls) {
    case ERR_NONE:
        return "none";
    case ERR_TRANSIENT:
        return "transient";
    case ERR_POISON:
        return "poison";
    case ERR_CANCELED:
        return "canceled";
    case ERR_CONFIG:
        return "config";
    case ERR_FATAL:
        return "fatal";
    }
    return "unknown";
}

int
err_exit_status(const Err *err)
{
    switch (err->cls) {
    case ERR_CONFIG:
        return 2;
    case ERR_FATAL:
        return 70;
    case ERR_NONE:
    case ERR_CANCELED:
        return 0;
    case ERR_TRANSIENT:
    case ERR_POISON:
        return 1;
    }
    return 1;
}
