/* What theory calls the random features of a map. */
#ifndef RPE_FEATURE_LAW_H
#define RPE_FEATURE_LAW_H

#include "attention/feature_map.h"
#include "theory/theory_features.h"

typedef struct rpe_feature_law {
    rpe_theory_map map;
    rpe_theory_directions directions;
} rpe_feature_law;

/* The rho that a map which tilts its projections is given for vectors that are looked at one pair at a time, of rows [.,S] not divided
   yet: the best for the mean of |x+y|^2 over all pairs.  0: the map does not tilt. */
double rpe_feature_law_rho(const rpe_feature_map *map, size_t size, size_t query_rows, const double *queries,
                           size_t key_rows, const double *keys);

/* False: the map (NULL: there is none) has no random features whose closed form is known. */
bool rpe_feature_law_of(const rpe_feature_map *map, rpe_feature_law *law);
/* Whether they are positive and of independent projections: form 14 is theirs. */
bool rpe_feature_law_composed(const rpe_feature_map *map);

#endif
