/*
 * ops/cli/dlq.h
 *    What the verbs of 'tipoff dlq' share: the letters that are meant, and how a change is made.
 */
#ifndef TIPOFF_OPS_DLQ_H
#define TIPOFF_OPS_DLQ_H

#include "libcore/io/codec.h"
#include "libcore/io/schema_diff.h"
#include "libcore/runtime/letter_query.h"
#include "ops/cli/print.h"

/* One command. Texts are the command line's, or live in s.a. */
typedef struct {
    Cli *cli;
    Session s;
    LetterFilter filter;
    const char *command; /* for the record: "dlq skip" */
    const char *reason;  /* NULL: none was given */
    bool is_dry;         /* say what would be, and leave everything as it is */
    bool yes;            /* do not ask */
    bool all;
    bool again;                 /* what is on its way already, too */
    double rate;                /* letters a second; 0: as fast as it goes */
    const char *file;           /* of an edit: the whole record */
    const char *const *patches; /* of an edit: 'a.b=JSON' */
    size_t patch_count;
    int status; /* the exit status of a command that went well */
} Dlq;

/* The payload of l that a retry sends: what the newest edit made of its event, or what came. */
#define LETTER_PAYLOAD                                                                                                 \
    "coalesce((select e.after from ops.letter_edit e where e.topic = " LETTER_TOPIC                                    \
    " and e.event_id = l.event_id order by e.id desc limit 1), l.payload)"
/* The topic of l without its lane. */
#define LETTER_TOPIC "regexp_replace(l.topic, '\\.backfill$', '')"

/* Looks whether every letter that was named by its number is there, and open as long as must_be_open.
 * ERR_POISON names the first that is not. */
NODISCARD bool dlq_check_ids(Dlq *d, bool must_be_open, Err *err);
/* Ends the transaction: takes the change back when it is only a rehearsal. A new one is begun. */
NODISCARD bool dlq_end(Dlq *d, Err *err);

/* The record in a payload, for people. */
typedef struct {
    const EventSchema *schema; /* of this build; NULL where the record cannot be read */
    const char *json;          /* Avro's encoding, on one line; NULL likewise */
    const char *why_not;       /* a sentence; NULL where it can */
} DlqRecord;

/* Reads records of every version that is known here. False only where nobody could be asked. */
NODISCARD bool dlq_read_record(const Dlq *d, Bytes payload, DlqRecord *out, Err *err);
/* Where the schema that the payload was written with differs from this build's: lines for people, in s.a. */
typedef struct {
    const SchemaDiff *items;
    size_t count;
    const char *why_not; /* a sentence; NULL where both are known */
} DlqDrift;
NODISCARD bool dlq_read_drift(const Dlq *d, Bytes payload, DlqDrift *out, Err *err);

/* What is known of one letter, as lines for people: what 'dlq show' prints. */
NODISCARD bool dlq_describe(const Dlq *d, int64_t id, Buf *out, Err *err);

/* ---- the verbs ---- */

NODISCARD bool dlq_list(Dlq *d, Err *err);
NODISCARD bool dlq_groups(Dlq *d, Err *err);
NODISCARD bool dlq_audit(Dlq *d, Err *err);
NODISCARD bool dlq_show(Dlq *d, Err *err);
NODISCARD bool dlq_edit(Dlq *d, Err *err);
NODISCARD bool dlq_retry(Dlq *d, Err *err);
NODISCARD bool dlq_skip(Dlq *d, Err *err);
NODISCARD bool dlq_park(Dlq *d, Err *err);
NODISCARD bool dlq_purge(Dlq *d, Err *err);

/* The full-screen browser: letters by cause, the letters of one, one letter. Takes the terminal. */
NODISCARD bool dlq_browse(Dlq *d, Err *err);

/* Asks the worker of each letter what would become of it now, without any effect. */
NODISCARD bool dlq_rehearse(Dlq *d, Err *err);

#endif
