#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "statistic/hypothesis.h"

#define WANTED_EFFECT                                                                                        \
    0.018 /* what is lost by a standard error without n-1: its intervals are short by sqrt(4/5) */
#define LEVEL 0.95
#define TRIALS 5        /* of one interval: few, so that n-1 matters */
#define REALIZATIONS 64 /* so that sums of scores are nearly normal, and Student's quantile right */
#define SUMS 8          /* sums of scores with random signs: nearly unrelated intervals of the same trials */

/* Whether |mean of 5 sums| is within Student's interval about 0, where the closed form stands: less the level, [SUMS]. */
static void cover(const rpe_case *subject, size_t entries, const double *deviations, double *values)
{
    const double reach = rpe_quantile_student(1.0 - LEVEL, TRIALS - 1);
    for (size_t j = 0; j < SUMS; j++) {
        rpe_sample sample = {0};
        for (size_t t = 0; t < TRIALS; t++) {
            double sum = 0.0;
            for (size_t i = 0; i < entries; i++)
                sum += rpe_projection_sign(j + 1, i) * deviations[t * entries + i];
            rpe_sample_add(&sample, sum);
        }
        double half = reach * subject->tools->standard_error(&sample);
        values[j] = (fabs(sample.mean) <= half ? 1.0 : 0.0) - LEVEL;
    }
}

static rpe_status interval_coverage_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem;
    problem.realizations = REALIZATIONS;
    size_t entries = rpe_score_count(&problem);
    /* As if the sums were one: a quick run then still sees the effect. */
    double spread = sqrt(LEVEL * (1.0 - LEVEL));
    size_t repeats = rpe_trials_for(subject, WANTED_EFFECT / spread, 6000);
    double *deviations = NULL, *values = rpe_memory_allocate(repeats * SUMS, sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "intervals", repeats * SUMS, sizeof *values);
    rpe_status status =
        rpe_simulate_deviations(subject, "interval-coverage", &problem, repeats * TRIALS, &deviations, error);
    for (size_t i = 0; status == RPE_OK && i < repeats; i++)
        cover(subject, entries, deviations + i * TRIALS * entries, values + i * SUMS);
    if (status == RPE_OK)
        status = rpe_test_mean_zero(subject, repeats, SUMS, values, finding, error);
    finding->trials = repeats * TRIALS;
    rpe_memory_free(deviations);
    rpe_memory_free(values);
    return status;
}

const rpe_claim rpe_claim_interval_coverage = {
    .name = "interval-coverage",
    .title = "Intervals of five trials cover the truth as often as they say",
    .formula = "P(|mean - truth| <= t_(0.975,4) x standard error) = 0.95",
    .source = "Student's interval",
    .null_hypothesis = "the closed form is within 95 % of the intervals, each of 5 trials, R = 64",
    .statistic = "Hotelling's T^2 as F, on projections of coverage less 0.95 of 8 sums of scores",
    .effect = "change of the coverage",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .supports = rpe_supports_closed_form,
    .check = interval_coverage_check,
};
