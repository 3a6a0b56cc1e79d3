/*
 * ops/cli/cmd_config.c
 *    config: every option and where its value is from; set one in the run folder's file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/runtime/audit.h"
#include "ops/cli/conf_text.h"
#include "ops/cli/print.h"

static int
print_sample(const Cli *cli)
{
    Buf out = {0};

    config_sample(&out);
    print_member(cli, "sample", json_string(buf_cstr(&out)));
    if (!cli->json)
        (void)fputs(buf_cstr(&out), stdout);
    buf_free(&out);
    return 0;
}

/* NULL, and complains, when there is none. */
static const ConfigOption *
option_by_key(const char *key)
{
    enum { KEYS_MAX = 128 };
    const char *keys[KEYS_MAX];
    size_t count;
    const ConfigOption *options = config_options(&count);

    for (size_t i = 0; i < count && i < KEYS_MAX; i++) {
        if (strcmp(options[i].key, key) == 0)
            return &options[i];
        keys[i] = options[i].key;
    }
    (void)cli_unknown("option", key, keys, count < KEYS_MAX ? count : KEYS_MAX);
    return NULL;
}

/* One option, or all with NULL. */
static int
show(const Cli *cli, const ConfigOption *only)
{
    enum { COLUMNS = 5 };
    static const char *const headers[COLUMNS + 1] = {"option", "value", "from", "environment", "help", NULL};
    const TableHead head = {"options", headers, true};
    size_t count;
    const ConfigOption *options = config_options(&count);
    Arena *a = arena_new(0);
    const char **cells = arena_array(a, count * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < count; i++) {
        if (only != NULL && only != &options[i])
            continue;
        *c++ = options[i].key;
        *c++ = config_shown(cli->cfg, &options[i]);
        *c++ = config_origin(cli->cfg, options[i].key);
        *c++ = options[i].env;
        *c++ = options[i].help;
    }
    print_cells(cli, &head, cells, (size_t)(c - cells) / COLUMNS);
    arena_free(a);
    return 0;
}

/* The audit keeps what it was and what it became, but for secrets. */
static bool
note_change(Session *s, const ConfigOption *o, const char *before, const char *value, const char *reason, Err *err)
{
    json_t *details = o->is_secret ? NULL : json_pack("{ss ss}", "before", before, "after", value);
    char *text = details != NULL ? json_dumps(details, JSON_COMPACT) : NULL;
    bool ok = audit_note(s->tx, "config set", o->key, reason, text, err);

    free(text);
    json_decref(details);
    return ok;
}

static bool
set_option(const Cli *cli, Session *s, const ConfigOption *o, const char *value, const char *reason, Err *err)
{
    const char *path = arena_printf(s->a, "%s/tipoff.conf", config_get(cli->cfg, "run_dir"));
    const char *before = arena_strdup(s->a, config_get(cli->cfg, o->key));
    const char *origin = config_origin(cli->cfg, o->key);

    if (!note_change(s, o, before, value, reason, err) || !conf_file_set(path, &o->key, &value, 1, err)
        || !db_commit(&s->tx, err))
        return false;
    print_member(cli, "option", json_string(o->key));
    print_member(cli, "file", json_string(path));
    if (!cli->json)
        (void)printf("%s is set in %s; processes take it when they start: tipoff down, tipoff up\n", o->key, path);
    if (strcmp(origin, "environment") == 0 || strcmp(origin, "flag") == 0)
        (void)fprintf(stderr, "tipoff: here %s is set by the %s, which comes before the file\n", o->key, origin);
    return true;
}

static int
set(Cli *cli)
{
    bool ok = true;
    const bool is_rehearsal = cli_take_switch(cli, "--dry-run");
    const char *reason = cli_take_option(cli, "--reason", &ok);
    const char *key = cli_take_word(cli), *value = cli_take_word(cli);
    const ConfigOption *o;
    Config *probe;
    Session s;
    Err err;
    int status = 0;

    if (!ok || key == NULL || value == NULL || !cli_no_more(cli, "config"))
        return cli_usage("config");
    o = option_by_key(key);
    if (o == NULL)
        return 2;
    probe = config_new();
    ok = strchr(value, '\n') == NULL ? config_set(probe, key, value, &err)
                                     : ERR_FAIL(&err, ERR_CONFIG, "%s takes one line", key);
    config_free(probe);
    if (!ok)
        return cli_fail(&err);
    if (is_rehearsal) {
        print_member(cli, "would_set", json_string(key));
        if (!cli->json)
            (void)printf("would set %s, which is %s by the %s\n", key, config_shown(cli->cfg, o),
                         config_origin(cli->cfg, key));
        return 0;
    }
    if (reason == NULL) {
        (void)fputs("tipoff: say why: --reason TEXT\n", stderr);
        return 2;
    }
    if (!cli_open(cli, &s, &err) || !set_option(cli, &s, o, value, reason, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_config(Cli *cli)
{
    const bool sample = cli_take_switch(cli, "--sample");
    const char *verb = cli_take_word(cli), *key;
    const ConfigOption *only = NULL;

    if (verb != NULL && strcmp(verb, "set") == 0 && !sample)
        return set(cli);
    key = cli_take_word(cli);
    if (!cli_no_more(cli, "config") || (key != NULL && (only = option_by_key(key)) == NULL))
        return 2;
    return sample ? print_sample(cli) : show(cli, only);
}
