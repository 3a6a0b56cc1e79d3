-- Every schema that a build of this deployment writes or has written, so that any other build can
-- read its records: older ones those of a newer build, too. Filled when a build starts.
create table ops.schema (
    fingerprint text primary key, -- CRC-64-AVRO, 16 hex digits, as error messages show it
    name text not null,
    schema text not null,
    build text not null,
    recorded_at timestamptz not null default now()
);

-- Stored events carry their frame from now on, since the schema may change under them. What was stored
-- without one is of each schema's first version.
update raw.feed_part set payload = '\xc301945557910896a77c'::bytea || payload where feed = 'boxscores';
update raw.feed_part set payload = '\xc3012ee3df9bcf1c9238'::bytea || payload where feed = 'shots';
update raw.feed_part set payload = '\xc3011389c6ea0c4979b1'::bytea || payload where feed = 'props';
update raw.feed_manifest set payload = '\xc30142c2a0e0c5ee60a8'::bytea || payload;
