#include "quantity/claim/score/closed_form.h"

#include <math.h>

#include "base/memory.h"

/* ---- what has a closed form ---- */

rpe_status rpe_supports_closed_form(const rpe_case *subject, rpe_error *reason)
{
    if (subject->method->score_moments == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no closed form", subject->method->name);
    return RPE_OK;
}

rpe_status rpe_supports_independent(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_closed_form(subject, reason);
    if (status == RPE_OK && subject->problem.sampler->law.dependence != RPE_NOISE_INDEPENDENT)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "noise %s is not independent over realizations: the closed form is not for it",
                             subject->problem.sampler->name);
    return status;
}

rpe_status rpe_supports_gaussian(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_independent(subject, reason);
    if (status == RPE_OK && subject->problem.sampler->law.excess_kurtosis != 0.0)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "noise %s is not Gaussian: the closed form is not for it",
                             subject->problem.sampler->name);
    return status;
}

/* ---- theories ---- */

rpe_status rpe_theories_create(rpe_theories *theories, const rpe_case *subject, const rpe_problem *problem,
                               rpe_error *error)
{
    size_t stride = problem->heads * problem->features;
    rpe_theories made = {.heads = rpe_memory_allocate_zero(problem->heads, sizeof(rpe_theory *)),
                         .count = problem->heads};
    if (made.heads == NULL)
        return rpe_error_memory(error, "theories", problem->heads, sizeof(rpe_theory *));
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < made.count; head++) {
        size_t column = head * problem->features;
        rpe_theory_inputs inputs = {.kernel = problem->kernel,
                                    .head = head,
                                    .features = problem->features,
                                    .query_positions = problem->queries,
                                    .key_positions = problem->keys,
                                    .queries = (const double *)subject->inputs.queries + column,
                                    .keys = (const double *)subject->inputs.keys + column,
                                    .query_stride = stride,
                                    .key_stride = stride};
        status = rpe_theory_create(&made.heads[head], &inputs, error);
    }
    if (status == RPE_OK)
        *theories = made;
    else
        rpe_theories_destroy(&made);
    return status;
}

void rpe_theories_destroy(rpe_theories *theories)
{
    for (size_t head = 0; theories->heads != NULL && head < theories->count; head++)
        rpe_theory_destroy(theories->heads[head]);
    rpe_memory_free(theories->heads);
    *theories = (rpe_theories){0};
}

size_t rpe_score_count(const rpe_problem *problem)
{
    return problem->heads * problem->queries.count * problem->keys.count;
}

rpe_score_place rpe_score_place_of(const rpe_problem *problem, size_t entry)
{
    size_t keys = problem->keys.count, block = problem->queries.count * keys;
    return (rpe_score_place){entry / block, entry % block / keys, entry % keys};
}

rpe_status rpe_case_laws(const rpe_case *subject, const rpe_problem *problem, rpe_theory_law **laws,
                         rpe_error *error)
{
    size_t entries = rpe_score_count(problem);
    rpe_theories theories = {0};
    rpe_status status = rpe_theories_create(&theories, subject, problem, error);
    if (status != RPE_OK)
        return status;
    rpe_theory_law *made = rpe_memory_allocate(entries, sizeof *made);
    for (size_t i = 0; made != NULL && i < entries; i++) {
        rpe_score_place at = rpe_score_place_of(problem, i);
        made[i] = rpe_theory_score_law(theories.heads[at.head], problem->realizations, at.query, at.key);
    }
    rpe_theories_destroy(&theories);
    if (made == NULL)
        return rpe_error_memory(error, "laws of the scores", entries, sizeof *made);
    *laws = made;
    return RPE_OK;
}

rpe_status rpe_simulate_deviations(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                                   size_t trials, double **deviations, rpe_error *error)
{
    size_t entries = rpe_score_count(problem);
    double *scores = NULL, *mean = NULL, *variance = NULL;
    rpe_status status = rpe_simulate_scores(subject, claim, problem, trials, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_moments(subject, problem, &mean, &variance, error);
    for (size_t i = 0; status == RPE_OK && i < trials * entries; i++) {
        size_t entry = i % entries;
        scores[i] = (scores[i] - mean[entry]) / (variance[entry] > 0.0 ? sqrt(variance[entry]) : 1.0);
    }
    rpe_memory_free(variance);
    rpe_memory_free(mean);
    if (status == RPE_OK)
        *deviations = scores;
    else
        rpe_memory_free(scores);
    return status;
}

size_t rpe_case_noise_rows(const rpe_problem *problem, size_t head)
{
    size_t features = problem->kernel->features;
    size_t rows = features * rpe_kernel_noise_rows(problem->kernel, &problem->queries, &problem->keys);
    for (size_t feature = 0; feature < features; feature++)
        rows += rpe_kernel_gate(problem->kernel, head, feature) > 0.0;
    return rows;
}
