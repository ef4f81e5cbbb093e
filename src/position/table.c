/* Kernels given by their values at the lags -(N-1) .. N-1: learned elsewhere, without codes.  [spec 3] */
#include "rpe_kernel.h"
#include "rpe_parameter_table.h"

static rpe_status table_read(rpe_kernel *kernel, const rpe_json *document, bool raw, rpe_error *error)
{
    static const char *const keys[] = {"type", "parameterization", "values", "gate", NULL};
    (void)raw; /* values have no raw form */
    rpe_parameter_shape shape = {0};
    rpe_status status = rpe_json_keys_check(document, document->root, keys, error);
    if (status == RPE_OK) {
        status = rpe_parameters_read(document, "values", 3, 3, &shape, &kernel->values, error);
    }
    if (status != RPE_OK) {
        return status;
    }
    if (shape.extent[2] % 2 == 0) {
        char found[RPE_SHAPE_CAPACITY];
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: \"values\": expected an odd number of lags (2N-1) on the last axis, found shape %s",
            document->path, rpe_shape_text(shape.rank, shape.extent, found));
    }
    kernel->heads = shape.extent[0];
    kernel->features = shape.extent[1];
    kernel->lags = shape.extent[2];
    kernel->axes = 1;
    return RPE_OK;
}

static double table_value(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag)
{
    const double *row = kernel->values + (head * kernel->features + feature) * kernel->lags;
    return row[(ptrdiff_t)(kernel->lags / 2) + (ptrdiff_t)lag[0]];
}

/* Known lags: -(N-1) .. N-1. */
static rpe_status table_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, rpe_error *error)
{
    size_t last = kernel->lags / 2;
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
    .read = table_read,
    .terms = rpe_kernel_product_terms,
    .whole = true,
    .value = table_value,
    .covers = table_covers,
    /* The value of the lag. */
    RPE_POSITION_EXAMPLES({"{\"type\":\"table\",\"values\":[[[5,6,7],[0,0,0]]]}",
                           0,
                           {1.4142135623730950488, 1},
                           {1, 1},
                           0,
                           0,
                           6},
                          {"{\"type\":\"table\",\"values\":[[[5,6,7],[0,0,0]]]}",
                           0,
                           {1.4142135623730950488, 1},
                           {1, 1},
                           1,
                           0,
                           7},
                          {"{\"type\":\"table\",\"values\":[[[5,6,7],[0,0,0]]]}",
                           0,
                           {1.4142135623730950488, 1},
                           {1, 1},
                           0,
                           1,
                           5}),
};
