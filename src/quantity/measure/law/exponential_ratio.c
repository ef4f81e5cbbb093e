/* How much larger the unnormalized attention weights are on average: mean over heads and visible entries of exp(Shat - S).
   E exp(Shat - S) is form 4 over exp S: above 1 and finite only where t(c + s) < 1; the variance, where that holds for 2t, and
   what a sample says of that variance is worth something where it holds for 4t.  Elsewhere no sample value is printed. */
#include <math.h>

#include "base/memory.h"
#include "quantity/measure/score_matrix.h"
#include "theory/theory_exponential.h"

#define MOMENT 4.0

static void exponential_ratio_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                       rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, mark = workspace->used;
    double *errors = rpe_workspace_take(workspace, problem->queries.count, keys * sizeof *errors);
    double sum = 0.0;
    for (size_t head = 0; head < problem->heads; head++) {
        rpe_score_errors(subject, trial, head, errors);
        for (size_t m = 0; m < problem->queries.count; m++)
            for (size_t n = 0; n < rpe_problem_visible(problem, m); n++)
                sum += exp(errors[m * keys + n]);
    }
    values[0] = sum / (double)(problem->heads * rpe_visible_count(problem));
    rpe_workspace_release(workspace, mark);
}

static rpe_status exponential_ratio_supports(const rpe_subject *subject, rpe_error *error)
{
    return rpe_subject_gaussian(subject, error);
}

typedef struct entry_sums {
    double mean, variance; /* INFINITY where a moment is */
    bool sampled;
} entry_sums;

/* Of exp(Shat - S), over the visible entries of a head.  block [3,M,N] */
static rpe_status head_sum(const rpe_subject *subject, size_t head, double *block, entry_sums *sums,
                           rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    double *scores = block, *first = block + entries, *second = block + 2 * entries;
    rpe_theory *theory = NULL;
    rpe_status status = rpe_subject_theory(&theory, subject, head, error);
    if (status == RPE_OK)
        status = rpe_theory_exponential_logarithm(theory, problem->realizations, 1.0, first, error);
    if (status == RPE_OK)
        status = rpe_theory_exponential_logarithm(theory, problem->realizations, 2.0, second, error);
    if (status == RPE_OK) {
        rpe_theory_score_mean(theory, scores);
        sums->sampled =
            sums->sampled && rpe_theory_exponential_realizations_all(theory, MOMENT, problem->causal) <=
                                 (double)problem->realizations;
    }
    for (size_t m = 0; status == RPE_OK && m < problem->queries.count; m++)
        for (size_t n = 0; n < rpe_problem_visible(problem, m); n++) {
            size_t i = m * problem->keys.count + n;
            double mean = exp(first[i] - scores[i]);
            sums->mean += mean;
            sums->variance += mean * mean * expm1(second[i] - 2.0 * first[i]);
        }
    rpe_theory_destroy(theory);
    return status;
}

static rpe_status exponential_ratio_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                                rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    double *block = rpe_memory_allocate(entries, 3 * sizeof *block);
    double visible = (double)(problem->heads * rpe_visible_count(problem));
    entry_sums sums = {.sampled = true};
    if (block == NULL)
        return rpe_error_memory(error, "closed form of exponential scores", entries, 3 * sizeof *block);
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        status = head_sum(subject, head, block, &sums, error);
    values[0] = (rpe_closed_value){.mean = sums.mean / visible,
                                   .variance = sums.sampled ? NAN : INFINITY,
                                   .least_variance = sums.variance / (visible * visible)};
    rpe_memory_free(block);
    return status;
}

const rpe_measure rpe_measure_exponential_ratio = {
    .name = "exponential_ratio",
    .title = "mean of exp(approximate score) over exp(exact score)",
    .unit = "1",
    .source = "form 4",
    .stage = RPE_STAGE_ENCODE,
    .better = RPE_BETTER_NEITHER,
    .positive = true,
    .supports = exponential_ratio_supports,
    .workspace_bytes = rpe_score_matrix_bytes,
    .evaluate = exponential_ratio_evaluate,
    .closed_form = exponential_ratio_closed_form,
};
