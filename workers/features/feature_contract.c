/*
 * workers/features/feature_contract.c
 *    Functions over the generated tables of the feature contract.
 */
#include "workers/features/feature_contract.h"

#include <string.h>

bool
feature_source_parse(const char *label, FeatureSource *out)
{
    for (int s = 0; s < FEATURE_SOURCE_COUNT; s++) {
        if (feature_source_table[s].label == label || strcmp(feature_source_table[s].label, label) == 0) {
            *out = (FeatureSource)s;
            return true;
        }
    }
    return false;
}

FeatureSource
feature_source_incomplete(FeatureSource s)
{
    static const FeatureSource incomplete[FEATURE_SOURCE_COUNT] = {
        [FEATURE_SOURCE_PHASE4] = FEATURE_SOURCE_PHASE4_INCOMPLETE,
        [FEATURE_SOURCE_PHASE3] = FEATURE_SOURCE_CALCULATED_INCOMPLETE,
        [FEATURE_SOURCE_CALCULATED] = FEATURE_SOURCE_CALCULATED_INCOMPLETE,
        [FEATURE_SOURCE_VEGAS] = FEATURE_SOURCE_VEGAS,
        [FEATURE_SOURCE_OPPONENT_HISTORY] = FEATURE_SOURCE_PHASE4_INCOMPLETE,
        [FEATURE_SOURCE_MINUTES_PPM] = FEATURE_SOURCE_PHASE4_INCOMPLETE,
        [FEATURE_SOURCE_PHASE4_INCOMPLETE] = FEATURE_SOURCE_PHASE4_INCOMPLETE,
        [FEATURE_SOURCE_CALCULATED_INCOMPLETE] = FEATURE_SOURCE_CALCULATED_INCOMPLETE,
        [FEATURE_SOURCE_DEFAULT] = FEATURE_SOURCE_DEFAULT,
        [FEATURE_SOURCE_FALLBACK] = FEATURE_SOURCE_FALLBACK,
        [FEATURE_SOURCE_MISSING] = FEATURE_SOURCE_MISSING,
        [FEATURE_SOURCE_NOT_SUBSCRIBED] = FEATURE_SOURCE_NOT_SUBSCRIBED,
        [FEATURE_SOURCE_NO_HISTORY] = FEATURE_SOURCE_NO_HISTORY,
        [FEATURE_SOURCE_UNKNOWN] = FEATURE_SOURCE_UNKNOWN,
    };

    return incomplete[s];
}
