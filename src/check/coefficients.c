/* The coefficients of the noise rows, by the definitions of spec 4: what turns whitened codes back into noise. */
#include <math.h>
#include <string.h>

#include "rpe_check_subject.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* Qbar(m) = sum_k lambda_k (cos(2 pi f_k m + theta_k) z_2k + sin(2 pi f_k m + theta_k) z_2k+1); keys: theta = 0 */
static void sine_fill(const rpe_kernel *kernel, size_t first, const rpe_check_window *window, double *matrix)
{
    size_t queries = window->positions[0].count, count = queries + window->positions[1].count;
    for (size_t k = 0; k < kernel->sinusoids; k++) {
        double f = kernel->frequency[first + k], theta = kernel->phase[first + k],
               lambda = kernel->gain[first + k];
        double *cosine = matrix + 2 * k * count, *sine = cosine + count;
        for (size_t p = 0; p < count; p++) {
            double place = p < queries ? (double)p : (double)(p - queries);
            double angle = TWO_PI * fmod(f * place, 1.0) + (p < queries ? theta : 0.0);
            cosine[p] = lambda * cos(angle);
            sine[p] = lambda * sin(angle);
        }
    }
}

/* The sample of the noise on one axis that position `place` of the box sees through that tap; false: a zero of the padding. */
static bool sample_find(const rpe_check_law *law, size_t axis, size_t start, size_t place, size_t *sample)
{
    size_t whole = start + place;
    *sample = place;
    if (law->padding == RPE_CHECK_PADDING_CIRCULAR && whole >= law->count[axis])
        *sample = whole % law->count[axis]; /* the box is whole, or does not see the first samples */
    return law->padding != RPE_CHECK_PADDING_ZERO ||
           (whole >= law->first[axis] && whole < law->first[axis] + law->count[axis]);
}

/* Qbar(m) = sum_p a[p] z(m + p), Kbar(n) = sum_p b[p] z(n + p); positions, taps and samples have 1 to 3 axes */
static void conv_fill(const rpe_check_subject *subject, size_t first, const rpe_check_window *window,
                      const size_t *start, double *matrix)
{
    const rpe_kernel *kernel = subject->kernel;
    size_t queries = window->positions[0].count, count = queries + window->positions[1].count;
    size_t samples[RPE_AXES_MAX] = {1, 1, 1};
    rpe_positions taps = {.axes = kernel->axes, .count = kernel->taps};
    for (size_t i = 0; i < kernel->axes; i++) {
        size_t m = window->positions[0].extent[i], n = window->positions[1].extent[i];
        samples[i] = (m > n ? m : n) + kernel->tap_extent[i] - 1;
        taps.extent[i] = kernel->tap_extent[i];
    }
    for (size_t p = 0; p < count; p++) {
        bool query = p < queries;
        const double *filter = (query ? kernel->query_filter : kernel->key_filter) + first;
        ptrdiff_t place[RPE_AXES_MAX], tap[RPE_AXES_MAX];
        rpe_positions_coordinates(&window->positions[!query], query ? p : p - queries, place);
        for (size_t t = 0; t < kernel->taps; t++) {
            size_t row = 0, sample = 0;
            bool seen = true;
            rpe_positions_coordinates(&taps, t, tap);
            for (size_t i = 0; i < kernel->axes; i++) {
                seen = sample_find(&subject->law, i, start[i], (size_t)(place[i] + tap[i]), &sample) && seen;
                row = row * samples[i] + sample;
            }
            matrix[row * count + p] += seen ? filter[t] : 0;
        }
    }
}

/* The row of the gate's noise that a code has. */
static size_t gate_row(const rpe_check_law *law, size_t queries, size_t code)
{
    bool query = code < queries;
    switch (law->gate) {
    case RPE_CHECK_GATE_EACH_SIDE:
        return query ? 0 : 1;
    case RPE_CHECK_GATE_EACH_POSITION:
        return query ? code : code - queries;
    case RPE_CHECK_GATE_EACH_CODE:
        return code;
    case RPE_CHECK_GATE_ONCE:
    default:
        return 0;
    }
}

size_t rpe_check_coefficients(const rpe_check_subject *subject, size_t head, size_t feature,
                              const rpe_check_window *window, const size_t *start, double *matrix)
{
    const rpe_kernel *kernel = subject->kernel;
    size_t queries = window->positions[0].count, count = queries + window->positions[1].count;
    size_t rows = rpe_check_noise_rows(kernel, &window->positions[0], &window->positions[1]);
    size_t gates = rpe_check_gate_rows(&subject->law, &window->positions[0], &window->positions[1]);
    size_t index = head * kernel->features + feature;
    double delta = rpe_kernel_gate(kernel, head, feature);
    memset(matrix, 0, (rows + (delta > 0 ? gates : 0)) * count * sizeof *matrix);
    if (kernel->taps == 0)
        sine_fill(kernel, index * kernel->sinusoids, window, matrix);
    else
        conv_fill(subject, index * kernel->taps, window, start, matrix);
    /* Xbar <- sqrt(1 - delta) Xbar + sqrt(delta) epsilon */
    if (!(delta > 0))
        return rows;
    for (size_t i = 0; i < rows * count; i++)
        matrix[i] *= sqrt(1 - delta);
    for (size_t p = 0; p < count; p++)
        matrix[(rows + gate_row(&subject->law, queries, p)) * count + p] = sqrt(delta);
    return rows + gates;
}
