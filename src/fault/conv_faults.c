/* Faults of conv kernels: codes whose filters are not those of the formula.  [spec 3, 4] */
#include <string.h>

#include "rpe_code_fault.h"

static void filters_swapped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    double *query_filter = kernel->query_filter;
    kernel->query_filter = kernel->key_filter;
    kernel->key_filter = query_filter;
}

RPE_CODE_FAULT(filters_swapped, .change = filters_swapped_change)

const rpe_planting rpe_planting_filters_swapped = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = filters_swapped_wrap};

/* Filters [heads,features,taps], taps in the opposite order. */
static void reverse(const rpe_kernel *kernel, double *filters)
{
    for (size_t row = 0; row < rpe_code_fault_taps(kernel); row += kernel->taps)
        for (size_t p = 0; p < kernel->taps / 2; p++) {
            double tap = filters[row + p];
            filters[row + p] = filters[row + kernel->taps - 1 - p];
            filters[row + kernel->taps - 1 - p] = tap;
        }
}

static void filter_reversed_change(rpe_code_fault *fault)
{
    reverse(&fault->kernel[0], fault->kernel[0].key_filter);
}

RPE_CODE_FAULT(filter_reversed, .change = filter_reversed_change)

const rpe_planting rpe_planting_filter_reversed = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = filter_reversed_wrap};

static void filters_reversed_change(rpe_code_fault *fault)
{
    reverse(&fault->kernel[0], fault->kernel[0].query_filter);
    reverse(&fault->kernel[0], fault->kernel[0].key_filter);
}

RPE_CODE_FAULT(filters_reversed, .change = filters_reversed_change)

const rpe_planting rpe_planting_filters_reversed = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = filters_reversed_wrap};

/* a[p] at p - 1, the first tap lost */
static void shift(const rpe_kernel *kernel, double *filters)
{
    for (size_t row = 0; row < rpe_code_fault_taps(kernel); row += kernel->taps) {
        memmove(filters + row, filters + row + 1, (kernel->taps - 1) * sizeof *filters);
        filters[row + kernel->taps - 1] = 0.0;
    }
}

static void tap_shift_change(rpe_code_fault *fault)
{
    shift(&fault->kernel[0], fault->kernel[0].query_filter);
}

RPE_CODE_FAULT(tap_shift, .change = tap_shift_change)

const rpe_planting rpe_planting_tap_shift = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = tap_shift_wrap};

static void tap_dropped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = kernel->taps - 1; i < rpe_code_fault_taps(kernel); i += kernel->taps)
        kernel->key_filter[i] = 0.0;
}

RPE_CODE_FAULT(tap_dropped, .change = tap_dropped_change)

const rpe_planting rpe_planting_tap_dropped = {
    .case_name = "conv 2-D gated", .sampler = "gaussian", .method = "softmax", .wrap = tap_dropped_wrap};

static void query_codes_for_keys_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    memcpy(kernel->key_filter, kernel->query_filter,
           rpe_code_fault_taps(kernel) * sizeof *kernel->key_filter);
}

RPE_CODE_FAULT(query_codes_for_keys, .change = query_codes_for_keys_change)

const rpe_planting rpe_planting_query_codes_for_keys = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = query_codes_for_keys_wrap};

/* Taps [height,width] of each feature read as [width,height]: the second axis first. */
static void transpose(const rpe_kernel *kernel, double *filters)
{
    size_t height = kernel->tap_extent[0], width = kernel->tap_extent[1];
    for (size_t row = 0; row < rpe_code_fault_taps(kernel); row += kernel->taps) {
        double read[16];
        for (size_t i = 0; i < kernel->taps; i++)
            read[i] = filters[row + i % width * height + i / width];
        memcpy(filters + row, read, kernel->taps * sizeof *filters);
    }
}

static void axes_swapped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    if (kernel->axes != 2 || kernel->taps > 16)
        return;
    transpose(kernel, kernel->query_filter);
    transpose(kernel, kernel->key_filter);
}

RPE_CODE_FAULT(axes_swapped, .change = axes_swapped_change)

const rpe_planting rpe_planting_axes_swapped = {
    .case_name = "conv 2-D gated", .sampler = "gaussian", .method = "softmax", .wrap = axes_swapped_wrap};
