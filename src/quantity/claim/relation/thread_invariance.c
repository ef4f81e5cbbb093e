#include "base/memory.h"
#include "quantity/claim/simulate.h"
#include "quantity/claim/variation.h"

#define TRIALS 24

/* The second half of the trials, as a run that is resumed takes them. */
static uint32_t resumed_trial(size_t trial)
{
    return (uint32_t)(trial + TRIALS / 2);
}

static const rpe_claim_tools resumed_tools = {.trial = resumed_trial,
                                              .standard_error = rpe_sample_standard_error};

/* Encoded vectors of the same trials by one thread, by three, and in two parts, the second resumed. */
static rpe_status thread_invariance_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t width = (problem->queries.count + problem->keys.count) * problem->heads * problem->realizations;
    rpe_case one = *subject, three = *subject, resumed = *subject;
    double *x = NULL, *y = NULL, *part = NULL, *rest = NULL;
    one.threads = 1;
    three.threads = 3;
    resumed.tools = &resumed_tools;
    rpe_status status = rpe_simulate_encoded(&one, "thread-invariance", problem, TRIALS, &x, error);
    if (status == RPE_OK)
        status = rpe_simulate_encoded(&three, "thread-invariance", problem, TRIALS, &y, error);
    if (status == RPE_OK)
        status = rpe_simulate_encoded(&three, "thread-invariance", problem, TRIALS / 2, &part, error);
    if (status == RPE_OK)
        status = rpe_simulate_encoded(&resumed, "thread-invariance", problem, TRIALS / 2, &rest, error);
    if (status == RPE_OK) {
        size_t half = TRIALS / 2 * width;
        size_t different = rpe_bits_different(2 * half, x, y) + rpe_bits_different(half, x, part) +
                           rpe_bits_different(half, x + half, rest);
        *finding = rpe_finding_bounded((double)different, 0.0);
    }
    rpe_memory_free(rest);
    rpe_memory_free(part);
    rpe_memory_free(y);
    rpe_memory_free(x);
    return status;
}

const rpe_claim rpe_claim_thread_invariance = {
    .name = "thread-invariance",
    .title = "A trial's numbers do not depend on threads, nor on whether a run is split or resumed",
    .formula = "stream = (seed, point, trial, purpose)",
    .source = "spec 6",
    .null_hypothesis = "exact: the same operations on the same numbers",
    .statistic = "numbers that differ in any bit",
    .effect = "any difference",
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .check = thread_invariance_check,
};
