/*
 * libcore/base/config.h
 *    The options: one table of rows, from which the file, the environment, the flags, the help and
 *    the sample file follow.
 *
 * What wins: flag > environment > file > default. Every value is checked where it is set, so the
 * typed getters cannot fail.
 */
#ifndef TIPOFF_BASE_CONFIG_H
#define TIPOFF_BASE_CONFIG_H

#include "libcore/base/bytes.h"
#include "libcore/base/date.h"
#include "libcore/base/err.h"

typedef struct Config Config;

typedef enum {
    OPTION_TEXT,
    OPTION_INT,        /* min..max */
    OPTION_LOG_FORMAT, /* logfmt, json */
    OPTION_DATE,       /* YYYY-MM-DD or empty */
    OPTION_INSTANT,    /* RFC 3339 in UTC, or empty */
    OPTION_LEVEL,      /* error, warn, info, debug */
} OptionKind;

typedef struct {
    const char *key; /* as in the file; the flag is --key with '-' for '.' and '_' */
    const char *env;
    const char *fallback; /* never NULL; may be empty */
    const char *help;
    OptionKind kind;
    int64_t min, max; /* of an OPTION_INT */
    bool is_secret;   /* never printed, never hashed */
} ConfigOption;

/* The rows, in the order in which help shows them. */
const ConfigOption *config_options(size_t *count);

/* All defaults. Never NULL. */
Config *config_new(void);
void config_free(Config *c); /* NULL is fine */

/* Takes "--key value" and "--key=value" of known options out of argv, wherever they stand before a
 * "--", and shortens *argc. Other words stay for the caller. ERR_CONFIG on a bad value. */
NODISCARD bool config_take_flags(Config *c, int *argc, char **argv, Err *err);
/* As if by flag. ERR_CONFIG on an unknown key or a bad value. */
NODISCARD bool config_set(Config *c, const char *key, const char *value, Err *err);

/* Reads the environment, then the file: $TIPOFF_CONFIG, which must then exist, or tipoff.conf in the
 * run folder, which need not. Call after the flags. */
NODISCARD bool config_load(Config *c, Err *err);
/* The text of a file named for messages: lines "key = value"; '#' starts a comment line. An unknown
 * key or a bad value is ERR_CONFIG with the name and the line. */
NODISCARD bool config_parse_file(Config *c, Bytes text, const char *name, Err *err);

/* key must be one of the rows'; another one is a bug and aborts. Borrowed until the next change. */
const char *config_get(const Config *c, const char *key);
int64_t config_int(const Config *c, const char *key);
GameDate config_date(const Config *c, const char *key);   /* GAME_DATE_NULL when empty */
Instant config_instant(const Config *c, const char *key); /* INSTANT_NULL when empty */
/* Where the value is from: "default", "file", "environment" or "flag". */
const char *config_origin(const Config *c, const char *key);

/* The value as it may be shown: a secret is "(set)" or "(not set)". */
const char *config_shown(const Config *c, const ConfigOption *option);
/* A file that sets nothing: every option commented out, with its help and default. */
void config_sample(Buf *out);

enum { CONFIG_HASH_LEN = 17 };
/* 16 hex digits over all options that are not secret; equal settings, equal hash. Returns out. */
const char *config_hash(const Config *c, char out[CONFIG_HASH_LEN]);

#endif
