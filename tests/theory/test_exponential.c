/* Forms 4, 10 and 14: limits, the frontier of finite moments, and the softmax bias a second way. */
#include "theory_problem.h"

#include "theory/theory_exponential.h"

static void logarithm_of(const problem *p, size_t realizations, double power, double values[ENTRIES_MAX])
{
    rpe_error error;
    rpe_test_ok(rpe_theory_exponential_logarithm(p->theory, realizations, power, values, &error), &error);
}

/* E exp Shat >= exp S (Jensen); ln E exp(p Shat) = p S + p^2 V/2 + O(p^3), R -> infinity: exp S; convex in p. */
static void test_exponential_limits(void **state)
{
    (void)state;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double mean[ENTRIES_MAX], variance[ENTRIES_MAX], first[ENTRIES_MAX], second[ENTRIES_MAX],
            minus[ENTRIES_MAX], small[ENTRIES_MAX], many[ENTRIES_MAX];
        rpe_theory_score_mean(p.theory, mean);
        variance_of(&p, GAUSSIAN, 64, variance);
        logarithm_of(&p, 64, 1, first);
        logarithm_of(&p, 64, 2, second);
        logarithm_of(&p, 64, -1, minus);
        logarithm_of(&p, 64, 1e-4, small);
        logarithm_of(&p, (size_t)1 << 50, 1, many);
        for (size_t e = 0; e < p.m * p.n; e++) {
            assert_true(first[e] >= mean[e]);
            assert_true(minus[e] >= -mean[e]);
            assert_true(second[e] >= 2 * first[e]);
            assert_near(small[e], 1e-4 * mean[e] + 0.5e-8 * variance[e], 1e-11);
            assert_near(many[e], mean[e], 1e-13);
        }
        logarithm_of(&p, 3, 0, first);
        for (size_t e = 0; e < p.m * p.n; e++)
            assert_true(first[e] == 0);
        problem_close(&p);
    }
}

/* Finite from the frontier on, infinite one realization before it: both signs of p, entry by entry. */
static void test_frontier(void **state)
{
    (void)state;
    const double powers[] = {1, 2, 5, 31.25, -1, -12.5};
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        for (size_t i = 0; i < sizeof powers / sizeof *powers; i++) {
            double worst = 1, worst_causal = 1;
            for (size_t e = 0; e < p.m * p.n; e++) {
                double values[ENTRIES_MAX];
                double needed = rpe_theory_exponential_realizations(p.theory, powers[i], e / p.n, e % p.n);
                assert_true(needed >= 1 && needed == floor(needed));
                logarithm_of(&p, (size_t)needed, powers[i], values);
                assert_true(isfinite(values[e]));
                if (needed > 1) {
                    logarithm_of(&p, (size_t)needed - 1, powers[i], values);
                    assert_true(isinf(values[e]) && values[e] > 0);
                }
                worst = fmax(worst, needed);
                worst_causal = e % p.n <= e / p.n ? fmax(worst_causal, needed) : worst_causal;
            }
            assert_true(worst == rpe_theory_exponential_realizations_all(p.theory, powers[i], false));
            assert_true(worst_causal == rpe_theory_exponential_realizations_all(p.theory, powers[i], true));
        }
        problem_close(&p);
    }
}

/* One entry by form 9's mixture: E exp(aA - bB) = (1-2a)^(-R/2) (1+2b)^(-R/2). */
static void test_exponential_is_the_law(void **state)
{
    (void)state;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double values[ENTRIES_MAX];
        logarithm_of(&p, 40, 3, values);
        for (size_t e = 0; e < p.m * p.n; e++) {
            rpe_theory_law law = rpe_theory_score_law(p.theory, 40, e / p.n, e % p.n);
            double a = 3 * law.positive_weight, b = 3 * law.negative_weight;
            assert_near(values[e], -20 * (log(1 - 2 * a) + log(1 + 2 * b)), 1e-12);
        }
        problem_close(&p);
    }
}

/* Finite but beyond double: the moment is infinite, its logarithm is not; and no NaN comes of it. */
static void test_overflow(void **state)
{
    (void)state;
    const size_t three = 3;
    rpe_error error;
    problem p = problem_open("closed_sine.kernel.json", 1, &three, &three, 0, 0, 100);
    double logarithm[ENTRIES_MAX], moment[ENTRIES_MAX], favor[ENTRIES_MAX];
    size_t realizations = 1000000, overflows = 0;
    logarithm_of(&p, realizations, 1, logarithm);
    rpe_test_ok(rpe_theory_exponential_moment(p.theory, realizations, 1, moment, &error), &error);
    rpe_test_ok(rpe_theory_favor_variance(p.theory, realizations, 8, favor, &error), &error);
    for (size_t e = 0; e < 9; e++) {
        assert_true(isfinite(logarithm[e]));
        assert_true(moment[e] >= 0 && favor[e] >= 0); /* no NaN */
        assert_true(isinf(moment[e]) == (logarithm[e] > 709.79));
        overflows += isinf(moment[e]);
    }
    assert_true(overflows > 0);
    problem_close(&p);
}

/* Form 14: falls with F to the variance of exp Shat, which F does not shrink; infinite exactly where D+ is. */
static void test_favor_variance(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double one[ENTRIES_MAX], many[ENTRIES_MAX], mean[ENTRIES_MAX], second[ENTRIES_MAX], plus[ENTRIES_MAX];
        for (size_t r = 1; r < 500; r *= 3) {
            rpe_test_ok(rpe_theory_exponential_moment(p.theory, r, 1, mean, &error), &error);
            rpe_test_ok(rpe_theory_exponential_moment(p.theory, r, 2, second, &error), &error);
            rpe_test_ok(rpe_theory_favor_logarithm(p.theory, r, plus, &error), &error);
            rpe_test_ok(rpe_theory_favor_variance(p.theory, r, 1, one, &error), &error);
            rpe_test_ok(rpe_theory_favor_variance(p.theory, r, (size_t)1 << 60, many, &error), &error);
            for (size_t e = 0; e < p.m * p.n; e++) {
                assert_true(isinf(one[e]) == isinf(plus[e]) && isinf(many[e]) == isinf(plus[e]));
                if (isinf(plus[e]))
                    continue;
                double limit = second[e] - mean[e] * mean[e];
                assert_near(one[e], exp(plus[e]) - mean[e] * mean[e], 1e-11 * exp(plus[e]));
                assert_near(many[e], limit, 1e-12 * exp(plus[e]));
                assert_true(one[e] >= many[e]);
            }
        }
        problem_close(&p);
    }
}

/* A = a_n(1 + x_n)/sum_j a_j(1 + x_j), x = exp(E) - 1: second order by the covariances of form 8. */
static void bias_by_covariance(const problem *p, size_t m, size_t visible, double *bias)
{
    rpe_error error;
    double score[ENTRIES_MAX], a[ENTRIES_MAX], total = 0, product[ENTRIES_MAX], quadratic = 0, trace = 0;
    double covariance[ENTRIES_MAX][ENTRIES_MAX];
    rpe_theory_score_mean(p->theory, score);
    for (size_t n = 0; n < visible; n++)
        total += a[n] = exp(score[m * p->n + n]);
    for (size_t n = 0; n < visible; n++) {
        product[n] = 0;
        for (size_t j = 0; j < visible; j++) {
            rpe_test_ok(
                rpe_theory_score_covariance(p->theory, GAUSSIAN, 9, m, n, m, j, &covariance[n][j], &error),
                &error);
            product[n] += covariance[n][j] * a[j] / total;
        }
        quadratic += product[n] * a[n] / total;
        trace += covariance[n][n] * a[n] / total;
    }
    for (size_t n = 0; n < visible; n++)
        bias[n] = a[n] / total / 2 * (covariance[n][n] - 2 * product[n] + 2 * quadratic - trace);
}

static void test_softmax_bias(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        for (int causal = 0; causal < 2; causal++) {
            double bias[ENTRIES_MAX], expected[ENTRIES_MAX];
            rpe_test_ok(rpe_theory_softmax_bias(p.theory, 9, causal, bias, &error), &error);
            for (size_t m = 0; m < p.m; m++) {
                size_t visible = causal && m + 1 < p.n ? m + 1 : p.n;
                double sum = 0;
                bias_by_covariance(&p, m, visible, expected);
                for (size_t n = 0; n < p.n; n++) {
                    assert_near(bias[m * p.n + n], n < visible ? expected[n] : 0, 1e-14);
                    sum += bias[m * p.n + n];
                }
                assert_near(sum, 0, 1e-14);
            }
            if (causal)
                assert_near(bias[0], 0, 1e-16); /* one key: A = 1 always */
        }
        problem_close(&p);
    }
}

static void test_refusals_and_memory(void **state)
{
    (void)state;
    rpe_error error;
    problem p = problem_at(0);
    double value = 7, bias[ENTRIES_MAX];
    assert_int_equal(rpe_theory_exponential_moment(p.theory, 0, 1, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_exponential_logarithm(p.theory, 1, NAN, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_softmax_bias(p.theory, 0, false, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_favor_variance(p.theory, 0, 1, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_favor_variance(p.theory, 1, 0, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_favor_logarithm(p.theory, 0, &value, &error), RPE_ERROR_INPUT);
    assert_true(value == 7);
    size_t held = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; n < 50 && status != RPE_OK; n++) {
        rpe_memory_fail_from(n);
        status = rpe_theory_softmax_bias(p.theory, 2, true, bias, &error);
        rpe_memory_fail_from(0);
        assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
        assert_int_equal(rpe_memory_usage_now().current, held);
    }
    assert_int_equal(status, RPE_OK);
    problem_close(&p);
}

/* ln of one realization's E exp((p q k + b (q + k)^2)/R), q and k of these variances and covariance, by the trapezoid rule in two
   dimensions over independent g and h:  q = sqrt(v) g,  k = (c g + sqrt(v w - c^2) h)/sqrt(v). */
static double realization_logarithm(double v, double w, double c, double realizations, double p, double b)
{
    double sum = 0, step = 1.0 / 8;
    for (int i = -80; i <= 80; i++)
        for (int j = -80; j <= 80; j++) {
            double g = i * step, h = j * step, q = sqrt(v) * g;
            double k = (c * g + sqrt(fmax(0, v * w - c * c)) * h) / sqrt(v);
            double exponent = (p * q * k + b * (q + k) * (q + k)) / realizations - (g * g + h * h) / 2;
            sum += exp(exponent) * step * step / (8 * atan(1));
        }
    return log(sum);
}

/* E Y^power over the codes and F projections, all F^power choices of projections one by one. */
static double power_mean(double v, double w, double c, double realizations, size_t features, int power)
{
    double total = 0, first = realization_logarithm(v, w, c, realizations, 1, 0);
    size_t choices = 1;
    for (int i = 0; i < power; i++)
        choices *= features;
    for (size_t choice = 0; choice < choices; choice++) {
        double b = 0;
        size_t taken[4] = {0}, rest = choice;
        for (int i = 0; i < power; i++, rest /= features)
            b += (double)taken[rest % features]++; /* 0 + 1 + ... + (k - 1) = k (k - 1)/2 */
        total += exp(realizations * (realization_logarithm(v, w, c, realizations, power, b) - power * first));
    }
    return total / (double)choices;
}

/* Var (Y - 1)^2 from the moments of Y, every term of which is summed by itself. */
static void test_square_variance(void **state)
{
    (void)state;
    rpe_error error;
    problem p = problem_open("closed_sine.kernel.json", 1, (size_t[]){2}, (size_t[]){2}, 0, 0, 0.3);
    double found[ENTRIES_MAX], root = sqrt((double)p.theory->features);
    for (size_t features = 1; features <= 3; features++) {
        for (size_t e = 0; e < ENTRIES_MAX; e++)
            found[e] = NAN;
        rpe_test_ok(rpe_theory_favor_square_variance(p.theory, 12, features, found, &error), &error);
        for (size_t e = 0; e < p.m * p.n; e++) {
            double v = p.theory->query_norms[e / p.n] / root, w = p.theory->key_norms[e % p.n] / root;
            double moments[5], c = p.theory->inner[e] / root;
            for (int power = 2; power <= 4; power++)
                moments[power] = power_mean(v, w, c, 12, features, power);
            double second = moments[2] - 1, fourth = moments[4] - 4 * moments[3] + 6 * moments[2] - 3;
            assert_near(found[e], fourth - second * second, 1e-8 * found[e]);
        }
    }
    problem_close(&p);
}

/* It needs more moments than the error itself: R from which it is finite, and the error is on the way there. */
static void test_square_variance_exists(void **state)
{
    (void)state;
    rpe_error error;
    problem p = problem_at(0);
    size_t only_error = 0, both = 0;
    for (size_t r = 1; r <= 4096; r *= 2) {
        double variance[ENTRIES_MAX], square[ENTRIES_MAX];
        rpe_test_ok(rpe_theory_favor_variance(p.theory, r, 4, variance, &error), &error);
        rpe_test_ok(rpe_theory_favor_square_variance(p.theory, r, 4, square, &error), &error);
        for (size_t e = 0; e < p.m * p.n; e++) {
            assert_true(square[e] >= 0);
            assert_true(isinf(square[e]) || isfinite(variance[e]));
            only_error += isfinite(variance[e]) && isinf(square[e]);
            both += isfinite(square[e]);
        }
    }
    assert_true(only_error > 0 && both > 0);
    double value = NAN;
    assert_int_equal(rpe_theory_favor_square_variance(p.theory, 0, 1, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_favor_square_variance(p.theory, 1, 0, &value, &error), RPE_ERROR_INPUT);
    assert_true(isnan(value));
    problem_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_square_variance),        cmocka_unit_test(test_square_variance_exists),
        cmocka_unit_test(test_exponential_limits),     cmocka_unit_test(test_frontier),
        cmocka_unit_test(test_exponential_is_the_law), cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_favor_variance),         cmocka_unit_test(test_softmax_bias),
        cmocka_unit_test(test_refusals_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
