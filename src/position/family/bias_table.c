/* A bias given by its values over the lags.  [families A1] */
#include <math.h>

#include "position/parameter_table.h"

enum { VALUES, FIRST_LAG };

/* Lag of the first value: -(length-1)/2 unless said. */
static double first_lag(const rpe_kernel *kernel)
{
    const double *given = kernel->own[FIRST_LAG].values;
    size_t before = (kernel->own[VALUES].extent[1] - 1) / 2;
    return given != NULL ? *given : -(double)before;
}

/* b(tau) = values[tau - first_lag] */
static void bias_table_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                             const rpe_place *key, double *b)
{
    double place = query->at[0] - key->at[0] - first_lag(kernel);
    (void)size;
    *b = kernel->own[VALUES].values[head * kernel->own[VALUES].extent[1] + (size_t)place];
}

static rpe_status bias_table_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                                    const rpe_positions *keys, rpe_error *error)
{
    double lowest, highest, first = first_lag(kernel),
                            last = first + (double)kernel->own[VALUES].extent[1] - 1;
    rpe_positions_lags(queries, keys, 0, &lowest, &highest);
    if (lowest >= first && highest <= last)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "%s: \"values\": expected lags %.0f to %.0f, found %.0f to %.0f", kernel->path,
                         lowest, highest, first, last);
}

static const rpe_parameter bias_table_parameters[] = {
    {.name = "values", .axes = "hl", .low = -INFINITY, .high = INFINITY, .neutral = true},
    {.name = "first_lag", .axes = "", .low = -1e9, .high = 1e9, .optional = true, .whole = true},
    {0},
};

const rpe_kernel_type rpe_kernel_type_bias_table = {
    .name = "bias-table",
    .title = "bias by a table",
    .source = "values learned or computed elsewhere",
    .form = "table",
    .family = &rpe_family_bias,
    .parameters = bias_table_parameters,
    .terms = bias_table_terms,
    .whole = true,
    .covers = bias_table_covers,
    /* Values by lag from -1 on. */
    RPE_POSITION_EXAMPLES(
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"table\",\"values\":[[5,6,7]]}", 0, 2, {0, 0}, {0, 0}, 0, 1,
                    5),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"table\",\"values\":[[5,6,7]]}", 0, 2, {0, 0}, {0, 0}, 1, 0,
                    7),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"table\",\"values\":[[5,6,7]],\"first_lag\":0}", 0, 2,
                    {0, 0}, {0, 0}, 2, 0, 7)),
    RPE_POSITION_CASES(
        RPE_CASE("bias table", 1, {6}, {6}, 8,
                 "{\"type\":\"bias\",\"form\":\"table\",\"values\":[[0.2,-0.5,0.7,0.1,-0.3,0.6,-0.8,0.4,0.9,-"
                 "0.1,-0.6],[-0.7,0.3,0.5,-0.2,0.8,-0.4,0.1,-0.9,0.6,0.2,-0.5]]}")),
};
