/*
 * workers/models/model_file.c
 *    Read the bytes once: what is hashed is what is used.
 */
#include "workers/models/model_file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_BYTES = 8 * 1024 };

static bool
read_bytes(const char *path, Buf *out, Err *err)
{
    FILE *f = fopen(path, "rbe");
    char chunk[CHUNK_BYTES];
    int failure;
    size_t len;

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open it: %s", strerror(errno));
    errno = 0;
    while ((len = fread(chunk, 1, sizeof chunk, f)) > 0 && out->len <= MODEL_FILE_MAX_BYTES)
        buf_put(out, chunk, len);
    failure = ferror(f) ? errno : 0;
    (void)fclose(f);
    if (failure != 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot read it: %s", strerror(failure));
    return out->len <= MODEL_FILE_MAX_BYTES
           || ERR_FAIL(err, ERR_POISON, "it is larger than %d MiB", MODEL_FILE_MAX_BYTES / 1024 / 1024);
}

bool
model_file_bytes(const char *path, Buf *out, Err *err)
{
    return read_bytes(path, out, err) || err_prefix(err, "%s", path);
}

bool
model_file_read(const char *path, ModelFile *out, Err *err)
{
    uint8_t digest[SHA256_LEN];
    Buf file = {0};
    bool ok;

    *out = (ModelFile){0};
    ok = read_bytes(path, &file, err) && model_read(bytes_of(file.data, file.len), &out->model, err);
    if (ok) {
        out->bytes = file.len;
        sha256(bytes_of(file.data, file.len), digest);
        (void)hex_encode(bytes_of(digest, sizeof digest), out->sha256);
    }
    buf_free(&file);
    return ok || err_prefix(err, "%s", path);
}
