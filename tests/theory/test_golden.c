/* The closed forms against the golden arrays of group closed_form, every head, every array that the layer computes. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>

#include "rpe_json.h"
#include "rpe_memory.h"
#include "rpe_theory.h"

/* One case: its kernel, its inputs, and the theory of one head at a time. */
typedef struct golden_case {
    const char *name;
    rpe_kernel *kernel;
    rpe_array q, k; /* [M,H,D], [N,H,D] */
    size_t heads, features, queries, keys, realizations;
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
    assert_int_equal(compared, 48); /* 10 arrays, of which conv has no orthogonal one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_closed_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
