/* Straight lines: a hand-worked example, exact lines, and how errors scale. */
#include "rpe_test.h"

#include <math.h>

#include "statistic/fit.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))

/* Points (0,0), (1,1), (2,3): slope 3/2, intercept -1/6, residuals 1/6, -1/3, 1/6. */
static void test_worked_example(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2}, y[] = {0, 1, 3}, error[] = {1, 1, 1};
    rpe_line line = rpe_line_fit(3, x, y, error);
    assert_near(line.slope, 1.5, 1e-14);
    assert_near(line.intercept, -1.0 / 6, 1e-14);
    assert_near(line.slope_error, sqrt(0.5), 1e-14);
    assert_near(line.intercept_error, sqrt(1.0 / 3 + 0.5), 1e-14);
    assert_near(line.chi_squared, 1.0 / 6, 1e-14);
}

static void test_exact_line_at_any_weights(void **state)
{
    (void)state;
    double x[9], y[9], error[9];
    for (size_t i = 0; i < 9; i++) {
        x[i] = 100 + rpe_test_number(1, i);
        y[i] = -0.5 * x[i] + 7;
        error[i] = 0.1 + fabs(rpe_test_number(2, i));
    }
    rpe_line line = rpe_line_fit(9, x, y, error);
    assert_near(line.slope, -0.5, 1e-11);
    assert_near(line.intercept, 7, 1e-9);
    assert_near(line.chi_squared, 0, 1e-20);
}

/* A point of huge error changes nothing; errors times 2: standard errors times 2, chi^2 over 4. */
static void test_weights(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2, 5}, y[] = {0, 1, 3, 1000}, error[] = {1, 1, 1, 1e12};
    rpe_line line = rpe_line_fit(4, x, y, error);
    assert_near(line.slope, 1.5, 1e-9);
    const double twice[] = {2, 2, 2, 2e12};
    rpe_line wide = rpe_line_fit(4, x, y, twice);
    assert_near(wide.slope, line.slope, 1e-14);
    assert_near(wide.slope_error, 2 * line.slope_error, 1e-14);
    assert_near(wide.intercept_error, 2 * line.intercept_error, 1e-14);
    assert_near(wide.chi_squared, line.chi_squared / 4, 1e-14);
}

static void test_no_line(void **state)
{
    (void)state;
    const double x[] = {0.1, 0.1, 0.1}, y[] = {1, 2, 3}, error[] = {1, 1, 1};
    for (size_t count = 0; count <= 3; count++) {
        rpe_line line = rpe_line_fit(count, x, y, error);
        assert_true(isnan(line.slope) && isnan(line.slope_error) && isnan(line.intercept));
        assert_true(isnan(line.intercept_error) && isnan(line.chi_squared));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),
        cmocka_unit_test(test_exact_line_at_any_weights),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
