/* Transforms of any length against the sum that defines them. */
#include "rpe_test.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "position/family/chirp.h"

static const double TWO_PI = 6.283185307179586476925286766559;

static const size_t lengths[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 64, 97, 120, 127, 243, 509, 1024, 2047};

/* Element k of the transform, sign -1 or 1; the angle is reduced exactly. */
static void plain(size_t length, const double *re, const double *im, size_t k, int sign, double found[2])
{
    found[0] = found[1] = 0;
    for (size_t n = 0; n < length; n++) {
        double angle = sign * TWO_PI * (double)(n * k % length) / (double)length;
        found[0] += re[n] * cos(angle) - im[n] * sin(angle);
        found[1] += re[n] * sin(angle) + im[n] * cos(angle);
    }
}

static void length_check(size_t length, int sign)
{
    rpe_chirp chirp;
    rpe_error error = {""};
    rpe_test_ok(rpe_chirp_create(&chirp, length, &error), &error);
    size_t count = 4 * length + rpe_chirp_work(&chirp);
    double *memory = rpe_memory_allocate(count, sizeof *memory);
    assert_non_null(memory);
    double *work = memory, *re = work + rpe_chirp_work(&chirp), *im = re + length, *x = im + length,
           *y = x + length;
    double norm = 0;
    for (size_t i = 0; i < rpe_chirp_work(&chirp); i++)
        work[i] = NAN;
    for (size_t n = 0; n < length; n++) {
        x[n] = re[n] = rpe_test_number(length, n);
        y[n] = im[n] = rpe_test_number(length, n + length);
        norm += hypot(x[n], y[n]);
    }
    if (sign < 0)
        rpe_chirp_transform(&chirp, re, im, work);
    else
        rpe_chirp_transform(&chirp, im, re, work);
    for (size_t k = 0; k < length; k += 1 + length / 61) {
        double expected[2];
        plain(length, x, y, k, sign, expected);
        if (!(hypot(re[k] - expected[0], im[k] - expected[1]) <= 1e-14 * norm))
            fail_msg("length %zu, element %zu: expected %g %+gi, found %g %+gi", length, k, expected[0],
                     expected[1], re[k], im[k]);
    }
    rpe_memory_free(memory);
    rpe_chirp_destroy(&chirp);
}

static void test_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        length_check(lengths[i], -1);
        length_check(lengths[i], 1);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_chirp chirp = {.length = 77};
    size_t held = rpe_memory_usage_now().current;
    for (uint64_t n = 1;; n++) {
        rpe_memory_fail_from(n);
        rpe_status status = rpe_chirp_create(&chirp, 12, &error);
        rpe_memory_fail_from(0);
        if (status == RPE_OK)
            break;
        assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_int_equal(chirp.length, 77);
        assert_int_equal(rpe_memory_usage_now().current, held);
    }
    rpe_chirp_destroy(&chirp);
    assert_int_equal(rpe_chirp_create(&chirp, SIZE_MAX / 2, &error), RPE_ERROR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
