/*
 * workers/publish/export.c
 *    From a snapshot and the target's manifest to the next manifest.
 */
#include "workers/publish/export.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/failpoint.h"
#include "libcore/base/log.h"
#include "libcore/io/sha256.h"
#include "workers/publish/file_kinds.h"
#include "workers/publish/manifest.h"

enum {
    PRESENT_EVERY_S = 60, /* while earlier dates are being made */
    RETIRED_FOR_S = 3600, /* whoever holds an older manifest may read its objects for so long */
    MANIFEST_MAX_AGE_S = 30,
    OBJECT_MAX_AGE_S = 31536000, /* what is named by its hash never changes */
};

/* What cells of one processor made. */
typedef struct {
    ProcessorId processor;
    Bytes digest;
} InputDigest;

typedef struct {
    DbTx *tx;
    const ExportOptions *o;
    Target *target;
    Arena *a;
    ExportData data;
    Manifest before, after;
    InputDigest *inputs;
    size_t input_count;
    bool is_behind; /* earlier dates are being made */
    bool is_changed;
    ExportReport *report;
    Err *err;
} Run;

static const char *
hash_hex(Bytes in, Arena *a)
{
    uint8_t digest[SHA256_LEN];
    char hex[SHA256_HEX_LEN];

    sha256(in, digest);
    return arena_strdup(a, hex_encode(bytes_of(digest, sizeof digest), hex));
}

static int64_t
seconds_since(const Run *r, Instant then)
{
    return (r->o->now.us - then.us) / 1000000;
}

/* ---- what there was, and what is read ---- */

/* The lock is taken before anything is asked, so that the snapshot is younger than what the last holder did. */
static bool
take_snapshot(Run *r)
{
    return db_exec(r->tx, "set transaction isolation level repeatable read", NULL, 0, NULL, r->err)
           && (!r->o->is_own
               || db_exec(r->tx, "lock table predictions.export_run in exclusive mode", NULL, 0, NULL, r->err));
}

static bool
read_manifest(Run *r)
{
    Bytes text;
    Err fault;

    if (!target_read(r->target, MANIFEST_PATH, r->a, &text, r->err))
        return false;
    if (text.data == NULL || manifest_read(text, r->a, &r->before, &fault))
        return true;
    log_err(LVL_WARN, &fault, "the manifest cannot be read: every file is written again");
    r->before = (Manifest){.generated_at = INSTANT_NULL};
    r->is_changed = true;
    return true;
}

static bool
read_inputs(Run *r)
{
    static const char sql[] = "select processor, digest from predictions.export_input";
    static const char behind[] = "select exists (select 1 from ops.cell where in_scope and not unscheduled"
                                 " and game_date < $1 and (status in ('expected', 'waiting') or is_stale))";
    const DbParam params[] = {db_date(r->o->today)};
    DbRows *rows;

    if (!db_exec(r->tx, sql, NULL, 0, &rows, r->err))
        return false;
    r->inputs = arena_array(r->a, db_row_count(rows) + 1, sizeof *r->inputs);
    for (size_t i = 0; i < db_row_count(rows); i++)
        if (processor_by_name(db_get_text(rows, i, 0), &r->inputs[r->input_count].processor))
            r->inputs[r->input_count++].digest = db_get_bytes(rows, i, 1);
    if (!db_exec(r->tx, behind, params, 1, &rows, r->err))
        return false;
    r->is_behind = db_get_bool(rows, 0, 0);
    return export_data_open(r->tx, r->o->today, r->a, &r->data, r->err);
}

/* Of what a kind is made: its processors' cells, the champion, and the program. */
static const char *
inputs_of_kind(const Run *r, const FileKind *k)
{
    Buf b = {0};
    const char *hex;

    buf_printf(&b, "%s\n%s\n", r->data.champion, r->o->build);
    for (int p = 0; p < PROC_COUNT; p++)
        for (size_t i = 0; i < r->input_count; i++)
            if (r->inputs[i].processor == (ProcessorId)p && (k->reads & READS(p)) != 0) {
                buf_put_str(&b, processor_table[p].name);
                buf_put(&b, r->inputs[i].digest.data, r->inputs[i].digest.len);
            }
    hex = hash_hex(bytes_of(b.data, b.len), r->a);
    buf_free(&b);
    return hex;
}

/* ---- files ---- */

/* The body is one JSON object: generated_at goes in after its opening brace. */
static Bytes
with_generated_at(const char *body, Instant now, Arena *a)
{
    char stamp[INSTANT_TEXT_LEN];
    const char *rest = strchr(body, '{');

    return bytes_of_str(
        arena_printf(a, "{\n \"generated_at\": \"%s\",%s\n", instant_format(now, stamp), rest != NULL ? rest + 1 : ""));
}

static void
keep_file(Run *r, const ManifestFile *old, const char *stale_reason)
{
    ManifestFile f = *old;

    if ((old->stale_reason == NULL) != (stale_reason == NULL))
        r->is_changed = true;
    if (stale_reason == NULL)
        f.stale_since = INSTANT_NULL;
    else if (old->stale_reason == NULL)
        f.stale_since = r->o->now;
    f.stale_reason = stale_reason;
    r->report->stale += stale_reason != NULL;
    manifest_add_file(&r->after, f, r->a);
}

/* Whether the target shows this content, as far as can be seen. */
static bool
is_shown(Run *r, const ManifestFile *old, const char *content)
{
    return old != NULL && strcmp(old->content, content) == 0 && target_has(r->target, old->path, old->size)
           && target_has(r->target, manifest_object(old->sha256, r->a), old->size);
}

static bool
write_file(Run *r, const FileKind *k, const ComposedFile *c, const char *content)
{
    const Bytes text = with_generated_at(c->body, r->o->now, r->a);
    const ManifestFile f = {.path = arena_strdup(r->a, c->path),
                            .kind = k->name,
                            .sha256 = hash_hex(text, r->a),
                            .content = content,
                            .size = (int64_t)text.len,
                            .generated_at = r->o->now,
                            .date = c->date,
                            .max_age_s = k->max_age_s,
                            .stale_since = INSTANT_NULL};
    const char *object = manifest_object(f.sha256, r->a);

    if (!target_put(r->target, object, text, OBJECT_MAX_AGE_S, r->err)
        || !target_show(r->target, object, f.path, text, k->max_age_s, r->err))
        return false;
    failpoint_hit("export_file_written");
    manifest_add_file(&r->after, f, r->a);
    r->report->written++;
    r->is_changed = true;
    return true;
}

/* ---- dated files ---- */

static bool
export_dated(Run *r, const char *path, GameDate date, const char *content)
{
    static const char sql[] = "select body from predictions.published_file where path = $1 and game_date = $2"
                              " order by processor desc limit 1";
    const DbParam params[] = {db_text(path), db_date(date)};
    const ManifestFile *old = manifest_file(&r->before, path);
    const FileKind *k = dated_kind_of(path);
    DbRows *rows;

    if (k == NULL)
        return true;
    if (is_shown(r, old, content)) {
        keep_file(r, old, NULL);
        return true;
    }
    if (!date_is_null(r->o->only) && !date_equal(r->o->only, date)) {
        if (old != NULL)
            keep_file(r, old, old->stale_reason);
        return true;
    }
    if (!db_exec(r->tx, sql, params, ARRAY_LEN(params), &rows, r->err))
        return false;
    return write_file(r, k, &(ComposedFile){path, date, db_get_text(rows, 0, 0)}, content);
}

/* Of several cells of a date that have the file, the later processor's is the one that knows more:
 * publish_results after publish_picks. */
static bool
export_all_dated(Run *r)
{
    static const char sql[] = "select distinct on (path) path, game_date, encode(row_hash, 'hex')"
                              " from predictions.published_file order by path, game_date desc, processor desc";
    DbRows *rows;

    if (!db_exec(r->tx, sql, NULL, 0, &rows, r->err))
        return false;
    for (size_t i = 0; i < db_row_count(rows); i++)
        if (!export_dated(r, db_get_text(rows, i, 0), db_get_date(rows, i, 1), db_get_text(rows, i, 2)))
            return false;
    return true;
}

/* Why the date has no such file any more; NULL when it has no game either. */
static bool
why_gone(Run *r, const ManifestFile *f, const char **reason)
{
    static const char sql[] = "select string_agg(c.processor || ' ' || c.status || coalesce(': ' || c.reason, ''), '; '"
                              " order by c.processor) from ops.cell c where c.game_date = $1 and c.in_scope"
                              " and c.processor in ('publish_picks', 'publish_results')"
                              " and exists (select 1 from raw.schedule_game g where g.game_date = $1)";
    const DbParam params[] = {db_date(f->date)};
    DbRows *rows;

    if (!db_exec(r->tx, sql, params, 1, &rows, r->err))
        return false;
    *reason = arena_strdup(r->a, db_get_text(rows, 0, 0));
    return true;
}

static bool
remove_file(Run *r, const ManifestFile *f)
{
    r->report->removed++;
    r->is_changed = true;
    return target_remove(r->target, f->path, r->err);
}

static bool
settle_gone(Run *r, const ManifestFile *f)
{
    const char *reason;

    if (!why_gone(r, f, &reason))
        return false;
    if (reason == NULL)
        return remove_file(r, f);
    keep_file(r, f, reason);
    return true;
}

/* A name that stays, as results/latest.json, is in the folder of a dated kind, and is none of its files. */
static bool
is_dated(const ManifestFile *f)
{
    const FileKind *k = dated_kind_of(f->path);

    return k != NULL && strcmp(k->name, f->kind) == 0;
}

static bool
settle_gone_dated(Run *r)
{
    const size_t made = r->after.file_count;

    manifest_sort(&r->after);
    for (size_t i = 0; i < r->before.file_count; i++) {
        const ManifestFile *f = &r->before.files[i];
        const Manifest present = {.files = r->after.files, .file_count = made};

        if (is_dated(f) && !date_is_null(f->date) && manifest_file(&present, f->path) == NULL && !settle_gone(r, f))
            return false;
    }
    return true;
}

/* ---- files of the present ---- */

static void
keep_kind(Run *r, const FileKind *k, const char *stale_reason)
{
    for (size_t i = 0; i < r->before.file_count; i++)
        if (strcmp(r->before.files[i].kind, k->name) == 0)
            keep_file(r, &r->before.files[i], stale_reason);
}

static bool
is_whole(Run *r, const FileKind *k)
{
    for (size_t i = 0; i < r->before.file_count; i++) {
        const ManifestFile *f = &r->before.files[i];

        if (strcmp(f->kind, k->name) == 0 && !is_shown(r, f, f->content))
            return false;
    }
    return true;
}

static bool
is_composed(const ComposedFiles *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->items[i].path, path) == 0)
            return true;
    return false;
}

/* Files that are made no more, like those of who does not play tonight, go. */
static bool
remove_others(Run *r, const FileKind *k, const ComposedFiles *files)
{
    for (size_t i = 0; i < r->before.file_count; i++) {
        const ManifestFile *f = &r->before.files[i];

        if (strcmp(f->kind, k->name) == 0 && !is_composed(files, f->path) && !remove_file(r, f))
            return false;
    }
    return true;
}

static bool
write_composed(Run *r, const FileKind *k, const ComposedFiles *files)
{
    for (size_t i = 0; i < files->count; i++) {
        const ComposedFile *c = &files->items[i];
        const char *content = hash_hex(bytes_of_str(c->body), r->a);
        const ManifestFile *old = manifest_file(&r->before, c->path);

        if (is_shown(r, old, content))
            keep_file(r, old, NULL);
        else if (!write_file(r, k, c, content))
            return false;
    }
    return remove_others(r, k, files);
}

static void
tell_stale(Run *r)
{
    StaleFile *stale = arena_array(r->a, r->after.file_count + 1, sizeof *stale);

    r->data.stale = stale;
    r->data.stale_count = 0;
    for (size_t i = 0; i < r->after.file_count; i++) {
        const ManifestFile *f = &r->after.files[i];

        if (f->stale_reason != NULL)
            stale[r->data.stale_count++] = (StaleFile){f->path, f->stale_reason, f->stale_since};
    }
}

static bool
compose_kind(Run *r, const FileKind *k, const char *inputs)
{
    ComposedFiles files = {.a = r->a};

    if (k->is_every_export)
        tell_stale(r);
    if (!k->compose(&r->data, &files, r->err))
        return err_prefix(r->err, "%s", k->name);
    if (files.count == 0)
        keep_kind(r, k, "nothing to show");
    else if (!write_composed(r, k, &files))
        return false;
    if (!k->is_every_export) {
        manifest_add_kind(&r->after, (ManifestKind){k->name, inputs, r->o->now}, r->a);
        r->is_changed = true;
    }
    return true;
}

/* When the newest file of the present was composed. */
static Instant
last_composed(const Run *r)
{
    Instant last = INSTANT_NULL;

    for (size_t i = 0; i < r->before.kind_count; i++)
        if (r->before.kinds[i].composed_at.us > last.us)
            last = r->before.kinds[i].composed_at;
    return last;
}

static bool
export_kind(Run *r, const FileKind *k)
{
    const Instant last = last_composed(r);
    const bool is_early = r->o->may_put_off && r->is_behind && !instant_is_null(last)
                          && seconds_since(r, last) < PRESENT_EVERY_S;
    const ManifestKind *old = manifest_kind(&r->before, k->name);
    const char *inputs = inputs_of_kind(r, k);
    const bool is_due = old == NULL || strcmp(old->inputs, inputs) != 0 || !is_whole(r, k);

    if (is_due && (!is_early || k->is_every_export))
        return compose_kind(r, k, inputs);
    r->report->is_put_off |= is_due;
    for (size_t i = 0; i < r->before.file_count; i++)
        if (strcmp(r->before.files[i].kind, k->name) == 0)
            keep_file(r, &r->before.files[i], r->before.files[i].stale_reason);
    if (old != NULL)
        manifest_add_kind(&r->after, *old, r->a);
    return true;
}

static bool
export_present(Run *r)
{
    for (size_t i = 0; i < file_kind_count; i++)
        if (file_kinds[i].compose != NULL && !export_kind(r, &file_kinds[i]))
            return false;
    return true;
}

/* ---- objects ---- */

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

typedef struct {
    const char **names; /* sorted */
    size_t count;
} Objects;

static bool
has_object(const Objects *set, const char *name)
{
    return set->count > 0 && bsearch(&name, set->names, set->count, sizeof *set->names, compare_texts) != NULL;
}

static Objects
objects_of(const Manifest *m, Arena *a)
{
    Objects set = {.names = arena_array(a, m->file_count + 1, sizeof *set.names)};

    for (size_t i = 0; i < m->file_count; i++)
        set.names[set.count++] = manifest_object(m->files[i].sha256, a);
    if (set.count > 1)
        qsort(set.names, set.count, sizeof *set.names, compare_texts);
    return set;
}

static void
retire_objects(Run *r, const Objects *shown)
{
    for (size_t i = 0; i < r->before.file_count; i++) {
        const char *object = manifest_object(r->before.files[i].sha256, r->a);

        if (!has_object(shown, object))
            manifest_add_retired(&r->after, (RetiredObject){object, r->o->now}, r->a);
    }
}

/* An object that is shown again is not retired; one whose time is over goes. */
static bool
settle_retired(Run *r, const Objects *shown)
{
    for (size_t i = 0; i < r->before.retired_count; i++) {
        const RetiredObject *old = &r->before.retired[i];

        if (has_object(shown, old->object)) {
            r->is_changed = true;
        } else if (seconds_since(r, old->since) < RETIRED_FOR_S) {
            manifest_add_retired(&r->after, *old, r->a);
        } else {
            r->is_changed = true;
            if (!target_remove(r->target, old->object, r->err))
                return false;
        }
    }
    return true;
}

typedef struct {
    const Objects *shown;
    const Manifest *manifest;
} Kept;

static bool
is_kept(const void *ctx, const char *object)
{
    const Kept *k = ctx;

    for (size_t i = 0; i < k->manifest->retired_count; i++)
        if (strcmp(k->manifest->retired[i].object, object) == 0)
            return true;
    return has_object(k->shown, object);
}

/* ---- the end ---- */

static bool
swap_manifest(Run *r)
{
    r->after.generated_at = r->o->now;
    r->after.system = r->data.champion;
    manifest_sort(&r->after);
    failpoint_hit("export_before_manifest");
    return target_put(r->target, MANIFEST_PATH, bytes_of_str(manifest_text(&r->after, r->a)), MANIFEST_MAX_AGE_S,
                      r->err);
}

/* What a process that died has left is looked for when nothing was exported for a while. */
static bool
sweep(Run *r, const Objects *shown)
{
    const Kept kept = {shown, &r->after};

    return instant_is_null(r->before.generated_at) || seconds_since(r, r->before.generated_at) < RETIRED_FOR_S
           || target_sweep(r->target, is_kept, &kept, r->err);
}

static bool
record_run(Run *r)
{
    static const char sql[] = "insert into predictions.export_run (inputs, exported_at)"
                              " select inputs, clock_timestamp() from predictions.export_inputs"
                              " on conflict (only_one) do update set inputs = excluded.inputs,"
                              " exported_at = excluded.exported_at"
                              " where export_run.inputs <> excluded.inputs or $1";
    const DbParam params[] = {db_bool(r->is_changed)};

    return !r->o->is_own || r->report->is_put_off || db_exec(r->tx, sql, params, 1, NULL, r->err);
}

static bool
finish(Run *r)
{
    const Objects shown = objects_of(&r->after, r->a);

    retire_objects(r, &shown);
    if (!settle_retired(r, &shown))
        return false;
    r->report->files = r->after.file_count;
    if (!r->is_changed)
        return record_run(r);
    if (!swap_manifest(r))
        return false;
    failpoint_hit("export_after_manifest");
    return sweep(r, &shown) && record_run(r);
}

bool
export_run(DbTx *tx, const ExportOptions *o, Target *target, Arena *a, ExportReport *out, Err *err)
{
    Run r = {.tx = tx, .o = o, .target = target, .a = a, .report = out, .err = err};

    *out = (ExportReport){0};
    return take_snapshot(&r) && read_manifest(&r) && read_inputs(&r) && export_all_dated(&r) && settle_gone_dated(&r)
           && export_present(&r) && finish(&r);
}

/* ---- looking at a target ---- */

static void
add_fault(ExportCheck *c, const char *fault, Arena *a)
{
    c->faults = arena_room(a, c->faults, c->fault_count, &c->fault_cap, sizeof *c->faults);
    c->faults[c->fault_count++] = fault;
}

static bool
check_bytes(Target *target, const ManifestFile *f, const char *path, Arena *a, ExportCheck *out, Err *err)
{
    Arena *own = arena_new(0);
    Bytes body;
    bool ok = target_read(target, path, own, &body, err);

    if (ok && body.data == NULL)
        add_fault(out, arena_printf(a, "%s: %s is missing", f->path, path), a);
    else if (ok && ((int64_t)body.len != f->size || strcmp(hash_hex(body, own), f->sha256) != 0))
        add_fault(out, arena_printf(a, "%s: %s is not what the manifest says", f->path, path), a);
    arena_free(own);
    return ok;
}

bool
export_check(Target *target, Arena *a, ExportCheck *out, Err *err)
{
    Manifest m;
    Bytes text;

    *out = (ExportCheck){0};
    if (!target_read(target, MANIFEST_PATH, a, &text, err))
        return false;
    if (text.data == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "%s has no %s: nothing was exported there", target_name(target),
                        MANIFEST_PATH);
    if (!manifest_read(text, a, &m, err))
        return err_prefix(err, MANIFEST_PATH);
    for (size_t i = 0; i < m.file_count; i++) {
        const ManifestFile *f = &m.files[i];

        if (!check_bytes(target, f, manifest_object(f->sha256, a), a, out, err)
            || !check_bytes(target, f, f->path, a, out, err))
            return false;
        out->files++;
        out->bytes += (size_t)f->size;
    }
    return true;
}
