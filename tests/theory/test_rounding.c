/* Form 15: the bound against the golden one, against a plain sum, and against single precision at work. */
#include "theory_problem.h"

#include <stdio.h>

#include "file/json.h"
#include "theory/theory_rounding.h"

/* An encode case of the golden arrays on one axis. */
typedef struct encode_case {
    rpe_kernel *kernel;
    rpe_array q, k, noise, gate, queries, keys;
    size_t realizations;
} encode_case;

static rpe_array array_of(const char *name, const char *what)
{
    char path[128];
    snprintf(path, sizeof path, "%s.%s.npy", name, what);
    return rpe_test_golden_read(path);
}

static void case_open(encode_case *test, const char *name, bool gated)
{
    rpe_error error;
    char path[128];
    snprintf(path, sizeof path, "%s.kernel.json", name);
    *test = (encode_case){0};
    rpe_test_ok(rpe_kernel_read(&test->kernel, rpe_test_golden(path), &error), &error);
    test->q = array_of(name, "q");
    test->k = array_of(name, "k");
    test->noise = array_of(name, "noise");
    test->queries = array_of(name, "queries");
    test->keys = array_of(name, "keys");
    if (gated)
        test->gate = array_of(name, "gate_noise");
    test->realizations = test->queries.shape[2];
}

static void case_close(encode_case *test)
{
    rpe_array_destroy(&test->gate);
    rpe_array_destroy(&test->keys);
    rpe_array_destroy(&test->queries);
    rpe_array_destroy(&test->noise);
    rpe_array_destroy(&test->k);
    rpe_array_destroy(&test->q);
    rpe_kernel_destroy(test->kernel);
}

static rpe_theory *theory_of(const encode_case *test, size_t head)
{
    rpe_error error;
    rpe_theory *theory = NULL;
    size_t features = test->kernel->features, stride = test->kernel->heads * features;
    rpe_theory_inputs inputs = {.kernel = test->kernel,
                                .head = head,
                                .features = features,
                                .queries = (const double *)test->q.values + head * features,
                                .keys = (const double *)test->k.values + head * features,
                                .query_stride = stride,
                                .key_stride = stride};
    rpe_test_ok(rpe_positions_make(&inputs.query_positions, 1, test->q.shape, "queries", &error), &error);
    rpe_test_ok(rpe_positions_make(&inputs.key_positions, 1, test->k.shape, "keys", &error), &error);
    rpe_test_ok(rpe_theory_create(&theory, &inputs, &error), &error);
    return theory;
}

static rpe_theory_noise noise_of(const encode_case *test, size_t head)
{
    size_t features = test->kernel->features, heads = test->kernel->heads, r = test->realizations;
    rpe_theory_noise noise = {
        .gate = test->gate.values == NULL ? NULL : (const double *)test->gate.values + head * features * r,
        .gate_row_stride = r,
        .gate_realization_stride = 1};
    bool sine = test->kernel->type->codes->paired;
    size_t rows = features * test->noise.shape[sine ? 2 : 3];
    noise.values = (const double *)test->noise.values + head * rows * (sine ? r : 1);
    noise.row_stride = sine ? r : 1;
    noise.realization_stride = sine ? 1 : heads * rows;
    return noise;
}

/* Largest bound over the largest |golden|; every entry is sum_i u_i z_i in size, and with signs it is the encoding. */
static double side_compare(const encode_case *test, rpe_side side)
{
    rpe_error error;
    bool query = side == RPE_SIDE_QUERY;
    const rpe_array *golden = query ? &test->queries : &test->keys;
    size_t positions = golden->shape[0], heads = golden->shape[1], r_count = test->realizations;
    double largest = 0, bound_largest = 0;
    double *bound = rpe_memory_allocate(positions * r_count, sizeof *bound);
    for (size_t i = 0; i < rpe_array_count(golden); i++)
        largest = fmax(largest, fabs(((const double *)golden->values)[i]));
    for (size_t head = 0; head < heads; head++) {
        rpe_theory *theory = theory_of(test, head);
        rpe_theory_noise noise = noise_of(test, head);
        rpe_test_ok(rpe_theory_single_bound(theory, side, &noise, r_count, bound, &error), &error);
        double n = (double)rpe_theory_single_terms(theory) + 10, u = 0x1p-24;
        double scale = 1 / sqrt(sqrt((double)(r_count * theory->features)));
        for (size_t i = 0; i < positions * r_count; i++) {
            size_t m = i / r_count, r = i % r_count;
            double sum = 0, sizes = 0;
            float single = 0;
            for (size_t row = 0; row < theory->rows; row++) {
                bool gate = row >= theory->position_rows;
                double z = gate ? noise.gate[theory->gated[row - theory->position_rows] * r_count + r]
                                : noise.values[row * noise.row_stride + r * noise.realization_stride];
                double u_row = rpe_theory_row_value(theory, side, row, m);
                sum += u_row * z;
                sizes += fabs(u_row * z);
                single += (float)u_row * (float)z;
            }
            double encoded = ((const double *)golden->values)[(m * heads + head) * r_count + r];
            assert_near(sum * scale, encoded, 1e-11 * largest);
            assert_near(bound[i], n * u / (1 - n * u) * scale * sizes, 1e-13 * bound[i] + 1e-300);
            assert_true(fabs((double)(single * (float)scale) - encoded) <= bound[i]);
            bound_largest = fmax(bound_largest, bound[i]);
        }
        rpe_theory_destroy(theory);
    }
    rpe_memory_free(bound);
    return bound_largest / largest;
}

/* The manifest's tolerance.single is this bound, computed apart, times 1.05 and rounded to two digits. */
static void test_golden_bound(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool gated;
    } cases[] = {
        {"encode_sine", false},      {"encode_sine_gated", true},        {"encode_sine_raw_gated", true},
        {"encode_conv", false},      {"encode_sine_rectangular", true},  {"encode_conv_gated", true},
        {"encode_conv_long", false}, {"encode_conv_rectangular", false}, {"encode_smallest", false}};
    rpe_error error;
    rpe_json manifest = {0};
    size_t compared = 0, i;
    json_t *entry;
    rpe_test_ok(rpe_json_read(&manifest, rpe_test_golden("manifest.json"), &error), &error);
    json_array_foreach(json_object_get(manifest.root, "cases"), i, entry)
    {
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            if (strcmp(json_string_value(json_object_get(entry, "name")), cases[c].name) != 0)
                continue;
            encode_case test;
            double expected;
            rpe_test_ok(rpe_json_number(&manifest, json_object_get(entry, "tolerance"), "single", NULL,
                                        &expected, &error),
                        &error);
            case_open(&test, cases[c].name, cases[c].gated);
            double found = fmax(side_compare(&test, RPE_SIDE_QUERY), side_compare(&test, RPE_SIDE_KEY));
            assert_near(1.05 * found / expected, 1, 0.05);
            case_close(&test);
            compared++;
        }
    }
    rpe_json_destroy(&manifest);
    assert_int_equal(compared, sizeof cases / sizeof *cases);
}

static void test_refusals(void **state)
{
    (void)state;
    rpe_error error;
    encode_case test;
    double bound[4096] = {7};
    case_open(&test, "encode_sine_gated", true);
    rpe_theory *theory = theory_of(&test, 0);
    rpe_theory_noise noise = noise_of(&test, 0);
    assert_int_equal(rpe_theory_single_bound(theory, RPE_SIDE_KEY, &noise, 0, bound, &error),
                     RPE_ERROR_INPUT);
    noise.gate = NULL;
    assert_int_equal(rpe_theory_single_bound(theory, RPE_SIDE_KEY, &noise, 5, bound, &error),
                     RPE_ERROR_INPUT);
    noise = noise_of(&test, 0);
    rpe_memory_fail_from(1);
    assert_int_equal(rpe_theory_single_bound(theory, RPE_SIDE_KEY, &noise, 5, bound, &error),
                     RPE_ERROR_MEMORY);
    rpe_memory_fail_from(0);
    assert_true(bound[0] == 7);
    rpe_theory_destroy(theory);
    case_close(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden_bound), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
