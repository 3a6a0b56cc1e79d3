/*
 * ops/cli/conf_text.c
 *    Lines are compared by their key, and copied as they are.
 */
#include "ops/cli/conf_text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool
is_of_key(Bytes line, const char *key)
{
    const size_t len = strlen(key);
    size_t at = 0;

    while (at < line.len && (line.data[at] == ' ' || line.data[at] == '\t'))
        at++;
    if (line.len - at < len || memcmp(line.data + at, key, len) != 0)
        return false;
    at += len;
    while (at < line.len && (line.data[at] == ' ' || line.data[at] == '\t'))
        at++;
    return at < line.len && line.data[at] == '=';
}

void
conf_text_set(Bytes text, const char *key, const char *value, Buf *out)
{
    bool is_set = value == NULL;

    for (size_t at = 0; at < text.len;) {
        const uint8_t *start = text.data + at, *end = memchr(start, '\n', text.len - at);
        const size_t len = end != NULL ? (size_t)(end - start) : text.len - at;

        at += len + 1;
        if (is_of_key(bytes_of(start, len), key)) {
            if (!is_set)
                buf_printf(out, "%s = %s\n", key, value);
            is_set = true;
            continue;
        }
        buf_put(out, start, len);
        buf_put_u8(out, '\n');
    }
    if (!is_set)
        buf_printf(out, "%s = %s\n", key, value);
}

static bool
read_conf(const char *path, Buf *out, Err *err)
{
    FILE *f = fopen(path, "r");
    char chunk[4096];
    size_t n;

    if (f == NULL)
        return errno == ENOENT || ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(out, chunk, n);
    return fclose(f) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
}

static bool
replace(const char *path, Bytes text, Err *err)
{
    Buf next = {0};
    FILE *f;
    bool ok;

    buf_printf(&next, "%s.next", path);
    f = fopen(buf_cstr(&next), "w");
    ok = f != NULL && fwrite(text.data, 1, text.len, f) == text.len && fflush(f) == 0 && fsync(fileno(f)) == 0;
    ok = (f != NULL && fclose(f) == 0) && ok;
    ok = ok && rename(buf_cstr(&next), path) == 0;
    if (!ok)
        (void)ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
    buf_free(&next);
    return ok;
}

bool
conf_file_set(const char *path, const char *const *keys, const char *const *values, size_t count, Err *err)
{
    Buf text = {0};
    bool ok = read_conf(path, &text, err);

    for (size_t i = 0; ok && i < count; i++) {
        Buf changed = {0};

        conf_text_set(bytes_of(text.data, text.len), keys[i], values[i], &changed);
        buf_free(&text);
        text = changed;
    }
    ok = ok && replace(path, bytes_of(text.data, text.len), err);
    buf_free(&text);
    return ok;
}
