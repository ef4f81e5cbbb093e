/* Where two arrays of one shape differ: which elements, and the smallest product of slices that holds them. */
#ifndef RPE_DIFFERENCE_H
#define RPE_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"

/* |mine - reference| <= absolute + relative |reference| + bound.  Numbers that are not finite agree where they are the same,
   NaN with NaN. */
typedef struct rpe_limit {
    double absolute, relative;
    const double *bound; /* NULL: 0.  Of the element at i_0, i_1, ...: bound[sum_k i_k stride_k] */
    size_t bound_stride[RPE_RANK_MAX]; /* 0: the axis does not matter */
} rpe_limit;

/* Reference and mine, of one shape; borrowed. */
typedef struct rpe_pair {
    const rpe_array *arrays[2];
    rpe_limit limit;
} rpe_pair;

enum { RPE_REFERENCE, RPE_MINE };

double rpe_element(const rpe_array *array, size_t flat);
/* What the element at flat may differ by from its reference. */
double rpe_limit_at(const rpe_pair *pair, size_t flat);
/* Whether the number may stand in the place of the reference's at flat. */
bool rpe_is_within(const rpe_pair *pair, double number, size_t flat);

/* Some slices of every axis, and all elements that are in one of each. */
typedef struct rpe_region {
    size_t rank;
    const size_t *shape;                /* of the array */
    size_t stride[RPE_RANK_MAX];        /* of the array, in elements */
    size_t count[RPE_RANK_MAX];         /* slices of each axis */
    const size_t *slices[RPE_RANK_MAX]; /* which, rising */
} rpe_region;

/* Elements. */
size_t rpe_region_size(const rpe_region *region);
/* Whether all slices of the axis are in the region. */
bool rpe_region_is_full(const rpe_region *region, size_t axis);

/* An element of a region. */
typedef struct rpe_difference_place {
    size_t at[RPE_RANK_MAX];    /* its slice of each axis, counted in the region */
    size_t index[RPE_RANK_MAX]; /* in the array */
    size_t flat;                /* in the array */
} rpe_difference_place;

/* The first element, and the next in the order of memory; false after the last. */
void rpe_region_first(const rpe_region *region, rpe_difference_place *place);
bool rpe_region_next(const rpe_region *region, rpe_difference_place *place);
/* That with these slices of the region. */
void rpe_region_place(const rpe_region *region, const size_t at[RPE_RANK_MAX], rpe_difference_place *place);

/* Elements beyond the limit. */
typedef struct rpe_difference {
    size_t beyond;                 /* how many */
    size_t undefined;              /* elements that are not finite in both, and the same */
    size_t first;                  /* flat; 0 where there is none */
    rpe_region whole, differing;   /* all slices; those with an element beyond */
    size_t *tally[RPE_RANK_MAX];   /* elements beyond in each slice of each axis */
    double *largest[RPE_RANK_MAX]; /* |mine - reference| of those */
    size_t *slices;                /* owned, as sizes */
    double *sizes;
} rpe_difference;

/* The pair must outlive the difference; the caller owns it.  RPE_ERROR_INTERRUPTED, RPE_ERROR_MEMORY. */
rpe_status rpe_difference_find(rpe_difference *found, const rpe_pair *pair, rpe_error *error);
void rpe_difference_destroy(rpe_difference *found);

#endif
