/* Convolution kernels (convSPE): the correlation of a query filter and a key filter, on 1 to 3 axes.
   [spec 3; SPE paper] */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "position/conv.h"
#include "position/kernel_fit.h"
#include "position/parameter_table.h"

/* ---- parameters ---- */

static void filter_authors(double *filter, size_t taps)
{
    double conv_scale = sqrt(0.5 * (double)taps);
    for (size_t p = 0; p < taps; p++)
        filter[p] /= conv_scale;
}

static void filter_unit(double *filter, size_t taps)
{
    double squares = 0.0;
    for (size_t p = 0; p < taps; p++) {
        filter[p] *= exp(-4.0 * (double)p / (double)taps);
        squares += filter[p] * filter[p];
    }
    double norm = sqrt(squares);
    for (size_t p = 0; p < taps; p++)
        filter[p] /= norm;
}

static const rpe_parameter_law filter_laws[] = {{false, filter_authors}, {true, filter_unit}};

/* Filters have no raw form. */
static const rpe_parameter conv_parameters[] = {
    {.name = "query_filter",
     .axes = "hdp|hdpq|hdpqr",
     .low = -INFINITY,
     .high = INFINITY,
     .laws = filter_laws},
    {.name = "key_filter",
     .axes = "hdp|hdpq|hdpqr",
     .low = -INFINITY,
     .high = INFINITY,
     .same = "query_filter",
     .laws = filter_laws},
    {0},
};

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

/* |sum a b| <= (sum a^2 + sum b^2) / 2: all values are finite when the powers are */
static rpe_status conv_check(rpe_kernel *kernel, rpe_error *error)
{
    kernel->axes = kernel->own[RPE_CONV_QUERY].rank - 2;
    rpe_status status = rpe_parameter_power_check(kernel, RPE_CONV_QUERY, error);
    return status == RPE_OK ? rpe_parameter_power_check(kernel, RPE_CONV_KEY, error) : status;
}

/* ---- values ---- */

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
    const size_t *extent = rpe_conv_of(kernel).extent;
    overlap axis[RPE_AXES_MAX];
    size_t leading = RPE_AXES_MAX - kernel->axes;
    for (size_t i = 0; i < RPE_AXES_MAX; i++) {
        axis[i] =
            i < leading ? overlap_of(1, 0) : overlap_of(extent[i - leading], (ptrdiff_t)lag[i - leading]);
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

/* a_d or b_d, by the index of head and feature */
static double *filter_of(const rpe_kernel *kernel, rpe_side side, size_t index)
{
    const rpe_conv conv = rpe_conv_of(kernel);
    return (side == RPE_SIDE_QUERY ? conv.query_filter : conv.key_filter) + index * conv.taps;
}

/* P_d(tau) = sum_p a_d[p] b_d[p + tau] */
static double conv_value(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag)
{
    size_t index = head * kernel->features + feature;
    return correlation(kernel, filter_of(kernel, RPE_SIDE_QUERY, index),
                       filter_of(kernel, RPE_SIDE_KEY, index), lag);
}

/* P^qq_d(tau) = sum_p a_d[p] a_d[p + tau], P^kk_d(tau) = sum_p b_d[p] b_d[p + tau] */
static double conv_autocovariance(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                                  const double *lag)
{
    const double *filter = filter_of(kernel, side, head * kernel->features + feature);
    return correlation(kernel, filter, filter, lag);
}

/* ---- codes ---- */

/* a_d[x - m] or b_d[x - n] at the sample x, 0 outside the taps. */
static double conv_coefficient(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                               const ptrdiff_t *row, const ptrdiff_t *place)
{
    const size_t *extent = rpe_conv_of(kernel).extent;
    size_t tap = 0;
    for (size_t axis = 0; axis < kernel->axes; axis++) {
        ptrdiff_t at = row[axis] - place[axis];
        if (at < 0 || at >= (ptrdiff_t)extent[axis])
            return 0;
        tap = tap * extent[axis] + (size_t)at;
    }
    return filter_of(kernel, side, head * kernel->features + feature)[tap];
}

/* gamma times the larger of sum_p |a_p| and sum_p |b_p| */
static double conv_rounding(const rpe_kernel *kernel, size_t index, double position, double gamma,
                            double roundoff)
{
    const double *a = filter_of(kernel, RPE_SIDE_QUERY, index), *b = filter_of(kernel, RPE_SIDE_KEY, index);
    double sums[2] = {0.0, 0.0};
    (void)position;
    (void)roundoff;
    for (size_t p = 0; p < rpe_conv_of(kernel).taps; p++) {
        sums[0] += fabs(a[p]);
        sums[1] += fabs(b[p]);
    }
    return gamma * fmax(sums[0], sums[1]);
}

/* sum_p a[p]^2 b[p+tau]^2: the kernel of the squared filters */
static void conv_square(rpe_kernel *kernel)
{
    const rpe_conv conv = rpe_conv_of(kernel);
    for (size_t i = 0; i < kernel->own[RPE_CONV_QUERY].count; i++) {
        conv.query_filter[i] *= conv.query_filter[i];
        conv.key_filter[i] *= conv.key_filter[i];
    }
}

static void conv_scale(rpe_kernel *kernel, size_t index, double factor)
{
    double *a = filter_of(kernel, RPE_SIDE_QUERY, index), *b = filter_of(kernel, RPE_SIDE_KEY, index);
    for (size_t p = 0; p < rpe_conv_of(kernel).taps; p++) {
        a[p] *= factor;
        b[p] *= factor;
    }
}

/* One more tap on that axis: the filter moves up by `up`. */
static double *taps_add(const rpe_kernel *kernel, size_t filter, size_t axis, size_t up)
{
    const rpe_parameter_values *own = &kernel->own[filter];
    size_t inner = 1, extent = own->extent[2 + axis];
    for (size_t i = 3 + axis; i < own->rank; i++)
        inner *= own->extent[i];
    size_t outer = own->count / (extent * inner);
    double *made = rpe_memory_allocate_zero(outer * (extent + 1) * inner, sizeof *made);
    for (size_t i = 0; made != NULL && i < outer; i++)
        memcpy(made + (i * (extent + 1) + up) * inner, own->values + i * extent * inner,
               extent * inner * sizeof *made);
    return made;
}

static void filter_replace(rpe_parameter_values *own, size_t axis, double *values)
{
    rpe_memory_free(own->values);
    own->values = values;
    own->count = own->count / own->extent[2 + axis] * (own->extent[2 + axis] + 1);
    own->extent[2 + axis]++;
}

/* Qbar(m + 1) = sum_p a[p] z(m + 1 + p): the query filter moves up by one tap; ahead = false: the key filter does */
static rpe_status conv_shift(rpe_kernel *kernel, size_t axis, bool ahead, rpe_error *error)
{
    double *query = taps_add(kernel, RPE_CONV_QUERY, axis, ahead),
           *key = taps_add(kernel, RPE_CONV_KEY, axis, !ahead);
    if (query == NULL || key == NULL) {
        rpe_memory_free(query);
        rpe_memory_free(key);
        return rpe_error_memory(error, "shifted filters", kernel->own[RPE_CONV_QUERY].count, sizeof *query);
    }
    filter_replace(&kernel->own[RPE_CONV_QUERY], axis, query);
    filter_replace(&kernel->own[RPE_CONV_KEY], axis, key);
    return RPE_OK;
}

static const rpe_kernel_codes conv_codes = {
    .along = true,
    .coefficient = conv_coefficient,
    .rounding = conv_rounding,
    .square = conv_square,
    .scale = conv_scale,
    .shift = conv_shift,
};

/* ---- mistakes ---- */

static bool swapped(rpe_kernel *kernel)
{
    rpe_parameter_values *query = &kernel->own[RPE_CONV_QUERY], *key = &kernel->own[RPE_CONV_KEY];
    double *filter = query->values;
    query->values = key->values;
    key->values = filter;
    return memcmp(query->values, key->values, query->count * sizeof *filter) != 0;
}

/* all axes: taps in C order run backwards */
static bool reversed(rpe_kernel *kernel, size_t filter)
{
    size_t size = rpe_conv_of(kernel).taps;
    bool changed = false;
    for (size_t first = 0; first < kernel->own[filter].count; first += size) {
        double *taps = kernel->own[filter].values + first;
        for (size_t i = 0, j = size - 1; i < j; i++, j--) {
            double tap = taps[i];
            changed = changed || tap != taps[j];
            taps[i] = taps[j];
            taps[j] = tap;
        }
    }
    return changed;
}

static bool both_reversed(rpe_kernel *kernel)
{
    bool query = reversed(kernel, RPE_CONV_QUERY), key = reversed(kernel, RPE_CONV_KEY);
    return query || key;
}

static bool query_reversed(rpe_kernel *kernel)
{
    return reversed(kernel, RPE_CONV_QUERY);
}

static bool key_reversed(rpe_kernel *kernel)
{
    return reversed(kernel, RPE_CONV_KEY);
}

static bool swapped_and_reversed(rpe_kernel *kernel)
{
    bool changed = both_reversed(kernel);
    return swapped(kernel) && changed;
}

static const rpe_kernel_mistake conv_mistakes[] = {
    {"filters_swapped", "the filters are swapped: queries drawn with the key filter, as in PyTorch's ConvSPE",
     swapped},
    {"filters_reversed", "both filters are reversed", both_reversed},
    {"query_filter_reversed", "the query filter is reversed", query_reversed},
    {"key_filter_reversed", "the key filter is reversed", key_reversed},
    {"filters_swapped_and_reversed", "the filters are swapped and reversed", swapped_and_reversed},
    {NULL, NULL, NULL},
};

const rpe_kernel_type rpe_kernel_type_conv = {
    .name = "conv",
    .title = "correlation of two filters (convSPE)",
    .source = "Liutkus et al. 2021, arXiv 2105.08399, convSPE",
    .family = &rpe_family_product,
    .parameters = conv_parameters,
    .foreign = names_check,
    .check = conv_check,
    .size = "taps",
    .terms = rpe_kernel_product_terms,
    .whole = true,
    .value = conv_value,
    .codes = &conv_codes,
    .autocovariance = conv_autocovariance,
    .mistakes = conv_mistakes,
    .fit = rpe_kernel_fit_conv,
    /* sum_p a[p] b[p + m - n]; both features at lag 1: 1 5 and 2 4, 1 5 + 2 8. */
    RPE_POSITION_EXAMPLES(
        RPE_EXAMPLE("{\"type\":\"conv\",\"query_filter\":[[[1,2],[0,0]]],\"key_filter\":[[[3,5],[0,0]]]}", 0,
                    2, {1.4142135623730950488, 1}, {1, 1}, 0, 0, 13),
        RPE_EXAMPLE("{\"type\":\"conv\",\"query_filter\":[[[1,2],[0,0]]],\"key_filter\":[[[3,5],[0,0]]]}", 0,
                    2, {1.4142135623730950488, 1}, {1, 1}, 1, 0, 5),
        RPE_EXAMPLE("{\"type\":\"conv\",\"query_filter\":[[[1,2],[0,0]]],\"key_filter\":[[[3,5],[0,0]]]}", 0,
                    2, {1.4142135623730950488, 1}, {1, 1}, 0, 1, 6),
        RPE_EXAMPLE("{\"type\":\"conv\",\"query_filter\":[[[1,2],[2,1]]],\"key_filter\":[[[3,5],[1,4]]]}", 0,
                    2, {1.4142135623730950488, 1.4142135623730950488}, {1, 2}, 1, 0, 21)),
    RPE_POSITION_CASES(
        RPE_CASE("conv", 1, {6}, {6}, 8,
                 "{\"type\":\"conv\",\"query_filter\":[[[-0.597738,0.801596,-0.0123442],[-0.153004,-0.706213,"
                 "0.691269],[0.482976,0.48348,0.730055]],[[0.322725,-0.590736,-0.739513],[-0.371079,0.635347,"
                 "-0.677226],[-0.835652,-0.450137,0.314743]]],\"key_filter\":[[[-0.119205,-0.109977,-0.98676]"
                 ",[-0.139045,-0.036808,0.989602],[0.55378,0.176033,0.813843]],[[0.0129505,0.23537,-0.97182],"
                 "[-0.399196,0.785501,-0.472896],[-0.0779353,0.808307,0.58358]]]}"),
        RPE_CASE("conv gated", 1, {7}, {5}, 6,
                 "{\"type\":\"conv\",\"query_filter\":[[[0.586365,-0.799,-0.133323],[-0.251669,0.220288,-0."
                 "94241],[0.572192,0.519813,-0.634343]],[[-0.773294,-0.633123,0.0342144],[0.297446,0.950332,-"
                 "0.0916256],[0.398438,0.0806829,0.91364]]],\"key_filter\":[[[0.811531,-0.0701016,-0.58009],["
                 "-0.814608,-0.520174,-0.256579],[0.713143,0.229489,-0.66239]],[[-0.15563,-0.813203,-0."
                 "560785],[0.232819,0.967829,-0.0954065],[0.018733,-0.999723,-0.0142823]]],\"gate\":[[0."
                 "444974,0.665314,0.21931],[0.378341,0.517487,0.636593]]}"),
        RPE_CASE(
            "conv 2-D gated", 2, {3, 2}, {3, 2}, 4,
            "{\"type\":\"conv\",\"query_filter\":[[[[-0.857879,-0.257516],[0.0626643,-0.440231]],[[-0.361497,"
            "-0.621517],[-0.253045,0.647306]],[[-0.36123,-0.136708],[0.722955,0.572852]]],[[[0.591608,-0."
            "729555],[0.299034,-0.168312]],[[0.0781088,0.4858],[0.628186,0.602727]],[[0.0941334,0.976896],[-"
            "0.171736,-0.0855612]]]],\"key_filter\":[[[[-0.139288,-0.361045],[0.905481,0.174209]],[[0.832622,"
            "-0.293497],[-0.289963,0.369489]],[[0.313638,-0.513067],[0.722694,0.340745]]],[[[0.696666,-0."
            "538245],[0.407516,-0.24265]],[[-0.65063,-0.0620721],[-0.28591,0.700773]],[[0.480758,0.574586],["
            "0.172638,0.639468]]]],\"gate\":[[0.50201,0.50391,0.365022],[0.346114,0.545399,0.192778]]}")),
};
