/* Relative squared error of the empirical code covariance, over all heads, features and pairs of positions:
     eps^2 = sum ((1/R) sum_r Qbar_dr(m) Kbar_dr(n) - P_d(m-n))^2 / sum P_d(m-n)^2
   E eps^2 = sum Var / sum P^2  (spec 5, form 1 and its like for other noise); the result is its square root. */
#include <math.h>

#include "base/linear.h"
#include "base/memory.h"
#include "quantity/measure/measure.h"

static size_t code_covariance_error_workspace_bytes(const rpe_subject *subject)
{
    const rpe_problem *problem = subject->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count, size = problem->realizations;
    size_t bytes = rpe_workspace_bytes(queries, size * sizeof(double));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(keys, size * sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(queries, keys * sizeof(double)));
}

/* P_d(m-n), [M,N] */
static void feature_kernel(const rpe_subject *subject, size_t head, size_t feature, double *values)
{
    const rpe_lag_table *table = &subject->lag_tables[head];
    const double *row = table->values + feature * table->stride;
    size_t queries = subject->problem->queries.count, keys = subject->problem->keys.count;
    for (size_t m = 0; m < queries; m++)
        for (size_t n = 0; n < keys; n++)
            values[m * keys + n] = row[table->query_offset[m] - table->key_offset[n]];
}

static double sum_of_squares(size_t count, const double *values)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += values[i] * values[i];
    return sum;
}

static bool all_zero(const rpe_subject *subject)
{
    for (size_t head = 0; head < subject->problem->heads; head++) {
        const rpe_lag_table *table = &subject->lag_tables[head];
        for (size_t d = 0; d < table->features; d++)
            if (sum_of_squares(table->lags, table->values + d * table->stride) > 0.0)
                return false;
    }
    return true;
}

static rpe_status code_covariance_error_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->problem->precision != RPE_DOUBLE)
        return rpe_error_set(error, RPE_ERROR_INPUT, "codes are measured in double precision");
    if (subject->lag_tables != NULL && all_zero(subject))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "the kernel is 0 at all lags, so its relative error is undefined");
    return RPE_OK;
}

static void code_covariance_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                           rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count, size = problem->realizations;
    size_t mark = workspace->used;
    double *query_codes = rpe_workspace_take(workspace, queries, size * sizeof *query_codes);
    double *key_codes = rpe_workspace_take(workspace, keys, size * sizeof *key_codes);
    double *error = rpe_workspace_take(workspace, queries, keys * sizeof *error);
    double squares = 0.0, norm = 0.0;
    for (size_t i = 0; i < problem->heads * problem->features; i++) {
        size_t head = i / problem->features, feature = i % problem->features;
        subject->method->codes(trial->plan, trial->noise, head, feature, query_codes, key_codes, workspace);
        feature_kernel(subject, head, feature, error);
        norm += sum_of_squares(queries * keys, error);
        rpe_gemm_double(false, true, queries, keys, size, 1.0 / (double)size, query_codes, size, key_codes,
                        size, -1.0, error, keys);
        squares += sum_of_squares(queries * keys, error);
    }
    values[0] = squares / norm;
    rpe_workspace_release(workspace, mark);
}

static bool code_covariance_error_has_closed_form(const rpe_subject *subject)
{
    return subject->method->code_moments != NULL;
}

static rpe_status code_covariance_error_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                                    rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    double *mean = rpe_memory_allocate(entries, 3 * sizeof *mean);
    if (mean == NULL)
        return rpe_error_memory(error, "closed form of the code covariance error", entries, 3 * sizeof *mean);
    double *variance = mean + entries, *exact = variance + entries;
    double squares = 0.0, norm = 0.0;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < problem->heads * problem->features; i++) {
        size_t head = i / problem->features, feature = i % problem->features;
        status = subject->method->code_moments(problem, head, feature, mean, variance, error);
        feature_kernel(subject, head, feature, exact);
        norm += sum_of_squares(entries, exact);
        for (size_t j = 0; j < entries; j++)
            squares += variance[j] + (mean[j] - exact[j]) * (mean[j] - exact[j]);
    }
    if (status == RPE_OK)
        values[0] = (rpe_closed_value){.mean = squares / norm, .variance = NAN};
    rpe_memory_free(mean);
    return status;
}

const rpe_measure rpe_measure_code_covariance_error = {
    .name = "code_covariance_error",
    .title = "relative root-mean-square error of the code covariance",
    .unit = "1",
    .source = "SPE paper; expectation by form 1",
    .stage = RPE_STAGE_CODES,
    .root = true,
    .supports = code_covariance_error_supports,
    .workspace_bytes = code_covariance_error_workspace_bytes,
    .evaluate = code_covariance_error_evaluate,
    .closed_form = code_covariance_error_closed_form,
    .has_closed_form = code_covariance_error_has_closed_form,
};
