/*
 * workers/features/input_set.c
 *    Cells as JSON, and the one statement that keeps them.
 */
#include "workers/features/input_set.h"

#include "libcore/io/sha256.h"

static void
put_cell(Buf *b, const CellState *c)
{
    char day[DATE_TEXT_LEN], hex[2 * CONTENT_HASH_LEN + 1], stamp[INSTANT_TEXT_LEN];

    buf_printf(b, "%s{\"processor\":\"%s\",\"game_date\":\"%s\",\"version\":%d,\"content_hash\":\"%s\"",
               b->len > 1 ? "," : "", processor_table[c->processor].name, date_format(c->date, day), (int)c->version,
               hex_encode(bytes_of(c->content_hash, CONTENT_HASH_LEN), hex));
    if (instant_is_null(c->finished))
        buf_put_str(b, ",\"finished_at\":null}");
    else
        buf_printf(b, ",\"finished_at\":\"%s\"}", instant_format(c->finished, stamp));
}

InputSet
input_set_of(const CellState *needs, size_t count, Arena *a)
{
    uint8_t digest[SHA256_LEN];
    char hex[SHA256_HEX_LEN];
    Buf b = {0};
    InputSet set;

    buf_put_u8(&b, '[');
    for (size_t i = 0; i < count; i++) {
        if (needs[i].version > 0)
            put_cell(&b, &needs[i]);
    }
    buf_put_u8(&b, ']');
    sha256(bytes_of(b.data, b.len), digest);
    set = (InputSet){.id = arena_strdup(a, hex_encode(bytes_of(digest, sizeof digest), hex)),
                     .cells = arena_strndup(a, (const char *)b.data, b.len)};
    buf_free(&b);
    return set;
}

bool
input_set_store(DbTx *tx, GameDate date, const InputSet *set, Err *err)
{
    static const char sql[] = "insert into features.input_set (input_set_id, game_date, cells) values"
                              " ($1, $2, $3::text::jsonb) on conflict (input_set_id) do nothing";
    const DbParam params[] = {db_text(set->id), db_date(date), db_text(set->cells)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}
