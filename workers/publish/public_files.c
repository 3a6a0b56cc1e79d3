/*
 * workers/publish/public_files.c
 *    Write beside, rename.
 *
 * Nothing is fsynced: the rows are the truth, and a file that a crash of the machine has cut short
 * does not have the size on record and is written again.
 */
#include "workers/publish/public_files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "libcore/io/db.h"

/* A file as it should stand in the folder. */
typedef struct {
    const char *path;
    GameDate date;
    Bytes content_hash;
} PublicFile;

static bool
make_parents(const char *path, Arena *a, Err *err)
{
    char *copy = arena_strdup(a, path);

    for (char *p = copy + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            return ERR_FAIL(err, ERR_TRANSIENT, "cannot make folder %s: %s", copy, strerror(errno));
        *p = '/';
    }
    return true;
}

static bool
write_all(int fd, Bytes b)
{
    while (b.len > 0) {
        ssize_t n = write(fd, b.data, b.len);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            b = bytes_of(b.data + n, b.len - (size_t)n);
    }
    return true;
}

/* A reader sees the old file or the new one, never a mixture. */
static bool
replace_file(const char *path, Bytes body, Arena *a, Err *err)
{
    const char *beside = arena_printf(a, "%s.new-%d", path, (int)getpid());
    int fd;
    bool ok;

    if (!make_parents(path, a, err))
        return false;
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return ERR_FAIL(err, ERR_TRANSIENT, "cannot write %s: %s", beside, strerror(errno));
    ok = write_all(fd, body);
    ok = close(fd) == 0 && ok;
    if (!ok || rename(beside, path) != 0)
        return ERR_FAIL(err, ERR_TRANSIENT, "cannot write %s: %s", path, strerror(errno));
    return true;
}

/* The body is one JSON object: generated_at goes in after its opening brace. */
static Bytes
with_generated_at(const char *body, Instant now, Arena *a)
{
    char stamp[INSTANT_TEXT_LEN];
    const char *rest = strchr(body, '{');
    const char *text = arena_printf(a, "{\n  \"generated_at\": \"%s\",%s\n", instant_format(now, stamp),
                                    rest ? rest + 1 : "");

    return bytes_of_str(text);
}

/* The text of a file without its generated_at; NULL when there is nothing to say yet. */
static bool
body_of(DbTx *tx, const PublicFile *f, const ComposedFile *composed, size_t composed_count, Arena *a, const char **body,
        Err *err)
{
    const DbParam key[] = {db_text(f->path), db_date(f->date)};
    DbRows *rows;

    for (size_t i = 0; i < composed_count; i++)
        if (strcmp(composed[i].path, f->path) == 0)
            return composed[i].compose(tx, f->date, a, body, err);
    if (!db_exec(tx, "select body from predictions.published_file where path = $1 and game_date = $2", key, 2, &rows,
                 err))
        return false;
    *body = db_get_text(rows, 0, 0);
    return true;
}

static bool
mark_written(DbTx *tx, const PublicFile *f, size_t size, Err *err)
{
    static const char sql[] = "insert into predictions.file_written (path, content_hash, size, written_at)"
                              " values ($1, $2, $3, clock_timestamp()) on conflict (path) do update"
                              " set content_hash = excluded.content_hash, size = excluded.size,"
                              " written_at = excluded.written_at";
    const DbParam params[] = {db_text(f->path), db_bytes(f->content_hash), db_i64((int64_t)size)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

static bool
write_one(DbTx *tx, const WorkerContext *ctx, const PublicFile *f, const ComposedFile *composed, size_t composed_count,
          Arena *a, Err *err)
{
    const char *body;
    Bytes text = {0};

    if (!body_of(tx, f, composed, composed_count, a, &body, err))
        return false;
    if (body != NULL) {
        text = with_generated_at(body, ctx->now, a);
        if (!replace_file(arena_printf(a, "%s/%s", ctx->public_dir, f->path), text, a, err))
            return false;
    }
    return mark_written(tx, f, text.len, err);
}

/* Whether the folder lacks what the row on record says was written; size 0: nothing was. */
static bool
is_damaged(const char *path, int64_t size)
{
    struct stat st;

    return size > 0 && (stat(path, &st) != 0 || st.st_size != size);
}

/* A file whose row has gone says what does not hold any more. */
static bool
remove_orphans(DbTx *tx, const WorkerContext *ctx, Arena *a, Err *err)
{
    static const char sql[] = "delete from predictions.file_written w where not exists (select 1 from"
                              " predictions.public_file p where p.path = w.path) returning path";
    DbRows *rows;

    if (!db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const char *path = arena_printf(a, "%s/%s", ctx->public_dir, db_get_text(rows, r, 0));

        if (unlink(path) != 0 && errno != ENOENT)
            return ERR_FAIL(err, ERR_TRANSIENT, "cannot remove %s: %s", path, strerror(errno));
    }
    return true;
}

bool
public_files_sync(DbTx *tx, const WorkerContext *ctx, const ComposedFile *composed, size_t composed_count, Arena *a,
                  Err *err)
{
    static const char sql[] = "select p.path, p.game_date, p.content_hash, w.content_hash is distinct from"
                              " p.content_hash, coalesce(w.size, 0) from predictions.public_file p"
                              " left join predictions.file_written w using (path) order by p.path";
    DbRows *rows;

    /* One publisher at a time writes the folder; the next one sees what this one wrote. */
    if (!db_exec(tx, "select pg_advisory_xact_lock(7473, 1)", NULL, 0, NULL, err) || !remove_orphans(tx, ctx, a, err)
        || !db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const PublicFile f = {db_get_text(rows, r, 0), db_get_date(rows, r, 1), db_get_bytes(rows, r, 2)};
        bool is_due = db_get_bool(rows, r, 3)
                      || is_damaged(arena_printf(a, "%s/%s", ctx->public_dir, f.path), db_get_i64(rows, r, 4));

        if (is_due && !write_one(tx, ctx, &f, composed, composed_count, a, err))
            return false;
    }
    return true;
}
