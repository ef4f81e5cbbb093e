/* The coefficients of the noise rows, by the definitions of spec 4: what turns whitened codes back into noise. */
#include <math.h>
#include <string.h>

#include "check/check_subject.h"

/* Rows that all codes see. */
static void rows_fill(const rpe_check_subject *subject, size_t head, size_t feature,
                      const rpe_check_window *window, size_t rows, double *matrix)
{
    size_t queries = window->positions[0].count, count = queries + window->positions[1].count;
    for (size_t j = 0; j < rows; j++)
        for (size_t p = 0; p < count; p++) {
            const ptrdiff_t row = (ptrdiff_t)j, place = (ptrdiff_t)(p < queries ? p : p - queries);
            matrix[j * count + p] = subject->kernel->type->codes->coefficient(
                subject->kernel, p < queries ? RPE_SIDE_QUERY : RPE_SIDE_KEY, head, feature, &row, &place);
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

/* A code at `place`: the samples of its window, as the law has them; positions, window and samples have 1 to 3 axes. */
static void code_fill(const rpe_check_subject *subject, size_t head, size_t feature, rpe_side side,
                      const rpe_positions *window, const size_t *samples, const size_t *start,
                      const ptrdiff_t *place, double *column, size_t stride)
{
    const rpe_kernel *kernel = subject->kernel;
    for (size_t t = 0; t < window->count; t++) {
        ptrdiff_t at[RPE_AXES_MAX];
        size_t row = 0, sample = 0;
        bool seen = true;
        rpe_positions_coordinates(window, t, at);
        for (size_t i = 0; i < kernel->axes; i++) {
            at[i] += place[i];
            seen = sample_find(&subject->law, i, start[i], (size_t)at[i], &sample) && seen;
            row = row * samples[i] + sample;
        }
        if (seen)
            column[row * stride] += kernel->type->codes->coefficient(kernel, side, head, feature, at, place);
    }
}

/* Rows along the positions. */
static void samples_fill(const rpe_check_subject *subject, size_t head, size_t feature,
                         const rpe_check_window *window, const size_t *start, double *matrix)
{
    const rpe_kernel *kernel = subject->kernel;
    size_t queries = window->positions[0].count, count = queries + window->positions[1].count;
    size_t samples[RPE_AXES_MAX];
    rpe_positions seen = {.axes = kernel->axes};
    seen.count = rpe_kernel_size(kernel, seen.extent);
    rpe_kernel_noise_extent(kernel, &window->positions[0], &window->positions[1], samples);
    for (size_t p = 0; p < count; p++) {
        bool query = p < queries;
        ptrdiff_t place[RPE_AXES_MAX];
        rpe_positions_coordinates(&window->positions[!query], query ? p : p - queries, place);
        code_fill(subject, head, feature, query ? RPE_SIDE_QUERY : RPE_SIDE_KEY, &seen, samples, start, place,
                  matrix + p, count);
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
    size_t rows = rpe_kernel_noise_rows(kernel, &window->positions[0], &window->positions[1]);
    size_t gates = rpe_check_gate_rows(&subject->law, &window->positions[0], &window->positions[1]);
    double delta = rpe_kernel_gate(kernel, head, feature);
    memset(matrix, 0, (rows + (delta > 0 ? gates : 0)) * count * sizeof *matrix);
    if (kernel->type->codes->along)
        samples_fill(subject, head, feature, window, start, matrix);
    else
        rows_fill(subject, head, feature, window, rows, matrix);
    /* Xbar <- sqrt(1 - delta) Xbar + sqrt(delta) epsilon */
    if (!(delta > 0))
        return rows;
    for (size_t i = 0; i < rows * count; i++)
        matrix[i] *= sqrt(1 - delta);
    for (size_t p = 0; p < count; p++)
        matrix[(rows + gate_row(&subject->law, queries, p)) * count + p] = sqrt(delta);
    return rows + gates;
}
