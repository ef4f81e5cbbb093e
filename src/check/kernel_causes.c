/* Causes that are undone in the kernel: codes made with the error are draws for the kernel with it. */
#include <math.h>
#include <string.h>

#include "rpe_check_correction.h"
#include "rpe_memory.h"

static const double TWO_PI = 6.283185307179586476925286766559;

static size_t features_of(const rpe_kernel *kernel)
{
    return kernel->heads * kernel->features;
}

static bool is_sine(const rpe_kernel *kernel)
{
    return kernel->sinusoids > 0 && kernel->taps == 0;
}

static size_t sinusoids_of(const rpe_kernel *kernel)
{
    return is_sine(kernel) ? features_of(kernel) * kernel->sinusoids : 0;
}

static rpe_status copy_values(double **copy, const double *values, size_t count, rpe_error *error)
{
    if (values == NULL)
        return RPE_OK;
    *copy = rpe_memory_allocate(count, sizeof **copy);
    if (*copy == NULL)
        return rpe_error_memory(error, "a copy of the kernel", count, sizeof **copy);
    memcpy(*copy, values, count * sizeof **copy);
    return RPE_OK;
}

rpe_status rpe_check_kernel_copy(rpe_kernel **copy, const rpe_kernel *kernel, rpe_error *error)
{
    size_t sinusoids = sinusoids_of(kernel), taps = features_of(kernel) * kernel->taps;
    rpe_kernel *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "a copy of the kernel", 1, sizeof *made);
    *made = *kernel;
    made->path = NULL;
    made->gate = made->frequency = made->phase = made->gain = NULL;
    made->query_filter = made->key_filter = made->values = NULL;
    rpe_status status = copy_values(&made->gate, kernel->gate, features_of(kernel), error);
    if (status == RPE_OK)
        status = copy_values(&made->frequency, kernel->frequency, sinusoids, error);
    if (status == RPE_OK)
        status = copy_values(&made->phase, kernel->phase, sinusoids, error);
    if (status == RPE_OK)
        status = copy_values(&made->gain, kernel->gain, sinusoids, error);
    if (status == RPE_OK)
        status = copy_values(&made->query_filter, kernel->query_filter, taps, error);
    if (status == RPE_OK)
        status = copy_values(&made->key_filter, kernel->key_filter, taps, error);
    if (status == RPE_OK)
        *copy = made;
    else
        rpe_kernel_destroy(made);
    return status;
}

/* values <- values * factor; whether any is another then */
static bool scale(double *values, size_t count, double factor)
{
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        double scaled = values[i] * factor;
        changed = changed || scaled != values[i];
        values[i] = scaled;
    }
    return changed;
}

/* The same change of a kernel, as a cause. */
#define CHANGE(name)                                                                                         \
    static bool name(rpe_kernel *kernel);                                                                    \
    bool rpe_check_undo_##name(rpe_check_correction *correction)                                             \
    {                                                                                                        \
        return name(correction->kernel);                                                                     \
    }                                                                                                        \
    static bool name(rpe_kernel *kernel)

CHANGE(phase_negated)
{
    return scale(kernel->phase, sinusoids_of(kernel), -1);
}

/* the same law: cos(2 pi f m + theta) z + ... with the same theta on both sides is a rotation of z */
CHANGE(phase_dropped)
{
    return scale(kernel->phase, sinusoids_of(kernel), 0);
}

CHANGE(two_pi_dropped)
{
    return scale(kernel->frequency, sinusoids_of(kernel), 1 / TWO_PI);
}

CHANGE(two_pi_twice)
{
    return scale(kernel->frequency, sinusoids_of(kernel), TWO_PI);
}

CHANGE(frequency_doubled)
{
    return scale(kernel->frequency, sinusoids_of(kernel), 2);
}

CHANGE(raw_scale_missing)
{
    return scale(kernel->gain, sinusoids_of(kernel), sqrt(2 * (double)kernel->sinusoids));
}

CHANGE(gain_squared)
{
    bool changed = false;
    for (size_t i = 0; i < sinusoids_of(kernel); i++) {
        changed = changed || (kernel->gain[i] != 0 && kernel->gain[i] != 1);
        kernel->gain[i] *= kernel->gain[i];
    }
    return changed;
}

CHANGE(gain_rooted)
{
    bool changed = false;
    for (size_t i = 0; i < sinusoids_of(kernel); i++) {
        changed = changed || (kernel->gain[i] != 0 && kernel->gain[i] != 1);
        kernel->gain[i] = sqrt(kernel->gain[i]);
    }
    return changed;
}

static bool swapped(rpe_kernel *kernel)
{
    double *filter = kernel->query_filter;
    kernel->query_filter = kernel->key_filter;
    kernel->key_filter = filter;
    return memcmp(kernel->query_filter, kernel->key_filter,
                  features_of(kernel) * kernel->taps * sizeof(double)) != 0;
}

/* all axes: taps in C order run backwards */
static bool reversed(const rpe_kernel *kernel, double *filter)
{
    bool changed = false;
    for (size_t f = 0; f < features_of(kernel); f++) {
        double *taps = filter + f * kernel->taps;
        for (size_t i = 0, j = kernel->taps - 1; i < j; i++, j--) {
            double tap = taps[i];
            changed = changed || tap != taps[j];
            taps[i] = taps[j];
            taps[j] = tap;
        }
    }
    return changed;
}

CHANGE(filters_swapped)
{
    return kernel->taps > 0 && swapped(kernel);
}

CHANGE(filters_reversed)
{
    if (kernel->taps == 0)
        return false;
    bool query = reversed(kernel, kernel->query_filter), key = reversed(kernel, kernel->key_filter);
    return query || key;
}

CHANGE(query_filter_reversed)
{
    return kernel->taps > 0 && reversed(kernel, kernel->query_filter);
}

CHANGE(key_filter_reversed)
{
    return kernel->taps > 0 && reversed(kernel, kernel->key_filter);
}

CHANGE(filters_swapped_and_reversed)
{
    if (kernel->taps == 0)
        return false;
    bool query = reversed(kernel, kernel->query_filter), key = reversed(kernel, kernel->key_filter);
    return swapped(kernel) && (query || key);
}

/* One more tap on that axis: the filter moves up by `up`. */
static rpe_status taps_add(const rpe_kernel *kernel, const double *filter, size_t axis, size_t up,
                           double **moved, rpe_error *error)
{
    size_t inner = 1, extent = kernel->tap_extent[axis];
    for (size_t i = axis + 1; i < kernel->axes; i++)
        inner *= kernel->tap_extent[i];
    size_t outer = features_of(kernel) * (kernel->taps / (extent * inner));
    double *made = rpe_memory_allocate_zero(outer * (extent + 1) * inner, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "shifted filters", outer * (extent + 1) * inner, sizeof *made);
    for (size_t i = 0; i < outer; i++)
        memcpy(made + (i * (extent + 1) + up) * inner, filter + i * extent * inner,
               extent * inner * sizeof *made);
    *moved = made;
    return RPE_OK;
}

/* Qbar(m + 1) = sum_p a[p] z(m + 1 + p): the query filter moves up by one tap; ahead = false: the key filter does */
static bool filters_shift(rpe_check_correction *correction, size_t axis, bool ahead)
{
    rpe_kernel *kernel = correction->kernel;
    double *query = NULL, *key = NULL;
    correction->status = taps_add(kernel, kernel->query_filter, axis, ahead, &query, correction->error);
    if (correction->status == RPE_OK)
        correction->status = taps_add(kernel, kernel->key_filter, axis, !ahead, &key, correction->error);
    if (correction->status != RPE_OK) {
        rpe_memory_free(query);
        return false;
    }
    rpe_memory_free(kernel->query_filter);
    rpe_memory_free(kernel->key_filter);
    kernel->query_filter = query;
    kernel->key_filter = key;
    kernel->taps = kernel->taps / kernel->tap_extent[axis] * (kernel->tap_extent[axis] + 1);
    kernel->tap_extent[axis]++;
    return true;
}

/* The variant is the axis. */
static bool shift(rpe_check_correction *correction, bool ahead)
{
    rpe_kernel *kernel = correction->kernel;
    size_t axis = correction->variant;
    if (axis >= kernel->axes)
        return false;
    rpe_check_detail(correction, "%s", rpe_check_axis_text(axis));
    if (kernel->taps > 0)
        return filters_shift(correction, axis, ahead);
    for (size_t i = 0; i < sinusoids_of(kernel); i++) /* cos(2 pi f (m +- 1) + theta) */
        kernel->phase[i] += (ahead ? 1 : -1) * TWO_PI * kernel->frequency[i];
    return true;
}

bool rpe_check_undo_ahead(rpe_check_correction *correction)
{
    return shift(correction, true);
}

bool rpe_check_undo_behind(rpe_check_correction *correction)
{
    return shift(correction, false);
}

CHANGE(gate_inverted)
{
    bool changed = false;
    for (size_t i = 0; kernel->gate != NULL && i < features_of(kernel); i++) {
        changed = changed || kernel->gate[i] != 0.5;
        kernel->gate[i] = 1 - kernel->gate[i];
    }
    return changed;
}

CHANGE(gate_dropped)
{
    return kernel->gate != NULL && scale(kernel->gate, features_of(kernel), 0);
}

/* (1 - delta) X + delta eps: a gate of delta^2 on X (1 - delta)/sqrt(1 - delta^2) */
CHANGE(gate_not_rooted)
{
    bool changed = false;
    for (size_t f = 0; kernel->gate != NULL && f < features_of(kernel); f++) {
        double delta = kernel->gate[f], factor = delta < 1 ? sqrt((1 - delta) / (1 + delta)) : 1;
        changed = changed || (delta > 0 && delta < 1);
        kernel->gate[f] = delta * delta;
        if (is_sine(kernel)) {
            scale(kernel->gain + f * kernel->sinusoids, kernel->sinusoids, factor);
        } else {
            scale(kernel->query_filter + f * kernel->taps, kernel->taps, factor);
            scale(kernel->key_filter + f * kernel->taps, kernel->taps, factor);
        }
    }
    return changed;
}
