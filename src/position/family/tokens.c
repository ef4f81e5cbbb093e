/* Positions whose parameters have a number for each token, on fewer tokens. */
#include <string.h>

#include "position/kernel.h"

#define LETTER 'n' /* of the axis, in the table of parameters */

static size_t product_of(const size_t *extent, size_t from, size_t to)
{
    size_t product = 1;
    for (size_t i = from; i < to; i++)
        product *= extent[i];
    return product;
}

void rpe_kernel_tokens_keep(rpe_kernel *kernel, size_t count)
{
    for (size_t i = 0; i < RPE_PARAMETERS_MAX; i++) {
        rpe_parameter_values *own = &kernel->own[i];
        size_t axis = 0;
        while (axis < own->rank && own->axes[axis] != LETTER)
            axis++;
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
