/* The feature family: weights that are products of features of queries and keys, with no softmax behind them.  They may be
   negative.  Every position of it says what its features are.  [families C] */
#include "position/family/feature_family.h"

static size_t feature_terms(const rpe_kernel *kernel, size_t size)
{
    return kernel->type->feature->terms(kernel, size);
}

static double feature_score(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                            size_t size, const double *terms_of_pair)
{
    return kernel->type->feature->weight(kernel, head, q, k, size, terms_of_pair);
}

const char *const rpe_feature_normalisations[] = {"sum", "none", NULL};

static double feature_divisor(const rpe_kernel *kernel, double sum, double mask)
{
    size_t place = kernel->type->feature->normalise;
    const double *normalise = place != 0 ? kernel->own[place].values : NULL;
    (void)mask;
    return normalise != NULL && *normalise == 1 ? 1 : sum;
}

const rpe_family rpe_family_feature = {
    .name = "feature",
    .title = "features that know their position",
    .terms = feature_terms,
    .score = feature_score,
    .divisor = feature_divisor,
};
