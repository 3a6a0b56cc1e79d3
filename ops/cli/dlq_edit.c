/*
 * ops/cli/dlq_edit.c
 *    Mend the record of a letter: by patches, from a file, or in an editor. What comes out is a whole record of
 *    this build before it is kept; what came in is kept beside it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "libcore/runtime/audit.h"
#include "libcore/runtime/pipeline.h"
#include "ops/cli/dlq.h"
#include "ops/cli/dlq_patch.h"
#include "ops/cli/record_text.h"

typedef struct {
    Dlq *d;
    const char *topic, *event_id; /* the topic without its lane */
    Bytes before;                 /* what a retry would send now */
    DlqRecord record;
    const EventSchema *schema; /* that the record is of, or should be */
    Buf body, after;           /* the new record, without and with its frame */
} Edit;

static bool
load(Edit *e, Err *err)
{
    static const char sql[] = "select " LETTER_TOPIC ", l.event_id, " LETTER_PAYLOAD
                              " from ops.letter l where l.id = $1";
    const DbParam params[] = {db_i64(e->d->filter.ids[0])};
    const char *name = NULL;
    TopicId topic;
    DbRows *rows;

    if (!dlq_check_ids(e->d, true, err) || !db_exec(e->d->s.tx, sql, params, 1, &rows, err))
        return false;
    e->topic = db_get_text(rows, 0, 0);
    e->event_id = db_get_text(rows, 0, 1);
    e->before = db_get_bytes(rows, 0, 2);
    if (!dlq_read_record(e->d, e->before, &e->record, err))
        return false;
    e->schema = e->record.schema;
    if (topic_by_name(e->topic, &topic))
        name = topic_table[topic].record;
    if (e->schema == NULL && name != NULL)
        e->schema = record_schema(name);
    return e->schema != NULL || ERR_FAIL(err, ERR_POISON, "this build has no record for topic %s", e->topic);
}

/* ---- the new text ---- */

static bool
apply_patches(const Edit *e, Buf *out, Err *err)
{
    json_t *record = json_loads(e->record.json, JSON_ALLOW_NUL, NULL);
    bool ok = record != NULL || ERR_FAIL(err, ERR_FATAL, "the record's own JSON cannot be read");
    char *text;

    for (size_t i = 0; ok && i < e->d->patch_count; i++)
        ok = dlq_patch(record, e->d->patches[i], e->d->s.a, err);
    if (ok) {
        text = json_dumps(record, JSON_PRESERVE_ORDER);
        buf_put_str(out, text ? text : "");
        free(text);
    }
    json_decref(record);
    return ok;
}

static bool
encode(Edit *e, const Buf *text, Err *err)
{
    return record_text_encode(e->schema, text, &e->body, &e->after, err);
}

/* ---- an editor ---- */

static const char *
editor(void)
{
    const char *name = getenv("VISUAL"); /* NOLINT(concurrency-mt-unsafe): the only thread */

    if (name == NULL || name[0] == '\0')
        name = getenv("EDITOR"); /* NOLINT(concurrency-mt-unsafe): the only thread */
    return name != NULL && name[0] != '\0' ? name : "vi";
}

/* EDITOR may hold options: a shell takes it apart. */
static bool
run_editor(const char *path, Err *err)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", "exec $0 \"$1\"", editor(), path, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return ERR_FAIL(err, ERR_CONFIG, "cannot run %s: %s", editor(), strerror(errno));
    return status == 0 || ERR_FAIL(err, ERR_CANCELED, "%s has ended with an error; nothing was changed", editor());
}

static bool
write_text(int fd, const char *text, Err *err)
{
    size_t len = strlen(text), done = 0;

    while (done < len) {
        ssize_t n = write(fd, text + done, len - done);

        if (n < 0)
            return ERR_FAIL(err, ERR_CONFIG, "cannot write a temporary file: %s", strerror(errno));
        done += (size_t)n;
    }
    return true;
}

static bool
wants_again(const Err *why)
{
    char line[16] = "";

    (void)fprintf(stderr, "tipoff: %s\nEdit again (y/n)? ", why->msg);
    return fgets(line, sizeof line, stdin) != NULL && line[0] == 'y';
}

/* Until it is a record, or its editor gives up. */
static bool
edit_file(Edit *e, const char *path, Err *err)
{
    Buf text = {0};
    bool ok;

    do {
        buf_clear(&text);
        ok = run_editor(path, err) && record_text_read(path, &text, err);
        if (!ok)
            break;
        ok = encode(e, &text, err);
    } while (!ok && wants_again(err));
    buf_free(&text);
    return ok;
}

static bool
edit_by_hand(Edit *e, Err *err)
{
    char path[] = P_tmpdir "/tipoff-letter-XXXXXX";
    json_t *record = json_loads(e->record.json, JSON_ALLOW_NUL, NULL);
    char *text = json_dumps(record, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    int fd = mkstemp(path);
    bool ok;

    if (fd < 0)
        ok = ERR_FAIL(err, ERR_CONFIG, "cannot make a temporary file: %s", strerror(errno));
    else
        ok = write_text(fd, text, err) && edit_file(e, path, err);
    if (fd >= 0) {
        (void)close(fd);
        (void)unlink(path);
    }
    free(text);
    json_decref(record);
    return ok;
}

static bool
make_record(Edit *e, Err *err)
{
    Buf text = {0};
    bool ok;

    if (e->d->file != NULL && e->d->patch_count > 0)
        return ERR_FAIL(err, ERR_CONFIG, "either --from or --patch");
    if (e->d->file == NULL && e->record.json == NULL)
        return ERR_FAIL(err, ERR_POISON, "there is no record to change (%s): give a whole %s with --from FILE",
                        e->record.why_not, e->schema->name);
    if (e->d->file == NULL && e->d->patch_count == 0) {
        if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
            return ERR_FAIL(err, ERR_CONFIG, "without a terminal there is no editor: give --patch or --from");
        return edit_by_hand(e, err);
    }
    ok = (e->d->file != NULL ? record_text_read(e->d->file, &text, err) : apply_patches(e, &text, err))
         && encode(e, &text, err);
    buf_free(&text);
    return ok;
}

/* ---- what has changed ---- */

static json_t *
new_json(const Edit *e)
{
    Buf text = {0};
    Err ignored;
    json_t *out = NULL;

    if (codec_to_json(e->schema, bytes_of(e->body.data, e->body.len), &text, &ignored))
        out = json_loads(buf_cstr(&text), JSON_ALLOW_NUL, NULL);
    buf_free(&text);
    return out;
}

static size_t
changes_of(const Edit *e, DlqChange **out)
{
    json_t *before = e->record.json != NULL ? json_loads(e->record.json, JSON_ALLOW_NUL, NULL) : json_null(),
           *after = new_json(e);
    size_t count = dlq_changes(before, after, e->d->s.a, out);

    json_decref(before);
    json_decref(after);
    return count;
}

static json_t *
details_of(const DlqChange *changes, size_t count)
{
    json_t *list = json_array(), *details = json_object();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_pack("{s:s, s:s?, s:s?}", "place", changes[i].place, "before",
                                                    changes[i].before, "after", changes[i].after));
    (void)json_object_set_new(details, "changes", list);
    return details;
}

static void
tell(const Edit *e, const DlqChange *changes, size_t count)
{
    static const char *const headers[] = {"place", "before", "after", NULL};
    const TableHead head = {"changes", headers, true};
    const Cli *cli = e->d->cli;
    const char **cells = arena_array(e->d->s.a, count * 3 + 1, sizeof *cells);

    for (size_t i = 0; i < count; i++) {
        cells[i * 3] = changes[i].place[0] != '\0' ? changes[i].place : "(the whole record)";
        cells[i * 3 + 1] = changes[i].before;
        cells[i * 3 + 2] = changes[i].after;
    }
    print_cells(cli, &head, cells, count);
    print_member(cli, "dry_run", json_boolean(e->d->is_dry));
    if (!cli->json && e->d->is_dry)
        (void)puts("a whole record; nothing was changed");
    else if (!cli->json)
        (void)printf("kept; 'tipoff dlq retry %lld' sends it under its own id\n", (long long)e->d->filter.ids[0]);
}

static bool
keep(Edit *e, const DlqChange *changes, size_t count, Err *err)
{
    static const char sql[] = "insert into ops.letter_edit (topic, event_id, letter, actor, reason, before, after)"
                              " values ($1, $2, $3, $4, $5, $6, $7)";
    Arena *a = e->d->s.a;
    const DbParam params[] = {db_text(e->topic),
                              db_text(e->event_id),
                              db_i64(e->d->filter.ids[0]),
                              db_text(audit_actor(a)),
                              db_text(e->d->reason),
                              db_bytes(e->before.data ? e->before : bytes_of("", 0)),
                              db_bytes(bytes_of(e->after.data, e->after.len))};
    json_t *details = details_of(changes, count);
    char *text = json_dumps(details, JSON_COMPACT | JSON_PRESERVE_ORDER);
    bool ok = db_exec(e->d->s.tx, sql, params, ARRAY_LEN(params), NULL, err)
              && audit_note(e->d->s.tx, e->d->command, arena_printf(a, "letter %lld", (long long)e->d->filter.ids[0]),
                            e->d->reason, text, err)
              && dlq_end(e->d, err);

    free(text);
    json_decref(details);
    return ok;
}

bool
dlq_edit(Dlq *d, Err *err)
{
    Edit e = {.d = d};
    DlqChange *changes;
    size_t count;
    bool ok = load(&e, err) && make_record(&e, err);

    if (ok) {
        count = changes_of(&e, &changes);
        if (count == 0 && e.after.len == e.before.len)
            ok = ERR_FAIL(err, ERR_CANCELED, "this is the record as it is; nothing was changed");
        ok = ok && keep(&e, changes, count, err);
        if (ok)
            tell(&e, changes, count);
    }
    buf_free(&e.body);
    buf_free(&e.after);
    return ok;
}
