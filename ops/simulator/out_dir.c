/*
 * ops/simulator/out_dir.c
 *    A marker file tells a season's folder; a table says what else may be there.
 */
#include "ops/simulator/out_dir.h"
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LEN = 4096 };

static const char marker[] = ".tipoff-season";
static const char dated[] = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].csv";

/* What a season's folder holds: in this folder, names like this. "" is the folder itself. */
static const struct {
    const char *folder, *pattern;
} contents[] = {
    {"", marker},
    {"", "README.md"},
    {"", "schedule.csv"},
    {"", "schedule_first.csv"},
    {"boxscores", dated},
    {"shots", dated},
    {"props", dated},
    {"game_lines", dated},
    {"injuries", dated},
    {"corrections", "boxscores"}, /* the folder beneath it */
    {"corrections/boxscores", dated},
    {"truth", "*.csv"},
};

static bool
join(char out[PATH_LEN], const char *a, const char *b, Err *err)
{
    if (snprintf(out, PATH_LEN, "%s%s%s", a, b[0] != '\0' ? "/" : "", b) < PATH_LEN)
        return true;
    return ERR_FAIL(err, ERR_CONFIG, "%.200s... is too long a path", a);
}

static bool
is_folder_of_season(const char *folder, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(contents); i++)
        if (folder[0] == '\0' && strcmp(contents[i].folder, name) == 0)
            return true;
    return false;
}

static bool
belongs(const char *folder, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(contents); i++)
        if (strcmp(contents[i].folder, folder) == 0 && fnmatch(contents[i].pattern, name, 0) == 0)
            return true;
    return is_folder_of_season(folder, name);
}

static bool
is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

typedef bool (*OnEntry)(const char *path, const char *folder, const char *name, Err *err);

/* Calls back for everything in one folder; a folder that is not there has nothing in it. */
static bool
each_entry(const char *dir, const char *folder, OnEntry on_entry, Err *err)
{
    char path[PATH_LEN], entry[PATH_LEN];
    struct dirent *e;
    bool ok = true;
    DIR *d;

    if (!join(path, dir, folder, err))
        return false;
    d = opendir(path);
    if (d == NULL)
        return errno == ENOENT || ERR_FAIL(err, ERR_CONFIG, "cannot read the folder %s (errno %d)", path, errno);
    /* a stream of its own, which no other thread has */
    while (ok && (e = readdir(d)) != NULL) // NOLINT(concurrency-mt-unsafe)
        ok = is_dots(e->d_name) || (join(entry, path, e->d_name, err) && on_entry(entry, folder, e->d_name, err));
    (void)closedir(d);
    return ok;
}

static bool
refuse_foreign(const char *path, const char *folder, const char *name, Err *err)
{
    return belongs(folder, name)
           || ERR_FAIL(err, ERR_CONFIG, "%s is no part of a simulated season; choose another --out", path);
}

static bool
refuse_any(const char *path, const char *folder, const char *name, Err *err)
{
    (void)folder;
    (void)name;
    return ERR_FAIL(err, ERR_CONFIG, "the folder is not empty and holds no simulated season (%s); choose another --out",
                    path);
}

static bool
remove_file(const char *path, const char *folder, const char *name, Err *err)
{
    if (is_folder_of_season(folder, name) || strcmp(folder, "corrections") == 0 || strcmp(name, marker) == 0)
        return true;
    return unlink(path) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot remove %s (errno %d)", path, errno);
}

static bool
each_of_season(const char *dir, OnEntry on_entry, Err *err)
{
    const char *last = NULL;

    for (size_t i = 0; i < ARRAY_LEN(contents); i++) {
        if (last != NULL && strcmp(last, contents[i].folder) == 0)
            continue;
        last = contents[i].folder;
        if (!each_entry(dir, last, on_entry, err))
            return false;
    }
    return true;
}

/* With every folder that leads to it. */
static bool
make_folder(const char *path, Err *err)
{
    char part[PATH_LEN];

    for (size_t i = 1; i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        if (i >= sizeof part)
            return ERR_FAIL(err, ERR_CONFIG, "%.200s... is too long a path", path);
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return ERR_FAIL(err, ERR_CONFIG, "cannot make the folder %s (errno %d)", part, errno);
    }
    return true;
}

static bool
make_folders(const char *dir, Err *err)
{
    char path[PATH_LEN];

    for (size_t i = 0; i < ARRAY_LEN(contents); i++)
        if (!join(path, dir, contents[i].folder, err) || !make_folder(path, err))
            return false;
    return true;
}

bool
out_dir_prepare(const char *dir, Err *err)
{
    static const char said[] = "Written by tipoff simulate, which may replace everything in this folder.\n";
    const Buf text = {.data = (uint8_t *)(uintptr_t)said, .len = sizeof said - 1};
    char path[PATH_LEN];
    bool is_ours;

    if (!join(path, dir, marker, err))
        return false;
    is_ours = access(path, F_OK) == 0;
    if (!each_of_season(dir, is_ours ? refuse_foreign : refuse_any, err))
        return false;
    return each_of_season(dir, remove_file, err) && make_folders(dir, err) && out_dir_write(dir, marker, &text, err);
}

bool
out_dir_write(const char *dir, const char *path, const Buf *text, Err *err)
{
    char full[PATH_LEN];
    bool ok;
    FILE *f;

    if (!join(full, dir, path, err))
        return false;
    f = fopen(full, "wbe");
    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s (errno %d)", full, errno);
    ok = fwrite(text->data, 1, text->len, f) == text->len;
    if (fclose(f) != 0 || !ok)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s (errno %d)", full, errno);
    return true;
}
