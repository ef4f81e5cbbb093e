/* What one draw of the codes says of the kernel at growing distance: (1/R) sum_r Qbar(m) Kbar(0) for queries at m = 0, 1, 2, 3,
   4, 6, 8, 12, ..., key at 0, of the input's selected heads and features. */
#include <math.h>

#include "base/memory.h"
#include "quantity/measure/score_matrix.h"

static size_t far_covariance_places(const rpe_problem *problem)
{
    return rpe_places(problem->queries.count);
}

static rpe_status far_covariance_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->problem->queries.axes != 1)
        return rpe_error_set(error, RPE_ERROR_INPUT, "distances are on one axis here, found %zu axes",
                             subject->problem->queries.axes);
    if (subject->problem->precision != RPE_DOUBLE)
        return rpe_error_set(error, RPE_ERROR_INPUT, "codes are measured in double precision");
    if (subject->selection_count == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "the input selects no head and feature (\"profile\")");
    return RPE_OK;
}

static size_t far_covariance_count(const rpe_subject *subject)
{
    return subject->selection_count * far_covariance_places(subject->problem);
}

static rpe_value_label far_covariance_label(const rpe_subject *subject, size_t index)
{
    size_t each = far_covariance_places(subject->problem);
    const rpe_selection *selection = &subject->selections[index / each];
    return (rpe_value_label){.head = (ptrdiff_t)selection->head,
                             .feature = (ptrdiff_t)selection->feature,
                             .position = (ptrdiff_t)rpe_score_place(index % each),
                             .at_position = true};
}

static size_t far_covariance_workspace_bytes(const rpe_subject *subject)
{
    const rpe_problem *problem = subject->problem;
    size_t row = problem->realizations * sizeof(double);
    return rpe_workspace_sum(rpe_workspace_bytes(problem->queries.count, row),
                             rpe_workspace_bytes(problem->keys.count, row));
}

static void far_covariance_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                    rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t size = problem->realizations, each = far_covariance_places(problem), mark = workspace->used;
    double *queries = rpe_workspace_take(workspace, problem->queries.count, size * sizeof *queries);
    double *keys = rpe_workspace_take(workspace, problem->keys.count, size * sizeof *keys);
    for (size_t i = 0; i < subject->selection_count; i++) {
        subject->method->codes(trial->plan, trial->noise, subject->selections[i].head,
                               subject->selections[i].feature, queries, keys, workspace);
        for (size_t j = 0; j < each; j++) {
            double sum = 0.0;
            for (size_t r = 0; r < size; r++)
                sum += queries[rpe_score_place(j) * size + r] * keys[r];
            values[i * each + j] = sum / (double)size;
        }
    }
    rpe_workspace_release(workspace, mark);
}

static bool far_covariance_has_closed_form(const rpe_subject *subject)
{
    return subject->method->code_moments != NULL;
}

static rpe_status far_covariance_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                             rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, entries = problem->queries.count * keys,
           each = far_covariance_places(problem);
    double *mean = rpe_memory_allocate(entries, 2 * sizeof *mean);
    if (mean == NULL)
        return rpe_error_memory(error, "closed form of the far covariance", entries, 2 * sizeof *mean);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < subject->selection_count; i++) {
        status = subject->method->code_moments(problem, subject->selections[i].head,
                                               subject->selections[i].feature, mean, mean + entries, error);
        for (size_t j = 0; status == RPE_OK && j < each; j++)
            values[i * each + j] = (rpe_closed_value){.mean = mean[rpe_score_place(j) * keys],
                                                      .variance = mean[entries + rpe_score_place(j) * keys]};
    }
    rpe_memory_free(mean);
    return status;
}

const rpe_measure rpe_measure_far_covariance = {
    .name = "far_covariance",
    .title = "average of the codes at a distance",
    .unit = "1",
    .source = "SPE paper; variance by form 1",
    .stage = RPE_STAGE_CODES,
    .better = RPE_BETTER_NEITHER,
    .supports = far_covariance_supports,
    .count = far_covariance_count,
    .label = far_covariance_label,
    .workspace_bytes = far_covariance_workspace_bytes,
    .evaluate = far_covariance_evaluate,
    .closed_form = far_covariance_closed_form,
    .has_closed_form = far_covariance_has_closed_form,
};
