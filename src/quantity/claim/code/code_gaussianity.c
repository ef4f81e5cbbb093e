#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "quantity/claim/code/code_trials.h"
#include "statistic/hypothesis.h"

#define WANTED_EFFECT 0.008

/* Key codes at position 0 of all heads, features and realizations: independent values, of the fewest noise rows that a code
   sums (a sine code is then the cosine rows alone), where other noise looks least like the normal law. */
static void code_gaussianity_visit(const void *context, const rpe_code_law *law, const double *codes,
                                   const rpe_trial *trial, double *values)
{
    (void)context;
    (void)trial;
    size_t size = law->problem->realizations;
    for (size_t unit = 0; unit < law->units; unit++) {
        const double *code = codes + (unit * law->positions + law->problem->queries.count) * size;
        for (size_t r = 0; r < size; r++)
            values[unit * size + r] = code[r];
    }
}

static int code_gaussianity_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* x -> Phi(x), sorted */
static void code_gaussianity_probabilities(size_t count, double *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = 0.5 * erfc(-values[i] / sqrt(2.0));
    qsort(values, count, sizeof *values, code_gaussianity_compare);
}

static rpe_status code_gaussianity_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_code_law law = {0};
    rpe_status status = rpe_code_law_create(&law, &subject->problem, error);
    if (status != RPE_OK)
        return status;
    double *values = NULL;
    /* A value of an empirical distribution function has a standard deviation of at most 1/2. */
    size_t width = law.units * subject->problem.realizations;
    rpe_code_test test = {.claim = "code-gaussianity",
                          .trials = rpe_code_trials(subject, 2.0 * WANTED_EFFECT, width),
                          .width = width,
                          .visit = code_gaussianity_visit};
    status = rpe_code_simulate(subject, &law, &test, &values, error);
    if (status == RPE_OK) {
        size_t count = test.trials * width;
        code_gaussianity_probabilities(count, values);
        double statistic = rpe_anderson_darling(count, values);
        *finding = (rpe_finding){.statistic = statistic,
                                 .p = rpe_p_anderson_darling(statistic, count),
                                 .trials = test.trials,
                                 .effect_error = 0.5 / sqrt((double)count)};
    }
    rpe_memory_free(values);
    rpe_code_law_destroy(&law);
    return status;
}

static rpe_status code_gaussianity_supports(const rpe_case *subject, rpe_error *reason)
{
    const rpe_sampler *sampler = subject->problem.sampler;
    if (sampler == NULL || sampler->law.excess_kurtosis != 0.0 ||
        sampler->law.dependence == RPE_NOISE_ORTHOGONAL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "sampler %s: its noise is not Gaussian",
                             sampler == NULL ? "(given)" : sampler->name);
    if (subject->problem.kernel->type->autocovariance == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "a kernel of type %s has no codes",
                             subject->problem.kernel->type->name);
    for (size_t head = 0; head < subject->problem.heads; head++)
        for (size_t feature = 0; feature < subject->problem.features; feature++)
            if (!(rpe_kernel_autocovariance(subject->problem.kernel, RPE_SIDE_KEY, head, feature,
                                            (const ptrdiff_t[RPE_AXES_MAX]){0}) > 0.0))
                return rpe_error_set(reason, RPE_ERROR_INPUT, "head %zu, feature %zu: its codes are 0", head,
                                     feature);
    return RPE_OK;
}

const rpe_claim rpe_claim_code_gaussianity = {
    .name = "code-gaussianity",
    .title = "Codes of Gaussian noise are normal, with the variance of the kernel",
    .formula = "Kbar_dr(0) ~ N(0, P^kk_d(0)), independent over h, d, r",
    .source = "spec 4; form 17",
    .null_hypothesis = "key codes at position 0 over their deviations are independent and standard normal",
    .statistic = "Anderson and Darling's A^2",
    .effect = "largest difference of the distribution function from the normal one",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_CODES,
    .every_sampler = true,
    .supports = code_gaussianity_supports,
    .check = code_gaussianity_check,
};
