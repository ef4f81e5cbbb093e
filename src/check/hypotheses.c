/* Each hypothesis with its statistic, p-value and the effect that it would see. */
#include "check/check_hypotheses.h"

#include <math.h>

#include "check/check_score.h"
#include "statistic/hypothesis.h"

#define POWER_QUANTILE 1.2815515655446004 /* power 0.9 */
#define ENTRIES_LEAST 100                 /* numbers for a test of their distribution */

/* Sums over the features, and what the findings share. */
typedef struct sums {
    rpe_check_report *report;
    double significance; /* level of one hypothesis, if all but one are true */
    double realizations, rank, mean, squares, excess, direction, directions;
    double pair_sum, pairs, pair, shape, fourth, entries, largest_feature, tested, least_rank;
    double inflation;
} sums;

static sums sums_of(const rpe_check_evidence *evidence, bool any_noise)
{
    sums s = {.realizations = (double)evidence->window.realizations, .least_rank = INFINITY};
    s.inflation = rpe_check_inflation(evidence, any_noise);
    for (size_t f = 0; f < evidence->count; f++) {
        const rpe_check_feature *feature = &evidence->features[f];
        double rank = (double)feature->rank;
        s.excess = fmax(s.excess, feature->excess);
        if (feature->rank == 0)
            continue;
        s.tested++;
        s.rank += rank;
        s.least_rank = fmin(s.least_rank, rank);
        s.mean += feature->mean;
        s.squares += feature->squares;
        s.direction = fmax(s.direction, feature->direction);
        s.directions += (double)feature->directions;
        s.pair_sum += feature->pair_sum;
        s.pairs += feature->pairs;
        s.pair = fmax(s.pair, feature->pair);
        s.shape += feature->shape;
        s.fourth += feature->fourth;
        s.entries += (double)feature->entries;
        s.largest_feature = fmax(s.largest_feature,
                                 fabs(rpe_check_score_chi_squared(feature->squares, s.realizations * rank)));
    }
    return s;
}

double rpe_check_inflation(const rpe_check_evidence *evidence, bool any_noise)
{
    double fourth = 0, entries = 0;
    for (size_t f = 0; any_noise && f < evidence->count; f++) {
        fourth += evidence->features[f].fourth;
        entries += (double)evidence->features[f].entries;
    }
    return entries > 0 ? fmax(1, (fourth / entries - 1) / 2) : 1; /* Var z^2 over the Gaussian's 2 */
}

static void add(sums *s, const char *hypothesis, const char *kind, double statistic, double p,
                double detectable, const char *effect)
{
    s->report->findings[s->report->finding_count++] =
        (rpe_check_finding){.hypothesis = hypothesis,
                            .kind = kind,
                            .statistic = isnan(p) ? NAN : statistic,
                            .p = p,
                            .detectable = isnan(p) ? NAN : detectable,
                            .effect = effect};
}

/* Shift of a normal score that is seen, when it is the largest of that many. */
static double shift(const sums *s, double count)
{
    return rpe_quantile_normal(s->significance / fmax(1, count)) + POWER_QUANTILE;
}

/* Root of the mean squared correlation that lifts a sum of `count` squared scores. */
static double common_shift(const sums *s, double count)
{
    return sqrt(shift(s, 1) * sqrt(2 * count) / count);
}

static void add_pairs(sums *s, const char *sum_name, const char *largest_name, const rpe_check_pairs *pairs,
                      const char *effect)
{
    bool none = !(pairs->count > 0);
    double error = 1 / sqrt(pairs->dimension);
    if (sum_name != NULL)
        add(s, sum_name, "chi-squared", pairs->sum, none ? NAN : rpe_p_chi_squared(pairs->sum, pairs->count),
            common_shift(s, pairs->count) * error, effect);
    add(s, largest_name, "largest score", pairs->largest,
        none ? NAN : rpe_check_p_largest(pairs->largest, pairs->count), shift(s, pairs->count) * error,
        effect);
}

static void add_covariance(sums *s)
{
    bool none = !(s->rank > 0);
    double n = s->realizations * s->rank, spread = sqrt(s->inflation);
    add(s, "nothing outside the range of B", "ratio to the allowed", s->excess, s->excess > 1 ? 0 : 1, NAN,
        "");
    add(s, "mean of all directions", "chi-squared", s->mean, none ? NAN : rpe_p_chi_squared(s->mean, s->rank),
        common_shift(s, s->rank) / sqrt(s->realizations), "mean, in standard deviations");
    double score = none ? NAN : rpe_check_score_chi_squared(s->squares, n);
    add(s, "variance of all directions", "chi-squared", s->squares, rpe_p_normal(score / spread),
        shift(s, 1) * spread * sqrt(2 / n), "relative error of a variance");
    add(s, "variance of each feature", "largest score", s->largest_feature,
        none ? NAN : rpe_check_p_largest(s->largest_feature / spread, s->tested),
        shift(s, s->tested) * spread * sqrt(2 / (s->realizations * s->least_rank)),
        "relative error of a variance");
    add(s, "variance of each direction", "largest score", s->direction,
        none ? NAN : rpe_check_p_largest(s->direction / spread, s->directions),
        shift(s, s->directions) * spread * sqrt(2 / s->realizations), "relative error of a variance");
    rpe_check_pairs within = {
        .sum = s->pair_sum, .count = s->pairs, .largest = s->pair, .dimension = s->realizations};
    add_pairs(s, "cross terms of all directions", "cross terms, the largest", &within,
              "correlation of two directions");
}

static void add_law(sums *s, const rpe_check_evidence *evidence, bool any_noise)
{
    bool none = any_noise || s->entries < ENTRIES_LEAST;
    double n = (double)evidence->sample_count, slope = rpe_check_shape_slope();
    double deviation = sqrt(rpe_check_shape_variance() * s->entries);
    bool no_sample = any_noise || evidence->sample_count < ENTRIES_LEAST;
    /* the scale comes from the numbers themselves, which makes this p-value too large, never too small */
    add(s, "Gaussian distribution", "Kolmogorov's distance", evidence->distance,
        no_sample ? NAN : rpe_p_kolmogorov(evidence->distance, evidence->sample_count),
        (sqrt(-log(s->significance / 2) / 2) + POWER_QUANTILE / 2) / sqrt(n),
        "difference of distribution functions");
    add(s, "Gaussian shape", "normal", s->shape / deviation, none ? NAN : rpe_p_normal(s->shape / deviation),
        shift(s, 1) * sqrt(rpe_check_shape_variance() / s->entries) / slope, "excess kurtosis");
}

/* Continuous noise does not repeat; what is compared has a chance to by its rounding alone. */
static void add_copies(sums *s, const rpe_check_copies *copies, bool any_noise)
{
    bool none = any_noise || !(copies->compared > 0);
    double p = copies->count > 0 ? -expm1(-copies->chance) : 1;
    add(s, "no realization is a copy", "number of copies", (double)copies->count, none ? NAN : p, 1,
        "copy, in one feature");
}

static void add_independence(sums *s, const rpe_check_independence *found, bool any_noise)
{
    add_pairs(s, "independence of realizations", "realizations, the closest two", &found->realizations,
              "correlation of two realizations");
    bool none = any_noise || !(found->spread_freedom > 0);
    add(s, "spread of the norms of realizations", "chi-squared", found->spread,
        none ? NAN : rpe_p_chi_squared(found->spread, found->spread_freedom),
        shift(s, 1) * sqrt(2 / s->realizations), "relative error of a variance");
    add(s, "norms of neighbouring realizations", "normal", found->neighbours, rpe_p_normal(found->neighbours),
        shift(s, 1) / sqrt(s->realizations), "correlation of squared norms");
    add_pairs(s, "independence of features", "features, the closest two", &found->features,
              "correlation of two features");
    add_pairs(s, "independence of heads", "heads, the closest two features", &found->heads,
              "correlation of two features");
    add_pairs(s, NULL, "gate noise, the closest two features", &found->gates, "correlation of gate noise");
    add_pairs(s, NULL, "squared norms of features, the closest two", &found->norms,
              "correlation of squared norms");
}

void rpe_check_judge(rpe_check_report *report, const rpe_check_evidence *evidence, double level,
                     bool any_noise)
{
    double p[RPE_CHECK_FINDINGS_MAX], adjusted[RPE_CHECK_FINDINGS_MAX];
    sums s = sums_of(evidence, any_noise);
    s.report = report;
    s.significance = level / RPE_CHECK_FINDINGS_MAX;
    report->finding_count = 0;
    report->kurtosis = s.entries > 0 ? s.fourth / s.entries - 3 : NAN;
    add_covariance(&s);
    add_law(&s, evidence, any_noise);
    add_copies(&s, &evidence->copies, any_noise);
    add_independence(&s, &evidence->independence, any_noise);
    for (size_t i = 0; i < report->finding_count; i++)
        p[i] = report->findings[i].p;
    rpe_holm_adjust(report->finding_count, p, adjusted);
    report->draws = true;
    for (size_t i = 0; i < report->finding_count; i++) {
        rpe_check_finding *finding = &report->findings[i];
        finding->adjusted = adjusted[i];
        finding->verdict = isnan(p[i])           ? RPE_CHECK_NOT_APPLICABLE
                           : adjusted[i] < level ? RPE_CHECK_FAILS
                                                 : RPE_CHECK_HOLDS;
        report->draws = report->draws && finding->verdict != RPE_CHECK_FAILS;
    }
}
