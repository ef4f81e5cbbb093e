#include <string.h>

#include "quantity/claim/attention/small.h"

/* A parameter whose first axis is the heads. */
static void own_take(rpe_parameter_values *own, size_t head)
{
    if (own->values == NULL || own->rank == 0 || own->axes == NULL || own->axes[0] != 'h')
        return;
    own->count /= own->extent[0];
    own->extent[0] = 1;
    own->values += head * own->count;
}

/* The kernel's parameters of one head; arrays are the kernel's. */
static rpe_kernel kernel_of(const rpe_kernel *kernel, size_t head)
{
    rpe_kernel one = *kernel;
    if (one.gate != NULL)
        one.gate += head * kernel->features;
    if (kernel->heads > 0)
        for (size_t i = 0; i < RPE_PARAMETERS_MAX; i++)
            own_take(&one.own[i], head);
    one.heads = kernel->heads > 0 ? 1 : 0;
    return one;
}

/* Rows of one head of [.,H,width]. */
static double *heads_apart_rows_of(rpe_small *small, size_t count, size_t width, size_t head,
                                   const double *from, rpe_error *error)
{
    size_t heads = small->problem.heads, rows = count / (width * heads);
    double *to = rpe_small_array(small, rows * width, error);
    for (size_t i = 0; to != NULL && i < rows; i++)
        memcpy(to + i * width, from + (i * heads + head) * width, width * sizeof *to);
    return to;
}

static rpe_status head_alone(rpe_small *small, size_t head, const double *outputs, rpe_error *error)
{
    const rpe_problem *whole = &small->problem;
    rpe_problem one = *whole;
    rpe_kernel kernel;
    rpe_given_noise part = {0};
    rpe_noise noise = small->noise;
    one.heads = 1;
    if (whole->kernel != NULL) {
        kernel = kernel_of(whole->kernel, head);
        one.kernel = &kernel;
    }
    rpe_inputs inputs = {
        heads_apart_rows_of(small, rpe_small_queries(whole), whole->features, head, small->inputs.queries,
                            error),
        heads_apart_rows_of(small, rpe_small_keys(whole), whole->features, head, small->inputs.keys, error),
        heads_apart_rows_of(small, rpe_small_values(whole), whole->value_features, head, small->inputs.values,
                            error)};
    double *expected = heads_apart_rows_of(small, rpe_small_outputs(whole), whole->value_features, head,
                                           outputs, error),
           *alone;
    if (inputs.queries == NULL || inputs.keys == NULL || inputs.values == NULL || expected == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = RPE_OK;
    if (small->noise.given != NULL) {
        status = rpe_small_noise_part(&part, &small->given, &one, head, error);
        noise.given = part.noise.given;
        noise.gate = part.noise.gate;
    }
    if (status == RPE_OK)
        status = rpe_small_attend(small, &one, &noise, &inputs, 1, &alone, error);
    if (status == RPE_OK)
        rpe_small_judge_bits(small, rpe_small_outputs(&one), expected, alone);
    rpe_given_noise_destroy(&part);
    return status;
}

static rpe_status heads_apart_visit(rpe_small *small, rpe_error *error)
{
    double *outputs;
    rpe_status status =
        rpe_small_attend(small, &small->problem, &small->noise, &small->inputs, 1, &outputs, error);
    for (size_t head = 0; status == RPE_OK && head < small->problem.heads; head++)
        status = head_alone(small, head, outputs, error);
    return status;
}

const rpe_claim rpe_claim_heads_apart = {
    .name = "heads-apart",
    .title = "A head has the bits that it has alone",
    .formula = "o_h = attend(q_h, k_h, v_h), with that head's parameters and noise",
    .source = "spec 1",
    RPE_SMALL_BITS(heads_apart_visit, .given = true)};
