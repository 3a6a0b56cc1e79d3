/*
 * libcore/io/sha256.c
 *    The digest, by OpenSSL's EVP interface.
 */
#include "libcore/io/sha256.h"
#include <openssl/evp.h>
#include <stdlib.h>

void
sha256(Bytes in, uint8_t out[SHA256_LEN])
{
    if (EVP_Digest(in.data, in.len, out, NULL, EVP_sha256(), NULL) != 1)
        abort();
}

const char *
hex_encode(Bytes in, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < in.len; i++) {
        out[2 * i] = digits[in.data[i] >> 4];
        out[2 * i + 1] = digits[in.data[i] & 15];
    }
    out[2 * in.len] = '\0';
    return out;
}
