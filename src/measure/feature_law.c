#include "rpe_feature_law.h"

#include <string.h>

static const rpe_feature_law laws[] = {
    {"favor", RPE_THEORY_POSITIVE, true},
    {"favor-iid", RPE_THEORY_POSITIVE, false},
    {"favor-hyperbolic", RPE_THEORY_HYPERBOLIC, true},
    {"favor-trigonometric", RPE_THEORY_TRIGONOMETRIC, true},
};

const rpe_feature_law *rpe_feature_law_find(const char *method)
{
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++)
        if (strcmp(laws[i].method, method) == 0)
            return &laws[i];
    return NULL;
}
