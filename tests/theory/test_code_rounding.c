/* The bound of codes whose noise is not known, against numbers worked by hand, and what it is made of. */
#include "theory_problem.h"

#include "rpe_test_kernel.h"
#include "theory/theory_rounding.h"

static const rpe_code_rounding single = {.sums = 0x1p-24, .phases = 0x1p-24};

/* Two sinusoids and a gate of 0.36: 3 draws a realization, 8 realizations; t = sqrt(2 ln 24e6); n = 4 + 1 + 10 = 15 roundings.
   At m = 2 the phases are off by u (16 pi 0.1 m) and u (16 pi 0.25 m + 2 2), beside 15 u/(1 - 15 u). */
static void test_sine(void **state)
{
    (void)state;
    double frequency[] = {0.1, 0.25}, phase[] = {0.0, -2.0}, gain[] = {0.5, 1.0}, gate[] = {0.36},
           bound[3] = {0, 0, 0};
    rpe_kernel kernel = {.path = (char[]){"K"}, .heads = 1, .features = 1, .axes = 1, .gate = gate};
    rpe_test_sine_set(&kernel, 2, frequency, phase, gain);
    rpe_positions positions;
    rpe_error error = {""};
    rpe_test_ok(rpe_positions_make(&positions, 1, (const size_t[]){3}, "n", &error), &error);
    rpe_test_ok(rpe_theory_code_bound(&kernel, &positions, 8, &single, bound, &error), &error);
    assert_near(rpe_theory_noise_largest(&kernel, &positions, 8), 5.829848092071048, 1e-12);
    assert_near(bound[0] / 1.0494086331874814e-05, 1.0, 1e-12);
    assert_near(bound[2] / 1.887803161580802e-05, 1.0, 1e-12);
    /* of two programs: the sum */
    rpe_test_ok(rpe_theory_code_bound(&kernel, &positions, 8, &single, bound, &error), &error);
    assert_near(bound[2] / 1.887803161580802e-05, 2.0, 1e-12);
    /* a phase that is lost altogether costs 2 at most */
    const rpe_code_rounding lost = {.sums = 0x1p-24, .phases = 1.0};
    double far[3] = {0, 0, 0}, near[3] = {0, 0, 0};
    rpe_test_ok(rpe_theory_code_bound(&kernel, &positions, 8, &lost, far, &error), &error);
    const rpe_code_rounding exact = {.sums = 0x1p-24};
    rpe_test_ok(rpe_theory_code_bound(&kernel, &positions, 8, &exact, near, &error), &error);
    assert_near(far[2] - near[2], 5.829848092071048 * 0.8 * 2.0 * 1.5, 1e-12);
}

/* Taps 1, -2, 0.5 and 1, 1, 1: the larger sum is 3.5; 4 positions see 6 samples; the last number is stored in bfloat16. */
static void test_conv(void **state)
{
    (void)state;
    double query[] = {1.0, -2.0, 0.5}, key[] = {1.0, 1.0, 1.0}, bound[4] = {0};
    rpe_kernel kernel = {.path = (char[]){"K"}, .heads = 1, .features = 1, .axes = 1};
    const size_t taps = 3;
    rpe_test_conv_set(&kernel, &taps, query, key);
    rpe_positions positions;
    rpe_error error = {""};
    rpe_test_ok(rpe_positions_make(&positions, 1, (const size_t[]){4}, "n", &error), &error);
    rpe_test_ok(rpe_theory_code_bound(&kernel, &positions, 2, &single, bound, &error), &error);
    for (size_t m = 0; m < 4; m++)
        assert_near(bound[m] / 1.6754627826865558e-05, 1.0, 1e-12);
    const rpe_code_rounding half = {.sums = 0x1p-24, .phases = 0x1p-24, .storage = 0x1p-8};
    memset(bound, 0, sizeof bound);
    rpe_test_ok(rpe_theory_code_bound(&kernel, &positions, 2, &half, bound, &error), &error);
    assert_near(bound[3] / 0.2380990037691124, 1.0, 1e-12);
}

static void test_no_codes(void **state)
{
    (void)state;
    const rpe_kernel_type type = {.name = "table"};
    const rpe_kernel kernel = {
        .type = &type, .path = (char[]){"K.json"}, .heads = 1, .features = 1, .axes = 1};
    rpe_positions positions;
    rpe_error error = {""};
    rpe_test_ok(rpe_positions_make(&positions, 1, (const size_t[]){4}, "n", &error), &error);
    assert_int_equal(rpe_theory_code_bound(&kernel, &positions, 2, &single, NULL, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "K.json: expected a kernel with codes, found type table"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sine), cmocka_unit_test(test_conv),
                                       cmocka_unit_test(test_no_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
