#include "attention/attention.h"
#include "base/memory.h"
#include "method/call.h"
#include "method/linear_method.h"
#include "quantity/claim/attention/small.h"

/* What the attention works on, [N,H,S] of each side. */
static rpe_status vectors_of(rpe_small *small, const rpe_problem *one, double *vectors[2], rpe_error *error)
{
    size_t size = one->kernel != NULL ? one->realizations : one->features;
    size_t count = one->keys.count * one->heads * size;
    rpe_call call = {0};
    if (one->kernel == NULL) {
        vectors[0] = rpe_small_scaled(small, count, 1, small->inputs.queries, error);
        vectors[1] = rpe_small_scaled(small, count, 1, small->inputs.keys, error);
        return vectors[0] != NULL && vectors[1] != NULL ? RPE_OK : RPE_ERROR_MEMORY;
    }
    vectors[0] = rpe_small_array(small, count, error);
    vectors[1] = rpe_small_array(small, count, error);
    if (vectors[0] == NULL || vectors[1] == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = rpe_call_make(&call, small->subject->method, one, 1, error);
    if (status == RPE_OK)
        rpe_call_encode(&call, &small->noise, &small->inputs, vectors[0], vectors[1]);
    rpe_call_end(&call);
    return status;
}

static rpe_status causal_stream_stream(rpe_small *small, const rpe_problem *one, double *const vectors[2],
                                       double *outputs, rpe_error *error)
{
    size_t size = one->kernel != NULL ? one->realizations : one->features,
           width = one->heads * one->value_features;
    const rpe_linear_settings settings = {
        .shape = {1, one->heads, one->queries.count, one->keys.count, size, one->value_features, true},
        .map = small->subject->method->map,
        .projections = one->projections,
        .precision = RPE_DOUBLE};
    const rpe_projection projection = {.stream = small->noise.stream};
    rpe_linear_state *state = NULL;
    rpe_status status = rpe_linear_state_create(&state, &settings, &projection, error);
    for (size_t n = 0; status == RPE_OK && n < one->keys.count; n++)
        rpe_linear_state_take(state, vectors[0] + n * one->heads * size, vectors[1] + n * one->heads * size,
                              (const double *)small->inputs.values + n * width, outputs + n * width);
    rpe_linear_state_destroy(state);
    return status;
}

/* The first item, in double. */
static rpe_status causal_stream_visit(rpe_small *small, rpe_error *error)
{
    rpe_problem one = small->problem;
    one.batch = 1;
    one.precision = RPE_DOUBLE;
    rpe_small_outcome by = {0};
    double *vectors[2], *streamed = rpe_small_array(small, rpe_small_outputs(&one), error);
    if (streamed == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = rpe_small_run(small, &one, &small->inputs, &by, error);
    if (status == RPE_OK)
        status = vectors_of(small, &one, vectors, error);
    if (status == RPE_OK)
        status = causal_stream_stream(small, &one, vectors, streamed, error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&one), streamed, by.outputs, 2, by.bounds);
    return status;
}

static rpe_status causal_stream_supports(const rpe_case *subject, rpe_error *reason)
{
    const rpe_kernel *kernel = subject->problem.kernel;
    if (kernel != NULL && kernel->type->family != &rpe_family_product)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "the state of linear attention does not know a position %s", kernel->type->name);
    if (subject->method->map == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no recurrence", subject->method->name);
    if (kernel != NULL && subject->method->encode == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "method %s gives no encoded vectors that could be taken one after another",
                             subject->method->name);
    rpe_status status = rpe_supports_earlier(subject, reason);
    return status == RPE_OK ? rpe_supports_defined(subject, reason) : status;
}

const rpe_claim rpe_claim_causal_stream = {
    .name = "causal-stream",
    .title = "Causal: one token after another is all at once",
    .formula = "S_n = S_(n-1) + phi(k_n) [v_n, 1];  o_n = phi(q_n) S_n",
    .source = "spec 4; Katharopoulos et al. 2020 (arXiv 2006.16236), eq. 18 to 20",
    .supports = causal_stream_supports,
    RPE_SMALL_BOUNDS(causal_stream_visit, .causal = true, .square = true)};
