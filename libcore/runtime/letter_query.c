/*
 * libcore/runtime/letter_query.c
 *    From what somebody typed to the parameters of one condition.
 */
#include "libcore/runtime/letter_query.h"
#include <string.h>
#include "libcore/base/cursor.h"
#include "libcore/runtime/pipeline.h"

bool
letter_filter_is_narrow(const LetterFilter *f)
{
    return f->id_count > 0 || f->topic != NULL || f->worker != NULL || f->phase != NULL || f->from != NULL
           || f->player != NULL || f->cls != NULL || f->code != NULL || f->fingerprint != NULL || f->is_before
           || f->is_after || f->min_attempts > 0 || f->is_mended;
}

/* ---- phases ---- */

static bool
holds_word(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool
has_processor(const char *worker)
{
    for (size_t i = 0; i < PROC_COUNT; i++)
        if (strcmp(processor_table[i].worker, worker) == 0)
            return true;
    return false;
}

const char *const *
letter_phase_workers(const char *phase, Arena *a)
{
    const char **out = NULL;
    size_t count = 0, cap = 0;

    for (size_t i = 0; i < PROC_COUNT; i++) {
        out = arena_room(a, out, count, &cap, sizeof *out);
        if (strcmp(processor_table[i].phase, phase) == 0 && !holds_word(out, count, processor_table[i].worker))
            out[count++] = processor_table[i].worker;
    }
    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        const char *const *from = topic_table[t].emitters;
        bool is_ours = from[0] != NULL;

        for (size_t e = 0; from[e] != NULL; e++)
            is_ours &= holds_word(out, count, from[e]);
        for (size_t c = 0; is_ours && topic_table[t].consumers[c] != NULL; c++) {
            const char *worker = topic_table[t].consumers[c];

            out = arena_room(a, out, count, &cap, sizeof *out);
            if (!has_processor(worker) && !holds_word(out, count, worker))
                out[count++] = worker;
        }
    }
    out = arena_room(a, out, count, &cap, sizeof *out);
    out[count] = NULL;
    return out;
}

/* ---- parameters ---- */

static const DbParam no_texts = {.type = PARAM_TEXT_ARRAY, .is_null = true};

/* A text as a record holds it: its length first. */
static Bytes
as_in_record(const char *text, Arena *a)
{
    Buf b = {0};
    Bytes out;

    buf_put_avro_string(&b, text);
    out = arena_bytes(a, b.data, b.len);
    buf_free(&b);
    return out;
}

static void
player_params(const LetterFilter *f, Arena *a, DbParam *keys, DbParam *texts)
{
    const char **names = arena_array(a, 2, sizeof *names);
    Bytes *bytes = arena_array(a, 2, sizeof *bytes);

    names[0] = f->player;
    names[1] = f->name;
    for (size_t i = 0; i < 2; i++)
        bytes[i] = as_in_record(names[i], a);
    *keys = db_texts(names, 2);
    *texts = db_bytess(bytes, 2);
}

static DbParam
workers_param(const LetterFilter *f, Arena *a)
{
    const char *const *workers;
    const char **one;
    size_t count = 0;

    if (f->phase == NULL && f->worker == NULL)
        return no_texts;
    one = arena_array(a, 1, sizeof *one);
    one[0] = f->worker;
    if (f->phase == NULL)
        return db_texts(one, 1);
    workers = letter_phase_workers(f->phase, a);
    while (workers[count] != NULL)
        count++;
    if (f->worker == NULL)
        return db_texts(workers, count);
    return db_texts(one, holds_word(workers, count, f->worker));
}

void
letter_filter_params(const LetterFilter *f, Arena *a, DbParam out[LETTER_PARAMS])
{
    size_t n = 0;

    out[n++] = f->id_count > 0 ? db_i64s(f->ids, f->id_count) : (DbParam){.type = PARAM_I64_ARRAY, .is_null = true};
    out[n++] = f->status_count > 0 ? db_texts(f->statuses, f->status_count) : no_texts;
    out[n++] = db_text(f->topic);
    out[n++] = workers_param(f, a);
    out[n++] = db_text(f->from);
    out[n++] = db_text(f->to);
    out[n] = no_texts;
    out[n + 1] = (DbParam){.type = PARAM_BYTES_ARRAY, .is_null = true};
    if (f->player != NULL)
        player_params(f, a, &out[n], &out[n + 1]);
    n += 2;
    out[n++] = db_text(f->cls);
    out[n++] = db_text(f->code);
    out[n++] = db_text(f->fingerprint);
    out[n++] = db_ts(f->is_before ? f->before : INSTANT_NULL);
    out[n++] = db_ts(f->is_after ? f->after : INSTANT_NULL);
    out[n++] = db_i32(f->min_attempts);
    out[n++] = db_bool(f->is_mended);
}
