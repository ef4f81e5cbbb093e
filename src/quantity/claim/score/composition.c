#include <math.h>

#include "attention/attention.h"
#include "base/linear.h"
#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "quantity/claim/simulate_features.h"
#include "theory/theory_exponential.h"

#define SCALE 0.25       /* of queries and keys, and ... */
#define REALIZATIONS 256 /* ... R: so that the fourth moment of the estimate exists and is moderate */

typedef struct composition {
    const rpe_problem *problem;
    rpe_linear *linear;
    size_t features; /* of phi */
} composition;

/* phi(qhat_m).phi(khat_n) of all entries [H,M,N]: the projections are drawn from the trial's stream too. */
static void composition_visit(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    const composition *c = context;
    const rpe_problem *problem = c->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count, heads = problem->heads,
           count = c->features;
    size_t mark = workspace->used;
    double *query_features = rpe_workspace_take(workspace, queries * heads, count * sizeof *query_features);
    double *key_features = rpe_workspace_take(workspace, keys * heads, count * sizeof *key_features);
    rpe_projection projection = {.stream = trial->noise->stream};
    rpe_linear_features(c->linear, &projection, queries * heads, trial->queries, query_features, workspace);
    rpe_linear_features(c->linear, &projection, keys * heads, trial->keys, key_features, workspace);
    for (size_t head = 0; head < heads; head++)
        rpe_gemm_double(false, true, queries, keys, count, 1.0, query_features + head * count, heads * count,
                        key_features + head * count, heads * count, 0.0, values + head * queries * keys,
                        keys);
    rpe_workspace_release(workspace, mark);
}

static size_t visit_bytes(const composition *c)
{
    size_t rows = (c->problem->queries.count + c->problem->keys.count) * c->problem->heads;
    size_t bytes = rpe_workspace_bytes(rows + 2, (c->features + 8) * sizeof(double));
    return rpe_workspace_sum(2 * bytes, rpe_linear_workspace_bytes(c->linear));
}

/* Form 14: mean E exp Shat, variance over codes and projections; [H,M,N] each. */
static rpe_status composition_moments(const rpe_case *subject, double *mean, double *variance,
                                      rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_theories theories = {0};
    rpe_status status = rpe_theories_create(&theories, subject, problem, error);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        status = rpe_theory_exponential_moment(theories.heads[head], problem->realizations, 1.0,
                                               mean + head * entries, error);
        if (status == RPE_OK)
            status = rpe_theory_favor_variance(theories.heads[head], problem->realizations,
                                               problem->projections, variance + head * entries, error);
    }
    rpe_theories_destroy(&theories);
    return status;
}

/* (X - E X)/sd, then its square - 1: [trials, 2*entries] from X in the first half of each row */
static void composition_compare(size_t trials, size_t entries, const double *mean, const double *variance,
                                const double *estimates, double *values)
{
    for (size_t t = 0; t < trials; t++)
        for (size_t i = 0; i < entries; i++) {
            double deviation = (estimates[t * entries + i] - mean[i]) / sqrt(variance[i]);
            values[2 * t * entries + i] = deviation;
            values[(2 * t + 1) * entries + i] = deviation * deviation - 1.0;
        }
}

static rpe_status composition_simulate(const rpe_case *subject, size_t trials, double *estimates,
                                       rpe_error *error)
{
    const bool stages[RPE_STAGE_COUNT] = {[RPE_STAGE_ENCODE] = true};
    const rpe_problem *problem = &subject->problem;
    composition c = {.problem = problem};
    rpe_linear_settings settings = {.shape = {.batch = 1,
                                              .heads = 1,
                                              .queries = problem->queries.count * problem->heads,
                                              .keys = problem->keys.count * problem->heads,
                                              .size = problem->realizations,
                                              .values = 1},
                                    .map = rpe_case_feature_map(subject),
                                    .projections = problem->projections,
                                    .precision = RPE_DOUBLE};
    rpe_status status = rpe_linear_create(&c.linear, &settings, error);
    if (status == RPE_OK) {
        c.features = rpe_linear_features_count(c.linear);
        status = rpe_simulate(subject, "composition", problem, stages, trials, rpe_score_count(problem),
                              visit_bytes(&c), composition_visit, &c, estimates, error);
    }
    rpe_linear_destroy(c.linear);
    return status;
}

static rpe_status composition_test(const rpe_case *subject, size_t trials, rpe_finding *finding,
                                   rpe_error *error)
{
    size_t entries = rpe_score_count(&subject->problem);
    double *closed = rpe_memory_allocate(entries, 2 * sizeof *closed);
    double *estimates = rpe_memory_allocate(trials, entries * sizeof *estimates);
    double *values = rpe_memory_allocate(trials, 2 * entries * sizeof *values);
    rpe_status status = RPE_OK;
    if (closed == NULL || estimates == NULL || values == NULL)
        status = rpe_error_memory(error, "composition", trials, 3 * entries * sizeof *values);
    if (status == RPE_OK)
        status = composition_moments(subject, closed, closed + entries, error);
    if (status == RPE_OK)
        status = composition_simulate(subject, trials, estimates, error);
    if (status == RPE_OK) {
        composition_compare(trials, entries, closed, closed + entries, estimates, values);
        status = rpe_test_mean_zero(subject, trials, 2 * entries, values, finding, error);
    }
    rpe_memory_free(values);
    rpe_memory_free(estimates);
    rpe_memory_free(closed);
    return status;
}

static double *composition_scaled(size_t count, const double *values)
{
    double *made = rpe_memory_allocate(count, sizeof *made);
    for (size_t i = 0; made != NULL && i < count; i++)
        made[i] = SCALE * values[i];
    return made;
}

static rpe_status composition_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_case smaller = *subject;
    size_t row = subject->problem.heads * subject->problem.features;
    double *queries = composition_scaled(subject->problem.queries.count * row, subject->inputs.queries);
    double *keys = composition_scaled(subject->problem.keys.count * row, subject->inputs.keys);
    size_t trials = rpe_trials_for(subject, rpe_claim_find("composition")->wanted_effect, 12000);
    rpe_status status = RPE_OK;
    if (queries == NULL || keys == NULL)
        status = rpe_error_memory(error, "composition", row, sizeof(double));
    smaller.problem.realizations = REALIZATIONS;
    smaller.inputs.queries = queries;
    smaller.inputs.keys = keys;
    if (status == RPE_OK)
        status = composition_test(&smaller, trials, finding, error);
    rpe_memory_free(queries);
    rpe_memory_free(keys);
    return status;
}

static rpe_status composition_supports(const rpe_case *subject, rpe_error *reason)
{
    if (!rpe_feature_law_composed(subject->method->map))
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "the closed form is that of independent positive features");
    return rpe_supports_gaussian(subject, reason);
}

const rpe_claim rpe_claim_composition = {
    .name = "composition",
    .title = "SPE followed by positive features has the mean of exp Shat and the composed variance",
    .formula = "E X = E_1;  Var X = (D+ - E_2)/F + E_2 - E_1^2",
    .source = "form 14",
    .null_hypothesis = "X - E X and (X - E X)^2/Var X - 1 have mean 0 in every entry",
    .statistic = "Hotelling's T^2 as F, on projections of both",
    .effect = "bias, in standard deviations of one trial",
    .wanted_effect = 0.08,
    .stage = RPE_STAGE_ATTEND,
    .supports = composition_supports,
    .check = composition_check,
};
