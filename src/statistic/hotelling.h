/* Is the mean of a random vector zero? */
#ifndef RPE_HOTELLING_H
#define RPE_HOTELLING_H

#include <stddef.h>

#define RPE_HOTELLING_MAX 16

typedef struct rpe_hotelling {
    double
        statistic; /* F = (n-q)/(q(n-1)) n ybar' S^-1 ybar; INFINITY when a direction without spread has a mean */
    double p;      /* P(F_{q,n-q} >= F); NaN when no component varies and all means are 0 */
    size_t rank; /* q: components that are independent of the earlier ones */
} rpe_hotelling;

/* values [count,width], width <= RPE_HOTELLING_MAX, count > width.  Exact for normal vectors, by the central limit theorem
   for many of any kind.  Components that depend linearly on earlier ones are left out. */
rpe_hotelling rpe_hotelling_test(size_t count, size_t width, const double *values);

#endif
