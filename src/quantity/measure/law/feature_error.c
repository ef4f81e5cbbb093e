/* Relative squared error of random features for fixed vectors, without positions: mean over heads and pairs of
     (phi(x).phi(y) / SM - 1)^2,   SM = exp(x.y),  x = q/D^(1/4), y = k/D^(1/4)
   E of it by forms 7 (independent projections) and 13 (orthogonal ones).  And of encoded vectors, x = qhat/R^(1/4):
     (phi(x).phi(y) / E exp Shat - 1)^2,   whose expectation is form 14 over the square of form 4: it has a part that more
   projections do not reduce.  The results are the roots. */
#include <math.h>

#include "attention/attention.h"
#include "attention/feature_map.h"
#include "base/linear.h"
#include "base/memory.h"
#include "quantity/measure/feature_law.h"
#include "quantity/measure/score_matrix.h"
#include "theory/theory_exponential.h"

/* The features of all queries and keys of all heads. */
typedef struct feature_plan {
    rpe_linear *linear;
    size_t query_rows, key_rows, size, features;
    double rho;    /* of maps that tilt their projections */
    double *exact; /* [H,M,N]: what dot products estimate */
} feature_plan;

static rpe_status linear_make(rpe_linear **linear, const rpe_subject *subject, size_t size, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    const rpe_linear_settings settings = {.shape = {.batch = 1,
                                                    .heads = 1,
                                                    .queries = problem->queries.count * problem->heads,
                                                    .keys = problem->keys.count * problem->heads,
                                                    .size = size,
                                                    .values = 1},
                                          .map = subject->method->map,
                                          .projections = problem->projections,
                                          .precision = RPE_DOUBLE};
    return rpe_linear_create(linear, &settings, error);
}

static void release(void *prepared)
{
    feature_plan *plan = prepared;
    if (plan == NULL)
        return;
    rpe_linear_destroy(plan->linear);
    rpe_memory_free(plan->exact);
    rpe_memory_free(plan);
}

static rpe_status plan_make(feature_plan **plan, const rpe_subject *subject, size_t size, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t pairs = problem->heads * problem->queries.count * problem->keys.count;
    feature_plan *made = rpe_memory_allocate_zero(1, sizeof *made);
    *plan = made;
    if (made == NULL)
        return rpe_error_memory(error, "features", 1, sizeof *made);
    made->query_rows = problem->queries.count * problem->heads;
    made->key_rows = problem->keys.count * problem->heads;
    made->size = size;
    made->exact = rpe_memory_allocate(pairs, sizeof *made->exact);
    if (made->exact == NULL)
        return rpe_error_memory(error, "features", pairs, sizeof *made->exact);
    rpe_status status = linear_make(&made->linear, subject, size, error);
    if (status == RPE_OK)
        made->features = rpe_linear_features_count(made->linear);
    return status;
}

static size_t bytes_of(const rpe_subject *subject, size_t size)
{
    rpe_linear *linear = NULL;
    size_t rows = (subject->problem->queries.count + subject->problem->keys.count) * subject->problem->heads;
    if (linear_make(&linear, subject, size, NULL) != RPE_OK)
        return SIZE_MAX;
    size_t bytes = rpe_workspace_bytes(rows, rpe_linear_features_count(linear) * sizeof(double));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(rows, size * sizeof(double)));
    bytes = rpe_workspace_sum(bytes, rpe_linear_workspace_bytes(linear));
    rpe_linear_destroy(linear);
    return bytes;
}

/* Mean of (phi(x).phi(y)/exact - 1)^2 over heads and pairs; queries [M,H,S], keys [N,H,S]. */
static double relative_squares(const rpe_subject *subject, const rpe_trial *trial, const double *queries,
                               const double *keys, rpe_workspace *workspace)
{
    const feature_plan *plan = trial->prepared;
    const rpe_problem *problem = subject->problem;
    const rpe_projection projection = {.stream = trial->noise->stream, .rho = plan->rho};
    size_t features = plan->features, heads = problem->heads;
    double *phi = rpe_workspace_take(workspace, plan->query_rows + plan->key_rows, features * sizeof *phi);
    double *psi = phi + plan->query_rows * features, sum = 0.0;
    rpe_linear_features(plan->linear, &projection, plan->query_rows, queries, phi, workspace);
    rpe_linear_features(plan->linear, &projection, plan->key_rows, keys, psi, workspace);
    for (size_t head = 0; head < heads; head++)
        for (size_t m = 0; m < problem->queries.count; m++)
            for (size_t n = 0; n < problem->keys.count; n++) {
                const double *x = phi + (m * heads + head) * features,
                             *y = psi + (n * heads + head) * features;
                double product = 0.0;
                for (size_t i = 0; i < features; i++)
                    product += x[i] * y[i];
                size_t pair = (head * problem->queries.count + m) * problem->keys.count + n;
                double relative = product / plan->exact[pair] - 1.0;
                sum += relative * relative;
            }
    return sum / (double)(heads * problem->queries.count * problem->keys.count);
}

/* ---- fixed vectors ---- */

static rpe_status feature_error_supports(const rpe_subject *subject, rpe_error *error)
{
    rpe_feature_law law;
    if (!rpe_feature_law_of(subject->method->map, &law))
        return rpe_error_set(error, RPE_ERROR_INPUT, "method %s has no random features of a known law",
                             subject->method->name);
    if (subject->problem->precision != RPE_DOUBLE)
        return rpe_error_set(error, RPE_ERROR_INPUT, "features are measured in double precision");
    return RPE_OK;
}

static size_t feature_error_workspace_bytes(const rpe_subject *subject)
{
    return bytes_of(subject, subject->problem->features);
}

/* One for all heads. */
static double subject_rho(const rpe_subject *subject)
{
    const rpe_problem *problem = subject->problem;
    return rpe_feature_law_rho(subject->method->map, problem->features,
                               problem->queries.count * problem->heads, subject->inputs.queries,
                               problem->keys.count * problem->heads, subject->inputs.keys);
}

/* x.y = q.k/sqrt(D) of a pair */
static double plain_score(const rpe_subject *subject, size_t head, size_t m, size_t n)
{
    const rpe_problem *problem = subject->problem;
    size_t size = problem->features;
    const double *q = (const double *)subject->inputs.queries + (m * problem->heads + head) * size;
    const double *k = (const double *)subject->inputs.keys + (n * problem->heads + head) * size;
    double sum = 0.0;
    for (size_t d = 0; d < size; d++)
        sum += q[d] * k[d];
    return sum / sqrt((double)size);
}

static rpe_status feature_error_prepare(const rpe_subject *subject, void **prepared, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    feature_plan *plan = NULL;
    rpe_status status = plan_make(&plan, subject, problem->features, error);
    *prepared = plan;
    size_t pair = 0;
    if (status == RPE_OK)
        plan->rho = subject_rho(subject);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        for (size_t m = 0; m < problem->queries.count; m++)
            for (size_t n = 0; n < problem->keys.count; n++)
                plan->exact[pair++] = exp(plain_score(subject, head, m, n));
    return status;
}

static void feature_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                   rpe_workspace *workspace)
{
    size_t mark = workspace->used;
    values[0] = relative_squares(subject, trial, subject->inputs.queries, subject->inputs.keys, workspace);
    rpe_workspace_release(workspace, mark);
}

static rpe_theory_projection projection_of(const rpe_subject *subject)
{
    rpe_feature_law law = {0};
    (void)rpe_feature_law_of(subject->method->map, &law);
    return (rpe_theory_projection){.size = subject->problem->features,
                                   .count = subject->problem->projections,
                                   .directions = law.directions,
                                   .rho = subject_rho(subject)};
}

static rpe_status feature_error_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                            rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    rpe_feature_law law;
    if (!rpe_feature_law_of(subject->method->map, &law))
        return feature_error_supports(subject, error);
    const rpe_theory_projection projection = projection_of(subject);
    size_t size = problem->features, pairs = problem->heads * problem->queries.count * problem->keys.count;
    double scale = pow((double)size, -0.25), sum = 0.0, least = 0.0;
    double *x = rpe_memory_allocate(size, 2 * sizeof *x);
    if (x == NULL)
        return rpe_error_memory(error, "vectors", size, 2 * sizeof *x);
    for (size_t pair = 0; pair < pairs; pair++) {
        size_t head = pair % problem->heads, m = pair / problem->heads / problem->keys.count,
               n = pair / problem->heads % problem->keys.count;
        for (size_t d = 0; d < size; d++) {
            x[d] = scale * ((const double *)subject->inputs.queries)[(m * problem->heads + head) * size + d];
            x[size + d] =
                scale * ((const double *)subject->inputs.keys)[(n * problem->heads + head) * size + d];
        }
        double square = exp(rpe_theory_feature_logarithm(law.map, projection, x, x + size) -
                            2.0 * plain_score(subject, head, m, n));
        sum += square;
        least += 2.0 * square * square + rpe_theory_feature_cumulant(law.map, projection, x, x + size);
    }
    rpe_memory_free(x);
    values[0] = (rpe_closed_value){.mean = sum / (double)pairs,
                                   .variance = NAN,
                                   .least_variance = least / ((double)pairs * (double)pairs)};
    return RPE_OK;
}

static double draw_work(const rpe_subject *subject)
{
    return (double)subject->problem->heads * rpe_theory_feature_draw_work(projection_of(subject),
                                                                          subject->problem->queries.count,
                                                                          subject->problem->keys.count);
}

/* Vectors of one head, [rows,S], over S^(1/4). */
static void head_fill(const rpe_subject *subject, size_t head, const double *values, size_t rows,
                      double *head_rows)
{
    const size_t size = subject->problem->features, heads = subject->problem->heads;
    const double scale = pow((double)size, -0.25);
    for (size_t i = 0; i < rows * size; i++)
        head_rows[i] = scale * values[(i / size * heads + head) * size + i % size];
}

/* All heads see the same directions. */
static rpe_status draws(const rpe_subject *subject, size_t trials, double *values, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    const size_t queries = problem->queries.count, keys = problem->keys.count, size = problem->features;
    rpe_feature_law law;
    if (!rpe_feature_law_of(subject->method->map, &law))
        return feature_error_supports(subject, error);
    double *x = rpe_memory_allocate(queries + keys, size * sizeof *x);
    rpe_status status =
        x == NULL ? rpe_error_memory(error, "vectors", queries + keys, size * sizeof *x) : RPE_OK;
    for (size_t i = 0; i < trials; i++)
        values[i] = 0.0;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        const rpe_theory_vectors vectors = {queries, keys, x, x + queries * size};
        head_fill(subject, head, subject->inputs.queries, queries, x);
        head_fill(subject, head, subject->inputs.keys, keys, x + queries * size);
        status = rpe_theory_feature_draws(law.map, projection_of(subject), &vectors, trials, values, error);
    }
    rpe_memory_free(x);
    return status;
}

const rpe_measure rpe_measure_feature_error = {
    .name = "feature_error",
    .title = "relative error of random features, no positions",
    .unit = "1",
    .source = "forms 7 and 13",
    .stage = RPE_STAGE_ATTEND,
    .root = true,
    .supports = feature_error_supports,
    .workspace_bytes = feature_error_workspace_bytes,
    .prepare = feature_error_prepare,
    .release = release,
    .evaluate = feature_error_evaluate,
    .closed_form = feature_error_closed_form,
    .draws = draws,
    .draw_work = draw_work,
};

/* ---- encoded vectors ---- */

static rpe_status encoded_supports(const rpe_subject *subject, rpe_error *error)
{
    rpe_status status = feature_error_supports(subject, error);
    if (status == RPE_OK && subject->method->map->tilt != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "method %s fits its projections to the codes, which differ from trial to trial",
                             subject->method->name);
    if (status == RPE_OK && subject->problem->kernel == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "there are no codes without a kernel");
    return status == RPE_OK ? rpe_subject_gaussian(subject, error) : status;
}

static size_t encoded_bytes(const rpe_subject *subject)
{
    return bytes_of(subject, subject->problem->realizations);
}

/* ln E exp(p Shat) of all heads, [H,M,N] */
static rpe_status exponentials(const rpe_subject *subject, double *logarithms, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        rpe_theory *theory = NULL;
        status = rpe_subject_theory(&theory, subject, head, error);
        if (status == RPE_OK)
            status = rpe_theory_exponential_logarithm(theory, problem->realizations, 1.0,
                                                      logarithms + head * entries, error);
        rpe_theory_destroy(theory);
    }
    return status;
}

static rpe_status encoded_prepare(const rpe_subject *subject, void **prepared, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t pairs = problem->heads * problem->queries.count * problem->keys.count;
    feature_plan *plan = NULL;
    rpe_status status = plan_make(&plan, subject, problem->realizations, error);
    *prepared = plan;
    if (status == RPE_OK)
        status = exponentials(subject, plan->exact, error);
    for (size_t pair = 0; status == RPE_OK && pair < pairs; pair++)
        plan->exact[pair] = exp(plan->exact[pair]);
    return status;
}

static void encoded_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                             rpe_workspace *workspace)
{
    const feature_plan *plan = trial->prepared;
    size_t mark = workspace->used;
    double *queries =
        rpe_workspace_take(workspace, plan->query_rows + plan->key_rows, plan->size * sizeof *queries);
    double *keys = queries + plan->query_rows * plan->size;
    subject->method->encode(trial->plan, trial->noise, &subject->inputs, queries, keys, 1, workspace);
    values[0] = relative_squares(subject, trial, queries, keys, workspace);
    rpe_workspace_release(workspace, mark);
}

static bool encoded_has_closed_form(const rpe_subject *subject)
{
    return rpe_feature_law_composed(subject->method->map);
}

/* Var / E1^2, and the variance of one square; block [3,M,N] */
static rpe_status encoded_head(const rpe_subject *subject, size_t head, double *block, double *sum,
                               double *least, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count, realizations = problem->realizations;
    double *variance = block, *logarithm = block + entries, *square = block + 2 * entries;
    rpe_theory *theory = NULL;
    rpe_status status = rpe_subject_theory(&theory, subject, head, error);
    if (status == RPE_OK)
        status = rpe_theory_favor_variance(theory, realizations, problem->projections, variance, error);
    if (status == RPE_OK)
        status = rpe_theory_exponential_logarithm(theory, realizations, 1.0, logarithm, error);
    if (status == RPE_OK)
        status = rpe_theory_favor_square_variance(theory, realizations, problem->projections, square, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++) {
        *sum += variance[i] / exp(2.0 * logarithm[i]);
        *least += square[i];
    }
    rpe_theory_destroy(theory);
    return status;
}

/* Mean over heads and pairs. */
static rpe_status encoded_closed_form(const rpe_subject *subject, rpe_closed_value *values, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    double *block = rpe_memory_allocate(entries, 3 * sizeof *block), sum = 0.0, least = 0.0;
    double pairs = (double)(problem->heads * entries);
    rpe_status status =
        block == NULL ? rpe_error_memory(error, "moments", entries, 3 * sizeof *block) : RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        status = encoded_head(subject, head, block, &sum, &least, error);
    rpe_memory_free(block);
    values[0] =
        (rpe_closed_value){.mean = sum / pairs, .variance = NAN, .least_variance = least / (pairs * pairs)};
    return status;
}

const rpe_measure rpe_measure_encoded_feature_error = {
    .name = "encoded_feature_error",
    .title = "relative error of random features of codes",
    .unit = "1",
    .source = "form 14",
    .stage = RPE_STAGE_ATTEND,
    .root = true,
    .supports = encoded_supports,
    .workspace_bytes = encoded_bytes,
    .prepare = encoded_prepare,
    .release = release,
    .evaluate = encoded_evaluate,
    .closed_form = encoded_closed_form,
    .has_closed_form = encoded_has_closed_form,
};
