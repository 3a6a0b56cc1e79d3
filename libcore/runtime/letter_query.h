/*
 * libcore/runtime/letter_query.h
 *    Which letters somebody means, as one condition of SQL that every command shares, and their groups.
 */
#ifndef TIPOFF_RUNTIME_LETTER_QUERY_H
#define TIPOFF_RUNTIME_LETTER_QUERY_H

#include "libcore/io/db.h"

/* All that is given must hold. Zero-initialise; then it is every letter. Borrowed. */
typedef struct {
    const int64_t *ids; /* one of these */
    size_t id_count;
    const char *const *statuses; /* one of these */
    size_t status_count;
    const char *topic; /* as the broker has it, or without its lane */
    const char *worker;
    const char *phase;  /* that the worker works for: see letter_phase_workers() */
    const char *from;   /* YYYY-MM-DD: the game date of the cell that it holds up, or else of its event's key */
    const char *to;     /* the last one; with from */
    const char *player; /* its key, or a text of its record: a lookup */
    const char *name;   /* likewise: as a source spells it; with player */
    const char *cls, *code;
    const char *fingerprint; /* its beginning */
    Instant before, after;   /* of its last failure, if is_before and is_after */
    bool is_before, is_after;
    int32_t min_attempts;
    bool is_mended; /* the cell that it failed has a good version by now */
} LetterFilter;

/* Whether anything but the status narrows it. */
bool letter_filter_is_narrow(const LetterFilter *f);

/* The workers of a phase: those of its processors, and those without one whose events come from these alone.
 * NULL-terminated, in a. Nobody's phase has none. */
const char *const *letter_phase_workers(const char *phase, Arena *a);

enum { LETTER_PARAMS = 15 };

/* The parameters of LETTER_WHERE. What they point to lives in a. */
void letter_filter_params(const LetterFilter *f, Arena *a, DbParam out[LETTER_PARAMS]);

/* The condition on l, a row of ops.letter; $1 to $15. */
#define LETTER_WHERE                                                                                                   \
    "($1::bigint[] is null or l.id = any ($1)) and ($2::text[] is null or l.status = any ($2))"                        \
    " and ($3::text is null or l.topic in ($3, $3 || '.backfill'))"                                                    \
    " and ($4::text[] is null or l.worker = any ($4))"                                                                 \
    " and ($5::text is null or " LETTER_DATE " between $5 and $6)"                                                     \
    " and ($7::text[] is null or l.key = any ($7) or exists (select 1 from unnest($8::bytea[]) p"                      \
    " where position(p in l.payload) > 0)) and ($9::text is null or l.error_class = $9)"                               \
    " and ($10::text is null or l.error_code = $10) and ($11::text is null or starts_with(l.fingerprint, $11))"        \
    " and ($12::timestamptz is null or l.last_at <= $12) and ($13::timestamptz is null or l.last_at >= $13)"           \
    " and l.attempts >= $14 and (not $15::boolean or exists (select 1 from ops.cell c where " LETTER_CELL              \
    " and " LETTER_CELL_IS_GOOD "))"

/* That c, a row of ops.cell, is the cell that the letter l failed; that nothing waits for the letter there. */
#define LETTER_CELL "c.game_date = l.game_date and c.processor = l.processor"
#define LETTER_CELL_IS_GOOD                                                                                            \
    "c.version > 0 and c.status in ('success', 'partial', 'degraded', 'no_data') and not c.is_stale"

/* The game date of l as text; NULL where it has none. */
#define LETTER_DATE                                                                                                    \
    "(coalesce(l.game_date::text, case when l.key ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(l.key, 10) end)"           \
    " collate \"C\")"

/* Letters by cause, the largest group first: fingerprint, how many, of these on their way, worker, topic (of
 * several the first, with "and others"), the first and the last game date, the most attempts, when first and
 * last, and of its newest letter: error, number, message. All text. What is counted is in the index
 * ops.letter_group; of the letters themselves only one a group is read, unless the condition needs more. */
#define LETTER_GROUPS_SQL                                                                                              \
    "with g as (select l.fingerprint, count(*) n, max(l.id) newest, min(l.worker) w, max(l.worker) w_to,"              \
    " min(l.topic) t, max(l.topic) t_to, min(l.game_date) d, max(l.game_date) d_to, max(l.attempts) attempts,"         \
    " min(l.first_at) first_at, max(l.last_at) last_at from ops.letter l where " LETTER_WHERE                          \
    " group by l.fingerprint) select g.fingerprint, g.n::text, g.w || case when g.w <> g.w_to then ' and others'"      \
    " else '' end, g.t || case when g.t <> g.t_to then ' and others' else '' end, g.d::text, g.d_to::text,"            \
    " g.attempts::text, " LETTER_TIME("g.first_at") ", " LETTER_TIME(                                                  \
        "g.last_at") ", l.error_class || ' ' || l.error_code, l.id::text, l.message from g join ops.letter l on l.id " \
                     "= g.newest"                                                                                      \
                     " order by g.n desc, g.newest desc"

#define LETTER_TIME(at) "to_char(" at " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

#endif
