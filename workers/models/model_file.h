/*
 * workers/models/model_file.h
 *    A model from a file, with what identifies the file.
 */
#ifndef TIPOFF_WORKERS_MODEL_FILE_H
#define TIPOFF_WORKERS_MODEL_FILE_H

#include "libcore/io/sha256.h"
#include "workers/models/model.h"

enum { MODEL_FILE_MAX_BYTES = 256 * 1024 * 1024 };

typedef struct {
    Model *model; /* the caller's: model_free() */
    size_t bytes;
    char sha256[SHA256_HEX_LEN]; /* of the bytes that the model was read from */
} ModelFile;

/* Messages begin with the path. ERR_CONFIG when the file cannot be opened or read, ERR_POISON when it is larger than
 * MODEL_FILE_MAX_BYTES or model_read() refuses it. */
NODISCARD bool model_file_read(const char *path, ModelFile *out, Err *err);

/* The file's bytes alone, appended to out, which stays the caller's. Fails likewise. */
NODISCARD bool model_file_bytes(const char *path, Buf *out, Err *err);

#endif
