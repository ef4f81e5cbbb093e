/* The change that several independent comparisons have in common, which none of them need show alone. */
#ifndef RPE_POOLED_H
#define RPE_POOLED_H

#include <stddef.h>

#include "statistic/two_means.h"

/* One comparison of two means, independent of the others. */
typedef struct rpe_pooled_part {
    rpe_two_means means; /* x > 0 */
    double margin; /* of log(y/x): what may have moved both means besides the noise that they know of; >= 0 */
} rpe_pooled_part;

/* A common ratio r of all y to their x.  Each part has Student's statistic of y - r x, and the normal deviate z(r) with the same
   probability beyond it; a margin counts against the part.  The sum of C deviates over sqrt(C) is standard normal where all
   ratios are r (Stouffer 1949), whatever the spreads of the parts, so the level is that of Student's test and a part of large
   spread weighs little.
   value: the r for which the deviates sum to 0; low, high: those for which the sum is just tolerated, confidence 1 - level,
   infinite (or 0 from below) where the parts set none; p: of r = 1, two-sided; standard_error: of the logarithm of the ratio, from the
   limits.  Parts without spread are left out; NaN where none is left.  count parts entered: *used. */
rpe_contrast rpe_pooled_ratio(size_t count, const rpe_pooled_part *parts, double level, size_t *used);

/* The p of it alone. */
double rpe_pooled_p(size_t count, const rpe_pooled_part *parts);

#endif
