/* The codes of one draw beside the kernel they stand for, at the selected heads and features:
     (1/R) sum_r Qbar_dr(m) Kbar_dr(n)  at lag m - n, with n = 0 for lags >= 0 and m = 0 below.
   Expectation P_d(lag), variance by form 1 (and its like for other noise). */
#include <math.h>

#include "base/memory.h"
#include "quantity/measure/measure.h"

static size_t lags_of(const rpe_problem *problem)
{
    return problem->queries.count + problem->keys.count - 1;
}

static rpe_status code_profile_supports(const rpe_subject *subject, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    if (problem->precision != RPE_DOUBLE)
        return rpe_error_set(error, RPE_ERROR_INPUT, "codes are measured in double precision");
    if (problem->queries.axes != 1)
        return rpe_error_set(error, RPE_ERROR_INPUT, "a profile over lags needs 1 position axis, found %zu",
                             problem->queries.axes);
    if (subject->selection_count == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "no head and feature are selected (\"profile\")");
    for (size_t i = 0; i < subject->selection_count; i++)
        if (subject->selections[i].head >= problem->heads ||
            subject->selections[i].feature >= problem->features)
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "\"profile\": expected a head below %zu and a feature below %zu,"
                                 " found [%zu,%zu]",
                                 problem->heads, problem->features, subject->selections[i].head,
                                 subject->selections[i].feature);
    return RPE_OK;
}

static size_t code_profile_count(const rpe_subject *subject)
{
    return subject->selection_count * lags_of(subject->problem);
}

static ptrdiff_t lag_at(const rpe_problem *problem, size_t index)
{
    return (ptrdiff_t)index - (ptrdiff_t)(problem->keys.count - 1);
}

static rpe_value_label code_profile_label(const rpe_subject *subject, size_t index)
{
    size_t lags = lags_of(subject->problem);
    const rpe_selection *selection = &subject->selections[index / lags];
    return (rpe_value_label){.head = (ptrdiff_t)selection->head,
                             .feature = (ptrdiff_t)selection->feature,
                             .lag = lag_at(subject->problem, index % lags),
                             .at_lag = true};
}

static size_t code_profile_workspace_bytes(const rpe_subject *subject)
{
    const rpe_problem *problem = subject->problem;
    return rpe_workspace_sum(
        rpe_workspace_bytes(problem->queries.count, problem->realizations * sizeof(double)),
        rpe_workspace_bytes(problem->keys.count, problem->realizations * sizeof(double)));
}

static void code_profile_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                  rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t size = problem->realizations, lags = lags_of(problem);
    size_t mark = workspace->used;
    double *query_codes = rpe_workspace_take(workspace, problem->queries.count, size * sizeof *query_codes);
    double *key_codes = rpe_workspace_take(workspace, problem->keys.count, size * sizeof *key_codes);
    for (size_t i = 0; i < subject->selection_count; i++) {
        const rpe_selection *selection = &subject->selections[i];
        subject->method->codes(trial->plan, trial->noise, selection->head, selection->feature, query_codes,
                               key_codes, workspace);
        for (size_t j = 0; j < lags; j++) {
            ptrdiff_t lag = lag_at(problem, j);
            const double *query = query_codes + (lag > 0 ? (size_t)lag : 0) * size;
            const double *key = key_codes + (lag < 0 ? (size_t)-lag : 0) * size;
            double sum = 0.0;
            for (size_t r = 0; r < size; r++)
                sum += query[r] * key[r];
            values[i * lags + j] = sum / (double)size;
        }
    }
    rpe_workspace_release(workspace, mark);
}

static bool code_profile_has_closed_form(const rpe_subject *subject)
{
    return subject->method->code_moments != NULL;
}

static rpe_status code_profile_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                           rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, entries = problem->queries.count * keys, lags = lags_of(problem);
    double *mean = rpe_memory_allocate(entries, 2 * sizeof *mean);
    if (mean == NULL)
        return rpe_error_memory(error, "closed form of the code profile", entries, 2 * sizeof *mean);
    double *variance = mean + entries;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < subject->selection_count; i++) {
        const rpe_selection *selection = &subject->selections[i];
        status = subject->method->code_moments(problem, selection->head, selection->feature, mean, variance,
                                               error);
        for (size_t j = 0; status == RPE_OK && j < lags; j++) {
            ptrdiff_t lag = lag_at(problem, j);
            size_t entry = lag >= 0 ? (size_t)lag * keys : (size_t)-lag;
            values[i * lags + j] = (rpe_closed_value){.mean = mean[entry], .variance = variance[entry]};
        }
    }
    rpe_memory_free(mean);
    return status;
}

const rpe_measure rpe_measure_code_profile = {
    .name = "code_profile",
    .title = "average of the codes at each lag",
    .unit = "1",
    .source = "SPE paper; variance by form 1",
    .stage = RPE_STAGE_CODES,
    .better = RPE_BETTER_NEITHER,
    .supports = code_profile_supports,
    .count = code_profile_count,
    .label = code_profile_label,
    .workspace_bytes = code_profile_workspace_bytes,
    .evaluate = code_profile_evaluate,
    .closed_form = code_profile_closed_form,
    .has_closed_form = code_profile_has_closed_form,
};
