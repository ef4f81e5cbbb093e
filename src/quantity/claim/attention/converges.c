#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "quantity/claim/simulate.h"
#include "quantity/measure/feature_law.h"
#include "statistic/hypothesis.h"

#define SETTINGS                                                                                             \
    5 /* of R, F, or both: FIRST 2^i, or the size of the vectors that the map takes if that is more */
#define FIRST 8
#define SCALE 0.25  /* of queries and keys: so that errors fall with their rate from the first setting on */
#define RATE (-0.5) /* of the error */
#define BAND 0.12   /* of the slope, for what falls faster: bias, and denominators that vary */

/* The case's problem with R, and where the method projects F, at a setting.  Orthogonal directions gain more than the rate as
   long as they are fewer than a block. */
static rpe_problem setting_of(const rpe_case *subject, size_t setting)
{
    rpe_problem problem = subject->problem;
    size_t size = rpe_method_size(subject->method, &problem), first = size > FIRST ? size : FIRST;
    if (problem.kernel != NULL)
        problem.realizations = (size_t)FIRST << setting;
    if (rpe_method_projects(subject->method))
        problem.projections = first << setting;
    return problem;
}

/* Logarithm of the norm of (outputs - the oracle's) of each trial at one setting: logarithms [trials,SETTINGS]. */
static rpe_status errors_at(const rpe_case *subject, size_t setting, size_t trials, double *logarithms,
                            rpe_error *error)
{
    rpe_problem problem = setting_of(subject, setting);
    size_t width = problem.queries.count * problem.heads * (problem.keys.count + problem.value_features);
    double *outputs = NULL, *limit = NULL;
    rpe_status status = rpe_simulate_outputs(subject, "converges", &problem, trials, &outputs, error);
    if (status == RPE_OK)
        status = rpe_case_outputs(subject, &problem, &limit, error);
    for (size_t t = 0; status == RPE_OK && t < trials; t++) {
        double square = DBL_MIN; /* none is exact */
        for (size_t i = 0; i < width; i++)
            square += (outputs[t * width + i] - limit[i]) * (outputs[t * width + i] - limit[i]);
        logarithms[t * SETTINGS + setting] = log(square) / 2;
    }
    rpe_memory_free(limit);
    rpe_memory_free(outputs);
    return status;
}

/* Slope of the logarithm of a trial's error over that of the setting, by least squares. */
static double slope_of(const double *logarithms)
{
    double above = 0, below = 0;
    for (int i = 0; i < SETTINGS; i++) {
        double x = i - (SETTINGS - 1) / 2.0;
        above += x * logarithms[i];
        below += x * x;
    }
    return above / below / log(2);
}

/* One-sided: the mean slope is within the band about the rate. */
static rpe_finding judge(const rpe_case *subject, size_t trials, const double *logarithms)
{
    rpe_sample slopes = {0};
    for (size_t t = 0; t < trials; t++)
        rpe_sample_add(&slopes, slope_of(logarithms + t * SETTINGS));
    double deviation = subject->tools->standard_error(&slopes);
    double beyond = fmax(0, fabs(slopes.mean - RATE) - BAND) / deviation;
    return (rpe_finding){
        .statistic = slopes.mean, .p = rpe_p_normal(beyond) / 2, .trials = trials, .effect_error = deviation};
}

static rpe_status converges_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    size_t trials = rpe_trials_for(subject, rpe_claim_find("converges")->wanted_effect / 0.3, 600);
    size_t queries = subject->problem.queries.count * subject->problem.heads * subject->problem.features;
    size_t keys = subject->problem.keys.count * subject->problem.heads * subject->problem.features;
    double *logarithms = rpe_memory_allocate(trials, SETTINGS * sizeof *logarithms);
    double *scaled = rpe_memory_allocate(queries + keys, sizeof *scaled);
    rpe_status status = RPE_OK;
    rpe_case smaller = *subject;
    if (logarithms == NULL || scaled == NULL)
        status = rpe_error_memory(error, "converges", trials + queries + keys, SETTINGS * sizeof *logarithms);
    for (size_t i = 0; status == RPE_OK && i < queries + keys; i++)
        scaled[i] = SCALE * (i < queries ? ((const double *)subject->inputs.queries)[i]
                                         : ((const double *)subject->inputs.keys)[i - queries]);
    smaller.inputs.queries = scaled;
    smaller.inputs.keys = scaled + queries;
    for (size_t i = 0; status == RPE_OK && i < SETTINGS; i++)
        status = errors_at(&smaller, i, trials, logarithms, error);
    if (status == RPE_OK)
        *finding = judge(subject, trials, logarithms);
    rpe_memory_free(scaled);
    rpe_memory_free(logarithms);
    return status;
}

static rpe_status converges_supports(const rpe_case *subject, rpe_error *reason)
{
    const rpe_method *method = subject->method;
    rpe_feature_law law;
    if (method->random == NULL || !method->random(&subject->problem))
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s draws nothing here", method->name);
    if (method->map != NULL && method->map->tilt == NULL && !rpe_feature_law_of(method->map, &law))
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "the limit of method %s on codes is not the oracle: its weights are those of "
                             "other scores",
                             method->name);
    return RPE_OK;
}

const rpe_claim rpe_claim_converges = {
    .name = "converges",
    .title = "The error of the outputs falls as 1/sqrt(R), 1/sqrt(F), or both",
    .formula = "slope of ln |o - oracle| over ln R, ln F at 8, 16, ..., 128 (F: or from the size of its "
               "vectors), paired trials",
    .source = "forms 2, 7 and 14",
    .null_hypothesis = "the mean slope is within 0.12 of -1/2",
    .statistic = "mean slope over trials",
    .effect = "slope beyond the band, absolute",
    .wanted_effect = 0.1,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .one_sided = true,
    .supports = converges_supports,
    .check = converges_check,
};
