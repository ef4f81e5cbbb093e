#include "rpe_memory.h"
#include "rpe_simulate.h"
#include "rpe_variation.h"

#define TRIALS 24

/* Encoded vectors of the same trials by one thread, by three, and in two parts. */
static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t width = (problem->queries.count + problem->keys.count) * problem->heads * problem->realizations;
    rpe_case one = *subject, three = *subject;
    double *x = NULL, *y = NULL, *part = NULL;
    one.threads = 1;
    three.threads = 3;
    rpe_status status = rpe_simulate_encoded(&one, "thread-invariance", problem, TRIALS, &x, error);
    if (status == RPE_OK)
        status = rpe_simulate_encoded(&three, "thread-invariance", problem, TRIALS, &y, error);
    if (status == RPE_OK)
        status = rpe_simulate_encoded(&three, "thread-invariance", problem, TRIALS / 2, &part, error);
    if (status == RPE_OK) {
        size_t different =
            rpe_bits_different(TRIALS * width, x, y) + rpe_bits_different(TRIALS / 2 * width, x, part);
        *finding = rpe_finding_bounded((double)different, 0.0);
    }
    rpe_memory_free(part);
    rpe_memory_free(y);
    rpe_memory_free(x);
    return status;
}

const rpe_claim rpe_claim_thread_invariance = {
    .name = "thread-invariance",
    .title = "A trial's numbers do not depend on threads or on which other trials run",
    .formula = "stream = (seed, point, trial, purpose)",
    .source = "spec 6",
    .null_hypothesis = "exact: the same operations on the same numbers",
    .statistic = "numbers that differ in any bit",
    .effect = "any difference",
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .check = check,
};
