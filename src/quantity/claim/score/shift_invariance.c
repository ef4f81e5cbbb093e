#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quantity/claim/simulate.h"
#include "quantity/claim/variation.h"

#define SHIFT 5 /* positions */

/* Queries or keys [N,H,D] moved to positions SHIFT .. SHIFT+N-1 of a longer sequence; the places before hold zeros. */
static double *shifted(const double *values, size_t positions, size_t row)
{
    double *moved = rpe_memory_allocate_zero(positions + SHIFT, row * sizeof *moved);
    if (moved != NULL)
        memcpy(moved + SHIFT * row, values, positions * row * sizeof *moved);
    return moved;
}

/* Block of an [H,M+SHIFT,N+SHIFT] matrix that starts at (SHIFT,SHIFT), against an [H,M,N] one. */
static double block_difference(const rpe_problem *problem, const double *large, const double *small)
{
    size_t queries = problem->queries.count, keys = problem->keys.count;
    double difference = 0.0, largest = 0.0;
    for (size_t i = 0; i < problem->heads * queries * keys; i++) {
        size_t head = i / (queries * keys), m = i / keys % queries, n = i % keys;
        size_t moved = (head * (queries + SHIFT) + m + SHIFT) * (keys + SHIFT) + n + SHIFT;
        difference = fmax(difference, fabs(large[moved] - small[i]));
        largest = fmax(largest, fabs(small[i]));
    }
    return largest > 0.0 ? difference / largest : difference;
}

static rpe_status shift_invariance_compare(const rpe_case *subject, const rpe_case *moved,
                                           rpe_finding *finding, rpe_error *error)
{
    double *scores[2] = {NULL, NULL}, *mean[2] = {NULL, NULL}, *variance[2] = {NULL, NULL};
    const rpe_case *cases[2] = {subject, moved};
    rpe_status status = RPE_OK;
    for (int i = 0; status == RPE_OK && i < 2; i++) {
        status = rpe_case_scores(cases[i], &cases[i]->problem, &scores[i], error);
        if (status == RPE_OK)
            status = rpe_case_moments(cases[i], &cases[i]->problem, &mean[i], &variance[i], error);
    }
    if (status == RPE_OK) {
        double largest = block_difference(&subject->problem, scores[1], scores[0]);
        largest = fmax(largest, block_difference(&subject->problem, mean[1], mean[0]));
        largest = fmax(largest, block_difference(&subject->problem, variance[1], variance[0]));
        *finding = rpe_finding_bounded(largest, 1e-12);
    }
    for (int i = 0; i < 2; i++) {
        rpe_memory_free(scores[i]);
        rpe_memory_free(mean[i]);
        rpe_memory_free(variance[i]);
    }
    return status;
}

static rpe_status shift_invariance_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t row = problem->heads * problem->features, queries = problem->queries.count,
           keys = problem->keys.count;
    const size_t longer[2] = {queries + SHIFT, keys + SHIFT};
    rpe_case moved = *subject;
    double *moved_queries = shifted(subject->inputs.queries, queries, row);
    double *moved_keys = shifted(subject->inputs.keys, keys, row);
    rpe_status status = RPE_OK;
    if (moved_queries == NULL || moved_keys == NULL)
        status = rpe_error_memory(error, "shifted inputs", longer[0] + longer[1], row * sizeof(double));
    if (status == RPE_OK)
        status = rpe_positions_make(&moved.problem.queries, 1, &longer[0], "queries", error);
    if (status == RPE_OK)
        status = rpe_positions_make(&moved.problem.keys, 1, &longer[1], "keys", error);
    moved.inputs.queries = moved_queries;
    moved.inputs.keys = moved_keys;
    if (status == RPE_OK)
        status = shift_invariance_compare(subject, &moved, finding, error);
    rpe_memory_free(moved_queries);
    rpe_memory_free(moved_keys);
    return status;
}

static rpe_status shift_invariance_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.kernel->axes != 1)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "the shift is along 1 position axis");
    if (subject->method->score_moments == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no closed form", subject->method->name);
    return RPE_OK;
}

const rpe_claim rpe_claim_shift_invariance = {
    .name = "shift-invariance",
    .title = "Scores, and the law of the approximate ones, depend on the lag alone",
    .formula = "S(m+s,n+s) = S(m,n) and the same of E Shat and Var Shat for equal q, k",
    .source = "spec 2, forms 2, 5; SPE paper",
    .null_hypothesis = "equal to rounding: 1e-12 of the largest entry",
    .statistic = "largest relative difference of scores, means and variances",
    .effect = "any difference",
    .stage = RPE_STAGE_ENCODE,
    .supports = shift_invariance_supports,
    .check = shift_invariance_check,
};
