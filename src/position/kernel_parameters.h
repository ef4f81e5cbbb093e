/* Checks and maps of parameters: for the sources of this folder. */
#ifndef RPE_KERNEL_PARAMETERS_H
#define RPE_KERNEL_PARAMETERS_H

#include "position/kernel.h"

/* Every number must be in the parameter's range.  The message gives the index. */
rpe_status rpe_parameter_range_check(const char *path, const rpe_parameter *parameter,
                                     const rpe_parameter_values *values, rpe_error *error);

/* sum of squares over all axes but [head,feature] must be finite: then so is every value of the kernel. */
rpe_status rpe_parameter_power_check(const rpe_kernel *kernel, size_t index, rpe_error *error);

/* 1 / (1 + exp(-x)) and ln(1 + exp(x)) for any finite x, without overflow. */
double rpe_sigmoid(double x);
double rpe_softplus(double x);

#endif
