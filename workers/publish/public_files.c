/*
 * workers/publish/public_files.c
 *    Write, fsync, rename.
 */
#include "workers/publish/public_files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "libcore/io/db.h"

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
    return fsync(fd) == 0;
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

static bool
write_one(DbTx *tx, const WorkerContext *ctx, const char *path, Bytes hash, GameDate date, Arena *a, Err *err)
{
    static const char mark[] = "insert into predictions.file_written (path, row_hash, written_at)"
                               " values ($1, $2, clock_timestamp()) on conflict (path) do update"
                               " set row_hash = excluded.row_hash, written_at = excluded.written_at";
    const DbParam key[] = {db_text(path), db_date(date)}, written[] = {db_text(path), db_bytes(hash)};
    DbRows *rows;

    if (!db_exec(tx, "select body from predictions.published_file where path = $1 and game_date = $2", key, 2, &rows,
                 err))
        return false;
    return replace_file(arena_printf(a, "%s/%s", ctx->public_dir, path),
                        with_generated_at(db_get_text(rows, 0, 0), ctx->now, a), a, err)
           && db_exec(tx, mark, written, 2, NULL, err);
}

/* A file whose row has gone says what does not hold any more. */
static bool
remove_orphans(DbTx *tx, const WorkerContext *ctx, Arena *a, Err *err)
{
    static const char sql[] = "delete from predictions.file_written w where not exists (select 1 from"
                              " predictions.published_file p where p.path = w.path) returning path";
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
public_files_sync(DbTx *tx, const WorkerContext *ctx, Arena *a, Err *err)
{
    static const char sql[]
        = "select p.path, p.row_hash, p.game_date, w.row_hash is distinct from p.row_hash from"
          " (select distinct on (path) path, row_hash, game_date from predictions.published_file"
          " order by path, game_date desc) p left join predictions.file_written w using (path) order by p.path";
    DbRows *rows;

    /* One publisher at a time writes the folder; the next one sees what this one wrote. */
    if (!db_exec(tx, "select pg_advisory_xact_lock(7473, 1)", NULL, 0, NULL, err) || !remove_orphans(tx, ctx, a, err)
        || !db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const char *path = db_get_text(rows, r, 0);
        bool is_due = db_get_bool(rows, r, 3) || access(arena_printf(a, "%s/%s", ctx->public_dir, path), F_OK) != 0;

        if (is_due && !write_one(tx, ctx, path, db_get_bytes(rows, r, 1), db_get_date(rows, r, 2), a, err))
            return false;
    }
    return true;
}
