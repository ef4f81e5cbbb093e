/* P_d(m-n) of one head for all pairs of two position sets, as a table over lags: memory grows with M + N, not M*N.
   For queries m and keys n (flat indices)   P_d(m-n) = row_d[query_offset[m] - key_offset[n]]
   where row_d = values + d*stride.  On one axis query_offset[m] - key_offset[n] = m - n + keys - 1, so that for a fixed
   query the lags run backwards over n. */
#ifndef RPE_LAG_TABLE_H
#define RPE_LAG_TABLE_H

#include "position/kernel.h"

typedef enum rpe_covariance { RPE_COVARIANCE_CROSS, RPE_COVARIANCE_QUERY, RPE_COVARIANCE_KEY } rpe_covariance;

typedef struct rpe_lag_table {
    size_t features, lags; /* lags: product over the axes of (M_i + N_i - 1) */
    size_t stride;         /* elements between rows: >= lags, an odd number of cache lines */
    double *values;        /* [features,stride] */
    size_t *query_offset;  /* [M] */
    size_t *key_offset;    /* [N] */
} rpe_lag_table;

/* kernel must cover the positions.  RPE_COVARIANCE_CROSS: P_d; the other two: auto-covariances of that side at the same
   lags.  The caller owns the table (rpe_lag_table_destroy is safe on a zeroed struct). */
rpe_status rpe_lag_table_create(rpe_lag_table *table, const rpe_kernel *kernel, rpe_covariance which,
                                size_t head, const rpe_positions *queries, const rpe_positions *keys,
                                rpe_error *error);
/* The same of the features first_feature .. first_feature+features-1 alone: row 0 is that of first_feature. */
rpe_status rpe_lag_table_create_part(rpe_lag_table *table, const rpe_kernel *kernel, rpe_covariance which,
                                     size_t head, size_t first_feature, size_t features,
                                     const rpe_positions *queries, const rpe_positions *keys,
                                     rpe_error *error);
void rpe_lag_table_destroy(rpe_lag_table *table);

/* [heads,features,2N-1] ([...,2N1-1,2N2-1] ...), lags -(N-1)..N-1: what `rpebench kernel` writes; of other families the
   numbers of a lag: [heads,2N-1] where there is one (a bias, a cosine), or [heads,numbers,2N-1].  Parallel. */
rpe_status rpe_kernel_matrix(rpe_array *matrix, const rpe_kernel *kernel, const rpe_positions *length,
                             int threads, rpe_error *error);

/* Lags at which the kernel's values are one block of work (base/interrupt.h): fewer where it has more sinusoids or taps. */
size_t rpe_kernel_lags_polled(const rpe_kernel *kernel);

#endif
