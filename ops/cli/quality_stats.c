/*
 * ops/cli/quality_stats.c
 *    Means over what could be known and over what is owed, and the lowest of them.
 */
#include "ops/cli/quality_stats.h"
#include "libcore/base/value.h"

double
quality_mean(int64_t sum, int64_t count)
{
    return count == 0 ? NULL_F64 : round(10.0 * (double)sum / (double)count) / 10.0;
}

const char *
mean_text(double mean, Arena *a)
{
    return f64_is_null(mean) ? NULL : arena_printf(a, "%.1f", mean);
}

const char *
count_text(int64_t n, Arena *a)
{
    return arena_printf(a, "%lld", (long long)n);
}

const char *
pct_text(int64_t part, int64_t whole, Arena *a)
{
    return mean_text(quality_mean(100 * part, whole), a);
}

/* Which of the two means over what is owed is lower; owing nothing is lower than nothing. */
static bool
is_lower(const FeatureStats *x, const FeatureStats *y)
{
    if (x->owed == 0)
        return false;
    return y->owed == 0 || x->owed_sum * y->owed < y->owed_sum * x->owed;
}

FeatureIndex
lowest_feature(const FeatureStats stats[FEATURE_COUNT], FeatureCategory category)
{
    int lowest = -1;

    for (int f = 0; f < FEATURE_COUNT; f++) {
        if (feature_contract[f].category != category)
            continue;
        if (lowest < 0 || is_lower(&stats[f], &stats[lowest]))
            lowest = f;
    }
    return (FeatureIndex)lowest;
}

static FeatureStats
sum_of_category(const FeatureStats stats[FEATURE_COUNT], FeatureCategory category)
{
    FeatureStats sum = {0};

    for (int f = 0; f < FEATURE_COUNT; f++) {
        if (feature_contract[f].category != category)
            continue;
        sum.known += stats[f].known;
        sum.known_sum += stats[f].known_sum;
        sum.owed += stats[f].owed;
        sum.owed_sum += stats[f].owed_sum;
    }
    return sum;
}

double
category_effective_mean(const FeatureStats stats[FEATURE_COUNT], FeatureCategory category)
{
    const FeatureStats sum = sum_of_category(stats, category);

    return quality_mean(sum.known_sum, sum.known);
}

double
category_owed_mean(const FeatureStats stats[FEATURE_COUNT], FeatureCategory category)
{
    const FeatureStats sum = sum_of_category(stats, category);

    return quality_mean(sum.owed_sum, sum.owed);
}

FeatureCategory
lowest_category(const FeatureStats stats[FEATURE_COUNT])
{
    FeatureCategory lowest = (FeatureCategory)0;
    FeatureStats low = sum_of_category(stats, lowest);

    for (int c = 1; c < CATEGORY_COUNT; c++) {
        const FeatureStats sum = sum_of_category(stats, (FeatureCategory)c);

        if (is_lower(&sum, &low)) {
            lowest = (FeatureCategory)c;
            low = sum;
        }
    }
    return lowest;
}
