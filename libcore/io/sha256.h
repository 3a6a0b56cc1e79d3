/*
 * libcore/io/sha256.h
 *    SHA-256 by OpenSSL, at once or in pieces.
 */
#ifndef TIPOFF_IO_SHA256_H
#define TIPOFF_IO_SHA256_H

#include "libcore/base/bytes.h"

enum { SHA256_LEN = 32, SHA256_HEX_LEN = 65 };

void sha256(Bytes in, uint8_t out[SHA256_LEN]);

/* Lower-case hexadecimal with a NUL; out needs 2 * len + 1 bytes. Returns out. */
const char *hex_encode(Bytes in, char *out);

#endif
