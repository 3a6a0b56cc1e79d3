/*
 * ops/cli/dlq_show.c
 *    All that is known of one letter: coordinates, headers, reason, attempts, edits, the record, how its
 *    schema has moved on, and whether what it held up is there by now.
 */
#include <stdio.h>
#include <string.h>
#include "ops/cli/dlq.h"
#include "ops/cli/text_table.h"

/* ---- the record ---- */

typedef struct {
    SchemaRegistry *registry;
    Codec *codec;
} Reader;

static bool
reader_open(const Dlq *d, Reader *r, Err *err)
{
    *r = (Reader){0};
    if (!schema_registry_open(config_get(d->cli->cfg, "schema.registry.url"), &r->registry, err))
        return false;
    r->codec = codec_new(r->registry);
    return true;
}

static void
reader_close(Reader *r)
{
    codec_free(r->codec);
    schema_registry_close(r->registry);
}

static bool
to_json(Bytes message, Arena *a, DlqRecord *out, Err *why)
{
    uint64_t fingerprint;
    Buf json = {0};
    Bytes body;
    bool ok;

    if (!event_unframe(message, &fingerprint, &body, why))
        return false;
    out->schema = codec_schema_by_fingerprint(fingerprint);
    if (out->schema == NULL)
        return ERR_FAIL(why, ERR_POISON, "an unknown schema %016llx", (unsigned long long)fingerprint);
    ok = codec_to_json(out->schema, body, &json, why);
    if (ok)
        out->json = arena_strdup(a, buf_cstr(&json));
    else
        (void)err_prefix(why, "no %s", out->schema->name);
    buf_free(&json);
    return ok;
}

bool
dlq_read_record(const Dlq *d, Bytes payload, DlqRecord *out, Err *err)
{
    Reader r;
    Err why;
    Bytes message;
    bool can_ask;

    *out = (DlqRecord){0};
    if (!reader_open(d, &r, err))
        return false;
    can_ask = true;
    if (!codec_resolve(r.codec, d->s.tx, payload, d->s.a, &message, &why) || !to_json(message, d->s.a, out, &why)) {
        can_ask = why.cls == ERR_POISON;
        out->schema = NULL;
        out->why_not = arena_strdup(d->s.a, why.msg);
        if (!can_ask)
            *err = why;
    }
    reader_close(&r);
    return can_ask;
}

static bool
compare_schemas(const Dlq *d, Codec *codec, Bytes payload, DlqDrift *out, Err *why)
{
    const SchemaType *writer, *reader;
    const EventSchema *own = NULL;
    SchemaDiff *items = NULL;
    const char *json;

    if (!codec_writer_of(codec, d->s.tx, payload, d->s.a, &json, &own, why))
        return false;
    if (own == NULL)
        return ERR_FAIL(why, ERR_POISON, "this build has no such record");
    if (!schema_parse(bytes_of_str(json), d->s.a, &writer, why)
        || !schema_parse(bytes_of_str(own->json), d->s.a, &reader, why))
        return false;
    out->count = schema_diff(writer, reader, d->s.a, &items);
    out->items = items;
    return true;
}

bool
dlq_read_drift(const Dlq *d, Bytes payload, DlqDrift *out, Err *err)
{
    Reader r;
    Err why = {0};
    bool known;

    *out = (DlqDrift){0};
    if (!reader_open(d, &r, err))
        return false;
    known = compare_schemas(d, r.codec, payload, out, &why);
    if (!known)
        out->why_not = arena_strdup(d->s.a, why.msg);
    if (!known && why.cls != ERR_POISON)
        *err = why;
    reader_close(&r);
    return known || why.cls == ERR_POISON;
}

/* ---- what is on record ---- */

#define LETTER_COLUMNS                                                                                                 \
    "select l.id::text, l.status, l.status_reason, l.worker, l.event_id, l.type, l.topic, l.partition::text,"          \
    " l.\"offset\"::text, l.incarnation, l.key, l.correlation_id, " LETTER_TIME(                                       \
        "l.stamp") ", l.game_date::text,"                                                                              \
                   " l.processor, l.error_class, l.error_code, l.message, l.fingerprint, l.attempts::text, "           \
                   "l.build, " LETTER_TIME("l.first_at") ", " LETTER_TIME("l.last_at") ", " LETTER_TIME(               \
                       "l.sent_at") ", " LETTER_TIME("l.closed_at") ", l.payload, " LETTER_PAYLOAD                     \
                                                                    " from ops.letter l where l.id = $1"

static const char *const names[] = {
    "#id",        "status",      "why",         "worker",         "event_id", "type",     "topic",   "#partition",
    "#offset",    "incarnation", "key",         "correlation_id", "stamp",    "date",     "cell",    "error_class",
    "error_code", "message",     "fingerprint", "#attempts",      "build",    "first_at", "last_at", "sent_at",
    "closed_at",  NULL};

enum { PAYLOAD = 25, EDITED };

static const char *const attempt_names[] = {"#attempt", "at",    "#partition", "#offset",
                                            "error",    "build", "message",    NULL};
static const char *const edit_names[] = {"#edit", "at", "by", "reason", "#bytes before", "#bytes after", NULL};
static const char *const drift_names[] = {"field", "what", "written", "this build", "note", NULL};

typedef struct {
    DbRows *letter, *attempts, *edits;
    const char *satisfied; /* a sentence about its cell; NULL when it names none */
    bool is_edited;
    DlqRecord record;
    DlqDrift drift;
    const char **drift_cells;
} Shown;

/* The cell that it names, or that its event would have helped to fill, as it stands now. */
static bool
read_cell(const Dlq *d, int64_t id, Shown *out, Err *err)
{
    static const char sql[]
        = "select c.processor || ' of ' || c.game_date || ' is ' || c.status || case when c.version > 0 then"
          " ', version ' || c.version else '' end || coalesce(': ' || c.reason, ''),"
          " " LETTER_CELL_IS_GOOD " from ops.letter l join ops.cell c on " LETTER_CELL " where l.id = $1";
    const DbParam params[] = {db_i64(id)};
    DbRows *rows;

    if (!db_exec(d->s.tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) > 0)
        out->satisfied = arena_printf(d->s.a, "%s%s", db_get_text(rows, 0, 0),
                                      db_get_bool(rows, 0, 1) ? " (there is a good version: nothing waits for this)"
                                                              : "");
    return true;
}

static const char **
drift_cells(const Dlq *d, const DlqDrift *drift)
{
    const char **cells = arena_array(d->s.a, drift->count * (ARRAY_LEN(drift_names) - 1) + 1, sizeof *cells),
               **c = cells;

    for (size_t i = 0; i < drift->count; i++) {
        const SchemaDiff *item = &drift->items[i];

        *c++ = item->path;
        *c++ = schema_diff_name(item->kind);
        *c++ = item->written;
        *c++ = item->wanted;
        *c++ = item->note;
    }
    return cells;
}

static bool
read_letter(const Dlq *d, int64_t id, Shown *out, Err *err)
{
    static const char attempts[] = "select t.attempt::text, " LETTER_TIME(
        "t.at") ", t.partition::text, t.\"offset\"::text, t.error_class || ' '"
                " || t.error_code, t.build, t.message from ops.letter_attempt t where t.letter = $1 order by t.attempt";
    static const char edits[] = "select e.id::text, " LETTER_TIME(
        "e.at") ", e.actor, e.reason, length(e.before)::text,"
                " length(e.after)::text from ops.letter l join ops.letter_edit e on e.topic = " LETTER_TOPIC
                " and e.event_id = l.event_id where l.id = $1 order by e.id";
    const DbParam params[] = {db_i64(id)};
    Bytes came, sent;

    *out = (Shown){0};
    if (!db_exec(d->s.tx, LETTER_COLUMNS, params, 1, &out->letter, err))
        return false;
    if (db_row_count(out->letter) == 0)
        return ERR_FAIL(err, ERR_POISON, "no letter %lld; 'tipoff dlq list --all' shows them", (long long)id);
    came = db_get_bytes(out->letter, 0, PAYLOAD);
    sent = db_get_bytes(out->letter, 0, EDITED);
    out->is_edited = came.len != sent.len || memcmp(came.data, sent.data, came.len) != 0;
    if (!db_exec(d->s.tx, attempts, params, 1, &out->attempts, err)
        || !db_exec(d->s.tx, edits, params, 1, &out->edits, err) || !read_cell(d, id, out, err)
        || !dlq_read_record(d, sent, &out->record, err) || !dlq_read_drift(d, came, &out->drift, err))
        return false;
    out->drift_cells = drift_cells(d, &out->drift);
    return true;
}

/* ---- for people ---- */

static void
put_rows(Buf *out, const char *title, const char *const *headers, const DbRows *rows, Arena *a)
{
    size_t columns = 0, n = db_row_count(rows);
    const char **cells;

    while (headers[columns] != NULL)
        columns++;
    cells = arena_array(a, n * columns + 1, sizeof *cells);
    for (size_t i = 0; i < n * columns; i++)
        cells[i] = db_get_text(rows, i / columns, (int)(i % columns));
    buf_printf(out, "\n%s\n", title);
    text_table_put(out, &(TextTable){headers, cells, n}, 0);
}

static void
put_record(Buf *out, const Dlq *d, const Shown *v)
{
    size_t bytes = db_get_bytes(v->letter, 0, EDITED).len;

    (void)d;
    if (v->record.why_not != NULL)
        buf_printf(out, "payload: %zu bytes: %s\n", bytes, v->record.why_not);
    else
        buf_printf(out, "payload: %s %s\n", v->record.schema->name, v->record.json);
}

static void
put_drift(Buf *out, const Shown *v)
{
    if (v->drift.why_not != NULL)
        buf_printf(out, "schema          not compared: %s\n", v->drift.why_not);
    else if (v->drift.count == 0)
        buf_put_str(out, "schema          as this build has it\n");
    else {
        buf_printf(out, "\nthe writer's schema beside this build's\n");
        text_table_put(out, &(TextTable){drift_names, v->drift_cells, v->drift.count}, 0);
    }
}

bool
dlq_describe(const Dlq *d, int64_t id, Buf *out, Err *err)
{
    Shown v;

    if (!read_letter(d, id, &v, err))
        return false;
    for (int c = 0; names[c] != NULL; c++) {
        const char *text = db_get_text(v.letter, 0, c);

        buf_printf(out, "%-15s %s\n", names[c] + (names[c][0] == '#'), text ? text : "-");
    }
    if (v.satisfied != NULL)
        buf_printf(out, "%-15s %s\n", "its cell now", v.satisfied);
    put_drift(out, &v);
    if (db_row_count(v.attempts) > 0)
        put_rows(out, "attempts", attempt_names, v.attempts, d->s.a);
    if (db_row_count(v.edits) > 0)
        put_rows(out, "edits", edit_names, v.edits, d->s.a);
    buf_put_str(out, v.is_edited ? "\na retry sends the edited record, under the same id\n" : "\n");
    put_record(out, d, &v);
    return true;
}

/* ---- for programs ---- */

static void
print_record(const Cli *cli, const Shown *v)
{
    json_t *record = v->record.json != NULL ? json_loads(v->record.json, JSON_ALLOW_NUL, NULL) : NULL;

    print_member(cli, "record", v->record.schema != NULL ? json_string(v->record.schema->name) : json_null());
    print_member(cli, "payload", record != NULL ? record : json_string(v->record.why_not));
}

static void
print_letter(const Cli *cli, const Shown *v)
{
    const TableHead letter = {"letters", names}, attempts = {"attempts", attempt_names}, edits = {"edits", edit_names},
                    drift = {"schema", drift_names};

    print_rows(cli, &letter, v->letter);
    print_rows(cli, &attempts, v->attempts);
    print_rows(cli, &edits, v->edits);
    print_cells(cli, &drift, v->drift_cells, v->drift.count);
    print_member(cli, "schema_why_not", v->drift.why_not ? json_string(v->drift.why_not) : json_null());
    print_member(cli, "cell_now", v->satisfied ? json_string(v->satisfied) : json_null());
    print_member(cli, "is_edited", json_boolean(v->is_edited));
    print_record(cli, v);
}

bool
dlq_show(Dlq *d, Err *err)
{
    Buf text = {0};
    Shown v;
    bool ok;

    if (d->cli->json) {
        ok = read_letter(d, d->filter.ids[0], &v, err);
        if (ok)
            print_letter(d->cli, &v);
        return ok;
    }
    ok = dlq_describe(d, d->filter.ids[0], &text, err);
    if (ok)
        (void)fputs(buf_cstr(&text), stdout);
    buf_free(&text);
    return ok;
}
