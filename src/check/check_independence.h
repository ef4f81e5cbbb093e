/* Inside the layer: are realizations, features and heads independent of each other? */
#ifndef RPE_CHECK_INDEPENDENCE_H
#define RPE_CHECK_INDEPENDENCE_H

#include "check/check_feature.h"

/* Normal scores of many pairs: their squares' sum ~ chi^2 of count, and the largest with its pair. */
typedef struct rpe_check_pairs {
    double sum, count, largest;
    size_t first, second;
    double correlation; /* of that pair */
    double dimension;   /* numbers behind one pair: correlations have standard error 1/sqrt of it */
} rpe_check_pairs;

typedef struct rpe_check_independence {
    rpe_check_pairs realizations;  /* inner products of their noise, over all features */
    rpe_check_pairs features;      /* inner products of the noise of two features of a head */
    rpe_check_pairs heads;         /* of two features of different heads */
    rpe_check_pairs gates;         /* of gate noise, any two features */
    rpe_check_pairs norms;         /* correlation over realizations of the squared norms of two features */
    double spread, spread_freedom; /* squared scores of the squared norms of realizations ~ chi^2 of R */
    double
        neighbours; /* score of the correlation of the squared norms of realizations r and r+1; NaN: too few */
} rpe_check_independence;

/* features with noise and norms, over the whole of kernel; threads >= 1. */
rpe_status rpe_check_independence_measure(rpe_check_independence *independence,
                                          const rpe_check_feature *features, size_t count,
                                          const rpe_check_window *window, int threads, rpe_error *error);

#define RPE_CHECK_SHARED 0.2 /* correlation from which two are said to share noise, or to be close */

/* earlier[f]: the first feature of the list whose noise (gate: whose gate noise) feature f shares to that degree, and beyond
   what chance does at the level; f itself where there is none before it. */
void rpe_check_sharing_find(size_t *earlier, const rpe_check_feature *features, size_t count,
                            const rpe_check_window *window, bool gate, double level, int threads);

#endif
