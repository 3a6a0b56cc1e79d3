/*
 * workers/predictions/system_ensemble.c
 *    One prediction out of those of other systems.
 */
#include <math.h>
#include "workers/predictions/system_parts.h"

enum { LEAST_MEMBERS = 2 };

/* xgboost_v1 moves the confidence, not the points. */
static const EnsembleMember v1_1_members[] = {
    {SYSTEM_CATBOOST, 0.45},     {SYSTEM_SIMILARITY, 0.25}, {SYSTEM_MOVING_AVERAGE, 0.20},
    {SYSTEM_ZONE_MATCHUP, 0.10}, {SYSTEM_XGBOOST, 0.0},
};

typedef struct {
    int32_t count, weighty;
    double weight, weighted, points, confidence;
} MemberSums;

static MemberSums
sum_members(const EnsembleMember *members, size_t count, const SystemOutput *outputs)
{
    MemberSums s = {0};

    for (size_t i = 0; i < count; i++) {
        const SystemOutput *o = &outputs[members[i].system];

        if (o->recommendation == NULL)
            continue;
        s.count++;
        s.weighty += members[i].weight > 0.0;
        s.weight += members[i].weight;
        s.weighted += members[i].weight * o->predicted_points;
        s.points += o->predicted_points;
        s.confidence += o->confidence_pct;
    }
    return s;
}

static double
variance_of(const EnsembleMember *members, size_t count, const SystemOutput *outputs, const MemberSums *s)
{
    double squares = 0.0;

    for (size_t i = 0; i < count; i++) {
        const SystemOutput *o = &outputs[members[i].system];
        double off = o->predicted_points - s->points / s->count;

        if (o->recommendation != NULL)
            squares += off * off;
    }
    return squares / s->count;
}

static double
agreement_of(double deviation)
{
    if (deviation < 2.0)
        return 10.0;
    if (deviation < 3.0)
        return 5.0;
    return deviation < 6.0 ? -5.0 : -10.0;
}

void
ensemble_blend(const EnsembleMember *members, size_t count, const SystemOutput *outputs, SystemOutput *out)
{
    const MemberSums s = sum_members(members, count, outputs);
    double confidence;

    if (s.weighty < LEAST_MEMBERS) {
        out->absent = "too_few_members";
        return;
    }
    out->predicted_points = s.weighted / s.weight;
    out->member_count = s.count;
    out->member_variance = variance_of(members, count, outputs, &s);
    out->member_agreement = agreement_of(sqrt(out->member_variance));
    confidence = s.confidence / s.count + out->member_agreement + ((size_t)s.count == count ? 5.0 : 0.0);
    out->confidence_pct = fmin(fmax(confidence, 20.0), 95.0);
}

void
ensemble_compute(const SystemInput *in, const SystemOutput *others, SystemOutput *out)
{
    (void)in;
    ensemble_blend(v1_1_members, ARRAY_LEN(v1_1_members), others, out);
}
