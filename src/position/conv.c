/* Convolution kernels (convSPE): the correlation of a query filter and a key filter, on 1 to 3 axes.
   [spec 3; SPE paper] */
#include "rpe_kernel.h"
#include "rpe_parameter_table.h"

static rpe_status filters_read(rpe_kernel *kernel, const rpe_json *document, rpe_parameter_shape *shape,
                               rpe_error *error)
{
    size_t rank_maximum = 2 + RPE_AXES_MAX;
    rpe_status status =
        rpe_parameters_read(document, "query_filter", 3, rank_maximum, shape, &kernel->query_filter, error);
    if (status == RPE_OK) {
        status =
            rpe_parameters_read(document, "key_filter", 3, rank_maximum, shape, &kernel->key_filter, error);
    }
    /* |sum a b| <= (sum a^2 + sum b^2) / 2: all values are finite when the powers are */
    if (status == RPE_OK) {
        status = rpe_parameters_power_check(document, "query_filter", shape, kernel->query_filter, error);
    }
    if (status == RPE_OK) {
        status = rpe_parameters_power_check(document, "key_filter", shape, kernel->key_filter, error);
    }
    return status;
}

/* The authors' ConvSPE names its modules crosswise: z filtered by conv_q is the code of the keys. */
static rpe_status names_check(const rpe_json *document, rpe_error *error)
{
    static const char *const names[][2] = {{"conv_q", "key_filter"},
                                           {"conv_q.weight", "key_filter"},
                                           {"conv_k", "query_filter"},
                                           {"conv_k.weight", "query_filter"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (json_object_get(document->root, names[i][0]) != NULL)
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "%s: expected the keys \"query_filter\" and \"key_filter\", found \"%s\": the "
                "authors' ConvSPE filters keys by conv_q and queries by conv_k, so it is \"%s\"",
                document->path, names[i][0], names[i][1]);
    return RPE_OK;
}

static rpe_status conv_read(rpe_kernel *kernel, const rpe_json *document, bool raw, rpe_error *error)
{
    static const char *const keys[] = {"type", "parameterization", "query_filter", "key_filter", "gate",
                                       NULL};
    (void)raw; /* filters have no raw form */
    rpe_parameter_shape shape = {0};
    rpe_status status = names_check(document, error);
    if (status == RPE_OK) {
        status = rpe_json_keys_check(document, document->root, keys, error);
    }
    if (status == RPE_OK) {
        status = filters_read(kernel, document, &shape, error);
    }
    if (status != RPE_OK) {
        return status;
    }
    kernel->heads = shape.extent[0];
    kernel->features = shape.extent[1];
    kernel->axes = shape.rank - 2;
    kernel->taps = 1;
    for (size_t i = 0; i < RPE_AXES_MAX; i++) {
        kernel->tap_extent[i] = i < kernel->axes ? shape.extent[2 + i] : 1;
        kernel->taps *= kernel->tap_extent[i];
    }
    return RPE_OK;
}

/* Taps p of one axis that p + lag leaves inside: first .. end-1. */
typedef struct overlap {
    ptrdiff_t extent, lag, first, end;
} overlap;

static overlap overlap_of(size_t extent, ptrdiff_t lag)
{
    overlap o = {.extent = (ptrdiff_t)extent, .lag = lag};
    if (lag > -o.extent && lag < o.extent) {
        o.first = lag < 0 ? -lag : 0;
        o.end = lag < 0 ? o.extent : o.extent - lag;
    }
    return o; /* first = end = 0 when no tap is left */
}

/* sum_p a[p] b[p + lag], taps [P1,P2,P3] outside being zero; fewer axes: leading extents 1 */
static double correlation(const rpe_kernel *kernel, const double *a, const double *b, const double *lag)
{
    overlap axis[RPE_AXES_MAX];
    size_t leading = RPE_AXES_MAX - kernel->axes;
    for (size_t i = 0; i < RPE_AXES_MAX; i++) {
        axis[i] = i < leading ? overlap_of(1, 0)
                              : overlap_of(kernel->tap_extent[i - leading], (ptrdiff_t)lag[i - leading]);
    }
    double sum = 0;
    for (ptrdiff_t p1 = axis[0].first; p1 < axis[0].end; p1++) {
        for (ptrdiff_t p2 = axis[1].first; p2 < axis[1].end; p2++) {
            const double *a_row = a + (p1 * axis[1].extent + p2) * axis[2].extent;
            const double *b_row =
                b + ((p1 + axis[0].lag) * axis[1].extent + p2 + axis[1].lag) * axis[2].extent;
            for (ptrdiff_t p3 = axis[2].first; p3 < axis[2].end; p3++) {
                sum += a_row[p3] * b_row[p3 + axis[2].lag];
            }
        }
    }
    return sum;
}

/* P_d(tau) = sum_p a_d[p] b_d[p + tau] */
static double conv_value(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag)
{
    size_t first = (head * kernel->features + feature) * kernel->taps;
    return correlation(kernel, kernel->query_filter + first, kernel->key_filter + first, lag);
}

/* P^qq_d(tau) = sum_p a_d[p] a_d[p + tau], P^kk_d(tau) = sum_p b_d[p] b_d[p + tau] */
static double conv_autocovariance(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                                  const double *lag)
{
    size_t first = (head * kernel->features + feature) * kernel->taps;
    const double *filter = (side == RPE_SIDE_QUERY ? kernel->query_filter : kernel->key_filter) + first;
    return correlation(kernel, filter, filter, lag);
}

const rpe_kernel_type rpe_kernel_type_conv = {
    .name = "conv",
    .title = "correlation of two filters (convSPE)",
    .source = "Liutkus et al. 2021, arXiv 2105.08399, convSPE",
    .family = &rpe_family_product,
    .read = conv_read,
    .terms = rpe_kernel_product_terms,
    .whole = true,
    .value = conv_value,
    .autocovariance = conv_autocovariance,
    /* sum_p a[p] b[p + m - n]. */
    RPE_POSITION_EXAMPLES(
        {"{\"type\":\"conv\",\"query_filter\":[[[1,2],[0,0]]],\"key_filter\":[[[3,5],[0,0]]]}",
         0,
         {1.4142135623730950488, 1},
         {1, 1},
         0,
         0,
         13},
        {"{\"type\":\"conv\",\"query_filter\":[[[1,2],[0,0]]],\"key_filter\":[[[3,5],[0,0]]]}",
         0,
         {1.4142135623730950488, 1},
         {1, 1},
         1,
         0,
         5},
        {"{\"type\":\"conv\",\"query_filter\":[[[1,2],[0,0]]],\"key_filter\":[[[3,5],[0,0]]]}",
         0,
         {1.4142135623730950488, 1},
         {1, 1},
         0,
         1,
         6}),
};
