/* Tables to fit, and how far a kernel is from one, for the tests of this folder. */
#ifndef FIT_TABLES_H
#define FIT_TABLES_H

#include "position/sine.h"
#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "position/kernel_fit.h"

#define VALUES_MAX 8192
#define PI 3.14159265358979323846

static double values[VALUES_MAX];

static inline rpe_fit_table random_table(size_t heads, size_t features, size_t lags, size_t zero,
                                         uint64_t seed)
{
    for (size_t i = 0; i < heads * features * lags; i++)
        values[i] = rpe_test_number(seed, i);
    return (rpe_fit_table){heads, features, lags, zero, values, "table.npy"};
}

/* One feature, values f(tau) at -(N-1) .. N-1. */
static inline rpe_fit_table function_table(double (*f)(double), size_t length)
{
    for (size_t i = 0; i < 2 * length - 1; i++)
        values[i] = f((double)i - (double)length + 1);
    return (rpe_fit_table){1, 1, 2 * length - 1, length - 1, values, "table.npy"};
}

/* The error of the result is measured here again. */
static inline void kernel_compare(const rpe_kernel *kernel, const rpe_fit_table *table,
                                  const rpe_fit_result *result)
{
    double largest = 0;
    for (size_t i = 0; i < table->heads * table->features * table->lags; i++) {
        size_t row = i / table->lags;
        const ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)(i % table->lags) - (ptrdiff_t)table->zero};
        double value = rpe_kernel_value(kernel, row / table->features, row % table->features, lag);
        largest = fmax(largest, fabs(value - table->values[i]));
    }
    /* the same sum in another order, but for filters, which have one term a lag */
    assert_true(fabs(largest - result->error) <= (kernel->type->codes->paired ? 1e-13 * result->largest : 0));
    for (size_t i = 0; i < kernel->heads * kernel->features * rpe_sine_of(kernel).sinusoids; i++) {
        assert_true(rpe_sine_of(kernel).frequency[i] >= 0 && rpe_sine_of(kernel).frequency[i] <= 0.5);
        assert_true(rpe_sine_of(kernel).gain[i] >= 0 && isfinite(rpe_sine_of(kernel).gain[i]));
    }
}

static inline double exponential(double tau)
{
    return exp(-fabs(tau) / 5);
}

#endif
