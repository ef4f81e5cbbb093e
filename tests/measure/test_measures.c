/* Measures: the numbers of a trial against loops written here, closed forms against theory asked directly, and refusals. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_measure.h"
#include "rpe_memory.h"
#include "rpe_test.h"
#include "rpe_theory.h"

#define HEADS 2
#define FEATURES 3
#define SINUSOIDS 2
#define TAPS 3
#define VALUES 2
#define POSITIONS_MAX 7
#define REALIZATIONS_MAX 16
#define ROWS (FEATURES * 2 * SINUSOIDS) /* of the noise of a head without gate: G */
#define PAIRS_MAX (HEADS * POSITIONS_MAX * POSITIONS_MAX)
#define WIDTH_MAX (POSITIONS_MAX + VALUES)
#define assert_near(x, y, tolerance)                                                                         \
    do {                                                                                                     \
        double near_x = (x), near_y = (y);                                                                   \
        if (!(fabs(near_x - near_y) <= (tolerance)))                                                         \
            fail_msg("%s = %.17g, expected %.17g", #x, near_x, near_y);                                      \
    } while (0)

static double frequency[HEADS * FEATURES * SINUSOIDS], phase[HEADS * FEATURES * SINUSOIDS];
static double gain[HEADS * FEATURES * SINUSOIDS], gate[HEADS * FEATURES];
static double query_filter[HEADS * FEATURES * TAPS], key_filter[HEADS * FEATURES * TAPS];
static double query_values[POSITIONS_MAX * HEADS * FEATURES], key_values[POSITIONS_MAX * HEADS * FEATURES];
static double value_values[POSITIONS_MAX * HEADS * VALUES];

static const rpe_selection selections[] = {{1, 2}, {0, 0}};

/* A subject, one trial of it, and room for its products. */
typedef struct fixture {
    rpe_kernel kernel;
    rpe_problem problem;
    rpe_lag_table tables[HEADS];
    rpe_subject subject;
    rpe_trial trial;
    rpe_noise noise;
    void *plan, *attention;
    rpe_workspace workspace;
    double scores[PAIRS_MAX], oracle[POSITIONS_MAX * HEADS * WIDTH_MAX],
        outputs[POSITIONS_MAX * HEADS * WIDTH_MAX], marked[POSITIONS_MAX * HEADS * WIDTH_MAX];
    double queries[POSITIONS_MAX * HEADS * REALIZATIONS_MAX], keys[POSITIONS_MAX * HEADS * REALIZATIONS_MAX];
} fixture;

static void numbers_make(void)
{
    for (size_t i = 0; i < HEADS * FEATURES * SINUSOIDS; i++) {
        frequency[i] = 0.25 + 0.24 * rpe_test_number(1, i);
        phase[i] = 3 * rpe_test_number(2, i);
        gain[i] = 0.7 + 0.3 * rpe_test_number(3, i);
    }
    for (size_t i = 0; i < HEADS * FEATURES * TAPS; i++) {
        query_filter[i] = rpe_test_number(4, i);
        key_filter[i] = rpe_test_number(5, i);
    }
    for (size_t i = 0; i < HEADS * FEATURES; i++)
        gate[i] = 0.5 + 0.4 * rpe_test_number(6, i);
    for (size_t i = 0; i < sizeof query_values / sizeof query_values[0]; i++) {
        query_values[i] = 2 * rpe_test_number(7, i);
        key_values[i] = 2 * rpe_test_number(8, i);
    }
    for (size_t i = 0; i < sizeof value_values / sizeof value_values[0]; i++)
        value_values[i] = rpe_test_number(9, i);
}

static const rpe_kernel_type *kernel_type(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (strcmp(rpe_kernel_type_at(i)->name, name) == 0)
            return rpe_kernel_type_at(i);
    fail_msg("no kernel type %s", name);
    return NULL;
}

static rpe_kernel kernel_make(const char *type, bool gated)
{
    rpe_kernel kernel = {.type = kernel_type(type), .heads = HEADS, .features = FEATURES, .axes = 1};
    kernel.gate = gated ? gate : NULL;
    if (strcmp(type, "sine") == 0) {
        kernel.sinusoids = SINUSOIDS;
        kernel.frequency = frequency;
        kernel.phase = phase;
        kernel.gain = gain;
    } else {
        kernel.tap_extent[0] = kernel.taps = TAPS;
        kernel.query_filter = query_filter;
        kernel.key_filter = key_filter;
    }
    return kernel;
}

static bool sees(const rpe_problem *problem, size_t m, size_t n)
{
    return !problem->causal || n <= m;
}

static double kernel_at(const fixture *f, size_t h, size_t d, size_t m, size_t n)
{
    ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)m - (ptrdiff_t)n};
    return rpe_kernel_value(&f->kernel, h, d, lag);
}

/* S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n) */
static double score_at(const fixture *f, size_t h, size_t m, size_t n)
{
    double sum = 0;
    for (size_t d = 0; d < FEATURES; d++)
        sum += query_values[(m * HEADS + h) * FEATURES + d] * key_values[(n * HEADS + h) * FEATURES + d] *
               kernel_at(f, h, d, m, n);
    return sum / sqrt(FEATURES);
}

/* qhat_m . khat_n / sqrt(R) */
static double encoded_score_at(const fixture *f, size_t h, size_t m, size_t n)
{
    size_t size = f->problem.realizations;
    double sum = 0;
    for (size_t r = 0; r < size; r++)
        sum += f->queries[(m * HEADS + h) * size + r] * f->keys[(n * HEADS + h) * size + r];
    return sum / sqrt((double)size);
}

/* One row of dense softmax attention, [N+V]: weights, then outputs. */
static void dense_row(const fixture *f, size_t h, size_t m,
                      double (*score)(const fixture *, size_t, size_t, size_t), double *row)
{
    size_t keys = f->problem.keys.count;
    double sum = 0;
    memset(row, 0, (keys + VALUES) * sizeof *row);
    for (size_t n = 0; n < keys; n++)
        if (sees(&f->problem, m, n))
            sum += row[n] = exp(score(f, h, m, n));
    for (size_t n = 0; n < keys; n++) {
        row[n] /= sum;
        for (size_t v = 0; v < VALUES; v++)
            row[keys + v] += row[n] * value_values[(n * HEADS + h) * VALUES + v];
    }
}

static void oracle_fill(fixture *f)
{
    rpe_error error;
    size_t queries = f->problem.queries.count, keys = f->problem.keys.count, width = keys + VALUES;
    for (size_t h = 0; h < HEADS; h++) {
        rpe_test_ok(rpe_lag_table_create(&f->tables[h], &f->kernel, RPE_COVARIANCE_CROSS, h,
                                         &f->problem.queries, &f->problem.keys, &error),
                    &error);
        for (size_t m = 0; m < queries; m++) {
            for (size_t n = 0; n < keys; n++)
                f->scores[(h * queries + m) * keys + n] = score_at(f, h, m, n);
            dense_row(f, h, m, score_at, f->oracle + (m * HEADS + h) * width);
        }
    }
}

static void trial_run(fixture *f, const rpe_method *method)
{
    rpe_error error;
    size_t keys = f->problem.keys.count, width = keys + VALUES;
    rpe_problem marked = f->problem;
    marked.value_features = width;
    memset(f->marked, 0, sizeof f->marked);
    for (size_t row = 0; row < keys * HEADS; row++) {
        f->marked[row * width + row / HEADS] = 1;
        memcpy(f->marked + row * width + keys, value_values + row * VALUES, VALUES * sizeof(double));
    }
    rpe_inputs inputs = {query_values, key_values, f->marked};
    rpe_test_ok(method->plan(&f->plan, &f->problem, &error), &error);
    rpe_test_ok(method->plan(&f->attention, &marked, &error), &error);
    size_t bytes = method->workspace_bytes(f->plan) + method->workspace_bytes(f->attention) + (1 << 16);
    rpe_test_ok(rpe_workspace_create(&f->workspace, bytes, &error), &error);
    method->encode(f->plan, &f->noise, &inputs, f->queries, f->keys, 1, &f->workspace);
    method->attend(f->attention, &f->noise, &inputs, f->outputs, 1, &f->workspace);
    f->trial = (rpe_trial){f->plan, &f->noise, f->queries, f->keys, f->outputs};
}

/* given: noise in place of a sampler, or NULL. */
static void fixture_make(fixture *f, const char *type, bool gated, size_t queries, size_t keys,
                         size_t realizations, bool causal, const rpe_array *given)
{
    memset(f, 0, sizeof *f);
    f->kernel = kernel_make(type, gated);
    f->problem = (rpe_problem){.queries = {1, {queries}, queries},
                               .keys = {1, {keys}, keys},
                               .batch = 1,
                               .heads = HEADS,
                               .features = FEATURES,
                               .value_features = VALUES,
                               .kernel = &f->kernel,
                               .sampler = given == NULL ? rpe_sampler_find("gaussian") : NULL,
                               .realizations = realizations,
                               .precision = RPE_DOUBLE,
                               .causal = causal};
    f->noise = (rpe_noise){.stream = {.seed = 5, .point = 7, .trial = 3}, .given = given};
    oracle_fill(f);
    f->subject = (rpe_subject){.method = rpe_method_find("softmax"),
                               .problem = &f->problem,
                               .oracle_scores = f->scores,
                               .score_squares = rpe_scores_squares(&f->problem, f->scores),
                               .oracle_outputs = f->oracle,
                               .lag_tables = f->tables,
                               .values = VALUES,
                               .inputs = {query_values, key_values, value_values},
                               .selections = selections,
                               .selection_count = 2};
    trial_run(f, f->subject.method);
}

static void fixture_destroy(fixture *f)
{
    for (size_t h = 0; h < HEADS; h++)
        rpe_lag_table_destroy(&f->tables[h]);
    f->subject.method->plan_destroy(f->plan);
    f->subject.method->plan_destroy(f->attention);
    rpe_workspace_destroy(&f->workspace);
}

static const rpe_measure *measure_find(const char *name)
{
    const rpe_measure *measure = rpe_measure_find(name);
    assert_non_null(measure);
    return measure;
}

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

static void test_registry(void **state)
{
    (void)state;
    assert_true(rpe_measure_count() >= 5);
    for (size_t i = 0; i < rpe_measure_count(); i++) {
        const rpe_measure *measure = rpe_measure_at(i);
        assert_ptr_equal(rpe_measure_find(measure->name), measure);
        assert_true(strlen(measure->title) > 0 && strlen(measure->unit) > 0 && strlen(measure->source) > 0);
        assert_non_null(measure->evaluate);
        assert_in_range(measure->stage, 0, RPE_STAGE_COUNT - 1);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(measure->name, rpe_measure_at(j)->name);
    }
    assert_null(rpe_measure_find("none such"));
    assert_null(rpe_measure_find(""));
}

static void refuses(const char *name, const rpe_subject *subject, const char *message)
{
    rpe_error error = {""};
    assert_int_equal(rpe_measure_supports(measure_find(name), subject, &error), RPE_ERROR_INPUT);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s: expected \"%s\", found \"%s\"", name, message, error.message);
}

static void test_refusals_method(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "sine", true, 4, 5, 4, false, NULL);
    rpe_subject subject = f.subject;
    subject.method = rpe_method_find("explicit");
    refuses("code_profile", &subject, "method explicit has no codes");
    refuses("score_error", &subject, "method explicit has no encoded queries and keys");
    refuses("attention_error", &subject, "method explicit is the oracle itself");
    rpe_method mute = *f.subject.method;
    mute.attend = NULL;
    subject.method = &mute;
    refuses("output_error", &subject, "method softmax has no attention");
    assert_false(rpe_measure_concerns(measure_find("output_error"), &mute));
    assert_true(rpe_measure_concerns(measure_find("score_error"), &mute));
    assert_false(rpe_measure_concerns(measure_find("attention_error"), rpe_method_find("explicit")));
    mute.score_moments = NULL;
    mute.code_moments = NULL;
    assert_false(rpe_measure_closed_form_known(measure_find("score_error"), &subject));
    assert_false(rpe_measure_closed_form_known(measure_find("code_profile"), &subject));
    assert_false(rpe_measure_closed_form_known(measure_find("attention_error"), &f.subject));
    fixture_destroy(&f);
}

static void test_refusals_problem(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "conv", false, 4, 5, 4, false, NULL);
    rpe_problem problem = f.problem;
    rpe_subject subject = f.subject;
    subject.problem = &problem;
    problem.kernel = NULL;
    refuses("score_error", &subject, "no codes without a kernel");
    refuses("code_covariance_error", &subject, "no codes without a kernel");
    problem = f.problem;
    problem.precision = RPE_SINGLE;
    refuses("code_covariance_error", &subject, "double precision");
    refuses("code_profile", &subject, "double precision");
    problem = f.problem;
    problem.queries.axes = 2;
    refuses("code_profile", &subject, "needs 1 position axis, found 2");
    problem = f.problem;
    subject.selection_count = 0;
    refuses("code_profile", &subject, "no head and feature are selected");
    static const rpe_selection beyond[] = {{0, FEATURES}}, beyond_head[] = {{HEADS, 0}};
    subject.selection_count = 1;
    subject.selections = beyond;
    refuses("code_profile", &subject, "a feature below 3, found [0,3]");
    subject.selections = beyond_head;
    refuses("code_profile", &subject, "a head below 2 and a feature below 3, found [2,0]");
    fixture_destroy(&f);
}

/* A relative error needs something to be relative to. */
static void test_refusals_zero(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "sine", false, 4, 5, 4, false, NULL);
    f.subject.score_squares = 0;
    refuses("score_error", &f.subject, "all scores are 0");
    for (size_t row = 0; row < 4 * HEADS; row++)
        for (size_t v = 0; v < VALUES; v++)
            f.oracle[row * (5 + VALUES) + 5 + v] = 0;
    refuses("output_error", &f.subject, "all outputs are 0");
    rpe_error error;
    rpe_test_ok(rpe_measure_supports(measure_find("attention_error"), &f.subject, &error), &error);
    for (size_t h = 0; h < HEADS; h++)
        memset(f.tables[h].values, 0, FEATURES * f.tables[h].stride * sizeof(double));
    refuses("code_covariance_error", &f.subject, "the kernel is 0 at all lags");
    fixture_destroy(&f);
}

/* Closed forms allocate; when that fails they say so. */
static void test_allocation(void **state)
{
    (void)state;
    static const char *const names[] = {"score_error", "code_covariance_error", "code_profile"};
    fixture f;
    fixture_make(&f, "sine", true, 4, 5, 4, true, NULL);
    for (size_t i = 0; i < 3; i++) {
        rpe_closed_value values[32];
        rpe_status status = RPE_ERROR_MEMORY;
        for (uint64_t n = 1; status != RPE_OK; n++) {
            rpe_error error = {""};
            size_t before = rpe_memory_usage_now().current;
            rpe_memory_fail_from(n);
            status = measure_find(names[i])->closed_form(&f.subject, values, &error);
            rpe_memory_fail_from(0);
            assert_int_equal(rpe_memory_usage_now().current, before);
            assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
            assert_true(status != RPE_OK || n > 1);
        }
    }
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
        cmocka_unit_test(test_extreme_outputs), cmocka_unit_test(test_registry),
        cmocka_unit_test(test_refusals_method), cmocka_unit_test(test_refusals_problem),
        cmocka_unit_test(test_refusals_zero),   cmocka_unit_test(test_allocation),
        cmocka_unit_test(test_visible),
    };
    numbers_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
