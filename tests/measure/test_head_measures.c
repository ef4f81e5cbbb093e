/* Measures of single heads, positions and lags against loops written here. */
#include "measure_problem.h"

typedef void (*fixture_check)(fixture *f);

static void each_fixture(fixture_check check)
{
    static const struct {
        const char *type;
        bool gated, causal;
        size_t queries, keys, realizations;
    } list[] = {
        {"sine", false, false, 5, 4, 6}, {"sine", true, true, 4, 7, 5}, {"conv", false, true, 7, 3, 8},
        {"conv", true, false, 3, 6, 1},  {"sine", true, true, 1, 1, 3},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        fixture f;
        fixture_make(&f, list[i].type, list[i].gated, list[i].queries, list[i].keys, list[i].realizations,
                     list[i].causal, NULL);
        check(&f);
        fixture_destroy(&f);
    }
}

/* Prepares as the experiment does, evaluates without allocating, gives everything back. */
static size_t evaluate(fixture *f, const char *name, double *values)
{
    const rpe_measure *measure = measure_find(name);
    rpe_error error = {""};
    void *prepared = NULL;
    rpe_test_ok(rpe_measure_supports(measure, &f->subject, &error), &error);
    if (measure->prepare != NULL)
        rpe_test_ok(measure->prepare(&f->subject, &prepared, &error), &error);
    rpe_trial trial = f->trial;
    trial.prepared = prepared;
    uint64_t allocations = rpe_memory_usage_now().allocations;
    measure->evaluate(&f->subject, &trial, values, &f->workspace);
    assert_int_equal(rpe_memory_usage_now().allocations, allocations);
    assert_int_equal(f->workspace.used, 0);
    if (measure->release != NULL)
        measure->release(prepared);
    else
        rpe_memory_free(prepared);
    return rpe_measure_values(measure, &f->subject);
}

static double error_at(const fixture *f, size_t h, size_t m, size_t n)
{
    return sees(&f->problem, m, n) ? encoded_score_at(f, h, m, n) - score_at(f, h, m, n) : 0;
}

/* Relative squares of each head, those of the mean over heads, and the correlation of the two heads. */
static void check_scores(fixture *f)
{
    double values[HEADS], of_head[HEADS] = {0}, norms[HEADS] = {0}, mean = 0, products = 0;
    for (size_t m = 0; m < f->problem.queries.count; m++)
        for (size_t n = 0; n < f->problem.keys.count; n++) {
            double sum = 0, product = 1;
            for (size_t h = 0; h < HEADS; h++) {
                double e = error_at(f, h, m, n), s = sees(&f->problem, m, n) ? score_at(f, h, m, n) : 0;
                of_head[h] += e * e;
                norms[h] += s * s;
                sum += e;
                product *= e;
            }
            mean += sum * sum / (HEADS * HEADS);
            products += product;
        }
    assert_int_equal(evaluate(f, "head_score_error", values), HEADS);
    for (size_t h = 0; h < HEADS; h++) {
        assert_near(values[h] / (of_head[h] / norms[h]), 1, 1e-10);
        rpe_value_label label = measure_find("head_score_error")->label(&f->subject, h);
        assert_true(label.head == (ptrdiff_t)h && label.feature == -1 && !label.at_lag && !label.at_position);
    }
    evaluate(f, "mean_score_error", values);
    assert_near(values[0] / (mean / ((norms[0] + norms[1]) / HEADS)), 1, 1e-10);
    evaluate(f, "head_correlation", values);
    assert_near(values[0], products / (0.5 * (of_head[0] + of_head[1])), 1e-10);
}

static void check_attention(fixture *f)
{
    double values[POSITIONS_MAX], keys = 0, approximate[WIDTH_MAX], exact[WIDTH_MAX];
    double variation[POSITIONS_MAX][HEADS], squares[HEADS] = {0}, norms[HEADS] = {0};
    size_t queries = f->problem.queries.count, width = f->problem.keys.count;
    for (size_t m = 0; m < queries; m++)
        for (size_t h = 0; h < HEADS; h++) {
            dense_row(f, h, m, encoded_score_at, approximate);
            dense_row(f, h, m, score_at, exact);
            variation[m][h] = 0;
            for (size_t n = 0; n < width; n++)
                variation[m][h] += 0.5 * fabs(approximate[n] - exact[n]);
            for (size_t v = width; v < width + VALUES; v++) {
                squares[h] += (approximate[v] - exact[v]) * (approximate[v] - exact[v]);
                norms[h] += exact[v] * exact[v];
            }
        }
    evaluate(f, "head_attention_error", values);
    for (size_t h = 0; h < HEADS; h++) {
        for (keys = 0, width = 0; width < queries; width++)
            keys += variation[width][h] / (double)queries;
        assert_near(values[h], keys, 1e-12);
    }
    evaluate(f, "head_output_error", values);
    for (size_t h = 0; h < HEADS; h++)
        assert_near(values[h], squares[h] / norms[h], 1e-10 * fmax(1, squares[h] / norms[h]));
    /* bins [0], [1], [2], [3], [4,5], [6,...) */
    static const size_t starts[] = {0, 1, 2, 3, 4, 6, 8};
    size_t count = evaluate(f, "row_attention_error", values);
    for (size_t i = 0; i < count; i++) {
        double sum = 0, rows = 0;
        for (size_t m = starts[i]; m < starts[i + 1] && m < queries; m++)
            for (size_t h = 0; h < HEADS; h++, rows++)
                sum += variation[m][h];
        assert_near(values[i], sum / rows, 1e-12);
        rpe_value_label label = measure_find("row_attention_error")->label(&f->subject, i);
        assert_true(label.at_position && label.position == (ptrdiff_t)starts[i]);
    }
    assert_true(starts[count] >= queries && starts[count - 1] < queries);
}

static double plain_at(size_t h, size_t m, size_t n)
{
    double sum = 0;
    for (size_t d = 0; d < FEATURES; d++)
        sum += query_values[(m * HEADS + h) * FEATURES + d] * key_values[(n * HEADS + h) * FEATURES + d];
    return sum / sqrt(FEATURES);
}

/* Against scores by loops; and (1 - delta) times that of no gate, 0 at delta = 1. */
static void check_plain(fixture *f)
{
    double value, squares = 0, norm = 0;
    for (size_t h = 0; h < HEADS; h++)
        for (size_t m = 0; m < f->problem.queries.count; m++)
            for (size_t n = 0; n < f->problem.keys.count; n++)
                if (sees(&f->problem, m, n)) {
                    double plain = plain_at(h, m, n), difference = score_at(f, h, m, n) - plain;
                    squares += difference * difference;
                    norm += plain * plain;
                }
    evaluate(f, "plain_difference", &value);
    assert_near(value / (squares / norm), 1, 1e-10);
    double deltas[HEADS * FEATURES], free_of_gate, *kept = f->kernel.gate;
    f->kernel.gate = NULL;
    tables_make(f);
    evaluate(f, "plain_difference", &free_of_gate);
    f->kernel.gate = deltas;
    for (size_t i = 0; i < 3; i++) {
        for (size_t d = 0; d < HEADS * FEATURES; d++)
            deltas[d] = 0.5 * (double)i;
        tables_make(f);
        evaluate(f, "plain_difference", &value);
        assert_near(sqrt(value), (1 - 0.5 * (double)i) * sqrt(free_of_gate), 1e-12);
    }
    f->kernel.gate = kept;
    tables_make(f);
}

static void check_far(fixture *f)
{
    double values[2 * POSITIONS_MAX], codes[2][POSITIONS_MAX * REALIZATIONS_MAX];
    size_t size = f->problem.realizations, count = evaluate(f, "far_covariance", values) / 2;
    for (size_t i = 0; i < 2 * count; i++) {
        const rpe_selection *selection = &selections[i / count];
        rpe_value_label label = measure_find("far_covariance")->label(&f->subject, i);
        double sum = 0;
        assert_int_equal(label.feature, selection->feature);
        f->subject.method->codes(f->plan, &f->noise, selection->head, selection->feature, codes[0], codes[1],
                                 &f->workspace);
        for (size_t r = 0; r < size; r++)
            sum += codes[0][(size_t)label.position * size + r] * codes[1][r] / (double)size;
        assert_near(values[i], sum, 1e-13);
    }
}

static void test_scores(void **state)
{
    (void)state;
    each_fixture(check_scores);
}

static void test_attention(void **state)
{
    (void)state;
    each_fixture(check_attention);
}

static void test_plain(void **state)
{
    (void)state;
    each_fixture(check_plain);
}

static void test_far(void **state)
{
    (void)state;
    each_fixture(check_far);
}

/* Means over the weights against the trial's scores; shares against the frontier R > p(c + s)/sqrt(D), counted here. */
static void test_exponentials(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "sine", false, 5, 4, 6, false, NULL);
    double value, sum = 0, shares[2] = {0}, unit = 1.0 / (HEADS * 20);
    for (size_t h = 0; h < HEADS; h++)
        for (size_t m = 0; m < 5; m++)
            for (size_t n = 0; n < 4; n++) {
                double c = 0, sq = 0, sk = 0;
                for (size_t d = 0; d < FEATURES; d++) {
                    double q = query_values[(m * HEADS + h) * FEATURES + d],
                           k = key_values[(n * HEADS + h) * FEATURES + d], power = 0;
                    for (size_t i = 0; i < SINUSOIDS; i++)
                        power += pow(gain[(h * FEATURES + d) * SINUSOIDS + i], 2);
                    c += q * k * kernel_at(&f, h, d, m, n);
                    sq += q * q * power;
                    sk += k * k * power;
                }
                sum += exp(error_at(&f, h, m, n)) * unit;
                for (size_t p = 0; p < 2; p++)
                    shares[p] += (double)(p + 1) * (c + sqrt(sq * sk)) / sqrt(FEATURES) < 6 ? unit : 0;
            }
    evaluate(&f, "exponential_ratio", &value);
    assert_near(value / sum, 1, 1e-12);
    evaluate(&f, "finite_means", &value);
    assert_near(value, shares[0], 1e-12);
    evaluate(&f, "finite_variances", &value);
    assert_near(value, shares[1], 1e-12);
    assert_true(shares[1] < shares[0] || shares[0] == 1);
    fixture_destroy(&f);
}

/* Phases of a frequency that single precision holds exactly err by those of 2 pi and the products alone. */
static void test_phases(void **state)
{
    (void)state;
    fixture f;
    double values[POSITIONS_MAX], kept = frequency[0];
    fixture_make(&f, "sine", false, 7, 1, 4, false, NULL);
    rpe_closed_value bounds[POSITIONS_MAX];
    rpe_error error;
    size_t count = evaluate(&f, "phase_error", values);
    assert_int_equal(count, 2); /* 1, 3 */
    rpe_test_ok(measure_find("phase_error")->closed_form(&f.subject, bounds, &error), &error);
    for (size_t i = 0; i < count; i++)
        assert_true(values[i] > 0 && values[i] < bounds[i].mean);
    for (size_t i = 0; i < HEADS * FEATURES * SINUSOIDS; i++)
        frequency[i] = 0;
    evaluate(&f, "phase_error", values);
    assert_true(values[0] == 0 && values[1] == 0);
    fixture_destroy(&f);
    numbers_make();
    assert_true(frequency[0] == kept);
}

static void test_rounding(void **state)
{
    (void)state;
    fixture f;
    double values[POSITIONS_MAX];
    rpe_closed_value bounds[POSITIONS_MAX];
    rpe_error error;
    fixture_make(&f, "sine", false, 7, 2, 8, false, NULL);
    size_t count = evaluate(&f, "encode_rounding", values);
    rpe_test_ok(measure_find("encode_rounding")->closed_form(&f.subject, bounds, &error), &error);
    for (size_t i = 0; i < count; i++)
        assert_true(values[i] > 0 && values[i] < bounds[i].mean && bounds[i].mean < 1e-4);
    fixture_destroy(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),   cmocka_unit_test(test_attention),    cmocka_unit_test(test_plain),
        cmocka_unit_test(test_far),      cmocka_unit_test(test_exponentials), cmocka_unit_test(test_phases),
        cmocka_unit_test(test_rounding),
    };
    numbers_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
