/* Positions whose parameters have a number for each token, on fewer tokens and on others. */
#include <string.h>

#include "base/memory.h"
#include "position/kernel.h"

#define LETTER 'n' /* of the axis, in the table of parameters */

static size_t product_of(const size_t *extent, size_t from, size_t to)
{
    size_t product = 1;
    for (size_t i = from; i < to; i++)
        product *= extent[i];
    return product;
}

/* Rank: there is no such axis. */
static size_t token_axis(const rpe_parameter_values *own)
{
    size_t axis = 0;
    while (axis < own->rank && own->axes[axis] != LETTER)
        axis++;
    return axis;
}

size_t rpe_kernel_tokens(const rpe_kernel *kernel)
{
    for (size_t i = 0; i < RPE_PARAMETERS_MAX; i++) {
        size_t axis = token_axis(&kernel->own[i]);
        if (axis < kernel->own[i].rank)
            return kernel->own[i].extent[axis];
    }
    return 0;
}

void rpe_kernel_tokens_keep(rpe_kernel *kernel, size_t count)
{
    for (size_t i = 0; i < RPE_PARAMETERS_MAX; i++) {
        rpe_parameter_values *own = &kernel->own[i];
        size_t axis = token_axis(own);
        if (axis == own->rank || own->extent[axis] <= count)
            continue;
        const size_t outer = product_of(own->extent, 0, axis),
                     inner = product_of(own->extent, axis + 1, own->rank);
        for (size_t j = 1; j < outer; j++)
            memmove(own->values + j * count * inner, own->values + j * own->extent[axis] * inner,
                    count * inner * sizeof *own->values);
        own->extent[axis] = count;
        own->count = outer * count * inner;
    }
}

/* Token n has the numbers of token n modulo as many as there are. */
static rpe_status values_repeat(rpe_parameter_values *own, size_t axis, size_t count, rpe_error *error)
{
    const size_t outer = product_of(own->extent, 0, axis), tokens = own->extent[axis],
                 inner = product_of(own->extent, axis + 1, own->rank);
    double *repeated = rpe_memory_allocate(outer * count * inner, sizeof *repeated);
    if (repeated == NULL)
        return rpe_error_memory(error, "numbers of tokens", outer * count * inner, sizeof *repeated);
    for (size_t i = 0; i < outer * count; i++)
        memcpy(repeated + i * inner, own->values + (i / count * tokens + i % count % tokens) * inner,
               inner * sizeof *repeated);
    rpe_memory_free(own->values);
    own->values = repeated;
    own->extent[axis] = count;
    own->count = outer * count * inner;
    return RPE_OK;
}

rpe_status rpe_kernel_tokens_repeat(rpe_kernel **made, const rpe_kernel *kernel, size_t count,
                                    rpe_error *error)
{
    rpe_kernel *copy = NULL;
    rpe_status status = rpe_kernel_copy(&copy, kernel, error);
    for (size_t i = 0; status == RPE_OK && i < RPE_PARAMETERS_MAX; i++) {
        size_t axis = token_axis(&copy->own[i]);
        if (axis < copy->own[i].rank)
            status = values_repeat(&copy->own[i], axis, count, error);
    }
    if (status == RPE_OK)
        *made = copy;
    else
        rpe_kernel_destroy(copy);
    return status;
}
