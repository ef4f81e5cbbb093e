/* Kernels given by their values at the lags -(N-1) .. N-1: learned elsewhere, without codes.  [spec 3] */
#include <math.h>

#include "position/kernel_fit.h"
#include "position/parameter_table.h"

static const rpe_parameter table_parameters[] = {
    {.name = "values", .axes = "hdl", .low = -INFINITY, .high = INFINITY}, /* no raw form */
    {0},
};

static size_t lags_of(const rpe_kernel *kernel)
{
    return kernel->own[0].extent[2]; /* 2N-1, lag 0 in the middle */
}

static rpe_status table_check(rpe_kernel *kernel, rpe_error *error)
{
    char found[RPE_SHAPE_CAPACITY];
    if (lags_of(kernel) % 2 != 0)
        return RPE_OK;
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "%s: \"values\": expected an odd number of lags (2N-1) on the last axis, found shape %s",
        kernel->path, rpe_shape_text(3, kernel->own[0].extent, found));
}

static double table_value(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag)
{
    size_t lags = lags_of(kernel);
    const double *row = kernel->own[0].values + (head * kernel->features + feature) * lags;
    return row[(ptrdiff_t)(lags / 2) + (ptrdiff_t)lag[0]];
}

static rpe_fit_table table_table(const rpe_kernel *kernel)
{
    return (rpe_fit_table){.heads = kernel->heads,
                           .features = kernel->features,
                           .lags = lags_of(kernel),
                           .zero = lags_of(kernel) / 2,
                           .values = kernel->own[0].values,
                           .name = kernel->path};
}

/* Known lags: -(N-1) .. N-1. */
static rpe_status table_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, rpe_error *error)
{
    size_t last = lags_of(kernel) / 2;
    double lowest, highest, known = (double)last;
    rpe_positions_lags(queries, keys, 0, &lowest, &highest);
    if (lowest >= -known && highest <= known) {
        return RPE_OK;
    }
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "%s: \"values\": expected lags %.0f to %.0f for %zu queries and %zu keys, found %.0f to %.0f",
        kernel->path, lowest, highest, queries->count, keys->count, -known, known);
}

const rpe_kernel_type rpe_kernel_type_table = {
    .name = "table",
    .title = "table of values",
    .source = "values learned or computed elsewhere",
    .family = &rpe_family_product,
    .parameters = table_parameters,
    .check = table_check,
    .terms = rpe_kernel_product_terms,
    .whole = true,
    .value = table_value,
    .covers = table_covers,
    .table = table_table,
    /* The value of the lag; of both features: 1 7 + 2 3. */
    RPE_POSITION_EXAMPLES(RPE_EXAMPLE("{\"type\":\"table\",\"values\":[[[5,6,7],[0,0,0]]]}", 0, 2,
                                      {1.4142135623730950488, 1}, {1, 1}, 0, 0, 6),
                          RPE_EXAMPLE("{\"type\":\"table\",\"values\":[[[5,6,7],[0,0,0]]]}", 0, 2,
                                      {1.4142135623730950488, 1}, {1, 1}, 1, 0, 7),
                          RPE_EXAMPLE("{\"type\":\"table\",\"values\":[[[5,6,7],[0,0,0]]]}", 0, 2,
                                      {1.4142135623730950488, 1}, {1, 1}, 0, 1, 5),
                          RPE_EXAMPLE("{\"type\":\"table\",\"values\":[[[5,6,7],[1,2,3]]]}", 0, 2,
                                      {1.4142135623730950488, 1.4142135623730950488}, {1, 2}, 1, 0, 13)),
    RPE_POSITION_CASES(RPE_CASE(
        "table", 1, {6}, {6}, 8,
        "{\"type\":\"table\",\"values\":[[[0.2,-0.5,0.7,0.1,0.9,1.4,0.8,0.4,0.6,-0.1,-0.6],[-0.7,0.3,0.5,-0."
        "2,0.8,1.1,0.1,-0.9,0.6,0.2,-0.5],[0.4,0.1,-0.3,0.6,0.5,0.9,0.7,0.2,-0.4,0.3,0.1]]]}")),
};
