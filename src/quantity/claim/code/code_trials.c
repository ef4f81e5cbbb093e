#include "quantity/claim/code/code_trials.h"

#include <math.h>

#include "base/linear.h"
#include "base/memory.h"
#include "theory/theory_codes.h"

#define TRIALS_MOST 20000
#define ROUNDING 1e-12 /* of products of codes of unit variance */

/* covariance -> correlation in place, and the deviations */
static void code_trials_standardize(size_t positions, double *covariance, double *deviation)
{
    for (size_t i = 0; i < positions; i++)
        deviation[i] = sqrt(covariance[i * positions + i]);
    for (size_t i = 0; i < positions; i++)
        for (size_t j = 0; j < positions; j++) {
            double scale = deviation[i] * deviation[j];
            covariance[i * positions + j] = scale > 0.0 ? covariance[i * positions + j] / scale : 0.0;
        }
}

rpe_status rpe_code_law_create(rpe_code_law *law, const rpe_problem *problem, rpe_error *error)
{
    size_t positions = problem->queries.count + problem->keys.count, count;
    rpe_code_law made = {
        .problem = problem, .units = problem->heads * problem->features, .positions = positions};
    if (rpe_size_multiply(made.units * positions, positions, &count)) {
        made.correlation = rpe_memory_allocate(count, sizeof *made.correlation);
        made.deviation = rpe_memory_allocate(made.units * positions, sizeof *made.deviation);
    }
    rpe_status status = RPE_OK;
    if (made.correlation == NULL || made.deviation == NULL)
        status = rpe_error_memory(error, "law of the codes", made.units * positions, sizeof(double));
    for (size_t unit = 0; status == RPE_OK && unit < made.units; unit++) {
        double *correlation = made.correlation + unit * positions * positions;
        status =
            rpe_theory_codes_covariance(problem->kernel, unit / problem->features, unit % problem->features,
                                        &problem->queries, &problem->keys, correlation, error);
        if (status == RPE_OK)
            code_trials_standardize(positions, correlation, made.deviation + unit * positions);
    }
    if (status == RPE_OK)
        *law = made;
    else
        rpe_code_law_destroy(&made);
    return status;
}

void rpe_code_law_destroy(rpe_code_law *law)
{
    rpe_memory_free(law->correlation);
    rpe_memory_free(law->deviation);
    *law = (rpe_code_law){0};
}

size_t rpe_code_trials(const rpe_case *subject, double effect, size_t values)
{
    return rpe_trials_for(subject, effect * sqrt((double)values), TRIALS_MOST);
}

typedef struct code_run {
    const rpe_method *method;
    const rpe_code_law *law;
    const rpe_code_test *test;
} code_run;

static size_t codes_count(const rpe_code_law *law)
{
    return law->units * law->positions * law->problem->realizations;
}

static void visit_all(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    const code_run *run = context;
    const rpe_problem *problem = run->law->problem;
    size_t size = problem->realizations, positions = run->law->positions, mark = workspace->used;
    double *codes = rpe_workspace_take(workspace, codes_count(run->law), sizeof *codes);
    for (size_t unit = 0; unit < run->law->units; unit++) {
        double *queries = codes + unit * positions * size;
        run->method->codes(trial->plan, trial->noise, unit / problem->features, unit % problem->features,
                           queries, queries + problem->queries.count * size, workspace);
    }
    for (size_t i = 0; i < run->law->units * positions; i++) {
        double deviation = run->law->deviation[i];
        for (size_t r = 0; deviation > 0.0 && r < size; r++)
            codes[i * size + r] /= deviation;
    }
    run->test->visit(run->test->context, run->law, codes, trial, values);
    rpe_workspace_release(workspace, mark);
}

rpe_status rpe_code_simulate(const rpe_case *subject, const rpe_code_law *law, const rpe_code_test *test,
                             double **values, rpe_error *error)
{
    const bool stages[RPE_STAGE_COUNT] = {[RPE_STAGE_CODES] = true, [RPE_STAGE_ENCODE] = test->encode};
    code_run run = {subject->method, law, test};
    size_t count;
    double *made = NULL;
    if (rpe_size_multiply(test->trials, test->width, &count))
        made = rpe_memory_allocate(count, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, test->claim, test->trials, test->width * sizeof *made);
    rpe_status status =
        rpe_simulate(subject, test->claim, law->problem, stages, test->trials, test->width,
                     rpe_workspace_bytes(codes_count(law), sizeof(double)), visit_all, &run, made, error);
    if (status == RPE_OK)
        *values = made;
    else
        rpe_memory_free(made);
    return status;
}

rpe_status rpe_code_mean_zero(const rpe_case *subject, const rpe_code_law *law, const rpe_code_test *test,
                              rpe_finding *finding, rpe_error *error)
{
    double *values = NULL;
    rpe_status status = rpe_code_simulate(subject, law, test, &values, error);
    if (status == RPE_OK)
        status = rpe_test_mean_zero(subject, test->trials, test->width, values, finding, error);
    rpe_memory_free(values);
    return status;
}

rpe_status rpe_code_means_zero(const rpe_case *subject, const char *claim, double effect, size_t width,
                               rpe_code_visit visit, rpe_finding *finding, rpe_error *error)
{
    rpe_code_law law = {0};
    rpe_status status = rpe_code_law_create(&law, &subject->problem, error);
    if (status != RPE_OK)
        return status;
    const rpe_code_test test = {
        .claim = claim,
        .trials = rpe_code_trials(subject, effect, law.units * subject->problem.realizations),
        .width = law.units * width,
        .visit = visit};
    status = rpe_code_mean_zero(subject, &law, &test, finding, error);
    rpe_code_law_destroy(&law);
    return status;
}

void rpe_code_products(size_t realizations, size_t rows, const double *left, size_t columns,
                       const double *right, const double *expected, size_t expected_stride, double *values)
{
    rpe_gemm_double(false, true, rows, columns, realizations, 1.0 / (double)realizations, left, realizations,
                    right, realizations, 0.0, values, columns);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            double *value = values + i * columns + j;
            *value -= expected[i * expected_stride + j];
            if (fabs(*value) < ROUNDING)
                *value = 0.0;
        }
}
