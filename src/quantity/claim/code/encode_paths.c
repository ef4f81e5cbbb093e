#include <math.h>

#include "base/memory.h"
#include "quantity/claim/code/code_trials.h"

#define TRIALS 60
#define BOUND 1e-12 /* rounding of sums of a few dozen products of size 1, in double */

/* Largest |encoded - (RD)^(-1/4) sum_d x_d code_d| of one side and head over its deviation (RD)^(-1/4) sigma,
   sigma^2 = sum_d (x_d deviation_d)^2. */
static double encode_paths_difference(const rpe_code_law *law, size_t head, size_t first, size_t count,
                                      const double *codes, const double *inputs, const double *encoded)
{
    const rpe_problem *problem = law->problem;
    size_t features = problem->features, size = problem->realizations, heads = problem->heads;
    double scale = sqrt(sqrt((double)size * (double)features)), largest = 0.0;
    for (size_t m = 0; m < count; m++) {
        const double *x = inputs + (m * heads + head) * features, *y = encoded + (m * heads + head) * size;
        double squares = 0.0;
        for (size_t d = 0; d < features; d++) {
            double part = x[d] * law->deviation[(head * features + d) * law->positions + first + m];
            squares += part * part;
        }
        for (size_t r = 0; r < size; r++) {
            double sum = -scale * y[r];
            for (size_t d = 0; d < features; d++) {
                size_t row = (head * features + d) * law->positions + first + m;
                sum += x[d] * law->deviation[row] * codes[row * size + r];
            }
            largest = fmax(largest, squares > 0.0 ? fabs(sum) / sqrt(squares) : fabs(sum));
        }
    }
    return largest;
}

static void encode_paths_visit(const void *context, const rpe_code_law *law, const double *codes,
                               const rpe_trial *trial, double *values)
{
    const rpe_inputs *inputs = context;
    size_t queries = law->problem->queries.count, keys = law->problem->keys.count;
    values[0] = 0.0;
    for (size_t head = 0; head < law->problem->heads; head++) {
        double query = encode_paths_difference(law, head, 0, queries, codes, inputs->queries, trial->queries);
        double key = encode_paths_difference(law, head, queries, keys, codes, inputs->keys, trial->keys);
        values[0] = fmax(values[0], fmax(query, key));
    }
}

static rpe_status encode_paths_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_code_law law = {0};
    rpe_status status = rpe_code_law_create(&law, &subject->problem, error);
    if (status != RPE_OK)
        return status;
    double *values = NULL, largest = 0.0;
    rpe_code_test test = {.claim = "encode-paths",
                          .trials = TRIALS,
                          .width = 1,
                          .encode = true,
                          .visit = encode_paths_visit,
                          .context = &subject->inputs};
    status = rpe_code_simulate(subject, &law, &test, &values, error);
    for (size_t t = 0; status == RPE_OK && t < TRIALS; t++)
        largest = fmax(largest, values[t]);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(largest, BOUND);
    rpe_memory_free(values);
    rpe_code_law_destroy(&law);
    return status;
}

static rpe_status encode_paths_supports(const rpe_case *subject, rpe_error *reason)
{
    return rpe_stage_supports(RPE_STAGE_CODES, subject->method, &subject->problem, reason);
}

const rpe_claim rpe_claim_encode_paths = {
    .name = "encode-paths",
    .title = "Encoding without codes in memory gives what the codes give",
    .formula = "U z = sum_d q_md Qbar_d(m), keys likewise",
    .source = "spec 4, factored form",
    .null_hypothesis = "the two ways differ by rounding alone: 1e-12 for sums of a few dozen terms in double",
    .statistic = "largest difference, in standard deviations of the entry",
    .effect = "difference, in standard deviations of the entry",
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = encode_paths_supports,
    .check = encode_paths_check,
};
