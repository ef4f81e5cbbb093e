/* What theory calls the random features of a method. */
#ifndef RPE_FEATURE_LAW_H
#define RPE_FEATURE_LAW_H

#include "rpe_theory_features.h"

typedef struct rpe_feature_law {
    const char *method; /* key of the method and of its feature map */
    rpe_theory_map map;
    bool orthogonal;
} rpe_feature_law;

/* NULL: the method has no random features whose closed form is known. */
const rpe_feature_law *rpe_feature_law_find(const char *method);

#endif
