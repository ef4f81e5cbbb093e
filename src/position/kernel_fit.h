/* Kernels with codes for kernels given as tables.  [spec 5, form 16] */
#ifndef RPE_KERNEL_FIT_H
#define RPE_KERNEL_FIT_H

#include "position/kernel.h"

/* Values known elsewhere: [heads,features,lags] in double, borrowed.  Lag 0 stands at `zero`, so the lags are
   -zero .. lags-1-zero: for a table of 2N-1 lags zero = N-1, for M queries and N keys lags = M+N-1 and zero = N-1. */
struct rpe_fit_table {
    size_t heads, features, lags, zero;
    const double *values;
    const char *name; /* of the file, for messages */
};

/* The table in an array [H,D,2N-1] of doubles.  RPE_ERROR_INPUT: another rank, precision or an even number of lags. */
rpe_status rpe_fit_table_make(rpe_fit_table *table, const rpe_array *array, const char *name,
                              rpe_error *error);

struct rpe_fit_result {
    double
        error; /* largest |P_d(lag) - table| over all heads, features and lags, of the kernel as it stands */
    double
        bound; /* what theory guarantees of it, rounding apart; 0: exact.  Minimal form: NaN, no bound but the error */
    double largest; /* largest |table| */
    double
        rounding; /* what rounding may add to the bound: in proportion to the table's values and the size of its lags */
    size_t size; /* sinusoids or taps of the kernel */
};

/* The caller owns *kernel (rpe_kernel_destroy); it has no gate, and can be written by rpe_kernel_write.  Values must be
   finite; a table without elements, a size out of range and squares that overflow are RPE_ERROR_INPUT.  On failure outputs are
   untouched.  threads >= 1 measure the error, with the same result for any number. */

/* Types that have fits, in the order of positions.def; NULL after the last. */
const rpe_kernel_type *rpe_kernel_fit_type_at(size_t index);
const rpe_kernel_type *rpe_kernel_fit_type_find(const char *name); /* NULL if there is none */

/* Sine by DFT of the lags: frequencies k/lags with free phases reproduce every table with floor(lags/2)+1 sinusoids (a negative
   coefficient is a phase of pi).  Of each feature the `sinusoids` largest lambda^2 are kept, largest first (0: all); then
   error <= bound = the largest, over heads and features, sum of lambda^2 dropped.  Time O(H D lags log lags). */
rpe_status rpe_kernel_fit_sine(rpe_kernel **kernel, const rpe_fit_table *table, size_t sinusoids, int threads,
                               rpe_fit_result *result, rpe_error *error);

/* Sine with ceil(N/2) sinusoids and phases 0, for tables that are symmetric and positive definite (their Toeplitz matrix
   [N,N] has no negative eigenvalue): the Gauss quadrature of the spectral measure on the circle.  RPE_ERROR_INPUT if a
   feature is not symmetric (2N-1 lags, to 1e-12 of its largest value) or not positive definite; RPE_ERROR_NUMERIC if rounding
   makes the error larger than 1e-6 of the largest value (a nearly singular table: use rpe_kernel_fit_sine).  Features of
   smaller rank have gains of 0.  Time O(H D N^3). */
rpe_status rpe_kernel_fit_sine_minimal(rpe_kernel **kernel, const rpe_fit_table *table, int threads,
                                       rpe_fit_result *result, rpe_error *error);

/* Conv with one filter a unit impulse, a = delta_j: P(tau) = b[j + tau], exact on -j <= tau < taps-j and 0 beyond, where
   bound = error = the largest |table|.  j = 0 for a causal table (no value before lag 0 in any feature; taps = 0: all its
   lags), else j = floor((taps-1)/2), so that taps = 2W-1 covers |tau| < W (taps = 0: all lags). */
rpe_status rpe_kernel_fit_conv(rpe_kernel **kernel, const rpe_fit_table *table, size_t taps, int threads,
                               rpe_fit_result *result, rpe_error *error);

#endif
