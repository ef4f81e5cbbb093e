#include "quantity/claim/simulate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "statistic/hotelling.h"
#include "statistic/hypothesis.h"

/* ---- trials ---- */

/* Precision and mask are left out: what differs in them alone sees the same noise, and can be compared trial by trial. */
static uint32_t stream_point(const rpe_case *subject, const char *claim, const rpe_problem *problem)
{
    char text[512];
    snprintf(text, sizeof text, "claim=%s;case=%s;method=%s;sampler=%s;realizations=%zu;projections=%zu",
             claim, subject->name, subject->method->name,
             problem->sampler == NULL ? "given" : problem->sampler->name, problem->realizations,
             problem->projections);
    return rpe_stream_point(text);
}

/* A run of trials that a mutant may feed with other trial numbers: contiguous stretches are run at once. */
static rpe_status run_all(rpe_trials *trials, const rpe_case *subject, size_t count, size_t width,
                          double *values, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t done = 0, now; status == RPE_OK && done < count; done += now) {
        uint32_t first = subject->tools->trial(done);
        for (now = 1; done + now < count && subject->tools->trial(done + now) == first + now; now++)
            ;
        status = rpe_trials_run(trials, first, now, values + done * width, error);
    }
    return status;
}

rpe_status rpe_simulate(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                        const bool stages[RPE_STAGE_COUNT], size_t trials, size_t width,
                        size_t workspace_bytes, rpe_trial_visit visit, void *context, double *values,
                        rpe_error *error)
{
    rpe_trials *run = NULL;
    rpe_trials_settings settings = {.method = subject->method,
                                    .problem = problem,
                                    .inputs = subject->inputs,
                                    .mark_values = true,
                                    .seed = subject->seed,
                                    .point = stream_point(subject, claim, problem),
                                    .threads = subject->threads,
                                    .width = width,
                                    .workspace_bytes = workspace_bytes,
                                    .visit = visit,
                                    .context = context};
    memcpy(settings.stages, stages, sizeof settings.stages);
    rpe_status status = rpe_trials_create(&run, &settings, error);
    if (status == RPE_OK)
        status = run_all(run, subject, trials, width, values, error);
    rpe_trials_destroy(run);
    return status;
}

/* ---- what trials gave, as arrays ---- */

static double *values_allocate(size_t trials, size_t width)
{
    size_t count;
    return rpe_size_multiply(trials, width, &count) ? rpe_memory_allocate(count, sizeof(double)) : NULL;
}

/* Trials whose numbers go to a new array. */
static rpe_status simulate_array(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                                 rpe_stage stage, size_t trials, size_t width, size_t workspace_bytes,
                                 rpe_trial_visit visit, void *context, double **values, rpe_error *error)
{
    const bool stages[RPE_STAGE_COUNT] = {[RPE_STAGE_CODES] = stage == RPE_STAGE_CODES,
                                          [RPE_STAGE_ENCODE] = stage == RPE_STAGE_ENCODE,
                                          [RPE_STAGE_ATTEND] = stage == RPE_STAGE_ATTEND};
    double *made = values_allocate(trials, width);
    if (made == NULL)
        return rpe_error_memory(error, claim, trials * width, sizeof *made);
    rpe_status status = rpe_simulate(subject, claim, problem, stages, trials, width, workspace_bytes, visit,
                                     context, made, error);
    if (status == RPE_OK)
        *values = made;
    else
        rpe_memory_free(made);
    return status;
}

/* Shat = qhat khat' / sqrt(R), head by head */
void rpe_visit_scores(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    (void)workspace;
    const rpe_problem *problem = context;
    size_t queries = problem->queries.count, keys = problem->keys.count, size = problem->realizations;
    for (size_t head = 0; head < problem->heads; head++)
        rpe_gemm_double(false, true, queries, keys, size, 1.0 / sqrt((double)size),
                        trial->queries + head * size, problem->heads * size, trial->keys + head * size,
                        problem->heads * size, 0.0, values + head * queries * keys, keys);
}

rpe_status rpe_simulate_scores(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                               size_t trials, double **scores, rpe_error *error)
{
    rpe_problem copy = *problem;
    size_t width = problem->heads * problem->queries.count * problem->keys.count;
    return simulate_array(subject, claim, problem, RPE_STAGE_ENCODE, trials, width, 0, rpe_visit_scores,
                          &copy, scores, error);
}

void rpe_visit_encoded(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    (void)workspace;
    const rpe_problem *problem = context;
    size_t row = problem->heads * problem->realizations, queries = problem->queries.count * row;
    memcpy(values, trial->queries, queries * sizeof *values);
    memcpy(values + queries, trial->keys, problem->keys.count * row * sizeof *values);
}

rpe_status rpe_simulate_encoded(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                                size_t trials, double **encoded, rpe_error *error)
{
    rpe_problem copy = *problem;
    size_t width = (problem->queries.count + problem->keys.count) * problem->heads * problem->realizations;
    return simulate_array(subject, claim, problem, RPE_STAGE_ENCODE, trials, width, 0, rpe_visit_encoded,
                          &copy, encoded, error);
}

typedef struct codes_visit {
    const rpe_method *method;
    const rpe_problem *problem;
    size_t head, feature;
} codes_visit;

static void visit_codes(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    const codes_visit *visit = context;
    double *keys = values + visit->problem->queries.count * visit->problem->realizations;
    visit->method->codes(trial->plan, trial->noise, visit->head, visit->feature, values, keys, workspace);
}

rpe_status rpe_simulate_codes(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                              size_t head, size_t feature, size_t trials, double **codes, rpe_error *error)
{
    codes_visit visit = {subject->method, problem, head, feature};
    size_t width = (problem->queries.count + problem->keys.count) * problem->realizations;
    return simulate_array(subject, claim, problem, RPE_STAGE_CODES, trials, width, 0, visit_codes, &visit,
                          codes, error);
}

static size_t output_width(const rpe_problem *problem)
{
    return problem->queries.count * problem->heads * (problem->keys.count + problem->value_features);
}

static void visit_outputs(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    (void)workspace;
    memcpy(values, trial->outputs, output_width(context) * sizeof *values);
}

rpe_status rpe_simulate_outputs(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                                size_t trials, double **outputs, rpe_error *error)
{
    rpe_problem copy = *problem;
    return simulate_array(subject, claim, problem, RPE_STAGE_ATTEND, trials, output_width(problem), 0,
                          visit_outputs, &copy, outputs, error);
}

/* ---- what they are compared with ---- */

rpe_status rpe_case_scores(const rpe_case *subject, const rpe_problem *problem, double **scores,
                           rpe_error *error)
{
    size_t entries = problem->queries.count * problem->keys.count;
    double *made = values_allocate(problem->heads, entries);
    if (made == NULL)
        return rpe_error_memory(error, "scores of the oracle", problem->heads * entries, sizeof *made);
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        status =
            subject->method->oracle->scores(problem, &subject->inputs, 0, head, made + head * entries, error);
    if (status == RPE_OK)
        *scores = made;
    else
        rpe_memory_free(made);
    return status;
}

rpe_status rpe_case_outputs(const rpe_case *subject, const rpe_problem *problem, double **outputs,
                            rpe_error *error)
{
    rpe_array marked = {0};
    rpe_problem with_marks = *problem;
    with_marks.value_features = problem->keys.count + problem->value_features;
    double *made = values_allocate(output_width(problem), 1);
    if (made == NULL)
        return rpe_error_memory(error, "outputs of the oracle", output_width(problem), sizeof *made);
    rpe_status status = rpe_values_mark(&marked, problem, subject->inputs.values, error);
    rpe_inputs inputs = {subject->inputs.queries, subject->inputs.keys, marked.values};
    if (status == RPE_OK)
        status = subject->method->oracle->attend(&with_marks, &inputs, made, 1, error);
    rpe_array_destroy(&marked);
    if (status == RPE_OK)
        *outputs = made;
    else
        rpe_memory_free(made);
    return status;
}

rpe_status rpe_case_moments(const rpe_case *subject, const rpe_problem *problem, double **mean,
                            double **variance, rpe_error *error)
{
    size_t entries = problem->queries.count * problem->keys.count;
    double *made = values_allocate(problem->heads, entries),
           *spread = values_allocate(problem->heads, entries);
    rpe_status status = RPE_OK;
    if (made == NULL || spread == NULL)
        status = rpe_error_memory(error, "moments of the scores", problem->heads * entries, 2 * sizeof *made);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        status = subject->method->score_moments(problem, &subject->inputs, 0, head, made + head * entries,
                                                spread + head * entries, error);
    if (status == RPE_OK) {
        *mean = made;
        *variance = spread;
        return RPE_OK;
    }
    rpe_memory_free(made);
    rpe_memory_free(spread);
    return status;
}

/* ---- tests ---- */

/* ((z_{level/2} + z_{power}) / effect)^2 */
size_t rpe_trials_for(const rpe_case *subject, double effect, size_t most)
{
    const double reach = rpe_quantile_normal(1e-6) + rpe_quantile_normal(0.2);
    double wanted = ceil(reach * reach / (effect * effect));
    size_t trials = wanted < (double)most ? (size_t)wanted : most;
    if (subject->quick)
        trials /= 3;
    return trials < 200 ? 200 : trials;
}

double rpe_projection_sign(uint64_t seed, size_t index)
{
    uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)index * UINT64_C(0xd1342543de82ef95) + 1;
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (x ^ x >> 32) & 1 ? 1.0 : -1.0;
}

/* weights [width,count]: column 0 is the plain mean over the entries, the others have random signs. */
static void simulate_weights_fill(size_t width, size_t count, double *weights)
{
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < count; j++)
            weights[i * count + j] = (j == 0 ? 1.0 : rpe_projection_sign(j, i)) / (double)width;
}

rpe_status rpe_test_mean_zero(const rpe_case *subject, size_t trials, size_t width, const double *values,
                              rpe_finding *finding, rpe_error *error)
{
    size_t count = width < RPE_PROJECTIONS_MAX ? width : RPE_PROJECTIONS_MAX;
    double *projected = values_allocate(trials + width, count);
    if (projected == NULL)
        return rpe_error_memory(error, "projections", (trials + width) * count, sizeof *projected);
    double *weights = projected + trials * count;
    simulate_weights_fill(width, count, weights);
    rpe_gemm_double(false, false, trials, count, width, 1.0, values, width, weights, count, 0.0, projected,
                    count);
    rpe_hotelling test = rpe_hotelling_test(trials, count, projected);
    rpe_sample sample = {0};
    for (size_t t = 0; t < trials; t++)
        rpe_sample_add(&sample, projected[t * count]);
    *finding = (rpe_finding){.statistic = test.statistic,
                             .p = test.p,
                             .trials = trials,
                             .effect_error = subject->tools->standard_error(&sample)};
    rpe_memory_free(projected);
    return RPE_OK;
}

rpe_finding rpe_finding_bounded(double statistic, double bound)
{
    return (rpe_finding){.statistic = statistic, .p = NAN, .bound = bound};
}
