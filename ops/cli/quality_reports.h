/*
 * ops/cli/quality_reports.h
 *    What 'tipoff quality' can say; each is a part of that command, given its arguments.
 */
#ifndef TIPOFF_OPS_QUALITY_REPORTS_H
#define TIPOFF_OPS_QUALITY_REPORTS_H

#include "ops/cli/cli.h"
#include "ops/cli/quality_stats.h"

/* Each returns an exit status. */
int quality_bad(Cli *cli);
int quality_training(Cli *cli);
/* Reads {"sources": [LABEL, ...]} lines from standard input and writes a line of quality columns for
 * each; needs no deployment. 1 when a line could not be scored; the others are. */
int quality_score(Cli *cli);

/* Prints a row for every processor that the feature store needs: which of its cells are missing or short,
 * how many feature rows are without it, and what mends that. */
NODISCARD bool quality_show_upstream(const Cli *cli, Session *s, DateRange r, Err *err);

/* Fails when the dates have no feature row, and says why as far as is known. */
NODISCARD bool quality_has_rows(Session *s, DateRange r, Err *err);

/* Every feature over the rows of these dates. */
NODISCARD bool quality_read_stats(Session *s, DateRange r, FeatureStats stats[FEATURE_COUNT], Err *err);

/* What stands beside a mean, in three cells: the lowest category, or within one its lowest feature; its
 * mean over what it owes; the processor that answers for the lowest feature in it. Texts live in a. */
void quality_put_lowest(const FeatureStats *stats, const FeatureCategory *within, const char **cells, Arena *a);

/* A number within bounds from an option's text; complains when it is none. NULL text leaves *out. */
bool quality_parse_number(const char *option, const char *text, double min, double max, double *out);

#endif
