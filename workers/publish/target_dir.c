/*
 * workers/publish/target_dir.c
 *    A folder: each file is written beside, fsynced and renamed; a path is another link to its object.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "workers/publish/target_ops.h"

enum { SWEEP_AFTER_S = 3600, MAX_FILE = 256 * 1024 * 1024 };

typedef struct {
    Target base;
    Arena *a; /* paths of the call in hand */
} DirTarget;

static const char *
full_path(const DirTarget *t, const char *path)
{
    return arena_printf(t->a, "%s/%s", t->base.name, path);
}

static DirTarget *
begin(Target *base)
{
    DirTarget *t = (DirTarget *)base;

    arena_reset(t->a);
    return t;
}

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

/* A name beside the file that no reader looks for. */
static const char *
beside(const DirTarget *t, const char *whole)
{
    return arena_printf(t->a, "%s.new-%d", whole, (int)getpid());
}

static bool
cannot_write(const char *path, Err *err)
{
    return ERR_FAIL(err, ERR_TRANSIENT, "cannot write %s: %s", path, strerror(errno));
}

static bool
dir_put(Target *base, const char *path, Bytes body, int max_age_s, Err *err)
{
    DirTarget *t = begin(base);
    const char *whole = full_path(t, path), *new = beside(t, whole);
    int fd;
    bool ok;

    (void)max_age_s;
    if (!make_parents(whole, t->a, err))
        return false;
    fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return cannot_write(new, err);
    ok = write_all(fd, body) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    return (ok && rename(new, whole) == 0) || cannot_write(whole, err);
}

/* Renaming one link of a file over another does nothing, and leaves both. */
static bool
dir_show(Target *base, const char *object, const char *path, Bytes body, int max_age_s, Err *err)
{
    DirTarget *t = begin(base);
    const char *from = full_path(t, object), *whole = full_path(t, path), *new = beside(t, whole);

    if (!make_parents(whole, t->a, err))
        return false;
    if (link(from, new) != 0 && !(errno == EEXIST && unlink(new) == 0 && link(from, new) == 0))
        return dir_put(base, path, body, max_age_s, err); /* a file system without links */
    if (rename(new, whole) != 0)
        return cannot_write(whole, err);
    (void)unlink(new);
    return true;
}

static bool
dir_remove(Target *base, const char *path, Err *err)
{
    const char *whole = full_path(begin(base), path);

    return unlink(whole) == 0 || errno == ENOENT
           || ERR_FAIL(err, ERR_TRANSIENT, "cannot remove %s: %s", whole, strerror(errno));
}

static bool
dir_has(Target *base, const char *path, int64_t size)
{
    struct stat st;

    return stat(full_path(begin(base), path), &st) == 0 && st.st_size == size;
}

static bool
read_open(int fd, const char *whole, Arena *a, Bytes *out, Err *err)
{
    struct stat st;
    char *data;
    size_t done = 0;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > MAX_FILE)
        return ERR_FAIL(err, ERR_CONFIG, "%s is no file that can be read", whole);
    data = arena_alloc(a, (size_t)st.st_size + 1);
    while (done < (size_t)st.st_size) {
        ssize_t n = read(fd, data + done, (size_t)st.st_size - done);

        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            return ERR_FAIL(err, ERR_TRANSIENT, "cannot read %s: %s", whole, strerror(errno));
        if (n > 0)
            done += (size_t)n;
    }
    *out = bytes_of(data, done);
    return true;
}

static bool
dir_read(Target *base, const char *path, Arena *a, Bytes *out, Err *err)
{
    const char *whole = full_path(begin(base), path);
    int fd = open(whole, O_RDONLY | O_CLOEXEC);
    bool ok;

    *out = (Bytes){0};
    if (fd < 0)
        return errno == ENOENT || ERR_FAIL(err, ERR_TRANSIENT, "cannot read %s: %s", whole, strerror(errno));
    ok = read_open(fd, whole, a, out, err);
    (void)close(fd);
    return ok;
}

static bool
is_old(const char *whole)
{
    struct stat st;

    return stat(whole, &st) == 0 && st.st_mtime < time(NULL) - SWEEP_AFTER_S;
}

static bool
dir_sweep(Target *base, bool (*is_kept)(const void *ctx, const char *object), const void *ctx, Err *err)
{
    DirTarget *t = begin(base);
    DIR *dir = opendir(full_path(t, "objects"));
    const struct dirent *entry;

    (void)err; /* what cannot be removed now can be removed later */
    if (dir == NULL)
        return true;
    while ((entry = readdir(dir)) != NULL) { /* NOLINT(concurrency-mt-unsafe): a stream of its own */
        const char *object = arena_printf(t->a, "objects/%s", entry->d_name);

        if (entry->d_name[0] != '.' && !is_kept(ctx, object) && is_old(full_path(t, object)))
            (void)unlink(full_path(t, object));
    }
    (void)closedir(dir);
    return true;
}

static void
dir_close(Target *base)
{
    DirTarget *t = (DirTarget *)base;

    arena_free(t->a);
    free(t->base.name);
    free(t);
}

static const TargetOps dir_ops = {
    .read = dir_read,
    .put = dir_put,
    .show = dir_show,
    .remove = dir_remove,
    .has = dir_has,
    .sweep = dir_sweep,
    .close = dir_close,
};

bool
target_dir_open(const char *folder, Target **out, Err *err)
{
    DirTarget *t;

    if (folder[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG, "no folder for public files: set public_dir");
    t = calloc(1, sizeof *t);
    if (t == NULL)
        abort();
    t->base = (Target){.ops = &dir_ops, .name = strdup(folder)};
    if (t->base.name == NULL)
        abort();
    t->a = arena_new(0);
    *out = &t->base;
    return true;
}
