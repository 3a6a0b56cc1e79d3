/*
 * libcore/base/config.c
 *    The option rows, and the three places that set them.
 */
#include "libcore/base/config.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/log.h"

static const ConfigOption options[] = {
    {"run_dir", "TIPOFF_RUN_DIR", ".tipoff", "folder of everything that a running deployment leaves", OPTION_TEXT, 0, 0,
     false},
    {"database.url", "DATABASE_URL", "", "libpq URI; empty: the private cluster in the run folder", OPTION_TEXT, 0, 0,
     true},
    {"kafka.brokers", "KAFKA_BROKERS", "", "host:port,...; empty: the embedded broker of the run folder", OPTION_TEXT,
     0, 0, false},
    {"schema.registry.url", "TIPOFF_SCHEMA_REGISTRY_URL", "",
     "http(s)://[user:password@]host:port of a Confluent schema registry, whose framing is then written, and read "
     "beside Avro's own; empty: Avro's alone",
     OPTION_TEXT, 0, 0, true},
    {"public_dir", "TIPOFF_PUBLIC_DIR", "", "folder of published files; empty: public in the run folder", OPTION_TEXT,
     0, 0, false},
    {"scope.from", "TIPOFF_SCOPE_FROM", "", "first game date that is expected; empty: no bound", OPTION_DATE, 0, 0,
     false},
    {"scope.to", "TIPOFF_SCOPE_TO", "", "last game date that is expected; empty: no bound", OPTION_DATE, 0, 0, false},
    {"feeds.subscribed", "TIPOFF_FEEDS", "",
     "feeds that the deployment subscribes to, as shots,props,injuries; empty: those that topics/feeds.toml says",
     OPTION_TEXT, 0, 0, false},
    {"clock.now", "TIPOFF_NOW", "", "what the wall clock reads at start, in UTC; empty: the machine's time",
     OPTION_INSTANT, 0, 0, false},
    {"log.level", "TIPOFF_LOG_LEVEL", "info", "error, warn, info or debug", OPTION_LEVEL, 0, 0, false},
    {"log.format", "TIPOFF_LOG_FORMAT", "logfmt", "of log lines: logfmt or json", OPTION_LOG_FORMAT, 0, 0, false},
    {"xgboost.library", "TIPOFF_XGBOOST", "",
     "libxgboost.so that models are trained with; empty: the run folder's, which 'ops/xgboost fetch' puts there, or "
     "the "
     "system's",
     OPTION_TEXT, 0, 0, false},
    {"admin.port", "TIPOFF_ADMIN_PORT", "0",
     "loopback port of a worker's health and metrics, under 'up' of the first worker's; 0: off", OPTION_INT, 0, 65535,
     false},
    {"batch.max_events", "TIPOFF_BATCH_MAX_EVENTS", "500", "most events in one transaction", OPTION_INT, 1, 100000,
     false},
    {"batch.linger_ms", "TIPOFF_BATCH_LINGER_MS", "20", "longest wait for a batch to fill, in ms", OPTION_INT, 0, 10000,
     false},
    {"lane.backfill_share", "TIPOFF_LANE_BACKFILL_SHARE", "10",
     "percent of events that the backfill lane has at least while both lanes wait", OPTION_INT, 1, 90, false},
    {"lane.max_in_flight", "TIPOFF_LANE_MAX_IN_FLIGHT", "20000",
     "events sent and not confirmed by the broker above which a worker pauses the backfill lane, and at twice as many "
     "the live one",
     OPTION_INT, 1, 1000000, false},
    {"fetch.wait_ms", "TIPOFF_FETCH_WAIT_MS", "0",
     "longest wait of a fetch at the broker, in ms; 0: 500 at Kafka, which wakes it, and 5 at the embedded broker",
     OPTION_INT, 0, 10000, false},
    {"session.timeout_ms", "TIPOFF_SESSION_TIMEOUT_MS", "6000",
     "silence after which a member leaves its group, in ms; the embedded broker needs 3100 or more", OPTION_INT, 3100,
     300000, false},
    {"checks_dir", "TIPOFF_CHECKS_DIR", "", "folder of checks; empty: schemas/checks of the source", OPTION_TEXT, 0, 0,
     false},
    {"alerts.routes", "TIPOFF_ALERT_ROUTES", "",
     "who is told of alerts: NAME slack|json URL [info|warning|critical] [KIND...]; several divided by ';'; empty: "
     "nobody",
     OPTION_TEXT, 0, 0, true},
    {"alerts.escalate_min", "TIPOFF_ALERT_ESCALATE_MIN", "30",
     "minutes after which an alert that nobody has acknowledged is said once more; 0: never", OPTION_INT, 0, 100000,
     false},
    {"alerts.test_hour", "TIPOFF_ALERT_TEST_HOUR", "9",
     "Eastern hour from which on each sink of alerts.routes is sent the day's test", OPTION_INT, 0, 23, false},
    {"failpoints", "TIPOFF_FAILPOINTS", "", "name=kill:N, name=exit:N or name=delay:MS,...; for tests", OPTION_TEXT, 0,
     0, false},
};

/* In order of precedence. */
typedef enum { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG } Origin;

struct Config {
    char *values[ARRAY_LEN(options)];
    Origin origins[ARRAY_LEN(options)];
};

const ConfigOption *
config_options(size_t *count)
{
    *count = ARRAY_LEN(options);
    return options;
}

static char *
copy(const char *s, size_t len)
{
    char *p = malloc(len + 1);

    if (p == NULL)
        abort();
    memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

Config *
config_new(void)
{
    Config *c = calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    for (size_t i = 0; i < ARRAY_LEN(options); i++)
        c->values[i] = copy(options[i].fallback, strlen(options[i].fallback));
    return c;
}

void
config_free(Config *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < ARRAY_LEN(options); i++)
        free(c->values[i]);
    free(c);
}

/* The row of a key; ARRAY_LEN(options) when there is none. */
static size_t
find_key(const char *key, size_t len)
{
    size_t i = 0;

    while (i < ARRAY_LEN(options) && (strlen(options[i].key) != len || memcmp(options[i].key, key, len) != 0))
        i++;
    return i;
}

static size_t
known(const char *key)
{
    size_t i = find_key(key, strlen(key));

    if (i == ARRAY_LEN(options))
        abort();
    return i;
}

static bool
parse_int(const char *s, int64_t *out)
{
    char *end;
    long long v;

    if ((*s < '0' || *s > '9') && *s != '-')
        return false;
    errno = 0;
    v = strtoll(s, &end, 10);
    *out = v;
    return errno == 0 && *end == '\0' && end != s;
}

/* Says what would have been right. */
static bool
check_value(const ConfigOption *o, const char *s, Err *err)
{
    int64_t number;
    GameDate date;
    Instant instant;
    LogLevel level;

    switch (o->kind) {
    case OPTION_TEXT:
        return true;
    case OPTION_INT:
        return (parse_int(s, &number) && number >= o->min && number <= o->max)
               || ERR_FAIL(err, ERR_CONFIG, "%s must be a whole number from %lld to %lld, not \"%.100s\"", o->key,
                           (long long)o->min, (long long)o->max, s);
    case OPTION_LOG_FORMAT:
        return strcmp(s, "logfmt") == 0 || strcmp(s, "json") == 0
               || ERR_FAIL(err, ERR_CONFIG, "%s must be logfmt or json, not \"%.100s\"", o->key, s);
    case OPTION_DATE:
        return *s == '\0' || date_parse(s, &date)
               || ERR_FAIL(err, ERR_CONFIG, "%s must be a date such as 2024-12-05, not \"%.100s\"", o->key, s);
    case OPTION_INSTANT:
        return *s == '\0' || instant_parse(s, &instant)
               || ERR_FAIL(err, ERR_CONFIG, "%s must be a time such as 2024-12-05T23:30:00Z, not \"%.100s\"", o->key,
                           s);
    case OPTION_LEVEL:
        return log_level_parse(s, &level)
               || ERR_FAIL(err, ERR_CONFIG, "%s must be error, warn, info or debug, not \"%.100s\"", o->key, s);
    }
    return false;
}

/* A value of lower precedence than the one that stands is checked, but not taken. */
static bool
set_value(Config *c, size_t i, const char *s, size_t len, Origin origin, Err *err)
{
    char *value = copy(s, len);

    if (!check_value(&options[i], value, err)) {
        free(value);
        return false;
    }
    if (origin < c->origins[i]) {
        free(value);
        return true;
    }
    free(c->values[i]);
    c->values[i] = value;
    c->origins[i] = origin;
    return true;
}

bool
config_set(Config *c, const char *key, const char *value, Err *err)
{
    size_t i = find_key(key, strlen(key));

    if (i == ARRAY_LEN(options))
        return ERR_FAIL(err, ERR_CONFIG, "there is no option %.100s", key);
    return set_value(c, i, value, strlen(value), FROM_FLAG, err);
}

/* "--scope-from" and "--scope.from" name scope.from. */
static size_t
find_flag(const char *word, size_t len)
{
    size_t i, k;

    for (i = 0; i < ARRAY_LEN(options); i++) {
        const char *key = options[i].key;

        if (strlen(key) != len)
            continue;
        for (k = 0; k < len; k++) {
            if (word[k] != key[k] && !(word[k] == '-' && (key[k] == '.' || key[k] == '_')))
                break;
        }
        if (k == len)
            break;
    }
    return i;
}

bool
config_take_flags(Config *c, int *argc, char **argv, Err *err)
{
    int kept = 0, i = 0;

    while (i < *argc && strcmp(argv[i], "--") != 0) {
        const char *word = argv[i] + (strncmp(argv[i], "--", 2) == 0 ? 2 : 0);
        size_t len = strcspn(word, "=");
        size_t row = word == argv[i] ? ARRAY_LEN(options) : find_flag(word, len);
        const char *value = word[len] == '=' ? word + len + 1 : NULL;

        if (row == ARRAY_LEN(options)) {
            argv[kept++] = argv[i++];
            continue;
        }
        if (value == NULL && i + 1 == *argc)
            return ERR_FAIL(err, ERR_CONFIG, "--%s needs a value", word);
        if (value == NULL)
            value = argv[++i];
        if (!set_value(c, row, value, strlen(value), FROM_FLAG, err))
            return false;
        i++;
    }
    while (i < *argc)
        argv[kept++] = argv[i++];
    argv[kept] = NULL;
    *argc = kept;
    return true;
}

static bool
is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r';
}

static Bytes
trim(Bytes b)
{
    while (b.len > 0 && is_blank((char)b.data[b.len - 1]))
        b.len--;
    while (b.len > 0 && is_blank((char)b.data[0])) {
        b.data++;
        b.len--;
    }
    return b;
}

static bool
parse_line(Config *c, Bytes line, Err *err)
{
    const uint8_t *equals;
    Bytes key, value;
    size_t row;

    line = trim(line);
    if (line.len == 0 || line.data[0] == '#')
        return true;
    equals = memchr(line.data, '=', line.len);
    if (equals == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "expected key = value");
    key = trim(bytes_of(line.data, (size_t)(equals - line.data)));
    value = trim(bytes_of(equals + 1, line.len - (size_t)(equals + 1 - line.data)));
    row = find_key((const char *)key.data, key.len);
    if (row == ARRAY_LEN(options))
        return ERR_FAIL(err, ERR_CONFIG, "there is no option \"%.*s\"", (int)(key.len < 100 ? key.len : 100),
                        (const char *)key.data);
    if (memchr(value.data, '\0', value.len) != NULL)
        return ERR_FAIL(err, ERR_CONFIG, "a zero byte in the value");
    return set_value(c, row, (const char *)value.data, value.len, FROM_FILE, err);
}

bool
config_parse_file(Config *c, Bytes text, const char *name, Err *err)
{
    size_t at = 0;

    for (unsigned line = 1; at < text.len; line++) {
        const uint8_t *start = text.data + at;
        const uint8_t *end = memchr(start, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - start) : text.len - at;

        if (!parse_line(c, bytes_of(start, len), err))
            return err_prefix(err, "%s:%u", name, line);
        at += len + 1;
    }
    return true;
}

static bool
load_environment(Config *c, Err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        const char *value = getenv(options[i].env);

        if (value != NULL && !set_value(c, i, value, strlen(value), FROM_ENVIRONMENT, err))
            return err_prefix(err, "environment %s", options[i].env);
    }
    return true;
}

static bool
read_all(FILE *f, Buf *out)
{
    enum { FILE_MAX = 1024 * 1024 };
    char chunk[4096];
    size_t n;

    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && out->len < FILE_MAX)
        buf_put(out, chunk, n);
    return !ferror(f) && out->len < FILE_MAX;
}

static bool
load_file(Config *c, const char *path, bool must_exist, Err *err)
{
    Buf text = {0};
    FILE *f = fopen(path, "re");
    bool ok;

    if (f == NULL)
        return (!must_exist && errno == ENOENT)
               || ERR_FAIL(err, ERR_CONFIG, "cannot open the configuration %s: errno %d", path, errno);
    ok = (read_all(f, &text) || ERR_FAIL(err, ERR_CONFIG, "cannot read %s, or it is over 1 MiB", path))
         && config_parse_file(c, bytes_of(text.data, text.len), path, err);
    (void)fclose(f);
    buf_free(&text);
    return ok;
}

bool
config_load(Config *c, Err *err)
{
    const char *named = getenv("TIPOFF_CONFIG");
    char path[PATH_MAX];

    if (!load_environment(c, err))
        return false;
    if (named != NULL && named[0] != '\0')
        return load_file(c, named, true, err);
    if (snprintf(path, sizeof path, "%s/tipoff.conf", config_get(c, "run_dir")) >= (int)sizeof path)
        return ERR_FAIL(err, ERR_CONFIG, "run_dir is too long a path");
    return load_file(c, path, false, err);
}

const char *
config_get(const Config *c, const char *key)
{
    return c->values[known(key)];
}

int64_t
config_int(const Config *c, const char *key)
{
    int64_t v;

    if (options[known(key)].kind != OPTION_INT || !parse_int(config_get(c, key), &v))
        abort();
    return v;
}

GameDate
config_date(const Config *c, const char *key)
{
    GameDate v = GAME_DATE_NULL;

    if (options[known(key)].kind != OPTION_DATE)
        abort();
    return date_parse(config_get(c, key), &v) ? v : GAME_DATE_NULL;
}

Instant
config_instant(const Config *c, const char *key)
{
    Instant v = INSTANT_NULL;

    if (options[known(key)].kind != OPTION_INSTANT)
        abort();
    return instant_parse(config_get(c, key), &v) ? v : INSTANT_NULL;
}

const char *
config_origin(const Config *c, const char *key)
{
    static const char *const names[] = {"default", "file", "environment", "flag"};

    return names[c->origins[known(key)]];
}

const char *
config_shown(const Config *c, const ConfigOption *option)
{
    const char *value = config_get(c, option->key);

    if (!option->is_secret)
        return value;
    return value[0] != '\0' ? "(set)" : "(not set)";
}

void
config_sample(Buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(options); i++)
        buf_printf(out, "# %s ($%s)\n# %s = %s\n\n", options[i].help, options[i].env, options[i].key,
                   options[i].fallback);
}

/* FNV-1a, 64 bits. */
static uint64_t
fnv1a(uint64_t hash, const char *s)
{
    do
        hash = (hash ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
    while (*s++ != '\0');
    return hash;
}

const char *
config_hash(const Config *c, char out[CONFIG_HASH_LEN])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (!options[i].is_secret)
            hash = fnv1a(fnv1a(hash, options[i].key), c->values[i]);
    }
    (void)snprintf(out, CONFIG_HASH_LEN, "%016llx", (unsigned long long)hash);
    return out;
}
