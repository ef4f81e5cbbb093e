/* ALiBi: a bias that falls with the distance.  [families A1; Press et al. 2022, arXiv 2108.12409] */
#include <math.h>

#include "position/parameter_table.h"

enum { SLOPE, HEADS };

/* b(m-n) = -s |m-n| */
static void alibi_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                        const rpe_place *key, double *b)
{
    (void)size;
    *b = -kernel->own[SLOPE].values[head] * fabs(query->at[0] - key->at[0]);
}

static double alibi_log_decay(const rpe_kernel *kernel, size_t head, size_t token, size_t feature)
{
    (void)feature;
    (void)token;
    return -kernel->own[SLOPE].values[head];
}

/* n heads, n a power of two: s_i = 2^(-8i/n), i = 1 .. n; else those of the n' below, then those of 2n' with odd i. */
static double preset(size_t head, size_t heads)
{
    double below = exp2(floor(log2((double)heads)));
    return (double)head < below ? exp2(-8 * ((double)head + 1) / below)
                                : exp2(-4 * (2 * ((double)head - below) + 1) / below);
}

static rpe_status alibi_check(rpe_kernel *kernel, rpe_error *error)
{
    const double *heads = kernel->own[HEADS].values;
    if (kernel->own[SLOPE].values != NULL)
        return heads == NULL || *heads == (double)kernel->heads
                   ? RPE_OK
                   : rpe_parameters_error(kernel, "heads", "as many as there are slopes", *heads, error);
    if (heads == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected \"slope\", or \"heads\" for the slopes of the paper",
                             kernel->path);
    kernel->heads = (size_t)*heads;
    rpe_status status = rpe_parameter_fill(kernel, SLOPE, 1, &kernel->heads, error);
    double *slopes = kernel->own[SLOPE].values;
    for (size_t h = 0; slopes != NULL && h < kernel->heads; h++)
        slopes[h] = preset(h, kernel->heads);
    return status;
}

static const rpe_parameter alibi_parameters[] = {
    {.name = "slope", .axes = "h", .low = 0, .high = INFINITY, .optional = true, .neutral = true},
    {.name = "heads", .axes = "", .low = 1, .high = 65536, .optional = true, .whole = true},
    {0},
};

const rpe_kernel_type rpe_kernel_type_alibi = {
    .name = "alibi",
    .title = "ALiBi",
    .source = "Press et al. 2022, arXiv 2108.12409",
    .form = "alibi",
    .family = &rpe_family_bias,
    .parameters = alibi_parameters,
    .check = alibi_check,
    .terms = alibi_terms,
    .log_decay = alibi_log_decay,
    /* Press et al.: 8 heads have the slopes 1/2, 1/4, ... 1/256.
       (1 5 + 2 6 + 3 7 + 4 8) / sqrt(4) - 2 / 2. */
    RPE_POSITION_EXAMPLES(
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"alibi\",\"heads\":8}", 0, 2, {0, 0}, {0, 0}, 5, 2, -1.5),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"alibi\",\"heads\":8}", 7, 2, {0, 0}, {0, 0}, 2, 5,
                    -3.0 / 256),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"alibi\",\"heads\":8}", 1, 2, {1.4142135623730950488, 0},
                    {3, 1}, 0, 4, 2),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"alibi\",\"heads\":8}", 0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 1,
                    3, 34)),
    RPE_POSITION_CASES(
        RPE_CASE("alibi", 1, {6}, {6}, 8, "{\"type\":\"bias\",\"form\":\"alibi\",\"slope\":[0.5,0.0625]}")),
};
