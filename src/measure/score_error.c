/* Relative squared error of the scores:  eps^2 = sum (Shat - S)^2 / sum S^2  over heads and visible entries.
   E eps^2 = sum Var Shat / sum S^2  (spec 5, form 3), whatever the law of the noise; the result is its square root. */
#include <math.h>

#include "rpe_linear.h"
#include "rpe_measure.h"
#include "rpe_memory.h"

static rpe_status supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->oracle_scores != NULL && !(subject->score_squares > 0.0))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "all scores are 0, so their relative error is undefined");
    return RPE_OK;
}

static size_t workspace_bytes(const rpe_subject *subject)
{
    return rpe_workspace_bytes(subject->problem->queries.count,
                               subject->problem->keys.count * sizeof(double));
}

/* E = qhat khat^T / sqrt(R) - S of one head, [M,N] */
static void head_error(const rpe_subject *subject, const rpe_trial *trial, size_t head, double *error)
{
    const rpe_problem *problem = subject->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count, size = problem->realizations;
    size_t stride = problem->heads * size;
    const double *scores = subject->oracle_scores + head * queries * keys;
    for (size_t i = 0; i < queries * keys; i++)
        error[i] = scores[i];
    rpe_gemm_double(false, true, queries, keys, size, 1.0 / sqrt((double)size), trial->queries + head * size,
                    stride, trial->keys + head * size, stride, -1.0, error, keys);
}

static void evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                     rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    size_t mark = workspace->used;
    double *error = rpe_workspace_take(workspace, queries, keys * sizeof *error);
    double sum = 0.0;
    for (size_t head = 0; head < problem->heads; head++) {
        head_error(subject, trial, head, error);
        for (size_t m = 0; m < queries; m++) {
            size_t visible = rpe_problem_visible(problem, m);
            for (size_t n = 0; n < visible; n++)
                sum += error[m * keys + n] * error[m * keys + n];
        }
    }
    values[0] = sum / subject->score_squares;
    rpe_workspace_release(workspace, mark);
}

static bool has_closed_form(const rpe_subject *subject)
{
    return subject->method->score_moments != NULL;
}

/* mean and variance [2,M,N] are scratch */
static rpe_status sum_of_variances(const rpe_subject *subject, double *moments, double *sum, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    double *mean = moments, *variance = moments + queries * keys;
    *sum = 0.0;
    for (size_t head = 0; head < problem->heads; head++) {
        rpe_status status =
            subject->method->score_moments(problem, &subject->inputs, 0, head, mean, variance, error);
        if (status != RPE_OK)
            return status;
        const double *scores = subject->oracle_scores + head * queries * keys;
        for (size_t m = 0; m < queries; m++) {
            size_t visible = rpe_problem_visible(problem, m);
            for (size_t n = 0; n < visible; n++) {
                double bias = mean[m * keys + n] - scores[m * keys + n];
                *sum += variance[m * keys + n] + bias * bias;
            }
        }
    }
    return RPE_OK;
}

static rpe_status closed_form(const rpe_subject *subject, rpe_closed_value *values, rpe_error *error)
{
    size_t entries = subject->problem->queries.count * subject->problem->keys.count;
    double sum;
    double *moments = rpe_memory_allocate(entries, 2 * sizeof *moments);
    if (moments == NULL)
        return rpe_error_memory(error, "closed form of the score error", entries, 2 * sizeof *moments);
    rpe_status status = sum_of_variances(subject, moments, &sum, error);
    if (status == RPE_OK)
        values[0] = (rpe_closed_value){.mean = sum / subject->score_squares, .variance = NAN};
    rpe_memory_free(moments);
    return status;
}

const rpe_measure rpe_measure_score_error = {
    .name = "score_error",
    .title = "relative root-mean-square error of the scores",
    .unit = "1",
    .source = "SPE paper, section 3; expectation by form 3",
    .stage = RPE_STAGE_ENCODE,
    .root = true,
    .supports = supports,
    .workspace_bytes = workspace_bytes,
    .evaluate = evaluate,
    .closed_form = closed_form,
    .has_closed_form = has_closed_form,
};
