/*
 * libcore/io/trace_context.c
 *    Trace and span ids: the first bytes of a hash.
 */
#include "libcore/io/trace_context.h"
#include <stdio.h>
#include "libcore/io/sha256.h"

enum { TRACE_BYTES = 16, SPAN_BYTES = 8 };

static const char *
id_hex(const char *text, size_t bytes, char out[SHA256_HEX_LEN])
{
    uint8_t digest[SHA256_LEN];

    sha256(bytes_of_str(text), digest);
    return hex_encode(bytes_of(digest, bytes), out);
}

const char *
trace_parent(const char *correlation_id, const char *event_id, char out[TRACE_PARENT_LEN])
{
    char trace[SHA256_HEX_LEN], span[SHA256_HEX_LEN];

    (void)snprintf(out, TRACE_PARENT_LEN, "00-%.32s-%.16s-01",
                   id_hex(correlation_id ? correlation_id : event_id, TRACE_BYTES, trace),
                   id_hex(event_id, SPAN_BYTES, span));
    return out;
}

const char *
trace_state(const char *causation_id, char out[TRACE_STATE_LEN])
{
    char span[SHA256_HEX_LEN];

    if (causation_id == NULL)
        return NULL;
    (void)snprintf(out, TRACE_STATE_LEN, "tipoff=%.16s", id_hex(causation_id, SPAN_BYTES, span));
    return out;
}
