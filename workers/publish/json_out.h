/*
 * workers/publish/json_out.h
 *    Building the public files: objects in a fixed order of keys, numbers with fixed decimals.
 *
 * Nothing here fails: out of memory aborts, and text from the database is valid UTF-8.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_JSON_OUT_H
#define TIPOFF_WORKERS_PUBLISH_JSON_OUT_H

#include <jansson.h>
#include "libcore/base/arena.h"
#include "workers/publish/subsets.h"

/* All take over value. */
void json_put(json_t *object, const char *key, json_t *value);
void json_push(json_t *array, json_t *value);

/* New values. NULL text, NaN and the NULL sentinels become null. */
json_t *json_text(const char *s);
json_t *json_date(GameDate d);   /* null for none */
json_t *json_instant(Instant t); /* null for none */
json_t *json_int(int32_t v);
json_t *json_count(size_t n);
json_t *json_points(double v);                 /* one decimal */
json_t *json_hundredths(double v);             /* two decimals */
json_t *json_thousandths(double v);            /* three decimals */
json_t *json_pct(int64_t part, int64_t whole); /* percent with one decimal; null of nothing */
json_t *json_tri(TriBool v);

/* player, team, opponent, prediction, line, direction. */
json_t *json_pick(const Pick *p);
/* season, month, week, each {wins, losses, pct, live{wins, losses, pct}}. */
json_t *json_record(const SubsetRecord *r);
/* How the system is named in public files. */
json_t *json_model(const char *system);

/* Releases root and returns its text, indented, in a. */
const char *json_render(json_t *root, Arena *a);

#endif
