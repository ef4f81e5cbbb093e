#include <math.h>

#include "base/memory.h"
#include "quantity/claim/simulate.h"
#include "quantity/claim/variation.h"

#define TRIALS 4

/* Codes of every feature with the gate at delta: what is left between positions, against the first query position. */
static rpe_status gate_ends_spread(const rpe_case *subject, const rpe_problem *problem, double *largest,
                                   rpe_error *error)
{
    size_t size = problem->realizations, rows = problem->queries.count + problem->keys.count;
    rpe_status status = RPE_OK;
    *largest = 0.0;
    for (size_t i = 0; status == RPE_OK && i < problem->heads * problem->features; i++) {
        double *codes = NULL;
        status = rpe_simulate_codes(subject, "gate-ends", problem, i / problem->features,
                                    i % problem->features, TRIALS, &codes, error);
        for (size_t row = 0; status == RPE_OK && row < TRIALS * rows; row++)
            *largest = fmax(*largest, rpe_relative_difference(size, codes + row * size,
                                                              codes + row / rows * rows * size));
        rpe_memory_free(codes);
    }
    return status;
}

/* Largest difference between the codes with delta = 0 and those of the kernel without a gate: the noise rows of the positions
   come first, so the gate's absence changes none of them. */
static rpe_status gate_ends_difference(const rpe_case *subject, const rpe_problem *closed,
                                       const rpe_problem *ungated, double *largest, rpe_error *error)
{
    size_t count = TRIALS * (closed->queries.count + closed->keys.count) * closed->realizations;
    double *x = NULL, *y = NULL;
    rpe_status status = rpe_simulate_codes(subject, "gate-ends", closed, 0, 0, TRIALS, &x, error);
    if (status == RPE_OK)
        status = rpe_simulate_codes(subject, "gate-ends", ungated, 0, 0, TRIALS, &y, error);
    if (status == RPE_OK)
        *largest = fmax(*largest, rpe_relative_difference(count, x, y));
    rpe_memory_free(x);
    rpe_memory_free(y);
    return status;
}

static rpe_status gate_ends_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem, other = subject->problem;
    rpe_kernel open = {0}, closed = {0}, ungated = *problem.kernel;
    double largest = 0.0;
    ungated.gate = NULL;
    rpe_status status = rpe_kernel_with_gate(problem.kernel, 1.0, &open, error);
    if (status == RPE_OK)
        status = rpe_kernel_with_gate(problem.kernel, 0.0, &closed, error);
    problem.kernel = &open;
    if (status == RPE_OK)
        status = gate_ends_spread(subject, &problem, &largest, error);
    problem.kernel = &closed;
    other.kernel = &ungated;
    if (status == RPE_OK)
        status = gate_ends_difference(subject, &problem, &other, &largest, error);
    rpe_memory_free(open.gate);
    rpe_memory_free(closed.gate);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(largest, 1e-12);
    return status;
}

const rpe_claim rpe_claim_gate_ends = {
    .name = "gate-ends",
    .title = "At gate 1 the codes do not depend on the position; at gate 0 they are the ungated ones",
    .formula = "delta = 1: Qbar(m) = Kbar(n) = epsilon;  delta = 0: Xbar unchanged",
    .source = "spec 4; SPE paper, gated SPE",
    .null_hypothesis = "equal to rounding: 1e-12 of the largest code",
    .statistic = "largest relative difference of codes",
    .effect = "any difference",
    .stage = RPE_STAGE_CODES,
    .check = gate_ends_check,
};
