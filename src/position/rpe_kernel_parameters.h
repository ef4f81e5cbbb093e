/* Reading the parameters of a kernel family: for the sources of this folder. */
#ifndef RPE_KERNEL_PARAMETERS_H
#define RPE_KERNEL_PARAMETERS_H

#include "rpe_json.h"

/* The shape that all arrays of a family share, and the key that it was first seen under.  Zeroed: not known yet. */
typedef struct rpe_parameter_shape {
    const char *key;
    size_t rank, extent[RPE_RANK_MAX];
    size_t count; /* product of the extents, at least 1 */
} rpe_parameter_shape;

/* Reads the array of key in double.  The first call fills shape (a rank in rank_minimum..rank_maximum, no empty extent),
   later ones compare with it.  *values is owned by the caller (rpe_memory_free). */
rpe_status rpe_parameters_read(const rpe_json *document, const char *key, size_t rank_minimum,
                               size_t rank_maximum, rpe_parameter_shape *shape, double **values,
                               rpe_error *error);

/* Every number must be in [low,high]; high = INFINITY: no upper limit.  The message gives the index. */
rpe_status rpe_parameters_range_check(const rpe_json *document, const char *key,
                                      const rpe_parameter_shape *shape, const double *values, double low,
                                      double high, rpe_error *error);

/* sum of squares over all axes but [head,feature] must be finite: then so is every value of the kernel. */
rpe_status rpe_parameters_power_check(const rpe_json *document, const char *key,
                                      const rpe_parameter_shape *shape, const double *values,
                                      rpe_error *error);

/* 1 / (1 + exp(-x)) and ln(1 + exp(x)) for any finite x, without overflow. */
double rpe_sigmoid(double x);
double rpe_softplus(double x);

#endif
