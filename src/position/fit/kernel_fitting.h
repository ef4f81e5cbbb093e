/* Between the sources of the fits: for this folder. */
#ifndef RPE_KERNEL_FITTING_H
#define RPE_KERNEL_FITTING_H

#include "position/kernel_fit.h"

/* Shapes, finite values. */
rpe_status rpe_fit_table_check(const rpe_fit_table *table, rpe_error *error);

/* Fills result: the bound as given, the rest from the kernel. */
rpe_status rpe_fit_result_measure(rpe_fit_result *result, const rpe_kernel *kernel,
                                  const rpe_fit_table *table, double bound, int threads, rpe_error *error);

#endif
