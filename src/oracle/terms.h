/* What the places of all pairs of a head make (rpe_kernel_type.terms): from a table over the lags where they depend on the
   difference of two positions of a grid alone, or else made when they are asked for. */
#ifndef RPE_TERMS_H
#define RPE_TERMS_H

#include "position/kernel.h"

/* The family of a position; NULL: vectors alone count. */
const rpe_family *rpe_family_of(const rpe_kernel *kernel);

typedef struct rpe_terms rpe_terms;

/* kernel NULL: there are none.  size: of a vector.  queries and keys outlive the terms. */
rpe_status rpe_terms_create(rpe_terms **terms, const rpe_kernel *kernel, size_t head, size_t size,
                            const rpe_positions *queries, const rpe_positions *keys, int threads,
                            rpe_error *error);
void rpe_terms_destroy(rpe_terms *terms);
size_t rpe_terms_count(const rpe_terms *terms); /* of a pair */
/* Those of query m and key n; scratch [count] may hold them. */
const double *rpe_terms_of(const rpe_terms *terms, size_t m, size_t n, double *scratch);

#endif
