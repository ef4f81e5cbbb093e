/* Powers of a permutation, by its cycles.  Internal to this layer. */
#ifndef RPE_CYCLES_H
#define RPE_CYCLES_H

#include "base/error.h"

typedef struct rpe_cycles {
    size_t count; /* S */
    size_t *next; /* [S]: pi; owned, as are: */
    /* Element d is members[first[d] + place[d]], one of length[d] in a row of which each is pi of the one before. */
    size_t *members, *first, *place, *length;
} rpe_cycles;

/* permutation [count]: each of 0 .. count-1 once. */
rpe_status rpe_cycles_make(rpe_cycles *cycles, size_t count, const double *permutation, rpe_error *error);
void rpe_cycles_destroy(rpe_cycles *cycles); /* what it owns; of zeros: nothing */

/* pi^power(element) */
size_t rpe_cycles_power(const rpe_cycles *cycles, size_t element, size_t power);

#endif
