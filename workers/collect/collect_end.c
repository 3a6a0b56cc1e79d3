/*
 * workers/collect/collect_end.c
 *    From a manifest to the end of its cell.
 */
#include "workers/collect/collect_end.h"
#include <string.h>
#include "libcore/io/codec.h"

/* The manifest's content: what it lists, whichever version it is. */
static void
manifest_hash(const FeedManifest *manifest, const char *broken, uint8_t out[SHA256_LEN], Arena *a)
{
    FeedManifest bare = *manifest;

    if (broken != NULL) {
        sha256(bytes_of_str(broken), out);
        return;
    }
    bare.manifest_version = 0;
    bare.event_id = "";
    sha256(feed_manifest_message(&bare, a), out);
}

void
collect_end_of(const FeedManifest *m, const char *broken, CellEnd *end, Arena *a)
{
    end->expected = (int32_t)m->parts_count;
    end->written = (int32_t)m->parts_count;
    end->rejected = m->rejected_total;
    end->as_of = INSTANT_NULL;
    if (broken != NULL) {
        end->status = CELL_FAILED;
        end->reason = broken;
    } else if (m->parts_count == 0) {
        end->status = CELL_NO_DATA;
        end->reason = m->reason ? m->reason : "the feed has nothing for this date";
    } else {
        end->status = m->rejected_total > 0 ? CELL_PARTIAL : CELL_SUCCESS;
    }
    manifest_hash(m, broken, end->content_hash, a);
    memcpy(end->input_hash, end->content_hash, sizeof end->input_hash);
}

static bool
read_manifest(DbTx *tx, CellKey key, Arena *a, FeedManifest *out, bool *found, Err *err)
{
    static const char sql[] = "select payload from raw.feed_manifest where feed = $1 and game_date = $2";
    const DbParam params[] = {db_text(processor_table[key.processor].feed), db_date(key.date)};
    Codec *codec;
    Bytes message, body;
    DbRows *rows;
    bool ok;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    *found = db_row_count(rows) > 0;
    if (!*found)
        return true;
    codec = codec_new(NULL);
    ok = codec_resolve(codec, tx, db_get_bytes(rows, 0, 0), a, &message, err)
         && codec_check_frame(message, &feed_manifest_schema, &body, err) && feed_manifest_decode(body, a, out, err);
    codec_free(codec);
    return ok;
}

bool
collect_restore(DbTx *tx, const RunContext *rc, CellKey key, bool *restored, Err *err)
{
    CellEnd end = {.key = key,
                   .lane = lane_name(lane_of_date(key.date, rc->ctx->today)),
                   .run_id = rc->run_id,
                   .build = rc->ctx->build,
                   .config_hash = rc->ctx->config_hash,
                   .correlation_id = rc->correlation_id,
                   .started = clock_now(rc->clock)};
    FeedManifest m;

    if (!read_manifest(tx, key, rc->a, &m, restored, err))
        return false;
    if (!*restored)
        return true;
    collect_end_of(&m, strstr(m.event_id, UNUSABLE_MANIFEST) != NULL ? m.reason : NULL, &end, rc->a);
    end.version = (int32_t)m.manifest_version;
    end.finished = clock_now(rc->clock);
    return cell_complete(tx, &end, err);
}
