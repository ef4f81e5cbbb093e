/* Faults of conv kernels: codes whose filters are not those of the formula.  [spec 3, 4] */
#include <string.h>

#include "rpe_fault.h"

static void filters_swapped_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    double *query_filter = kernel->query_filter;
    kernel->query_filter = kernel->key_filter;
    kernel->key_filter = query_filter;
}

RPE_FAULT(filters_swapped, .change = filters_swapped_change)

const rpe_mutant rpe_mutant_filters_swapped = {
    .name = "filters-swapped",
    .title = "the filters of queries and keys are swapped",
    .claim = "score-mean",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = filters_swapped_wrap,
};

/* Filters [heads,features,taps], taps in the opposite order. */
static void reverse(const rpe_kernel *kernel, double *filters)
{
    for (size_t row = 0; row < rpe_fault_taps(kernel); row += kernel->taps)
        for (size_t p = 0; p < kernel->taps / 2; p++) {
            double tap = filters[row + p];
            filters[row + p] = filters[row + kernel->taps - 1 - p];
            filters[row + kernel->taps - 1 - p] = tap;
        }
}

static void filter_reversed_change(rpe_fault *fault)
{
    reverse(&fault->kernel[0], fault->kernel[0].key_filter);
}

RPE_FAULT(filter_reversed, .change = filter_reversed_change)

const rpe_mutant rpe_mutant_filter_reversed = {
    .name = "filter-reversed",
    .title = "the filter of keys is reversed, a convolution for a correlation",
    .claim = "score-mean",
    .case_name = "conv gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = filter_reversed_wrap,
};

static void filters_reversed_change(rpe_fault *fault)
{
    reverse(&fault->kernel[0], fault->kernel[0].query_filter);
    reverse(&fault->kernel[0], fault->kernel[0].key_filter);
}

RPE_FAULT(filters_reversed, .change = filters_reversed_change)

const rpe_mutant rpe_mutant_filters_reversed = {
    .name = "filters-reversed",
    .title = "both filters are reversed, so that the lag has the wrong sign",
    .claim = "code-covariance",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = filters_reversed_wrap,
};

/* a[p] at p - 1, the first tap lost */
static void shift(const rpe_kernel *kernel, double *filters)
{
    for (size_t row = 0; row < rpe_fault_taps(kernel); row += kernel->taps) {
        memmove(filters + row, filters + row + 1, (kernel->taps - 1) * sizeof *filters);
        filters[row + kernel->taps - 1] = 0.0;
    }
}

static void tap_shift_change(rpe_fault *fault)
{
    shift(&fault->kernel[0], fault->kernel[0].query_filter);
}

RPE_FAULT(tap_shift, .change = tap_shift_change)

const rpe_mutant rpe_mutant_tap_shift = {
    .name = "tap-shift",
    .title = "taps of queries are off by one",
    .claim = "score-mean",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = tap_shift_wrap,
};

static void tap_dropped_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = kernel->taps - 1; i < rpe_fault_taps(kernel); i += kernel->taps)
        kernel->key_filter[i] = 0.0;
}

RPE_FAULT(tap_dropped, .change = tap_dropped_change)

const rpe_mutant rpe_mutant_tap_dropped = {
    .name = "tap-dropped",
    .title = "the last tap of keys is left out",
    .claim = "code-covariance",
    .case_name = "conv 2-D gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = tap_dropped_wrap,
};

static void query_codes_for_keys_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    memcpy(kernel->key_filter, kernel->query_filter, rpe_fault_taps(kernel) * sizeof *kernel->key_filter);
}

RPE_FAULT(query_codes_for_keys, .change = query_codes_for_keys_change)

const rpe_mutant rpe_mutant_query_codes_for_keys = {
    .name = "query-codes-for-keys",
    .title = "keys have the codes of queries",
    .claim = "code-covariance",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = query_codes_for_keys_wrap,
};

/* Taps [height,width] of each feature read as [width,height]: the second axis first. */
static void transpose(const rpe_kernel *kernel, double *filters)
{
    size_t height = kernel->tap_extent[0], width = kernel->tap_extent[1];
    for (size_t row = 0; row < rpe_fault_taps(kernel); row += kernel->taps) {
        double read[16];
        for (size_t i = 0; i < kernel->taps; i++)
            read[i] = filters[row + i % width * height + i / width];
        memcpy(filters + row, read, kernel->taps * sizeof *filters);
    }
}

static void axes_swapped_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    if (kernel->axes != 2 || kernel->taps > 16)
        return;
    transpose(kernel, kernel->query_filter);
    transpose(kernel, kernel->key_filter);
}

RPE_FAULT(axes_swapped, .change = axes_swapped_change)

const rpe_mutant rpe_mutant_axes_swapped = {
    .name = "axes-swapped",
    .title = "taps on an image are read with the axes swapped",
    .claim = "code-covariance",
    .case_name = "conv 2-D gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = axes_swapped_wrap,
};
