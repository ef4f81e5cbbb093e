#include <math.h>

#include "rpe_memory.h"
#include "rpe_simulate.h"

#define TRIALS 8

/* Row m of the causal attention against row m without the mask, cut at n = m and made to sum to 1 again; relative to what
   rounding of the weights can do to it: weights of both signs (trigonometric features) cancel in their sums. */
static double row_difference(const double *causal, const double *full, size_t visible, size_t keys)
{
    double sum = 0.0, visible_size = 0.0, size = 0.0, difference = 0.0;
    for (size_t n = 0; n < keys; n++) {
        sum += n < visible ? full[n] : 0.0;
        visible_size += n < visible ? fabs(full[n]) : 0.0;
        size += fabs(full[n]);
    }
    for (size_t n = 0; n < keys; n++) {
        double expected = n < visible && sum != 0.0 ? full[n] / sum : 0.0;
        difference = fmax(difference, fabs(causal[n] - expected));
    }
    double amplification = sum != 0.0 ? size * visible_size / (sum * sum) : 1.0;
    return difference / fmax(amplification, 1.0);
}

static double largest_difference(const rpe_problem *problem, const double *causal, const double *full)
{
    size_t keys = problem->keys.count, width = keys + problem->value_features;
    double largest = 0.0;
    for (size_t row = 0; row < TRIALS * problem->queries.count * problem->heads; row++) {
        size_t m = row / problem->heads % problem->queries.count, visible = m < keys ? m + 1 : keys;
        largest = fmax(largest, row_difference(causal + row * width, full + row * width, visible, keys));
    }
    return largest;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem causal = subject->problem;
    double *full = NULL, *masked = NULL;
    causal.causal = true;
    rpe_status status =
        rpe_simulate_outputs(subject, "causal-masked", &subject->problem, TRIALS, &full, error);
    if (status == RPE_OK)
        status = rpe_simulate_outputs(subject, "causal-masked", &causal, TRIALS, &masked, error);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(largest_difference(&subject->problem, masked, full), 1e-10);
    rpe_memory_free(full);
    rpe_memory_free(masked);
    return status;
}

const rpe_claim rpe_claim_causal_masked = {
    .name = "causal-masked",
    .title = "Causal attention is the full one, masked and normalized again",
    .formula = "A_causal(m,n) = A(m,n) / sum_{n'<=m} A(m,n'), n <= m",
    .source = "spec 2 and 4",
    .null_hypothesis =
        "equal to rounding: 1e-10, after division by what cancellation of signed weights amplifies",
    .statistic = "largest difference of attention weights",
    .effect = "any difference",
    .stage = RPE_STAGE_ATTEND,
    .every_sampler = false,
    .check = check,
};
