/* The parameters of a conv kernel: for its encoder and its fit. */
#ifndef RPE_CONV_H
#define RPE_CONV_H

#include "position/kernel.h"

extern const rpe_kernel_type rpe_kernel_type_conv;

enum { RPE_CONV_QUERY, RPE_CONV_KEY };

/* A view: the kernel's own arrays, [heads,features,taps]; of the authors' ConvSPE conv_k and conv_q, in this order: its conv_q
   makes codes of keys. */
typedef struct rpe_conv {
    const size_t *extent; /* P on each of the kernel's axes */
    size_t taps;          /* their product */
    double *query_filter, *key_filter;
} rpe_conv;

static inline rpe_conv rpe_conv_of(const rpe_kernel *kernel)
{
    const rpe_parameter_values *query = &kernel->own[RPE_CONV_QUERY];
    return (rpe_conv){.extent = query->extent + 2,
                      .taps = query->count / (query->extent[0] * query->extent[1]),
                      .query_filter = query->values,
                      .key_filter = kernel->own[RPE_CONV_KEY].values};
}

#endif
