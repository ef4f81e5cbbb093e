/* Random features of fixed vectors, for claims about feature maps. */
#ifndef RPE_SIMULATE_FEATURES_H
#define RPE_SIMULATE_FEATURES_H

#include "attention/feature_map.h"
#include "quantity/claim/simulate.h"
#include "quantity/measure/feature_law.h"

/* Hook `supports`: the method has such features. */
rpe_status rpe_supports_features(const rpe_case *subject, rpe_error *reason);
/* The map of the case's method. */
const rpe_feature_map *rpe_case_feature_map(const rpe_case *subject);

/* The fixed vectors: the case's queries and keys without positions, scaled so that the fourth moments of the estimates are
   moderate; x = q/D^(1/4) in theory's terms.  [M*H,D] and [N*H,D], owned by the caller. */
typedef struct rpe_feature_vectors {
    double *queries, *keys;
    size_t query_rows, key_rows, size;
    double rho; /* of maps that tilt their projections */
} rpe_feature_vectors;
rpe_status rpe_feature_vectors_make(rpe_feature_vectors *vectors, const rpe_case *subject, rpe_error *error);
void rpe_feature_vectors_destroy(rpe_feature_vectors *vectors);

/* phi(x_m).phi(y_n) of all pairs, [trials, query_rows*key_rows]; new projections in each trial.  Owned by the caller. */
rpe_status rpe_simulate_features(const rpe_case *subject, const char *claim,
                                 const rpe_feature_vectors *vectors, size_t trials, double **estimates,
                                 rpe_error *error);

/* x and y of a pair as theory takes them: [size] each. */
void rpe_feature_pair(const rpe_feature_vectors *vectors, size_t pair, double *x, double *y);

#endif
