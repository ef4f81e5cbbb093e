/* The closed forms against the golden arrays of group closed_form, every head, every array that the layer computes. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/json.h"
#include "theory/theory.h"
#include "theory/theory_exponential.h"
#include "theory/theory_features.h"
#include "theory/theory_relu.h"

/* One case: its kernel, its inputs, and the theory of one head at a time. */
typedef struct golden_case {
    const char *name;
    rpe_kernel *kernel;
    rpe_array q, k; /* [M,H,D], [N,H,D] */
    size_t heads, features, queries, keys, realizations, projections;
    rpe_theory *theory;
    size_t head;
} golden_case;

static const rpe_noise_law GAUSSIAN = {RPE_NOISE_INDEPENDENT, 0};
static const rpe_noise_law RADEMACHER = {RPE_NOISE_INDEPENDENT, -2};
static const rpe_noise_law ORTHOGONAL = {RPE_NOISE_ORTHOGONAL, 0};

static void variance_compute(const golden_case *test, rpe_noise_law law, double *values)
{
    rpe_error error;
    rpe_test_ok(rpe_theory_score_variance(test->theory, law, test->realizations, values, &error), &error);
}

static void compute_mean(const golden_case *test, double *values)
{
    rpe_theory_score_mean(test->theory, values);
}

static void compute_gaussian(const golden_case *test, double *values)
{
    variance_compute(test, GAUSSIAN, values);
}

static void compute_rademacher(const golden_case *test, double *values)
{
    variance_compute(test, RADEMACHER, values);
}

static void compute_orthogonal(const golden_case *test, double *values)
{
    variance_compute(test, ORTHOGONAL, values);
}

static void compute_code_variance(const golden_case *test, double *values)
{
    size_t lags = 2 * test->keys - 1;
    for (size_t d = 0; d < test->features; d++) {
        for (size_t i = 0; i < lags; i++) {
            const ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)i - (ptrdiff_t)test->keys + 1, 0, 0};
            values[d * lags + i] =
                rpe_theory_code_variance(test->kernel, test->head, d, lag, test->realizations);
        }
    }
}

static void compute_covariance(const golden_case *test, double *values)
{
    rpe_error error;
    size_t m = test->queries, n = test->keys;
    for (size_t i = 0; i < m * n * m * n; i++) {
        size_t first = i / (m * n), second = i % (m * n);
        rpe_test_ok(rpe_theory_score_covariance(test->theory, GAUSSIAN, test->realizations, first / n,
                                                first % n, second / n, second % n, values + i, &error),
                    &error);
    }
}

static void compute_frobenius_mean(const golden_case *test, double *values)
{
    rpe_error error;
    rpe_test_ok(rpe_theory_frobenius_mean(test->theory, GAUSSIAN, test->realizations, false, values, &error),
                &error);
}

static void compute_frobenius_variance(const golden_case *test, double *values)
{
    rpe_error error;
    rpe_test_ok(rpe_theory_frobenius_variance(test->theory, test->realizations, values, &error), &error);
}

static void compute_third(const golden_case *test, double *values)
{
    for (size_t i = 0; i < test->queries * test->keys; i++)
        values[i] = rpe_theory_score_law(test->theory, test->realizations, i / test->keys, i % test->keys)
                        .third_cumulant;
}

static void compute_fourth(const golden_case *test, double *values)
{
    for (size_t i = 0; i < test->queries * test->keys; i++)
        values[i] = rpe_theory_score_law(test->theory, test->realizations, i / test->keys, i % test->keys)
                        .fourth_cumulant;
}

static void compute_exponential_mean(const golden_case *test, double *values)
{
    rpe_error error;
    rpe_test_ok(rpe_theory_exponential_moment(test->theory, test->realizations, 1, values, &error), &error);
}

static void compute_exponential_second(const golden_case *test, double *values)
{
    rpe_error error;
    rpe_test_ok(rpe_theory_exponential_moment(test->theory, test->realizations, 2, values, &error), &error);
}

static void compute_softmax_bias(const golden_case *test, double *values)
{
    rpe_error error;
    rpe_test_ok(rpe_theory_softmax_bias(test->theory, test->realizations, false, values, &error), &error);
}

static void compute_relu_mean(const golden_case *test, double *values)
{
    rpe_theory_relu_mean(test->theory, values);
}

static void compute_relu_variance(const golden_case *test, double *values)
{
    rpe_error error;
    rpe_test_ok(rpe_theory_relu_variance(test->theory, test->realizations, values, &error), &error);
}

static void compute_favor_variance(const golden_case *test, double *values)
{
    rpe_error error;
    rpe_test_ok(
        rpe_theory_favor_variance(test->theory, test->realizations, test->projections, values, &error),
        &error);
}

static const struct {
    const char *name;
    void (*compute)(const golden_case *, double *);
} OUTPUTS[] = {
    {"score_mean", compute_mean},
    {"code_variance", compute_code_variance},
    {"score_variance_gaussian", compute_gaussian},
    {"score_variance_rademacher", compute_rademacher},
    {"score_variance_orthogonal", compute_orthogonal},
    {"score_covariance_gaussian", compute_covariance},
    {"frobenius_mean", compute_frobenius_mean},
    {"frobenius_variance", compute_frobenius_variance},
    {"third_cumulant", compute_third},
    {"fourth_cumulant", compute_fourth},
    {"exp_mean", compute_exponential_mean},
    {"exp_second_moment", compute_exponential_second},
    {"softmax_bias_first_order", compute_softmax_bias},
    {"relu_mean", compute_relu_mean},
    {"relu_variance", compute_relu_variance},
    {"favor_variance", compute_favor_variance},
};

static void case_open(golden_case *test, const rpe_json *manifest, const json_t *entry)
{
    rpe_error error;
    const char *path;
    const json_t *inputs = json_object_get(entry, "inputs");
    rpe_test_ok(rpe_json_text(manifest, entry, "name", NULL, &test->name, &error), &error);
    rpe_test_ok(rpe_json_text(manifest, entry, "kernel", NULL, &path, &error), &error);
    rpe_test_ok(rpe_kernel_read(&test->kernel, rpe_test_golden(path), &error), &error);
    rpe_test_ok(rpe_json_text(manifest, inputs, "q", NULL, &path, &error), &error);
    test->q = rpe_test_golden_read(path);
    rpe_test_ok(rpe_json_text(manifest, inputs, "k", NULL, &path, &error), &error);
    test->k = rpe_test_golden_read(path);
    rpe_test_ok(rpe_json_count(manifest, json_object_get(entry, "parameters"), "realizations", 1, 1000, NULL,
                               &test->realizations, &error),
                &error);
    rpe_test_ok(rpe_json_count(manifest, json_object_get(entry, "parameters"), "features", 1, 1000, NULL,
                               &test->projections, &error),
                &error);
    test->queries = test->q.shape[0];
    test->keys = test->k.shape[0];
    test->heads = test->q.shape[1];
    test->features = test->q.shape[2];
}

static void case_close(golden_case *test)
{
    rpe_array_destroy(&test->q);
    rpe_array_destroy(&test->k);
    rpe_kernel_destroy(test->kernel);
}

static void theory_open(golden_case *test, size_t head)
{
    rpe_error error;
    rpe_theory_inputs inputs = {.kernel = test->kernel, .head = head, .features = test->features};
    rpe_test_ok(rpe_positions_make(&inputs.query_positions, 1, &test->queries, "queries", &error), &error);
    rpe_test_ok(rpe_positions_make(&inputs.key_positions, 1, &test->keys, "keys", &error), &error);
    inputs.queries = (const double *)test->q.values + head * test->features;
    inputs.keys = (const double *)test->k.values + head * test->features;
    inputs.query_stride = inputs.key_stride = test->heads * test->features;
    test->head = head;
    rpe_test_ok(rpe_theory_create(&test->theory, &inputs, &error), &error);
}

/* Every output of the case that is in OUTPUTS; returns how many. */
static size_t case_compare(golden_case *test, const rpe_json *manifest, const json_t *entry)
{
    rpe_error error;
    double tolerance;
    size_t compared = 0;
    const json_t *outputs = json_object_get(entry, "outputs");
    rpe_test_ok(
        rpe_json_number(manifest, json_object_get(entry, "tolerance"), "double", NULL, &tolerance, &error),
        &error);
    for (size_t i = 0; i < sizeof OUTPUTS / sizeof *OUTPUTS; i++) {
        const char *path;
        rpe_test_ok(rpe_json_text(manifest, outputs, OUTPUTS[i].name, "", &path, &error), &error);
        if (*path == '\0')
            continue;
        rpe_array golden = rpe_test_golden_read(path);
        size_t count = rpe_array_count(&golden);
        double *values = rpe_memory_allocate(count, sizeof *values);
        assert_non_null(values);
        for (size_t head = 0; head < test->heads; head++) {
            theory_open(test, head);
            OUTPUTS[i].compute(test, values + head * (count / test->heads));
            rpe_theory_destroy(test->theory);
        }
        double difference = rpe_test_error(count, values, golden.values);
        if (!(difference <= tolerance))
            print_error("%s: %s differs by %g, expected at most %g\n", test->name, OUTPUTS[i].name,
                        difference, tolerance);
        assert_true(difference <= tolerance);
        rpe_memory_free(values);
        rpe_array_destroy(&golden);
        compared++;
    }
    return compared;
}

static void test_closed_forms(void **state)
{
    (void)state;
    rpe_error error;
    rpe_json manifest = {0};
    size_t cases = 0, compared = 0, i;
    json_t *entry;
    rpe_test_ok(rpe_json_read(&manifest, rpe_test_golden("manifest.json"), &error), &error);
    json_array_foreach(json_object_get(manifest.root, "cases"), i, entry)
    {
        const char *group;
        rpe_test_ok(rpe_json_text(&manifest, entry, "group", NULL, &group, &error), &error);
        if (strcmp(group, "closed_form") != 0 || json_object_get(entry, "kernel") == NULL)
            continue;
        golden_case test = {0};
        case_open(&test, &manifest, entry);
        compared += case_compare(&test, &manifest, entry);
        case_close(&test);
        cases++;
    }
    rpe_json_destroy(&manifest);
    assert_int_equal(cases, 5);
    assert_int_equal(compared, 78); /* 16 arrays, of which conv has no orthogonal one */
}

/* Forms 7 and 13: closed_performer, pairs x, y [6,R]. */
static void test_performer(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        rpe_theory_map map;
        bool orthogonal;
    } outputs[] = {{"positive", RPE_THEORY_POSITIVE, false},
                   {"hyperbolic", RPE_THEORY_HYPERBOLIC, false},
                   {"trigonometric", RPE_THEORY_TRIGONOMETRIC, false},
                   {"positive_orthogonal", RPE_THEORY_POSITIVE, true},
                   {"hyperbolic_orthogonal", RPE_THEORY_HYPERBOLIC, true},
                   {"trigonometric_orthogonal", RPE_THEORY_TRIGONOMETRIC, true}};
    rpe_array x = rpe_test_golden_read("closed_performer.x.npy");
    rpe_array y = rpe_test_golden_read("closed_performer.y.npy");
    size_t pairs = x.shape[0], size = x.shape[1];
    assert_int_equal(pairs, 6);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        char name[96];
        double values[6];
        rpe_theory_projection projection = {.size = size,
                                            .count = 8,
                                            .directions = outputs[i].orthogonal ? RPE_THEORY_ORTHOGONAL
                                                                                : RPE_THEORY_INDEPENDENT};
        snprintf(name, sizeof name, "closed_performer.mse_%s.npy", outputs[i].name);
        rpe_array golden = rpe_test_golden_read(name);
        for (size_t p = 0; p < pairs; p++)
            values[p] =
                rpe_theory_feature_error(outputs[i].map, projection, (const double *)x.values + p * size,
                                         (const double *)y.values + p * size);
        assert_int_equal(rpe_array_count(&golden), pairs);
        double difference = rpe_test_error(pairs, values, golden.values);
        if (!(difference <= 1e-11))
            print_error("%s differs by %g\n", name, difference);
        assert_true(difference <= 1e-11);
        rpe_array_destroy(&golden);
    }
    rpe_array golden = rpe_test_golden_read("closed_performer.kernel.npy");
    double kernel[6];
    for (size_t p = 0; p < pairs; p++)
        kernel[p] = rpe_theory_feature_mean(size, (const double *)x.values + p * size,
                                            (const double *)y.values + p * size);
    assert_true(rpe_test_error(pairs, kernel, golden.values) <= 1e-11);
    rpe_array_destroy(&golden);
    rpe_array_destroy(&y);
    rpe_array_destroy(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_closed_forms), cmocka_unit_test(test_performer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
