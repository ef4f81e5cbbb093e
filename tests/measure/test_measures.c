/* Measures: the numbers of a trial against loops written here, and closed forms against theory asked directly. */
#include "measure_problem.h"

#include "theory/theory.h"

/* Values of the trial; hot hooks do not allocate and give their workspace back. */
static void evaluate(fixture *f, const char *name, double *values)
{
    const rpe_measure *measure = measure_find(name);
    rpe_error error = {""};
    rpe_test_ok(rpe_measure_supports(measure, &f->subject, &error), &error);
    uint64_t allocations = rpe_memory_usage_now().allocations;
    measure->evaluate(&f->subject, &f->trial, values, &f->workspace);
    assert_int_equal(rpe_memory_usage_now().allocations, allocations);
    assert_int_equal(f->workspace.used, 0);
}

static double evaluate_one(fixture *f, const char *name)
{
    double value = NAN;
    assert_int_equal(rpe_measure_values(measure_find(name), &f->subject), 1);
    evaluate(f, name, &value);
    return value;
}

/* Every shape and kernel on which the measures are compared with loops. */
typedef void (*fixture_check)(fixture *f);

static void each_fixture(fixture_check check)
{
    static const struct {
        const char *type;
        bool gated, causal;
        size_t queries, keys, realizations;
    } list[] = {
        {"sine", false, false, 5, 4, 6}, {"sine", true, true, 4, 7, 5}, {"conv", false, true, 7, 3, 8},
        {"conv", true, false, 3, 6, 1},  {"sine", true, true, 1, 1, 3}, {"conv", true, true, 6, 6, 16},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        fixture f;
        fixture_make(&f, list[i].type, list[i].gated, list[i].queries, list[i].keys, list[i].realizations,
                     list[i].causal, NULL);
        check(&f);
        fixture_destroy(&f);
    }
}

static void check_score_error(fixture *f)
{
    double squares = 0, norm = 0;
    for (size_t h = 0; h < HEADS; h++)
        for (size_t m = 0; m < f->problem.queries.count; m++)
            for (size_t n = 0; n < f->problem.keys.count; n++) {
                double exact = score_at(f, h, m, n), difference = encoded_score_at(f, h, m, n) - exact;
                squares += sees(&f->problem, m, n) ? difference * difference : 0;
                norm += sees(&f->problem, m, n) ? exact * exact : 0;
            }
    assert_near(f->subject.score_squares / norm, 1, 1e-13);
    assert_near(evaluate_one(f, "score_error") / (squares / norm), 1, 1e-11);
}

static void test_score_error(void **state)
{
    (void)state;
    each_fixture(check_score_error);
}

/* (1/R) sum_r Qbar_dr(m) Kbar_dr(n), [M,N] */
static void code_average(fixture *f, size_t h, size_t d, double *average)
{
    double query_codes[POSITIONS_MAX * REALIZATIONS_MAX], key_codes[POSITIONS_MAX * REALIZATIONS_MAX];
    size_t size = f->problem.realizations, keys = f->problem.keys.count;
    f->subject.method->codes(f->plan, &f->noise, h, d, query_codes, key_codes, &f->workspace);
    for (size_t m = 0; m < f->problem.queries.count; m++)
        for (size_t n = 0; n < keys; n++) {
            double sum = 0;
            for (size_t r = 0; r < size; r++)
                sum += query_codes[m * size + r] * key_codes[n * size + r];
            average[m * keys + n] = sum / (double)size;
        }
}

static void check_code_covariance_error(fixture *f)
{
    double average[POSITIONS_MAX * POSITIONS_MAX], squares = 0, norm = 0;
    size_t keys = f->problem.keys.count;
    for (size_t h = 0; h < HEADS; h++)
        for (size_t d = 0; d < FEATURES; d++) {
            code_average(f, h, d, average);
            for (size_t m = 0; m < f->problem.queries.count; m++)
                for (size_t n = 0; n < keys; n++) {
                    double exact = kernel_at(f, h, d, m, n);
                    squares += (average[m * keys + n] - exact) * (average[m * keys + n] - exact);
                    norm += exact * exact;
                }
        }
    assert_near(evaluate_one(f, "code_covariance_error") / (squares / norm), 1, 1e-11);
}

static void test_code_covariance_error(void **state)
{
    (void)state;
    each_fixture(check_code_covariance_error);
}

/* Lags -(N-1) .. M-1 of both selections, in this order, with their labels. */
static void check_code_profile(fixture *f)
{
    const rpe_measure *measure = measure_find("code_profile");
    double values[4 * POSITIONS_MAX], average[POSITIONS_MAX * POSITIONS_MAX];
    size_t keys = f->problem.keys.count, lags = f->problem.queries.count + keys - 1;
    assert_int_equal(rpe_measure_values(measure, &f->subject), 2 * lags);
    evaluate(f, "code_profile", values);
    for (size_t i = 0; i < 2 * lags; i++) {
        const rpe_selection *selection = &selections[i / lags];
        ptrdiff_t lag = (ptrdiff_t)(i % lags) - (ptrdiff_t)(keys - 1);
        size_t m = lag > 0 ? (size_t)lag : 0, n = lag < 0 ? (size_t)-lag : 0;
        code_average(f, selection->head, selection->feature, average);
        assert_near(values[i], average[m * keys + n], 1e-13);
        rpe_value_label label = measure->label(&f->subject, i);
        assert_int_equal(label.head, selection->head);
        assert_int_equal(label.feature, selection->feature);
        assert_int_equal(label.lag, lag);
        assert_true(label.at_lag);
    }
}

static void test_code_profile(void **state)
{
    (void)state;
    each_fixture(check_code_profile);
}

static void check_attention(fixture *f)
{
    double row[WIDTH_MAX], variation = 0, squares = 0, norm = 0;
    size_t queries = f->problem.queries.count, keys = f->problem.keys.count, width = keys + VALUES;
    for (size_t h = 0; h < HEADS; h++)
        for (size_t m = 0; m < queries; m++) {
            const double *exact = f->oracle + (m * HEADS + h) * width;
            dense_row(f, h, m, encoded_score_at, row);
            for (size_t i = 0; i < width; i++) {
                variation += i < keys ? fabs(row[i] - exact[i]) / 2 : 0;
                squares += i < keys ? 0 : (row[i] - exact[i]) * (row[i] - exact[i]);
                norm += i < keys ? 0 : exact[i] * exact[i];
            }
        }
    assert_near(evaluate_one(f, "attention_error"), variation / (double)(HEADS * queries), 1e-12);
    assert_near(evaluate_one(f, "output_error"), squares / norm, 1e-12 * fmax(1, squares / norm));
}

static void test_attention(void **state)
{
    (void)state;
    each_fixture(check_attention);
}

/* Form 3 over the heads. */
static void check_score_closed_form(fixture *f)
{
    const rpe_measure *measure = measure_find("score_error");
    rpe_closed_value closed = {0};
    rpe_error error;
    double sum = 0;
    for (size_t h = 0; h < HEADS; h++) {
        rpe_theory *theory = NULL;
        double part = 0;
        rpe_theory_inputs inputs = {.kernel = &f->kernel,
                                    .head = h,
                                    .features = FEATURES,
                                    .query_positions = f->problem.queries,
                                    .key_positions = f->problem.keys,
                                    .queries = query_values + h * FEATURES,
                                    .keys = key_values + h * FEATURES,
                                    .query_stride = HEADS * FEATURES,
                                    .key_stride = HEADS * FEATURES};
        rpe_test_ok(rpe_theory_create(&theory, &inputs, &error), &error);
        rpe_test_ok(rpe_theory_frobenius_mean(theory, f->problem.sampler->law, f->problem.realizations,
                                              f->problem.causal, &part, &error),
                    &error);
        rpe_theory_destroy(theory);
        sum += part;
    }
    assert_true(rpe_measure_closed_form_known(measure, &f->subject));
    rpe_test_ok(measure->closed_form(&f->subject, &closed, &error), &error);
    assert_near(closed.mean / (sum / f->subject.score_squares), 1, 1e-11);
    assert_true(isnan(closed.variance));
}

/* Form 1 at every pair of positions, and at every lag. */
static void check_code_closed_forms(fixture *f)
{
    rpe_closed_value closed = {0}, profile[4 * POSITIONS_MAX];
    rpe_error error;
    double sum = 0, norm = 0;
    size_t queries = f->problem.queries.count, keys = f->problem.keys.count, lags = queries + keys - 1;
    for (size_t i = 0; i < HEADS * FEATURES * queries * keys; i++) {
        size_t h = i % HEADS, d = i / HEADS % FEATURES, m = i / HEADS / FEATURES % queries,
               n = i / HEADS / FEATURES / queries;
        ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)m - (ptrdiff_t)n};
        sum += rpe_theory_code_variance(&f->kernel, h, d, lag, f->problem.realizations);
        norm += pow(kernel_at(f, h, d, m, n), 2);
    }
    rpe_test_ok(measure_find("code_covariance_error")->closed_form(&f->subject, &closed, &error), &error);
    assert_near(closed.mean / (sum / norm), 1, 1e-11);
    rpe_test_ok(measure_find("code_profile")->closed_form(&f->subject, profile, &error), &error);
    for (size_t i = 0; i < 2 * lags; i++) {
        const rpe_selection *selection = &selections[i / lags];
        ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)(i % lags) - (ptrdiff_t)(keys - 1)};
        assert_near(profile[i].mean, rpe_kernel_value(&f->kernel, selection->head, selection->feature, lag),
                    1e-13);
        assert_near(profile[i].variance / rpe_theory_code_variance(&f->kernel, selection->head,
                                                                   selection->feature, lag,
                                                                   f->problem.realizations),
                    1, 1e-11);
    }
}

static void test_closed_forms(void **state)
{
    (void)state;
    each_fixture(check_score_closed_form);
    each_fixture(check_code_closed_forms);
}

/* Noise rows that are orthogonal with squared norm R = G make the encoding exact: every error is 0 to rounding.  The smallest
   departure makes them positive again. */
static void test_exact_encoding(void **state)
{
    (void)state;
    static double noise[HEADS * ROWS * ROWS];
    rpe_array given = {RPE_DOUBLE, 4, {HEADS, FEATURES, 2 * SINUSOIDS, ROWS}, noise};
    for (size_t i = 0; i < HEADS * ROWS; i++)
        noise[i * ROWS + (i + 5) % ROWS] = (i % 3 == 0 ? -1 : 1) * sqrt(ROWS);
    for (int causal = 0; causal < 2; causal++) {
        fixture f;
        fixture_make(&f, "sine", false, 6, 7, ROWS, causal == 1, &given);
        assert_near(evaluate_one(&f, "score_error"), 0, 1e-26);
        assert_near(evaluate_one(&f, "code_covariance_error"), 0, 1e-26);
        assert_near(evaluate_one(&f, "attention_error"), 0, 1e-13);
        assert_near(evaluate_one(&f, "output_error"), 0, 1e-26);
        /* The same keys scaled by 1 + e: the relative error of the scores is e. */
        for (size_t i = 0; i < 7 * HEADS * ROWS; i++)
            f.keys[i] *= 1.001;
        assert_near(evaluate_one(&f, "score_error"), 1e-6, 1e-15);
        fixture_destroy(&f);
    }
}

/* Weights with disjoint support are at distance 1, outputs of opposite sign at relative squared error 4. */
static void test_extreme_outputs(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "sine", false, 3, 4, 4, false, NULL);
    for (size_t row = 0; row < 3 * HEADS; row++)
        for (size_t i = 0; i < 4 + VALUES; i++) {
            f.oracle[row * (4 + VALUES) + i] = i < 4 ? (i == 0) : 0.5;
            f.outputs[row * (4 + VALUES) + i] = i < 4 ? (i == 3) : -0.5;
        }
    assert_near(evaluate_one(&f, "attention_error"), 1, 1e-15);
    assert_near(evaluate_one(&f, "output_error"), 4, 1e-15);
    fixture_destroy(&f);
}

static void test_visible(void **state)
{
    (void)state;
    rpe_problem problem = {.queries = {1, {5}, 5}, .keys = {1, {3}, 3}, .heads = 1, .causal = true};
    const size_t expected[] = {1, 2, 3, 3, 3};
    for (size_t m = 0; m < 5; m++)
        assert_int_equal(rpe_problem_visible(&problem, m), expected[m]);
    problem.causal = false;
    assert_int_equal(rpe_problem_visible(&problem, 0), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score_error),     cmocka_unit_test(test_code_covariance_error),
        cmocka_unit_test(test_code_profile),    cmocka_unit_test(test_attention),
        cmocka_unit_test(test_closed_forms),    cmocka_unit_test(test_exact_encoding),
        cmocka_unit_test(test_extreme_outputs), cmocka_unit_test(test_visible),
    };
    numbers_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
