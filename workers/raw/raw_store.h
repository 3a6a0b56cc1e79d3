/*
 * workers/raw/raw_store.h
 *    What raw keeps of the feed events as they came: parts and manifests.
 */
#ifndef TIPOFF_WORKERS_RAW_STORE_H
#define TIPOFF_WORKERS_RAW_STORE_H

#include "events_gen.h"
#include "libcore/io/db.h"

/* A part as this build would have sent it: framed, so that later builds know by which schema. */
typedef struct {
    const char *feed;
    GameDate date;
    const char *event_id;
    Bytes message;
} StoredPart;

/* Parts that are there already stay. */
NODISCARD bool raw_store_parts(DbTx *tx, const StoredPart *parts, size_t count, Arena *a, Err *err);
/* awaited[i]: part i may complete its day, for the stored manifest lists it or there is none yet. One of a
 * manifest that is still to come is no news. */
NODISCARD bool raw_parts_awaited(DbTx *tx, const StoredPart *parts, size_t count, Arena *a, bool *awaited, Err *err);
/* An older version never replaces a newer one. */
NODISCARD bool raw_store_manifest(DbTx *tx, const FeedManifest *m, Bytes message, Err *err);

/* What a raw cell can see of its feed's day. */
typedef struct {
    bool has_manifest;
    FeedManifest manifest;
    const Bytes *bodies; /* of the manifest's parts, in its order; absent where one is not stored */
    size_t missing;
    const char *first_missing; /* event id */
    const char *letter;        /* why the missing parts will not come by themselves; else NULL */
} RawDay;

/* Reads bodies only when all parts are there. */
NODISCARD bool raw_load_day(DbTx *tx, const char *feed, GameDate date, Arena *a, RawDay *out, Err *err);

/* Dates and feeds with a manifest in a season, for the moment at which its schedule comes. */
typedef struct {
    const char *feed;
    GameDate date;
} FeedDate;
NODISCARD bool raw_manifest_dates(DbTx *tx, int32_t season_year, Arena *a, FeedDate **out, size_t *count, Err *err);

#endif
