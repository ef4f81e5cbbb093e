/* What theory calls the random features of a map. */
#ifndef RPE_FEATURE_LAW_H
#define RPE_FEATURE_LAW_H

#include "attention/feature_map.h"
#include "theory/theory_features.h"

typedef struct rpe_feature_law {
    rpe_theory_map map;
    rpe_theory_directions directions;
} rpe_feature_law;

/* False: the map (NULL: there is none) has no random features whose closed form is known. */
bool rpe_feature_law_of(const rpe_feature_map *map, rpe_feature_law *law);
/* Whether they are positive and of independent projections: form 14 is theirs. */
bool rpe_feature_law_composed(const rpe_feature_map *map);

#endif
