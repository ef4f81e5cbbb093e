/* Exact features of a kernel: its codes without their noise, so that attention without positions sees the kernel's scores.
   [spec 4, factored form]
     u_m . w_n / sqrt(G) = S(m,n)
     u_m = (G/D)^(1/4) [q_md sqrt(1 - delta_d) lambda_dk cos(2 pi f_dk m + theta_dk) for each k and d,
                        the same with sin, q_md sqrt(delta_d) for each d],   w_n of k_nd with theta = 0
   Features of a gate that is 1 in all heads, or 0, have no such parts.  Another order than that of the stacked noise,
   which is (d, k, [cos, sin]), then the gates. */
#ifndef RPE_CODE_FEATURES_H
#define RPE_CODE_FEATURES_H

#include "base/array.h"
#include "base/workspace.h"
#include "position/kernel.h"

typedef struct rpe_code_features rpe_code_features; /* read-only after creation */

/* Whether a feature has a position, or a gate, in any head: those parts that there are. */
bool rpe_code_features_has(const rpe_kernel *kernel, size_t feature, bool gate);

/* The kernel is borrowed.  RPE_ERROR_INPUT where its codes have no factored form of rows that all positions see. */
rpe_status rpe_code_features_create(rpe_code_features **features, const rpe_kernel *kernel,
                                    rpe_precision precision, rpe_error *error);
void rpe_code_features_destroy(rpe_code_features *features);
size_t rpe_code_features_size(const rpe_code_features *features); /* G */
/* What a column is: its row of the stacked noise that has the same parts left out, < G. */
size_t rpe_code_features_row(const rpe_code_features *features, size_t column);

/* Vectors of one head at the positions first .. first+count-1, rows `stride` elements apart. */
typedef struct rpe_code_vectors {
    rpe_side side;
    size_t head, first, count;
    const void *values;
    size_t stride;
} rpe_code_vectors;

/* What make takes of a workspace. */
size_t rpe_code_features_bytes(const rpe_code_features *features);
/* rows [count,G], in the precision. */
void rpe_code_features_make(const rpe_code_features *features, const rpe_code_vectors *vectors, void *rows,
                            rpe_workspace *workspace);

#endif
