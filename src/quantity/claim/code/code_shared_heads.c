#include <math.h>

#include "base/linear.h"
#include "base/memory.h"
#include "quantity/claim/code/code_trials.h"
#include "theory/theory_rows.h"

#define WANTED_EFFECT 0.03

/* What shared noise predicts. */
typedef struct shared_law {
    double *correlation;     /* [pairs h < h', D, P, P] of the codes of two heads, over their deviations */
    double *scores;          /* [H,M,N] */
    double *mean, *variance; /* [H,M,N], of the closed form */
} shared_law;

/* Rows of both heads at all positions, B [rows,P] of one feature with q = k = 1. */
static rpe_status rows_create(double **rows, size_t *count, const rpe_problem *problem, size_t head,
                              size_t feature, rpe_error *error)
{
    size_t queries = problem->queries.count, keys = problem->keys.count, positions = queries + keys;
    const double one = 1.0;
    rpe_theory *theory = NULL;
    rpe_theory_inputs inputs = {.kernel = problem->kernel,
                                .head = head,
                                .first_feature = feature,
                                .features = 1,
                                .query_positions = problem->queries,
                                .key_positions = problem->keys,
                                .queries = &one,
                                .keys = &one};
    rpe_status status = rpe_theory_create(&theory, &inputs, error);
    if (status != RPE_OK)
        return status;
    double *made = rpe_memory_allocate(theory->rows, positions * sizeof *made);
    for (size_t row = 0; made != NULL && row < theory->rows; row++) {
        rpe_theory_rows_fill(theory, RPE_SIDE_QUERY, row, 1, made + row * positions);
        rpe_theory_rows_fill(theory, RPE_SIDE_KEY, row, 1, made + row * positions + queries);
    }
    if (made == NULL)
        status = rpe_error_memory(error, "rows of a head", theory->rows, positions * sizeof *made);
    *rows = made;
    *count = theory->rows;
    rpe_theory_destroy(theory);
    return status;
}

/* E X_h(p) X_h'(p') = sum_i B_h[i][p] B_h'[i][p'] over the noise rows that both have: for a sine kernel
   sum_k lambda_hk lambda_h'k cos(2 pi (f_hk m - f_h'k n) + theta_hk), without gates. */
static rpe_status cross_fill(const rpe_code_law *law, size_t left, size_t right, double *correlation,
                             rpe_error *error)
{
    size_t features = law->problem->features, positions = law->positions, rows = 0, others = 0;
    const double *a = law->deviation + left * positions, *b = law->deviation + right * positions;
    double *left_rows = NULL, *right_rows = NULL;
    rpe_status status = rows_create(&left_rows, &rows, law->problem, left / features, left % features, error);
    if (status == RPE_OK)
        status = rows_create(&right_rows, &others, law->problem, right / features, right % features, error);
    if (status == RPE_OK)
        rpe_gemm_double(true, false, positions, positions, rows < others ? rows : others, 1.0, left_rows,
                        positions, right_rows, positions, 0.0, correlation, positions);
    for (size_t p = 0; status == RPE_OK && p < positions; p++)
        for (size_t q = 0; q < positions; q++)
            correlation[p * positions + q] =
                a[p] * b[q] > 0.0 ? correlation[p * positions + q] / (a[p] * b[q]) : 0.0;
    rpe_memory_free(right_rows);
    rpe_memory_free(left_rows);
    return status;
}

static size_t cross_count(const rpe_code_law *law)
{
    size_t heads = law->problem->heads;
    return heads * (heads - 1) / 2 * law->problem->features * law->positions * law->positions;
}

static rpe_status shared_law_create(shared_law *shared, const rpe_case *subject, const rpe_code_law *law,
                                    rpe_error *error)
{
    const rpe_problem *problem = law->problem;
    size_t features = problem->features;
    shared->correlation = rpe_memory_allocate(cross_count(law), sizeof *shared->correlation);
    if (shared->correlation == NULL)
        return rpe_error_memory(error, "correlations of heads", cross_count(law), sizeof(double));
    double *correlation = shared->correlation;
    rpe_status status = RPE_OK;
    for (size_t h = 0; h < problem->heads; h++)
        for (size_t other = h + 1; other < problem->heads; other++)
            for (size_t d = 0; status == RPE_OK && d < features; d++) {
                status = cross_fill(law, h * features + d, other * features + d, correlation, error);
                correlation += law->positions * law->positions;
            }
    if (status == RPE_OK)
        status = rpe_case_scores(subject, problem, &shared->scores, error);
    if (status == RPE_OK)
        status = rpe_case_moments(subject, problem, &shared->mean, &shared->variance, error);
    return status;
}

static void shared_law_destroy(shared_law *shared)
{
    rpe_memory_free(shared->variance);
    rpe_memory_free(shared->mean);
    rpe_memory_free(shared->scores);
    rpe_memory_free(shared->correlation);
}

/* (Shat - S) over the root of R times its variance, so that it varies as much as a mean of R products of codes */
static void scores_fill(const shared_law *shared, const rpe_problem *problem, const rpe_trial *trial,
                        double *values)
{
    rpe_problem copy = *problem;
    size_t entries = problem->heads * problem->queries.count * problem->keys.count;
    rpe_visit_scores(&copy, trial, values, NULL);
    for (size_t i = 0; i < entries; i++) {
        double variance = shared->variance[i] * (double)problem->realizations;
        values[i] = (values[i] - shared->scores[i]) / (variance > 0.0 ? sqrt(variance) : 1.0);
    }
}

static void code_shared_heads_visit(const void *context, const rpe_code_law *law, const double *codes,
                                    const rpe_trial *trial, double *values)
{
    const shared_law *shared = context;
    const rpe_problem *problem = law->problem;
    size_t positions = law->positions, size = problem->realizations, row = positions * size;
    const double *correlation = shared->correlation;
    for (size_t h = 0; h < problem->heads; h++)
        for (size_t other = h + 1; other < problem->heads; other++)
            for (size_t d = 0; d < problem->features; d++) {
                rpe_code_products(size, positions, codes + (h * problem->features + d) * row, positions,
                                  codes + (other * problem->features + d) * row, correlation, positions,
                                  values);
                correlation += positions * positions;
                values += positions * positions;
            }
    scores_fill(shared, problem, trial, values);
}

static rpe_status code_shared_heads_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem;
    problem.shared_heads = true;
    rpe_code_law law = {0};
    shared_law shared = {0};
    rpe_status status = rpe_code_law_create(&law, &problem, error);
    if (status == RPE_OK)
        status = shared_law_create(&shared, subject, &law, error);
    if (status == RPE_OK) {
        size_t scores = problem.heads * problem.queries.count * problem.keys.count;
        rpe_code_test test = {
            .claim = "code-shared-heads",
            .trials = rpe_code_trials(subject, WANTED_EFFECT, problem.features * problem.realizations),
            .width = cross_count(&law) + scores,
            .encode = true,
            .visit = code_shared_heads_visit,
            .context = &shared};
        status = rpe_code_mean_zero(subject, &law, &test, finding, error);
    }
    shared_law_destroy(&shared);
    rpe_code_law_destroy(&law);
    return status;
}

/* Gate rows are numbered head by head, so heads share them only where the same features are gated. */
static rpe_status code_shared_heads_supports(const rpe_case *subject, rpe_error *reason)
{
    const rpe_problem *problem = &subject->problem;
    if (problem->heads < 2)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "one head has no other to share codes with");
    if (subject->method->score_moments == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no closed form", subject->method->name);
    for (size_t d = 0; d < problem->features; d++)
        for (size_t h = 1; h < problem->heads; h++)
            if ((rpe_kernel_gate(problem->kernel, h, d) > 0.0) !=
                (rpe_kernel_gate(problem->kernel, 0, d) > 0.0))
                return rpe_error_set(reason, RPE_ERROR_INPUT, "heads are gated on different features");
    return rpe_stage_supports(RPE_STAGE_CODES, subject->method, problem, reason);
}

const rpe_claim rpe_claim_code_shared_heads = {
    .name = "code-shared-heads",
    .title = "Heads that share their noise are correlated as it predicts, each with its own mean",
    .formula = "E X_hdr(p) X_h'dr(p') = sum_i B_hd[p,i] B_h'd[p',i], E Shat_h = S_h",
    .source = "spec 4; forms 8 and 17, the rows of two heads on one noise",
    .null_hypothesis = "products of codes of two heads, less that sum, and Shat - S have mean 0",
    .statistic = "Hotelling's T^2 as F, on projections of these differences over their deviations",
    .effect = "mean change of the correlation between heads",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = code_shared_heads_supports,
    .check = code_shared_heads_check,
};
