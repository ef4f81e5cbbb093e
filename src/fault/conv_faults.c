/* Faults of conv kernels: codes whose filters are not those of the formula.  [spec 3, 4] */
#include <string.h>

#include "fault/code_fault.h"
#include "position/conv.h"

/* Numbers of a filter [heads,features,taps]. */
static size_t taps_of(const rpe_kernel *kernel)
{
    return kernel->own[RPE_CONV_QUERY].count;
}

static void filters_swapped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    rpe_parameter_values query = kernel->own[RPE_CONV_QUERY];
    kernel->own[RPE_CONV_QUERY] = kernel->own[RPE_CONV_KEY];
    kernel->own[RPE_CONV_KEY] = query;
}

RPE_CODE_FAULT(filters_swapped, .change = filters_swapped_change)

const rpe_planting rpe_planting_filters_swapped = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = filters_swapped_wrap};

/* Filters [heads,features,taps], taps in the opposite order. */
static void reverse(const rpe_kernel *kernel, double *filters)
{
    for (size_t row = 0; row < taps_of(kernel); row += rpe_conv_of(kernel).taps)
        for (size_t p = 0; p < rpe_conv_of(kernel).taps / 2; p++) {
            double tap = filters[row + p];
            filters[row + p] = filters[row + rpe_conv_of(kernel).taps - 1 - p];
            filters[row + rpe_conv_of(kernel).taps - 1 - p] = tap;
        }
}

static void filter_reversed_change(rpe_code_fault *fault)
{
    reverse(fault->kernel[0], rpe_conv_of(fault->kernel[0]).key_filter);
}

RPE_CODE_FAULT(filter_reversed, .change = filter_reversed_change)

const rpe_planting rpe_planting_filter_reversed = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = filter_reversed_wrap};

static void filters_reversed_change(rpe_code_fault *fault)
{
    reverse(fault->kernel[0], rpe_conv_of(fault->kernel[0]).query_filter);
    reverse(fault->kernel[0], rpe_conv_of(fault->kernel[0]).key_filter);
}

RPE_CODE_FAULT(filters_reversed, .change = filters_reversed_change)

const rpe_planting rpe_planting_filters_reversed = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = filters_reversed_wrap};

/* a[p] at p - 1, the first tap lost */
static void shift(const rpe_kernel *kernel, double *filters)
{
    for (size_t row = 0; row < taps_of(kernel); row += rpe_conv_of(kernel).taps) {
        memmove(filters + row, filters + row + 1, (rpe_conv_of(kernel).taps - 1) * sizeof *filters);
        filters[row + rpe_conv_of(kernel).taps - 1] = 0.0;
    }
}

static void tap_shift_change(rpe_code_fault *fault)
{
    shift(fault->kernel[0], rpe_conv_of(fault->kernel[0]).query_filter);
}

RPE_CODE_FAULT(tap_shift, .change = tap_shift_change)

const rpe_planting rpe_planting_tap_shift = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = tap_shift_wrap};

static void tap_dropped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = rpe_conv_of(kernel).taps - 1; i < taps_of(kernel); i += rpe_conv_of(kernel).taps)
        rpe_conv_of(kernel).key_filter[i] = 0.0;
}

RPE_CODE_FAULT(tap_dropped, .change = tap_dropped_change)

const rpe_planting rpe_planting_tap_dropped = {
    .case_name = "conv 2-D gated", .sampler = "gaussian", .method = "softmax", .wrap = tap_dropped_wrap};

static void query_codes_for_keys_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    memcpy(rpe_conv_of(kernel).key_filter, rpe_conv_of(kernel).query_filter,
           taps_of(kernel) * sizeof *rpe_conv_of(kernel).key_filter);
}

RPE_CODE_FAULT(query_codes_for_keys, .change = query_codes_for_keys_change)

const rpe_planting rpe_planting_query_codes_for_keys = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = query_codes_for_keys_wrap};

/* Taps [height,width] of each feature read as [width,height]: the second axis first. */
static void transpose(const rpe_kernel *kernel, double *filters)
{
    size_t height = rpe_conv_of(kernel).extent[0], width = rpe_conv_of(kernel).extent[1];
    for (size_t row = 0; row < taps_of(kernel); row += rpe_conv_of(kernel).taps) {
        double read[16] = {0};
        for (size_t i = 0; i < rpe_conv_of(kernel).taps; i++)
            read[i] = filters[row + i % width * height + i / width];
        memcpy(filters + row, read, rpe_conv_of(kernel).taps * sizeof *filters);
    }
}

static void axes_swapped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    if (kernel->axes != 2 || rpe_conv_of(kernel).taps > 16)
        return;
    transpose(kernel, rpe_conv_of(kernel).query_filter);
    transpose(kernel, rpe_conv_of(kernel).key_filter);
}

RPE_CODE_FAULT(axes_swapped, .change = axes_swapped_change)

const rpe_planting rpe_planting_axes_swapped = {
    .case_name = "conv 2-D gated", .sampler = "gaussian", .method = "softmax", .wrap = axes_swapped_wrap};
