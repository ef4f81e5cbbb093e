/* The bias family: a number is added to the score of a pair.  [families A] */
#include <math.h>

#include "position/parameter_table.h"

static size_t bias_terms(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    (void)size;
    return 1;
}

/* S(m,n) = D^(-1/2) q_m . k_n + b */
static double bias_score(const rpe_kernel *kernel, size_t head, const double *q, const double *k, size_t size,
                         const double *b)
{
    double sum = 0;
    (void)kernel;
    (void)head;
    for (size_t d = 0; d < size; d++)
        sum += q[d] * k[d];
    return sum / sqrt((double)size) + *b;
}

const rpe_family rpe_family_bias = {
    .name = "bias",
    .title = "a bias added to the score",
    .exponential = true,
    .terms = bias_terms,
    .score = bias_score,
};
