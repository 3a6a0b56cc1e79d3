/*
 * libcore/io/sql_files.c
 *    Reads the folder.
 */
#include "libcore/io/sql_files.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
is_sql(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 4 && strcmp(e->d_name + len - 4, ".sql") == 0;
}

static bool
read_file(const char *dir, const char *file, Arena *a, const char **text, Err *err)
{
    const char *path = arena_printf(a, "%s/%s", dir, file);
    FILE *f = fopen(path, "re");
    char chunk[4096];
    Buf out = {0};
    size_t n;

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(&out, chunk, n);
    *text = arena_strdup(a, buf_cstr(&out));
    buf_free(&out);
    return fclose(f) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
}

bool
sql_files_load(const char *dir, Arena *a, SqlFiles *out, Err *err)
{
    struct dirent **list;
    bool ok = true;
    int n = scandir(dir, &list, is_sql, alphasort);

    *out = (SqlFiles){.count = 0};
    if (n < 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", dir, strerror(errno));
    out->names = arena_array(a, (size_t)n + 1, sizeof *out->names);
    out->texts = arena_array(a, (size_t)n + 1, sizeof *out->texts);
    for (int i = 0; i < n; i++) {
        if (ok) {
            out->names[out->count] = arena_strndup(a, list[i]->d_name, strlen(list[i]->d_name) - 4);
            ok = read_file(dir, list[i]->d_name, a, &out->texts[out->count++], err);
        }
        free(list[i]);
    }
    free(list);
    return ok;
}

const char *
sql_files_find(const SqlFiles *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->names[i], name) == 0)
            return files->texts[i];
    return NULL;
}
