/*
 * ops/cli/conf_text.h
 *    Change one option in the text of a configuration file, and leave the rest as it stands.
 */
#ifndef TIPOFF_OPS_CONF_TEXT_H
#define TIPOFF_OPS_CONF_TEXT_H

#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

/* Appends the text to out with "key = value" in the place of the first line of that key, or at its end; further
 * lines of the key are left out. A NULL value leaves the key out. */
void conf_text_set(Bytes text, const char *key, const char *value, Buf *out);

/* The same for these keys of a file, which need not exist; it is replaced in one step. */
NODISCARD bool conf_file_set(const char *path, const char *const *keys, const char *const *values, size_t count,
                             Err *err);

#endif
