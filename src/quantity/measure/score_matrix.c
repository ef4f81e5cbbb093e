#include "quantity/measure/score_matrix.h"

#include "base/memory.h"

#include <math.h>

#include "base/linear.h"

void rpe_score_errors(const rpe_subject *subject, const rpe_trial *trial, size_t head, double *errors)
{
    const rpe_problem *problem = subject->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count, size = problem->realizations;
    size_t stride = problem->heads * size;
    const double *scores = subject->oracle_scores + head * queries * keys;
    for (size_t i = 0; i < queries * keys; i++)
        errors[i] = scores[i];
    rpe_gemm_double(false, true, queries, keys, size, 1.0 / sqrt((double)size), trial->queries + head * size,
                    stride, trial->keys + head * size, stride, -1.0, errors, keys);
}

size_t rpe_score_matrix_bytes(const rpe_subject *subject)
{
    return rpe_workspace_bytes(subject->problem->queries.count,
                               subject->problem->keys.count * sizeof(double));
}

double rpe_visible_squares(const rpe_problem *problem, const double *values)
{
    size_t keys = problem->keys.count;
    double sum = 0.0;
    for (size_t m = 0; m < problem->queries.count; m++) {
        size_t visible = rpe_problem_visible(problem, m);
        for (size_t n = 0; n < visible; n++)
            sum += values[m * keys + n] * values[m * keys + n];
    }
    return sum;
}

size_t rpe_visible_count(const rpe_problem *problem)
{
    size_t count = 0;
    for (size_t m = 0; m < problem->queries.count; m++)
        count += rpe_problem_visible(problem, m);
    return count;
}

rpe_status rpe_score_error_mean(const rpe_subject *subject, size_t head, double *moments, double *sum,
                                rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    double *mean = moments, *variance = moments + queries * keys;
    const double *scores = subject->oracle_scores + head * queries * keys;
    rpe_status status =
        subject->method->score_moments(problem, &subject->inputs, 0, head, mean, variance, error);
    *sum = 0.0;
    for (size_t m = 0; status == RPE_OK && m < queries; m++) {
        size_t visible = rpe_problem_visible(problem, m);
        for (size_t i = m * keys; i < m * keys + visible; i++)
            *sum += variance[i] + (mean[i] - scores[i]) * (mean[i] - scores[i]);
    }
    return status;
}

rpe_status rpe_subject_theory(rpe_theory **theory, const rpe_subject *subject, size_t head, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t stride = problem->heads * problem->features, column = head * problem->features;
    const rpe_theory_inputs inputs = {.kernel = problem->kernel,
                                      .head = head,
                                      .features = problem->features,
                                      .query_positions = problem->queries,
                                      .key_positions = problem->keys,
                                      .queries = (const double *)subject->inputs.queries + column,
                                      .keys = (const double *)subject->inputs.keys + column,
                                      .query_stride = stride,
                                      .key_stride = stride};
    return rpe_theory_create(theory, &inputs, error);
}

rpe_status rpe_subject_gaussian(const rpe_subject *subject, rpe_error *error)
{
    const rpe_sampler *sampler = subject->problem->sampler;
    if (!rpe_method_encodes(subject->method))
        return rpe_error_set(error, RPE_ERROR_INPUT, "method %s has no codes", subject->method->name);
    if (sampler != NULL && sampler->law.dependence == RPE_NOISE_INDEPENDENT &&
        sampler->law.excess_kurtosis == 0.0)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "the closed form is that of Gaussian noise, found %s",
                         sampler == NULL ? "given noise" : sampler->name);
}

size_t rpe_heads_count(const rpe_subject *subject)
{
    return subject->problem->heads;
}

rpe_value_label rpe_heads_label(const rpe_subject *subject, size_t index)
{
    (void)subject;
    return (rpe_value_label){.head = (ptrdiff_t)index, .feature = -1};
}

size_t rpe_score_place(size_t index)
{
    if (index < 2)
        return index;
    return index % 2 == 0 ? (size_t)1 << (index / 2) : (size_t)3 << ((index - 3) / 2);
}

size_t rpe_places(size_t count)
{
    size_t places = 0;
    while (rpe_score_place(places) < count)
        places++;
    return places;
}

rpe_status rpe_score_error_total(const rpe_subject *subject, double *sum, rpe_error *error)
{
    size_t entries = subject->problem->queries.count * subject->problem->keys.count;
    double total = 0.0, of_head = 0.0;
    double *moments = rpe_memory_allocate(entries, 2 * sizeof *moments);
    if (moments == NULL)
        return rpe_error_memory(error, "closed form of the score error", entries, 2 * sizeof *moments);
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < subject->problem->heads; head++) {
        status = rpe_score_error_mean(subject, head, moments, &of_head, error);
        total += of_head;
    }
    rpe_memory_free(moments);
    if (status == RPE_OK)
        *sum = total;
    return status;
}

rpe_status rpe_scores_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->oracle_scores != NULL && !(subject->score_squares > 0.0))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "all scores are 0, so their relative error is undefined");
    return RPE_OK;
}
