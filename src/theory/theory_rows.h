/* Inside the layer: one head's queries and keys, and the noise rows behind its codes.  [spec 4, factored form] */
#ifndef RPE_THEORY_ROWS_H
#define RPE_THEORY_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "position/lag_table.h"
#include "theory/theory.h"

/* Everything is made by rpe_theory_create and read-only after it, so one theory may serve several threads. */
struct rpe_theory {
    const rpe_kernel *kernel; /* borrowed */
    size_t head, first_feature, features;
    rpe_positions query_positions, key_positions;
    double *queries, *keys;               /* [features,M], [features,N] */
    double *query_norms, *key_norms;      /* sigma_q^2 [M], sigma_k^2 [N] */
    double *inner;                        /* c [M,N] */
    ptrdiff_t *query_places, *key_places; /* coordinates [M,RPE_AXES_MAX], [N,RPE_AXES_MAX] */

    size_t sample_axes, samples[RPE_AXES_MAX]; /* rpe_kernel_noise_extent */
    size_t rows_per_feature;                   /* product of samples */
    size_t rows, position_rows;                /* of the features used: all; those before the gate rows */
    size_t position_first; /* where the first position row stands among all rows of the head */
    size_t gate_first;     /* where the first gate row stands there */
    size_t *gated;         /* [rows - position_rows] features with a gate row, counted from first_feature */
};

/* Rows and where they stand in the stack of the head; the family of the kernel must be sine or conv. */
rpe_status rpe_theory_rows_plan(rpe_theory *theory, rpe_error *error);

/* Place of a row (0 .. rows-1) among all rows of the head: position rows of all features, then gate rows. */
size_t rpe_theory_row_place(const rpe_theory *theory, size_t row);

/* u_m[row] (query side) or w_n[row] (key side). */
double rpe_theory_row_value(const rpe_theory *theory, rpe_side side, size_t row, size_t position);

/* panel [count, M or N]: rows first .. first+count-1 of U^T or W^T. */
void rpe_theory_rows_fill(const rpe_theory *theory, rpe_side side, size_t first, size_t count, double *panel);

/* sum [left,right]: sum_d x_d(m) y_d(n) T_d(m-n), T = the covariance `which` of a kernel over two position sets;
   x [features,left], y [features,right]. */
rpe_status rpe_theory_lag_sum(const rpe_theory *theory, const rpe_kernel *kernel, rpe_covariance which,
                              const rpe_positions *left, const rpe_positions *right, const double *x,
                              const double *y, double *sum, rpe_error *error);

/* sum_i u_i^2 w_i^2 [M,N] of form 5. */
rpe_status rpe_theory_fourth_sum(const rpe_theory *theory, double *sum, rpe_error *error);
/* R*D times form 6, [M,N]. */
rpe_status rpe_theory_orthogonal_sum(const rpe_theory *theory, size_t realizations, double *sum,
                                     rpe_error *error);
/* c~ of form 11, [M,N]; the kernel must be sine. */
rpe_status rpe_theory_quadrature_sum(const rpe_theory *theory, double *sum, rpe_error *error);

#endif
