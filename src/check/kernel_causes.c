/* The usual errors, as changes of the kernel: codes made with the error are draws for the changed kernel. */
#include <math.h>
#include <string.h>

#include "rpe_check_diagnosis.h"
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

/* As rpe_check_error says. */
#define CHANGE(name) static bool name(rpe_kernel *kernel, rpe_check_failure *failure)
#define UNUSED (void)failure

CHANGE(phase_negated)
{
    UNUSED;
    return scale(kernel->phase, sinusoids_of(kernel), -1);
}

/* the same law: cos(2 pi f m + theta) z + ... with the same theta on both sides is a rotation of z */
CHANGE(phase_dropped)
{
    UNUSED;
    return scale(kernel->phase, sinusoids_of(kernel), 0);
}

CHANGE(two_pi_dropped)
{
    UNUSED;
    return scale(kernel->frequency, sinusoids_of(kernel), 1 / TWO_PI);
}

CHANGE(two_pi_twice)
{
    UNUSED;
    return scale(kernel->frequency, sinusoids_of(kernel), TWO_PI);
}

CHANGE(frequency_doubled)
{
    UNUSED;
    return scale(kernel->frequency, sinusoids_of(kernel), 2);
}

CHANGE(raw_scale_missing)
{
    UNUSED;
    return scale(kernel->gain, sinusoids_of(kernel), sqrt(2 * (double)kernel->sinusoids));
}

CHANGE(gain_squared)
{
    UNUSED;
    bool changed = false;
    for (size_t i = 0; i < sinusoids_of(kernel); i++) {
        changed = changed || (kernel->gain[i] != 0 && kernel->gain[i] != 1);
        kernel->gain[i] *= kernel->gain[i];
    }
    return changed;
}

CHANGE(gain_rooted)
{
    UNUSED;
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
    UNUSED;
    return kernel->taps > 0 && swapped(kernel);
}

CHANGE(filters_reversed)
{
    UNUSED;
    if (kernel->taps == 0)
        return false;
    bool query = reversed(kernel, kernel->query_filter), key = reversed(kernel, kernel->key_filter);
    return query || key;
}

CHANGE(query_filter_reversed)
{
    UNUSED;
    return kernel->taps > 0 && reversed(kernel, kernel->query_filter);
}

CHANGE(key_filter_reversed)
{
    UNUSED;
    return kernel->taps > 0 && reversed(kernel, kernel->key_filter);
}

CHANGE(filters_swapped_and_reversed)
{
    UNUSED;
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

/* Qbar(m + 1) = sum_p a[p] z(m + 1 + p): the query filter moves up by one tap; ahead = -1: the key filter does */
static bool filters_shift(rpe_kernel *kernel, size_t axis, bool ahead, rpe_check_failure *failure)
{
    double *query = NULL, *key = NULL;
    failure->status = taps_add(kernel, kernel->query_filter, axis, ahead, &query, failure->error);
    if (failure->status == RPE_OK)
        failure->status = taps_add(kernel, kernel->key_filter, axis, !ahead, &key, failure->error);
    if (failure->status != RPE_OK) {
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

static bool shift(rpe_kernel *kernel, size_t axis, bool ahead, rpe_check_failure *failure)
{
    if (axis >= kernel->axes)
        return false;
    if (kernel->taps > 0)
        return filters_shift(kernel, axis, ahead, failure);
    for (size_t i = 0; i < sinusoids_of(kernel); i++) /* cos(2 pi f (m +- 1) + theta) */
        kernel->phase[i] += (ahead ? 1 : -1) * TWO_PI * kernel->frequency[i];
    return true;
}

CHANGE(ahead_0)
{
    return shift(kernel, 0, true, failure);
}

CHANGE(behind_0)
{
    return shift(kernel, 0, false, failure);
}

CHANGE(ahead_1)
{
    return shift(kernel, 1, true, failure);
}

CHANGE(behind_1)
{
    return shift(kernel, 1, false, failure);
}

CHANGE(ahead_2)
{
    return shift(kernel, 2, true, failure);
}

CHANGE(behind_2)
{
    return shift(kernel, 2, false, failure);
}

CHANGE(gate_inverted)
{
    UNUSED;
    bool changed = false;
    for (size_t i = 0; kernel->gate != NULL && i < features_of(kernel); i++) {
        changed = changed || kernel->gate[i] != 0.5;
        kernel->gate[i] = 1 - kernel->gate[i];
    }
    return changed;
}

CHANGE(gate_dropped)
{
    UNUSED;
    return kernel->gate != NULL && scale(kernel->gate, features_of(kernel), 0);
}

/* (1 - delta) X + delta eps: a gate of delta^2 on X (1 - delta)/sqrt(1 - delta^2) */
CHANGE(gate_not_rooted)
{
    UNUSED;
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

static const rpe_check_error errors[] = {
    {"the phase has the opposite sign, or the query and key sides are swapped", phase_negated},
    {"the phase is on both sides, or on neither", phase_dropped},
    {"the 2 pi of the phase is missing", two_pi_dropped},
    {"the 2 pi of the phase is there twice", two_pi_twice},
    {"the frequency is twice what it should be (not halved)", frequency_doubled},
    {"the 1/sqrt(2K) of raw gains is missing", raw_scale_missing},
    {"the gain is squared: lambda^2 is taken for lambda", gain_squared},
    {"the square root of the gain is taken for the gain", gain_rooted},
    {"the filters are swapped: queries drawn with the key filter, as in PyTorch's ConvSPE", filters_swapped},
    {"both filters are reversed", filters_reversed},
    {"the query filter is reversed", query_filter_reversed},
    {"the key filter is reversed", key_filter_reversed},
    {"the filters are swapped and reversed", filters_swapped_and_reversed},
    {"the queries are one position ahead, or the keys one behind", ahead_0},
    {"the queries are one position behind, or the keys one ahead", behind_0},
    {"the queries are one position ahead on the second axis, or the keys one behind", ahead_1},
    {"the queries are one position behind on the second axis, or the keys one ahead", behind_1},
    {"the queries are one position ahead on the third axis, or the keys one behind", ahead_2},
    {"the queries are one position behind on the third axis, or the keys one ahead", behind_2},
    {"the gate is inverted: 1 - delta for delta", gate_inverted},
    {"the gate is missing", gate_dropped},
    {"the gate is without its square roots", gate_not_rooted},
};

size_t rpe_check_error_count(void)
{
    return sizeof errors / sizeof errors[0];
}

const rpe_check_error *rpe_check_error_at(size_t index)
{
    return &errors[index];
}
