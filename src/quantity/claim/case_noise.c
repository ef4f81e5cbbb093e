#include "quantity/claim/case_noise.h"

#include <stdio.h>

#include "base/memory.h"
#include "quantity/claim/simulate.h"

rpe_status rpe_case_noise_draw(rpe_given_noise *given, const rpe_case *subject, const char *claim,
                               const rpe_problem *problem, uint32_t trial, rpe_error *error)
{
    char point[256];
    snprintf(point, sizeof point, "claim=%s;case=%s;noise=given", claim, subject->name);
    const rpe_stream stream = {.seed = subject->seed, .point = rpe_stream_point(point), .trial = trial};
    return rpe_given_noise_draw(given, problem, stream, error);
}

rpe_status rpe_given_encode(const rpe_case *subject, const rpe_problem *problem, const rpe_inputs *inputs,
                            rpe_precision precision, const rpe_given_noise *given, double **encoded,
                            rpe_error *error)
{
    rpe_problem made = *problem;
    made.precision = precision;
    made.sampler = NULL;
    size_t positions = made.queries.count + made.keys.count, row = made.heads * made.realizations;
    rpe_trials *trials = NULL;
    rpe_trials_settings settings = {.method = subject->method,
                                    .problem = &made,
                                    .inputs = *inputs,
                                    .stages = {[RPE_STAGE_ENCODE] = true},
                                    .seed = subject->seed,
                                    .given = &given->noise,
                                    .threads = 1,
                                    .width = positions * row,
                                    .visit = rpe_visit_encoded,
                                    .context = &made};
    double *values = rpe_memory_allocate(positions, row * sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "encoded queries and keys", positions, row * sizeof *values);
    rpe_status status = rpe_trials_create(&trials, &settings, error);
    if (status == RPE_OK)
        status = rpe_trials_run(trials, 0, 1, values, error);
    rpe_trials_destroy(trials);
    if (status == RPE_OK)
        *encoded = values;
    else
        rpe_memory_free(values);
    return status;
}

rpe_status rpe_supports_single(const rpe_case *subject, rpe_error *reason)
{
    rpe_problem single = subject->problem;
    single.precision = RPE_SINGLE;
    return subject->method->supports == NULL ? RPE_OK : subject->method->supports(&single, reason);
}
