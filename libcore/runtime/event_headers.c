/*
 * libcore/runtime/event_headers.c
 *    Read the records whose content goes into headers.
 */
#include "libcore/runtime/event_headers.h"
#include <string.h>
#include "libcore/io/codec.h"

static void
of_completion(Bytes body, Arena *a, BusRecord *r)
{
    Completion c;
    Err ignored;

    if (completion_decode(body, a, &c, &ignored) && c.causation_ids_count > 0)
        r->causation_id = c.causation_ids[0];
}

static void
of_letter(Bytes body, Arena *a, BusRecord *r)
{
    char stamp[INSTANT_TEXT_LEN];
    Err ignored;
    Letter l;

    if (!letter_decode(body, a, &l, &ignored))
        return;
    {
        const BusHeader headers[] = {
            {"dlq.original.topic", l.topic},
            {"dlq.original.partition", arena_printf(a, "%d", (int)l.partition)},
            {"dlq.original.offset", arena_printf(a, "%lld", (long long)l.offset)},
            {"dlq.original.timestamp", arena_strdup(a, instant_format(l.stamp, stamp))},
            {"dlq.error.class", l.error_class},
            {"dlq.error.code", l.error_code},
            {"dlq.error.message", l.message},
            {"dlq.fingerprint", l.fingerprint},
            {"dlq.attempts", arena_printf(a, "%d", (int)l.attempts)},
            {"dlq.worker", l.worker},
            {"dlq.build", l.build},
        };
        BusHeader *copy = arena_array(a, ARRAY_LEN(headers), sizeof *copy);

        memcpy(copy, headers, sizeof headers);
        r->headers = copy;
        r->header_count = ARRAY_LEN(headers);
        r->causation_id = l.event_id;
    }
}

static const struct {
    const char *type;
    const EventSchema *schema;
    void (*read)(Bytes body, Arena *a, BusRecord *r);
} readers[] = {
    {"tipoff.Completion", &completion_schema, of_completion},
    {"tipoff.Letter", &letter_schema, of_letter},
};

/* A row of the outbox may be of another build. */
static bool
open_record(Bytes payload, const EventSchema *schema, Arena *a, Bytes *body)
{
    Bytes message;
    Codec *codec;
    Err ignored;
    bool ok = codec_check_frame(payload, schema, body, &ignored);

    if (ok)
        return true;
    codec = codec_new(NULL);
    ok = codec_resolve(codec, NULL, payload, a, &message, &ignored)
         && codec_check_frame(message, schema, body, &ignored);
    codec_free(codec);
    return ok;
}

void
event_headers(const char *type, Bytes payload, Arena *a, BusRecord *r)
{
    Bytes body;

    for (size_t i = 0; i < ARRAY_LEN(readers); i++)
        if (strcmp(readers[i].type, type) == 0 && open_record(payload, readers[i].schema, a, &body))
            readers[i].read(body, a, r);
}
