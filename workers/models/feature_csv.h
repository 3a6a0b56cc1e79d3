/*
 * workers/models/feature_csv.h
 *    Rows of feature values out of CSV, piece by piece, in the order that a model takes them.
 *
 * The first line names the columns. Where the model has names, each of its named features needs a column of that
 * name, in any order, and other columns are passed over; where it has none, there must be as many columns as
 * features. An empty field, NaN and NA (in any case) are missing values; everything else must be a decimal number
 * within float32's range. It does no IO and keeps one row at a time.
 */
#ifndef TIPOFF_WORKERS_FEATURE_CSV_H
#define TIPOFF_WORKERS_FEATURE_CSV_H

#include "libcore/base/bytes.h"
#include "libcore/base/err.h"
#include "workers/models/model_info.h"

enum { FEATURE_ROW_MAX_BYTES = 1024 * 1024 };

typedef struct FeatureCsv FeatureCsv;

/* values: one a feature, NaN where missing; borrowed for the call. False ends the reading with err. */
typedef bool (*FeatureRowFn)(void *user, const float *values, Err *err);

/* Borrows all three while it lives; name is the file in messages. The reader is the caller's: feature_csv_free(). */
FeatureCsv *feature_csv_new(const ModelInfo *info, const char *name, FeatureRowFn on_row, void *user);
void feature_csv_free(FeatureCsv *c); /* NULL is fine */

/* Takes the next bytes, of any length. ERR_POISON with name, line and column when they are not as said above. After
 * an error nothing more may be fed. */
NODISCARD bool feature_csv_feed(FeatureCsv *c, Bytes piece, Err *err);
/* The input has ended: its last row may lack a line end. ERR_POISON when there was no header. */
NODISCARD bool feature_csv_end(FeatureCsv *c, Err *err);

/* Columns that no feature has the name of. */
size_t feature_csv_ignored(const FeatureCsv *c);

#endif
