/* Tilted features of exp(x . y), after FAVOR++ and FAVOR#: projections are stretched along the axes on which vectors are large, and
   what that changes is taken back by a factor of each feature.  [families D; arXiv 2205.15317, 2302.00787]
     phi(x)_f = prod_l ((1+r_l)/(2 r_l))^(1/4) exp(sum_l [-(1-r_l)/(8 r_l) z_fl^2 + ((1+r_l)/(2 r_l))^(1/2) z_fl e_l . x] - |x|^2/2)
   for axes e_l, which are orthonormal, r_l > 0 and z_fl = e_l . w_f.  The papers have w_fl for z_fl, which has the same law: like this
   neither signs nor order of the axes matter, nor which ones they are where r_l are equal.  Queries and keys have the same.  Internal to this layer. */
#ifndef RPE_TILT_H
#define RPE_TILT_H

#include "attention/feature_map.h"

/* w [F,S] to the projections that x takes, and to ln of the factors of the features [F]. */
void rpe_tilt_apply(const rpe_tilt *tilt, size_t projections, size_t size, const double *w, double *tilted,
                    double *factors);

#endif
