/* PermuteFormer: features are permuted once a position, and fall with a ratio.  [families C; Chen 2021, arXiv 2109.02377] */
#include <float.h>
#include <math.h>

#include "position/family/feature_family.h"

enum { PERMUTATION, RATIO, OFFSET, NORMALISE };

static size_t permute_term_count(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    return size + 1;
}

/* pi^n(e), of either sign of n: the cycle of e is walked once round to know its length. */
static size_t permuted(const double *permutation, size_t e, ptrdiff_t n)
{
    ptrdiff_t length = 1;
    for (size_t at = (size_t)permutation[e]; at != e; at = (size_t)permutation[at])
        length++;
    for (ptrdiff_t step = (n % length + length) % length; step > 0; step--)
        e = (size_t)permutation[e];
    return e;
}

/* r^(m-n), then pi^(m-n)(e) for each e */
static void permute_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                          const rpe_place *key, double *values)
{
    double lag = query->at[0] - key->at[0];
    values[0] = pow(kernel->own[RATIO].values[head], lag);
    for (size_t e = 0; e < size; e++)
        values[1 + e] = (double)permuted(kernel->own[PERMUTATION].values + head * size, e, (ptrdiff_t)lag);
}

/* r^tau sum_e phi(q)[pi^tau(e)] phi(k)[e],  phi(z) = max(z,0) + offset */
static double permute_weight(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                             size_t size, const double *values)
{
    const double *given = kernel->own[OFFSET].values;
    double sum = 0, offset = given != NULL ? *given : 0.001;
    (void)head;
    for (size_t e = 0; e < size; e++)
        sum += (fmax(q[(size_t)values[1 + e]], 0) + offset) * (fmax(k[e], 0) + offset);
    return values[0] * sum;
}

static size_t permute_width(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    return size;
}

/* phi(x)[pi^n(d)] */
static void permute_features(const rpe_kernel *kernel, size_t head, rpe_side side, const rpe_place *place,
                             const double *x, size_t size, double *values)
{
    const double *given = kernel->own[OFFSET].values,
                 *permutation = kernel->own[PERMUTATION].values + head * size;
    (void)side;
    for (size_t d = 0; d < size; d++)
        values[d] =
            fmax(x[permuted(permutation, d, (ptrdiff_t)place->at[0])], 0) + (given != NULL ? *given : 0.001);
}

static bool permute_form(const rpe_kernel *kernel, size_t head, rpe_feature_form *made)
{
    const double *given = kernel->own[OFFSET].values;
    *made = (rpe_feature_form){.map = RPE_FORM_RECTIFIED,
                               .offset = given != NULL ? *given : 0.001,
                               .scale = {1, 1},
                               .permutation = kernel->own[PERMUTATION].values + head * kernel->features};
    return true;
}

static double permute_log_decay(const rpe_kernel *kernel, size_t head, size_t token, size_t permute_feature)
{
    (void)token;
    (void)permute_feature;
    return log(kernel->own[RATIO].values[head]);
}

/* Weights of keys to come would grow with the distance. */
static bool permute_causal(const rpe_kernel *kernel)
{
    for (size_t h = 0; h < kernel->heads; h++)
        if (kernel->own[RATIO].values[h] != 1)
            return true;
    return false;
}

static rpe_status permute_check(rpe_kernel *kernel, rpe_error *error)
{
    size_t heads = kernel->heads, size = kernel->features;
    const double *permutation = kernel->own[PERMUTATION].values;
    for (size_t i = 0; i < heads * size; i++) {
        size_t times = 0;
        for (size_t e = 0; e < size; e++)
            times += permutation[i / size * size + e] == (double)(i % size);
        if (times != 1)
            return rpe_parameters_error(kernel, "permutation", "each of the features once in each head",
                                        (double)(i % size), error);
    }
    return RPE_OK;
}

static const rpe_parameter permute_parameters[] = {
    {.name = "permutation", .axes = "hd", .low = 0, .high = 1 << 24, .whole = true},
    {.name = "ratio", .axes = "h", .low = DBL_MIN, .high = 1},
    {.name = "offset", .axes = "", .low = 0, .high = INFINITY, .optional = true},
    {.name = "normalise", .axes = "", .words = rpe_feature_normalisations, .optional = true},
    {0},
};

static const rpe_feature_weight permute_feature = {permute_term_count, permute_weight, NORMALISE};

/* Features change places each position, and halve.
   0 -> 1 -> 3 -> 2 -> 0 of q = (1,2,3,5), k = (5,6,7,8), ratio 1/2, sum_e q[pi^lag(e)] k[e]:
     lag 1: (2 5 + 5 6 + 1 7 + 3 8) / 2 = 71 / 2;  lag 2: (5 5 + 3 6 + 2 7 + 1 8) / 4 = 65 / 4
     lag 3: (3 5 + 1 6 + 5 7 + 2 8) / 8 = 72 / 8, the inverse
   0 -> 1 -> 2 -> 0 and 3 for itself, in the second head, lag 2: (3 5 + 1 6 + 2 7 + 5 8) / 4 = 75 / 4 */
/* clang-format off */
static const rpe_position_example permute_examples[] = {
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[1,0]],\"ratio\":[0.5],\"offset\":0}",
     0, 2, {1, 2}, {3, 4}, 1, 0, 5},
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[1,0]],\"ratio\":[0.5],\"offset\":0}",
     0, 2, {1, 2}, {3, 4}, 2, 0, 2.75},
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[1,0]],\"ratio\":[1],\"offset\":1}",
     0, 2, {-1, 2}, {3, -4}, 0, 0, 7},
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[1,3,0,2]],\"ratio\":[0.5],\"offset\":0}",
     0, 4, {1, 2, 3, 5}, {5, 6, 7, 8}, 1, 0, 35.5},
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[1,3,0,2]],\"ratio\":[0.5],\"offset\":0}",
     0, 4, {1, 2, 3, 5}, {5, 6, 7, 8}, 3, 1, 16.25},
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[1,3,0,2]],\"ratio\":[0.5],\"offset\":0}",
     0, 4, {1, 2, 3, 5}, {5, 6, 7, 8}, 7, 4, 9},
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[0,1,2,3],[1,2,0,3]],"
     "\"ratio\":[1,0.5],\"offset\":0}",
     1, 4, {1, 2, 3, 5}, {5, 6, 7, 8}, 2, 0, 18.75},
};
/* clang-format on */

const rpe_kernel_type rpe_kernel_type_permute = {
    .name = "permute",
    .title = "PermuteFormer",
    .source = "Chen 2021, arXiv 2109.02377",
    .form = "permute",
    .family = &rpe_family_feature,
    .feature = &permute_feature,
    .parameters = permute_parameters,
    .check = permute_check,
    .terms = permute_terms,
    .width = permute_width,
    .features = permute_features,
    .feature_form = permute_form,
    .log_decay = permute_log_decay,
    .causal = permute_causal,
    .whole = true,
    .examples = permute_examples,
    .example_count = sizeof permute_examples / sizeof permute_examples[0],
    RPE_POSITION_CASES(RPE_CASE("permute", 1, {6}, {6}, 8,
                                "{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[1,2,0],[0,2,1]]"
                                ",\"ratio\":[0.9,0.75]}")),
};
