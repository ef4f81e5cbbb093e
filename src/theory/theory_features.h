/* Random features of the softmax kernel SM = exp(x.y), for fixed x and y: forms 7 and 13.  [spec 5; families D]
   They depend on x and y alone; no kernel, no codes. */
#ifndef RPE_THEORY_FEATURES_H
#define RPE_THEORY_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef enum rpe_theory_map {
    RPE_THEORY_POSITIVE,     /* `favor`: F features */
    RPE_THEORY_HYPERBOLIC,   /* `favor-hyperbolic`: 2F features */
    RPE_THEORY_TRIGONOMETRIC /* `favor-trigonometric`: 2F features */
} rpe_theory_map;

/* Blocks of `size` directions with independent chi norms, the last block smaller; or all independent. */
typedef enum rpe_theory_directions {
    RPE_THEORY_INDEPENDENT,
    RPE_THEORY_ORTHOGONAL,
    RPE_THEORY_SIMPLEX /* of cosine -1/(size - 1) within a block, size >= 2 */
} rpe_theory_directions;

typedef struct rpe_theory_projection {
    size_t size;  /* of x and y, >= 1: R of the spec */
    size_t count; /* projections, >= 1: F */
    rpe_theory_directions directions;
    /* Positive and hyperbolic features that are tilted by e^(-(1-rho)/(8 rho) |w|^2): `oprf`.  rho > 0; 0 is 1: not tilted. */
    double rho;
} rpe_theory_projection;

/* The rho of the smallest error at sigma = |x+y|^2 >= 0, and of the smallest mean of ln Gamma where sigma is a mean over pairs;
   1 at sigma = 0, and less beyond.  Solves 2 sigma rho^2 + (size + 2 sigma) rho - size = 0.  [families D; arXiv 2205.15317] */
double rpe_theory_tilt_best(size_t size, double sigma);

/* SM = exp(x.y), which every map estimates without bias; INFINITY beyond the range of double. */
double rpe_theory_feature_mean(size_t size, const double *x, const double *y);

/* ln E (phi(x).phi(y) - SM)^2; x, y [size] finite, already divided by R^(1/4).  -INFINITY where the error is exactly 0
   (positive and hyperbolic: x = -y; trigonometric: x = y).  Relative to SM^2 subtract 2 x.y.  Cannot fail. */
double rpe_theory_feature_logarithm(rpe_theory_map map, rpe_theory_projection projection, const double *x,
                                    const double *y);
/* The error itself; INFINITY where it exceeds the range of double (it always exists). */
double rpe_theory_feature_error(rpe_theory_map map, rpe_theory_projection projection, const double *x,
                                const double *y);

/* Fourth cumulant of phi(x).phi(y)/SM with independent projections, INFINITY beyond the range of double: how heavy the tails of
   the squared error are.  Coupled projections have about the same; tilted
   hyperbolic features are taken as if they were not tilted.  Negative for trigonometric features of near vectors. */
double rpe_theory_feature_cumulant(rpe_theory_map map, rpe_theory_projection projection, const double *x,
                                   const double *y);

/* ---- the law itself, by draws of theory's own ---- */

/* x [M,S] and y [N,S] of one head, already divided by S^(1/4); S of the projection. */
typedef struct rpe_theory_vectors {
    size_t queries, keys; /* M, N */
    const double *x, *y;
} rpe_theory_vectors;

/* Adds to sums [count], for each draw of F directions, the sum over the pairs of (phi(x).phi(y)/SM - 1)^2.  Draw t is the same
   for all vectors of a size: heads that share their directions are added up.  The directions are drawn here, by Gram and Schmidt where
   they are orthogonal.  RPE_ERROR_INTERRUPTED between draws; sums is then worth nothing.  No number where an exponential
   overflows. */
rpe_status rpe_theory_feature_draws(rpe_theory_map map, rpe_theory_projection projection,
                                    const rpe_theory_vectors *vectors, size_t count, double *sums,
                                    rpe_error *error);
/* Steps of one draw, about a nanosecond each or less. */
double rpe_theory_feature_draw_work(rpe_theory_projection projection, size_t queries, size_t keys);

#endif
