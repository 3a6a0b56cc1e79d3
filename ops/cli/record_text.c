/*
 * ops/cli/record_text.c
 *    Files and schemas.
 */
#include "ops/cli/record_text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "libcore/io/schema_json.h"

static bool
read_all(FILE *f, Buf *out)
{
    char chunk[8192];
    size_t n;

    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(out, chunk, n);
    return !ferror(f);
}

bool
record_text_read(const char *path, Buf *out, Err *err)
{
    bool is_input = strcmp(path, "-") == 0;
    FILE *f = is_input ? stdin : fopen(path, "rb");
    bool ok;

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    ok = read_all(f, out);
    if (!is_input)
        (void)fclose(f);
    return ok || ERR_FAIL(err, ERR_CONFIG, "cannot read %s", path);
}

bool
record_text_encode(const EventSchema *schema, const Buf *text, Buf *body, Buf *message, Err *err)
{
    const SchemaType *type;
    Arena *scratch = arena_new(0);
    bool ok;

    buf_clear(body);
    buf_clear(message);
    ok = schema_parse(bytes_of_str(schema->json), scratch, &type, err)
         && schema_json_encode(type, bytes_of(text->data, text->len), body, err)
         && schema->check(bytes_of(body->data, body->len), scratch, err);
    if (ok)
        event_frame(schema, bytes_of(body->data, body->len), message);
    arena_free(scratch);
    return ok;
}

const EventSchema *
record_schema(const char *name)
{
    for (const EventSchema *const *s = all_event_schemas; *s != NULL; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}
