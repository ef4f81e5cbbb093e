#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"

#define WANTED_EFFECT 0.25

/* Cumulants of form 9 fall as 1/R^2 and 1/R^3: few realizations show them best, but their own errors are then far from
   normal.  At 16 both are well. */
#define REALIZATIONS 16
#define THIRD_SPREAD 2.4494897427831781  /* sqrt 6, standard deviation of z^3 - 3z for normal z */
#define FOURTH_SPREAD 4.8989794855663562 /* sqrt 24, of z^4 - 6z^2 + 3 */

/* Standardized third and fourth cumulants of an entry. */
typedef struct entry_shape {
    double third, fourth;
} entry_shape;

static entry_shape shape_of(const rpe_theory_law *law)
{
    double variance = law->variance;
    if (!(variance > 0.0))
        return (entry_shape){0.0, 0.0};
    return (entry_shape){law->third_cumulant / (variance * sqrt(variance)),
                         law->fourth_cumulant / (variance * variance)};
}

/* (z^3 - 3z - k3) and (z^4 - 6z^2 + 3 - k4), each over its spread, the third with the sign of k3 so that they add up; as
   E z = 0 and E z^2 = 1 their means are 0, and they scatter less than plain powers: values [trials, entries, 2] */
static void score_cumulants_powers(size_t trials, size_t entries, const rpe_theory_law *laws,
                                   const double *deviations, double *values)
{
    for (size_t i = 0; i < trials * entries; i++) {
        entry_shape shape = shape_of(&laws[i % entries]);
        double z = deviations[i], square = z * z;
        double third = z * (square - 3.0) - shape.third,
               fourth = square * (square - 6.0) + 3.0 - shape.fourth;
        values[2 * i] = copysign(1.0, shape.third) * third / THIRD_SPREAD;
        values[2 * i + 1] = fourth / FOURTH_SPREAD;
    }
}

/* By how much the plain mean of those values changes, when both cumulants are multiplied by 1 + e: over e. */
static double score_cumulants_sensitivity(size_t entries, const rpe_theory_law *laws)
{
    double sum = 0.0;
    for (size_t i = 0; i < entries; i++) {
        entry_shape shape = shape_of(&laws[i]);
        sum += fabs(shape.third) / THIRD_SPREAD + shape.fourth / FOURTH_SPREAD;
    }
    return sum / (2.0 * (double)entries);
}

static rpe_status score_cumulants_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem;
    problem.realizations = REALIZATIONS;
    size_t entries = rpe_score_count(&problem), trials = 0;
    rpe_theory_law *laws = NULL;
    double *deviations = NULL, *values = NULL;
    rpe_status status = rpe_case_laws(subject, &problem, &laws, error);
    if (status == RPE_OK) {
        trials = rpe_trials_for(subject, WANTED_EFFECT * score_cumulants_sensitivity(entries, laws), 45000);
        status = rpe_simulate_deviations(subject, "score-cumulants", &problem, trials, &deviations, error);
    }
    if (status == RPE_OK && (values = rpe_memory_allocate(2 * trials * entries, sizeof *values)) == NULL)
        status = rpe_error_memory(error, "powers of deviations", 2 * trials * entries, sizeof *values);
    if (status == RPE_OK) {
        score_cumulants_powers(trials, entries, laws, deviations, values);
        status = rpe_test_mean_zero(subject, trials, 2 * entries, values, finding, error);
    }
    if (status == RPE_OK)
        finding->effect_error /= score_cumulants_sensitivity(entries, laws);
    rpe_memory_free(values);
    rpe_memory_free(deviations);
    rpe_memory_free(laws);
    return status;
}

const rpe_claim rpe_claim_score_cumulants = {
    .name = "score-cumulants",
    .title = "Skewness and kurtosis of the scores are the closed form's",
    .formula = "kappa_3 = 2c(c^2 + 3s^2)/(R^2 D^(3/2)), kappa_4 = 6(c^4 + 6c^2 s^2 + s^4)/(R^3 D^2)",
    .source = "form 9",
    .null_hypothesis =
        "z^3 - 3z and z^4 - 6z^2 + 3 of standardized deviations have the cumulants as means, R = 16",
    .statistic = "Hotelling's T^2 as F, on projections of the polynomials less their means",
    .effect = "relative change of both cumulants",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = rpe_supports_gaussian,
    .check = score_cumulants_check,
};
