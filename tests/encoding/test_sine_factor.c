/* U of the factored form far from the origin: the rotation against cosines and sines in long double. */
#include <math.h>

#include "encoder_problem.h"
#include "encoding/code.h"
#include "position/sine.h"

enum { FEATURES = 19, SINUSOIDS = 2, SIZE = FEATURES * SINUSOIDS, POSITIONS = 258, STRIP = 6, HEAD = 1 };

/* 2 pi (f m - its whole part); the product in two doubles, exactly */
static long double phase_exact(double frequency, size_t m)
{
    double high = frequency * (double)m, low = fma(frequency, (double)m, -high);
    return 6.283185307179586476925286766559005768L * ((long double)fmod(high, 1.0) + low);
}

/* In double 1e-13; in single two roundings of the exact number, also of a small cosine [spec 5, form 15]. */
static void number_check(rpe_precision precision, const void *columns, size_t at, long double expected)
{
    if (precision == RPE_DOUBLE)
        assert_true(fabsl(((const double *)columns)[at] - expected) < 1e-13L);
    else
        assert_true(fabsl(((const float *)columns)[at] - expected) <= 0x1.02p-23L * fabsl(expected) + 1e-13L);
}

static void position_check(const rpe_code_part *part, rpe_precision precision, size_t m, double x,
                           const void *columns)
{
    for (size_t k = 0; k < SINUSOIDS; k++)
        for (size_t d = 0; d < FEATURES; d++) {
            size_t i = (HEAD * FEATURES + d) * SINUSOIDS + k;
            double theta = part->side == RPE_SIDE_QUERY ? rpe_sine_of(part->kernel).phase[i] : 0.0;
            long double phase = phase_exact(rpe_sine_of(part->kernel).frequency[i], m);
            /* cos(a + theta), sin(a + theta) by addition: theta may be too large to be added to a */
            long double cosine = cosl(phase) * cosl(theta) - sinl(phase) * sinl(theta);
            long double sine = sinl(phase) * cosl(theta) + cosl(phase) * sinl(theta);
            number_check(precision, columns, k * FEATURES + d, x * cosine);
            number_check(precision, columns, SIZE + k * FEATURES + d, x * sine);
        }
}

/* A part from `first` on, strip by strip; rows of U are apart by one more than its columns. */
static void part_check(const rpe_kernel *kernel, rpe_side side, rpe_precision precision, size_t first)
{
    const rpe_code *code = rpe_code_find("sine");
    rpe_code_part part = {.kernel = kernel, .side = side, .head = HEAD, .first = first, .count = POSITIONS};
    rpe_strip strip = {STRIP, FEATURES, 2 * SIZE + 1};
    double state[4 * SIZE], x = 0.75, inputs[STRIP * FEATURES], columns[STRIP * (2 * SIZE + 1)];
    assert_int_equal(code->state_elements(kernel), 4 * SIZE);
    for (size_t i = 0; i < (size_t)STRIP * FEATURES; i++)
        if (precision == RPE_DOUBLE)
            inputs[i] = x;
        else
            ((float *)(void *)inputs)[i] = (float)x;
    code->functions[precision]->start(&part, state);
    for (size_t m = 0; m < POSITIONS; m += STRIP) {
        code->functions[precision]->factor(kernel, state, &strip, inputs, columns);
        for (size_t i = 0; i < STRIP; i++)
            position_check(&part, precision, first + m + i, x,
                           (const char *)columns + i * strip.column_stride * rpe_precision_size(precision));
    }
}

static void test_far_positions(void **state)
{
    (void)state;
    const shape s = {"sine", 1, {1}, {1}, 2, FEATURES, {SINUSOIDS}, 1, 1, 0, false};
    const size_t firsts[] = {0, 1, 1023, ((size_t)1 << 20) - 1, ((size_t)1 << 20) + 1, 1999999973};
    rpe_kernel *kernel = kernel_make(&s);
    rpe_sine_of(kernel).frequency[HEAD * SIZE] = 0.0;
    rpe_sine_of(kernel).frequency[HEAD * SIZE + 3] = 0.5;
    rpe_sine_of(kernel).frequency[HEAD * SIZE + 4] = 0.25;
    rpe_sine_of(kernel).phase[HEAD * SIZE + 5] = -15.5;
    rpe_sine_of(kernel).phase[HEAD * SIZE + 6] = 1e9;
    rpe_sine_of(kernel).phase[HEAD * SIZE + 7] = -1e17;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        for (int side = 0; side < 2; side++)
            for (int precision = 0; precision < 2; precision++)
                part_check(kernel, (rpe_side)side, (rpe_precision)precision, firsts[i]);
    rpe_kernel_destroy(kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_far_positions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
