/* Kernels made of a test's own arrays, which stay the test's. */
#ifndef RPE_TEST_KERNEL_H
#define RPE_TEST_KERNEL_H

#include "position/conv.h"
#include "position/sine.h"

/* Parameters [heads,features,...] of a kernel whose heads, features and axes are set. */
static inline void rpe_test_parameter_set(rpe_kernel *kernel, size_t index, const size_t *extent,
                                          double *values)
{
    rpe_parameter_values *own = &kernel->own[index];
    *own = (rpe_parameter_values){.values = values,
                                  .axes = kernel->type->parameters[index].axes,
                                  .rank = 2 + kernel->axes,
                                  .extent = {kernel->heads, kernel->features},
                                  .count = kernel->heads * kernel->features};
    for (size_t axis = 0; axis < kernel->axes; axis++) {
        own->extent[2 + axis] = extent[axis];
        own->count *= extent[axis];
    }
}

static inline void rpe_test_sine_set(rpe_kernel *kernel, size_t sinusoids, double *frequency, double *phase,
                                     double *gain)
{
    kernel->type = &rpe_kernel_type_sine;
    rpe_test_parameter_set(kernel, RPE_SINE_FREQUENCY, &sinusoids, frequency);
    rpe_test_parameter_set(kernel, RPE_SINE_PHASE, &sinusoids, phase);
    rpe_test_parameter_set(kernel, RPE_SINE_GAIN, &sinusoids, gain);
}

/* taps: one number an axis. */
static inline void rpe_test_conv_set(rpe_kernel *kernel, const size_t *taps, double *query_filter,
                                     double *key_filter)
{
    kernel->type = &rpe_kernel_type_conv;
    rpe_test_parameter_set(kernel, RPE_CONV_QUERY, taps, query_filter);
    rpe_test_parameter_set(kernel, RPE_CONV_KEY, taps, key_filter);
}

#endif
