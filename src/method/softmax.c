/* Method softmax: quadratic softmax attention, on the inputs or, with a kernel, on their stochastic positional encoding. */
#include <math.h>

#include "base/memory.h"
#include "method/definition.h"
#include "method/problem.h"
#include "method/spe.h"

typedef struct softmax_plan {
    rpe_spe spe; /* first: the hooks of method/spe.h take the plan */
    rpe_attention_shape shape;
} softmax_plan;

static rpe_status plan_create(void **plan, const rpe_problem *problem, rpe_error *error)
{
    softmax_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL) {
        return rpe_error_memory(error, "plan of softmax attention", 1, sizeof *created);
    }
    rpe_status status = rpe_spe_create(&created->spe, problem, error);
    if (status != RPE_OK) {
        rpe_memory_free(created);
        return status;
    }
    created->shape = rpe_problem_shape(problem, rpe_spe_size(problem));
    *plan = created;
    return RPE_OK;
}

static void plan_destroy(void *plan)
{
    softmax_plan *softmax = plan;
    if (softmax != NULL) {
        rpe_spe_destroy(&softmax->spe);
        rpe_memory_free(softmax);
    }
}

static size_t workspace_bytes(const void *plan)
{
    const softmax_plan *softmax = plan;
    return rpe_spe_workspace_bytes(&softmax->spe,
                                   rpe_softmax_workspace_bytes(&softmax->shape, softmax->spe.precision));
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const softmax_plan *softmax = plan;
    size_t mark = workspaces[0].used;
    rpe_spe_encoded encoded = rpe_spe_apply(&softmax->spe, noise, inputs, threads, workspaces);
    rpe_softmax_apply(&softmax->shape, softmax->spe.precision, encoded.queries, encoded.keys, inputs->values,
                      outputs, threads, workspaces);
    rpe_workspace_release(&workspaces[0], mark);
}

/* exp(q.k / sqrt(S)) */
static rpe_status define(const rpe_definition *definition, double *weights, double *errors, rpe_error *error)
{
    const rpe_known_rows *queries = &definition->queries, *keys = &definition->keys;
    size_t size = queries->size;
    double root = sqrt((double)size), terms = definition->rounding * ((double)size + 8);
    (void)error;
    for (size_t i = 0; i < queries->count * keys->count; i++) {
        size_t m = i / keys->count * size, n = i % keys->count * size;
        double score = 0, spread = 0;
        for (size_t s = 0; s < size; s++) {
            double q = queries->values[m + s], k = keys->values[n + s];
            double most = (fabs(q) + queries->errors[m + s]) * (fabs(k) + keys->errors[n + s]);
            score += q * k / root;
            spread += (most - fabs(q * k) + terms * most) / root;
        }
        weights[i] = score;
        errors[i] = spread;
    }
    rpe_definition_exponentiate(definition, weights, errors);
    return RPE_OK;
}

/* A pair: a product of the size of a query, and V products with the weight. */
static rpe_cost cost(const rpe_problem *problem)
{
    rpe_cost result = rpe_spe_cost(problem);
    result.flops += rpe_problem_pairs(problem) *
                    (2 * (double)rpe_spe_size(problem) + 2 * (double)problem->value_features);
    result.bytes_moved += rpe_problem_bytes_moved(problem);
    return result;
}

const rpe_method rpe_method_softmax = {
    .name = "softmax",
    .title = "softmax attention on SPE",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399); softmax: Vaswani et al. 2017 (arXiv "
              "1706.03762), eq. 1",
    .oracle = &rpe_oracle_explicit,
    .position = &rpe_family_product,
    .supports = rpe_spe_supports,
    .plan = plan_create,
    .plan_destroy = plan_destroy,
    .workspace_bytes = workspace_bytes,
    .random = rpe_spe_random,
    .encode = rpe_spe_encode,
    .codes = rpe_spe_codes,
    .attend = attend,
    .score_moments = rpe_spe_score_moments,
    .code_moments = rpe_spe_code_moments,
    .cost = cost,
    .define = define,
};
