/* For which share of heads and visible entries exp(p Shat) has a mean: t(c + s) < 1 for p times t, that is R above p(c + s)/sqrt(D)
   (form 4).  p = 1 is the mean of the weight, p = 2 its variance. */
#include "base/memory.h"
#include "quantity/measure/score_matrix.h"
#include "theory/theory_exponential.h"

static rpe_status finite_moments_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->problem->sampler == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "the noise is given, so its law is not known");
    return rpe_subject_gaussian(subject, error);
}

/* The shares are those of theory: nothing is measured. */
static rpe_status finite_moments_prepare(const rpe_subject *subject, void **prepared, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    double *shares = rpe_memory_allocate_zero(2, sizeof *shares);
    rpe_status status = shares == NULL ? rpe_error_memory(error, "shares", 2, sizeof *shares) : RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        rpe_theory *theory = NULL;
        status = rpe_subject_theory(&theory, subject, head, error);
        for (size_t m = 0; status == RPE_OK && m < problem->queries.count; m++)
            for (size_t n = 0; n < rpe_problem_visible(problem, m); n++)
                for (size_t p = 0; p < 2; p++)
                    if (rpe_theory_exponential_realizations(theory, (double)(p + 1), m, n) <=
                        (double)problem->realizations)
                        shares[p] += 1.0;
        rpe_theory_destroy(theory);
    }
    for (size_t p = 0; status == RPE_OK && p < 2; p++)
        shares[p] /= (double)(problem->heads * rpe_visible_count(problem));
    *prepared = shares;
    return status;
}

static void evaluate_mean(const rpe_subject *subject, const rpe_trial *trial, double *values,
                          rpe_workspace *workspace)
{
    (void)subject;
    (void)workspace;
    values[0] = ((const double *)trial->prepared)[0];
}

static void evaluate_variance(const rpe_subject *subject, const rpe_trial *trial, double *values,
                              rpe_workspace *workspace)
{
    (void)subject;
    (void)workspace;
    values[0] = ((const double *)trial->prepared)[1];
}

const rpe_measure rpe_measure_finite_means = {
    .name = "finite_means",
    .title = "share of weights that have a mean",
    .unit = "1",
    .source = "form 4: t(c + s) < 1",
    .stage = RPE_STAGE_KERNEL,
    .better = RPE_BETTER_MORE,
    .supports = finite_moments_supports,
    .prepare = finite_moments_prepare,
    .evaluate = evaluate_mean,
};

const rpe_measure rpe_measure_finite_variances = {
    .name = "finite_variances",
    .title = "share of weights that have a variance",
    .unit = "1",
    .source = "form 4: 2t(c + s) < 1",
    .stage = RPE_STAGE_KERNEL,
    .better = RPE_BETTER_MORE,
    .supports = finite_moments_supports,
    .prepare = finite_moments_prepare,
    .evaluate = evaluate_variance,
};
