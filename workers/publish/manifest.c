/*
 * workers/publish/manifest.c
 *    The manifest as JSON, and looking things up in it.
 */
#include "workers/publish/manifest.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/io/json_doc.h"
#include "workers/publish/json_out.h"

enum { FORMAT = 1 };

void
manifest_add_file(Manifest *m, ManifestFile f, Arena *a)
{
    m->files = arena_room(a, m->files, m->file_count, &m->file_cap, sizeof *m->files);
    m->files[m->file_count++] = f;
}

void
manifest_add_kind(Manifest *m, ManifestKind k, Arena *a)
{
    m->kinds = arena_room(a, m->kinds, m->kind_count, &m->kind_cap, sizeof *m->kinds);
    m->kinds[m->kind_count++] = k;
}

void
manifest_add_retired(Manifest *m, RetiredObject r, Arena *a)
{
    m->retired = arena_room(a, m->retired, m->retired_count, &m->retired_cap, sizeof *m->retired);
    m->retired[m->retired_count++] = r;
}

static int
compare_files(const void *a, const void *b)
{
    const ManifestFile *x = a;
    const ManifestFile *y = b;

    return strcmp(x->path, y->path);
}

static int
compare_kinds(const void *a, const void *b)
{
    const ManifestKind *x = a;
    const ManifestKind *y = b;

    return strcmp(x->kind, y->kind);
}

void
manifest_sort(Manifest *m)
{
    if (m->file_count > 1)
        qsort(m->files, m->file_count, sizeof *m->files, compare_files);
    if (m->kind_count > 1)
        qsort(m->kinds, m->kind_count, sizeof *m->kinds, compare_kinds);
}

const ManifestFile *
manifest_file(const Manifest *m, const char *path)
{
    const ManifestFile wanted = {.path = path};

    return m->file_count == 0 ? NULL : bsearch(&wanted, m->files, m->file_count, sizeof *m->files, compare_files);
}

const ManifestKind *
manifest_kind(const Manifest *m, const char *kind)
{
    const ManifestKind wanted = {.kind = kind};

    return m->kind_count == 0 ? NULL : bsearch(&wanted, m->kinds, m->kind_count, sizeof *m->kinds, compare_kinds);
}

const char *
manifest_object(const char *sha256, Arena *a)
{
    return arena_printf(a, "objects/%s.json", sha256);
}

/* ---- writing ---- */

static json_t *
file_json(const ManifestFile *f, Arena *a)
{
    json_t *o = json_object();

    json_put(o, "kind", json_text(f->kind));
    json_put(o, "object", json_text(manifest_object(f->sha256, a)));
    json_put(o, "sha256", json_text(f->sha256));
    json_put(o, "size", json_integer((json_int_t)f->size));
    json_put(o, "generated_at", json_instant(f->generated_at));
    json_put(o, "content", json_text(f->content));
    if (!date_is_null(f->date))
        json_put(o, "game_date", json_date(f->date));
    json_put(o, "max_age", json_integer(f->max_age_s));
    if (f->stale_reason != NULL) {
        json_put(o, "stale_since", json_instant(f->stale_since));
        json_put(o, "stale_reason", json_text(f->stale_reason));
    }
    return o;
}

static json_t *
kind_json(const ManifestKind *k)
{
    json_t *o = json_object();

    json_put(o, "inputs", json_text(k->inputs));
    json_put(o, "composed_at", json_instant(k->composed_at));
    return o;
}

const char *
manifest_text(const Manifest *m, Arena *a)
{
    json_t *root = json_object();
    json_t *files = json_object(), *kinds = json_object(), *retired = json_array();

    for (size_t i = 0; i < m->file_count; i++)
        json_put(files, m->files[i].path, file_json(&m->files[i], a));
    for (size_t i = 0; i < m->kind_count; i++)
        json_put(kinds, m->kinds[i].kind, kind_json(&m->kinds[i]));
    for (size_t i = 0; i < m->retired_count; i++) {
        json_t *o = json_object();

        json_put(o, "object", json_text(m->retired[i].object));
        json_put(o, "since", json_instant(m->retired[i].since));
        json_push(retired, o);
    }
    json_put(root, "format", json_integer(FORMAT));
    json_put(root, "generated_at", json_instant(m->generated_at));
    json_put(root, "model", json_model(m->system));
    json_put(root, "system", json_text(m->system));
    json_put(root, "files", files);
    json_put(root, "kinds", kinds);
    json_put(root, "retired", retired);
    return json_render(root, a);
}

/* ---- reading ---- */

static bool
read_text(const JsonPlace *object, const char *key, Arena *a, const char **out, Err *err)
{
    JsonPlace place = json_doc_member(object, key);
    const char *text;

    if (!json_doc_text(&place, &text, err))
        return false;
    *out = arena_strdup(a, text);
    return true;
}

static bool
read_instant(const JsonPlace *object, const char *key, Instant *out, Err *err)
{
    JsonPlace place = json_doc_member(object, key);
    const char *text;

    return json_doc_text(&place, &text, err)
           && (instant_parse(text, out) || json_doc_fail(&place, err, "'%.40s' is no time", text));
}

static bool
read_hash(const JsonPlace *object, const char *key, Arena *a, const char **out, Err *err)
{
    return read_text(object, key, a, out, err)
           && ((strlen(*out) == HASH_HEX_LEN - 1 && strspn(*out, "0123456789abcdef") == HASH_HEX_LEN - 1)
               || json_doc_fail(object, err, "%s is no hash", key));
}

static bool
read_file(const JsonPlace *at, Arena *a, ManifestFile *f, Err *err)
{
    const JsonPlace size = json_doc_member(at, "size"), age = json_doc_member(at, "max_age");
    const JsonPlace date = json_doc_member(at, "game_date"), stale = json_doc_member(at, "stale_reason");
    int64_t max_age;
    const char *day;

    if (!read_text(at, "kind", a, &f->kind, err) || !read_hash(at, "sha256", a, &f->sha256, err)
        || !read_hash(at, "content", a, &f->content, err) || !json_doc_integer(&size, 0, INT32_MAX, &f->size, err)
        || !read_instant(at, "generated_at", &f->generated_at, err)
        || !json_doc_integer(&age, 0, INT32_MAX, &max_age, err))
        return false;
    f->max_age_s = (int)max_age;
    f->date = GAME_DATE_NULL;
    f->stale_since = INSTANT_NULL;
    if (date.value != NULL
        && !(json_doc_text(&date, &day, err)
             && (date_parse(day, &f->date) || json_doc_fail(&date, err, "'%.40s' is no date", day))))
        return false;
    return stale.value == NULL
           || (read_text(at, "stale_reason", a, &f->stale_reason, err)
               && read_instant(at, "stale_since", &f->stale_since, err));
}

/* Members whose names are data. files, kinds: the values of these places. */
static bool
read_files(json_t *files, const JsonPlace *place, Arena *a, Manifest *out, Err *err)
{
    const char *path;
    json_t *value;

    json_object_foreach(files, path, value)
    {
        const JsonPlace at = json_doc_member(place, path);
        ManifestFile f = {.path = arena_strdup(a, path)};

        if (!read_file(&at, a, &f, err))
            return false;
        manifest_add_file(out, f, a);
    }
    return true;
}

static bool
read_kinds(json_t *kinds, const JsonPlace *place, Arena *a, Manifest *out, Err *err)
{
    const char *name;
    json_t *value;

    json_object_foreach(kinds, name, value)
    {
        const JsonPlace at = json_doc_member(place, name);
        ManifestKind k = {.kind = arena_strdup(a, name)};

        if (!read_hash(&at, "inputs", a, &k.inputs, err) || !read_instant(&at, "composed_at", &k.composed_at, err))
            return false;
        manifest_add_kind(out, k, a);
    }
    return true;
}

static bool
read_retired(const JsonPlace *retired, Arena *a, Manifest *out, Err *err)
{
    size_t count;

    if (!json_doc_length(retired, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const JsonPlace at = json_doc_item(retired, i);
        RetiredObject r;

        if (!read_text(&at, "object", a, &r.object, err) || !read_instant(&at, "since", &r.since, err))
            return false;
        manifest_add_retired(out, r, a);
    }
    return true;
}

static bool
read_document(json_t *document, Arena *a, Manifest *out, Err *err)
{
    const JsonPlace root = {.value = document};
    const JsonPlace format = json_doc_member(&root, "format"), files = json_doc_member(&root, "files");
    const JsonPlace kinds = json_doc_member(&root, "kinds"), retired = json_doc_member(&root, "retired");
    int64_t number;

    return json_doc_integer(&format, FORMAT, FORMAT, &number, err)
           && read_instant(&root, "generated_at", &out->generated_at, err)
           && read_text(&root, "system", a, &out->system, err)
           && read_files(json_object_get(document, "files"), &files, a, out, err)
           && read_kinds(json_object_get(document, "kinds"), &kinds, a, out, err)
           && read_retired(&retired, a, out, err);
}

bool
manifest_read(Bytes text, Arena *a, Manifest *out, Err *err)
{
    json_error_t fault;
    json_t *document = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &fault);
    bool ok;

    *out = (Manifest){.generated_at = INSTANT_NULL};
    if (document == NULL)
        return ERR_FAIL(err, ERR_POISON, "no JSON: %s (line %d)", fault.text, fault.line);
    ok = read_document(document, a, out, err);
    json_decref(document);
    if (ok)
        manifest_sort(out);
    return ok;
}
