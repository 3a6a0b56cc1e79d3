#!/usr/bin/env bash
# tests/integration/corrupt.sh
#    Events that cannot be processed become letters with their reason and coordinates, everything
#    else goes on around them, and a retry after the cause is mended completes the date.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

GARBAGE_TOPIC=feed.boxscores.backfill
PART_DATE=2025-11-02 # a part of its props cannot be stored
CELL_DATE=2025-11-12 # its box scores cannot be stored; players with such a hole are not predicted for a while
CUT_DATE=2025-11-08  # one of its parts arrives cut short before it arrives whole
PICK_DATE=2025-11-10 # the prediction of one of its players cannot be stored

# one_part FEED DATE: the id of one of the feed's parts of the date, in the clean run.
one_part() {
    (use clean && sql "select event_id from ops.outbox where topic = 'feed.$1.backfill' and key = '$2'
        order by event_id limit 1")
}

# send_garbage: bytes that nobody has framed, without headers or key.
send_garbage() {
    head -c 700 /dev/urandom >"$WORK/garbage"
    kcat -P -b "$(brokers)" -t $GARBAGE_TOPIC -p 3 "$WORK/garbage"
}

# send_cut ID: the first half of the part's bytes, under its id.
send_cut() {
    (use clean && sql "select encode(substring(payload for length(payload) / 2), 'hex') from ops.outbox
        where event_id = '$1'") | python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$WORK/cut"
    kcat -P -b "$(brokers)" -t feed.props.backfill -p 5 -k $CUT_DATE -H "ce_id=$1" -H ce_type=tipoff.FeedProps "$WORK/cut"
}

# letter COLUMN ID: of the raw worker's letter for the event.
letter() {
    sql "select $1 from ops.letter where worker = 'raw' and event_id = '$2'"
}

open_letters() {
    sql "select count(*) from ops.letter where status = 'open'"
}

has_letters() {
    [ "$(sql "select count(*) from ops.letter")" -ge "$1" ]
}

is_closed() {
    [ "$(sql "select status from ops.letter where id = $1")" = closed ]
}

# failed_cells: every cell that failed, on one line.
failed_cells() {
    sql "select coalesce(string_agg(game_date || ' ' || processor, ', ' order by game_date, processor), '')
        from ops.cell where status = 'failed'"
}

bad_before_good() {
    must "garbage is sent" send_garbage
    must "a part is sent that was cut short" send_cut "$CUT_PART"
    claim "bytes that are no event, and an event that was cut short, become letters" eventually 30 has_letters 2
    GARBAGE=$(sql "select id from ops.letter where topic = '$GARBAGE_TOPIC'")
    claim "the garbage's letter names its place, its reason and its worker" same "raw|3|0|poison|t" \
        "$(sql "select worker, partition, \"offset\", error_class, length(message) > 10 from ops.letter where id = $GARBAGE")"
    claim "the garbage is kept byte by byte" same "$(sha256sum <"$WORK/garbage" | cut -d ' ' -f 1)" \
        "$(sql "select encode(sha256(payload), 'hex') from ops.letter where id = $GARBAGE")"
    claim "'dlq list' shows both letters with topic and reason" holds "$GARBAGE_TOPIC" feed.props.backfill poison \
        <<<"$("$TIPOFF" dlq list)"
    claim "'dlq show' shows coordinates, reason and what the payload is" holds "offset          0" "partition       3" \
        "$(sql "select left(message, 30) from ops.letter where id = $GARBAGE")" "payload: 700 bytes" \
        <<<"$("$TIPOFF" dlq show "$GARBAGE")"
}

break_dates() {
    sql "alter table raw.feed_part add constraint no_such_part check (event_id <> '$LOST_PART')"
    sql "alter table raw.boxscore add constraint no_such_day check (game_date <> '$CELL_DATE')"
    sql "alter table predictions.prediction add constraint no_such_pick
        check (game_date <> '$PICK_DATE' or player_lookup <> '$PLAYER')"
}

broken_dates() {
    local part cell pick
    must "it collects" collect
    must "the run goes on around the broken dates to its end" finish_run "$TIPOFF_RUN_DIR/hashes.broken"
    claim "the part that came whole after all was processed, and its letter closed itself" \
        same closed "$(letter status "$CUT_PART")"
    part=$(letter id "$LOST_PART")
    cell=$(sql "select id from ops.letter where processor = 'raw_boxscores'")
    claim "the part that cannot be stored is a letter of its own topic, partition and offset" same \
        "$(sql "select topic, partition, \"offset\" from ops.outbox where event_id = '$LOST_PART'")" \
        "$(letter 'topic, partition, "offset"' "$LOST_PART")"
    pick=$(sql "select id from ops.letter where worker = 'predictor'")
    claim "four letters are open: the garbage, the part, the box scores, and the request for a prediction" \
        same 4 "$(open_letters)"
    claim "the player who cannot be predicted is rejected with his letter, and his date is partial" \
        same "partial|$PLAYER|t" "$(sql "select status, entity, position('letter $pick' in r.reason) > 0 from ops.cell
        join ops.rejected_row r using (game_date, processor) where game_date = '$PICK_DATE' and processor = 'predictions'")"
    claim "the two cells of the broken links failed, and no other but those that depend hard on them" \
        same "$PART_DATE raw_props, $CELL_DATE raw_boxscores" "$(failed_cells)"
    claim "'why' names the broken link, its letter and what mends it" holds \
        "first broken link: raw_boxscores is failed" "(letter $cell)" no_such_day "tipoff dlq retry $cell" \
        <<<"$("$TIPOFF" why $CELL_DATE)"
    claim "'why' names the lost part's link and letter" holds "first broken link: raw_props is failed: letter $part" \
        "tipoff dlq retry $part" <<<"$("$TIPOFF" why $PART_DATE)"
    claim "every later date went on, and names the hole" sql_is 0 "select count(*) from ops.cell
        where processor = 'upcoming_context' and game_date > '$CELL_DATE'
        and (status <> 'degraded' or reason not like '%hole at game_summaries of $CELL_DATE%')"
    before_hole "$WORK/clean.hashes" >"$WORK/clean.before"
    before_hole "$TIPOFF_RUN_DIR/hashes.broken" >"$WORK/broken.before"
    claim "earlier dates are whole" same_files "$WORK/clean.before" "$WORK/broken.before"
    claim "a retry before the cause is mended leaves the letter open, with one attempt more" still_broken "$cell"
    mend "$part" "$cell" "$pick"
}

before_hole() {
    awk -v day=$PART_DATE '$1 < day' "$1"
}

# still_broken ID
still_broken() {
    local before
    before=$(sql "select attempts from ops.letter where id = $1")
    "$TIPOFF" dlq retry "$1" && eventually 20 more_attempts "$1" "$before" && ! is_closed "$1"
}

more_attempts() {
    [ "$(sql "select attempts from ops.letter where id = $1")" -gt "$2" ]
}

mend() {
    sql "alter table raw.boxscore drop constraint no_such_day"
    sql "alter table raw.feed_part drop constraint no_such_part"
    sql "alter table predictions.prediction drop constraint no_such_pick"
    must "the letters are sent again" "$TIPOFF" dlq retry "$1" "$2" "$3"
    claim "a retry after the cause is mended closes the letter of the part" eventually 30 is_closed "$1"
    claim "a retry after the cause is mended closes the letter of the box scores" eventually 30 is_closed "$2"
    claim "a retry after the cause is mended closes the letter of the request" eventually 30 is_closed "$3"
    must "the mended run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim "'why' finds nothing broken any more" holds "every link of $CELL_DATE holds" <<<"$("$TIPOFF" why $CELL_DATE)"
    claim_undisturbed "after the retry"
    claim "only the garbage is still a letter" same "$GARBAGE" \
        "$(sql "select string_agg(id::text, ' ') from ops.letter where status = 'open'")"
}

clean_run
CUT_PART=$(one_part props $CUT_DATE)
LOST_PART=$(one_part props $PART_DATE)
PLAYER=$(use clean && sql "select min(player_lookup) from predictions.prediction where is_active and game_date = '$PICK_DATE'")
deploy corrupt
bad_before_good
break_dates
broken_dates
