/* The Pareto front of points with a cost and an error, both better where smaller, each with limits. */
#ifndef RPE_FRONT_H
#define RPE_FRONT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rpe_bounded {
    double value, low, high; /* limits equal to the value where it is exact, NaN where they are unknown */
} rpe_bounded;

typedef struct rpe_front_point {
    rpe_bounded cost, error;
} rpe_front_point;

typedef struct rpe_front_place {
    bool on;      /* no other point is at least as good in both values and better in one */
    bool certain; /* that holds, or does not, wherever between their limits the values are */
} rpe_front_place;

/* Place of points[index] among all of them.  Points that are equal in both do not put one another off the front. */
rpe_front_place rpe_front_place_find(size_t count, const rpe_front_point *points, size_t index);

#endif
