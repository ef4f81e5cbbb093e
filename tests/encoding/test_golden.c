/* Every case of the golden group `encode`: codes, encoded queries and keys by both paths, approximate scores. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "encoding/encoder.h"
#include "file/json.h"
#include "rpe_test.h"

typedef struct golden_case {
    const rpe_json *manifest;
    const json_t *json;
    const char *name;
    rpe_kernel *kernel;
    rpe_array queries, keys, given, gate; /* inputs */
    rpe_noise noise;
    rpe_encoder_settings settings;
} golden_case;

static const json_t *member(const golden_case *c, const char *group, const char *key)
{
    return json_object_get(json_object_get(c->json, group), key);
}

static rpe_array array_read(const golden_case *c, const char *group, const char *key)
{
    const json_t *file = member(c, group, key);
    if (file == NULL)
        return (rpe_array){0};
    return rpe_test_golden_read(json_string_value(file));
}

static rpe_positions positions_read(const golden_case *c, const char *key)
{
    const json_t *list = member(c, "parameters", key);
    size_t extent[RPE_AXES_MAX] = {0}, axes = json_array_size(list);
    rpe_positions positions;
    rpe_error error;
    assert_in_range(axes, 1, RPE_AXES_MAX);
    for (size_t i = 0; i < axes; i++)
        extent[i] = (size_t)json_integer_value(json_array_get(list, i));
    rpe_test_ok(rpe_positions_make(&positions, axes, extent, key, &error), &error);
    return positions;
}

static void case_read(golden_case *c, const rpe_json *manifest, const json_t *json)
{
    rpe_error error;
    *c = (golden_case){.manifest = manifest, .json = json};
    c->name = json_string_value(json_object_get(json, "name"));
    const char *kernel = json_string_value(json_object_get(json, "kernel"));
    rpe_test_ok(rpe_kernel_read(&c->kernel, rpe_test_golden(kernel), &error), &error);
    c->queries = array_read(c, "inputs", "q");
    c->keys = array_read(c, "inputs", "k");
    c->given = array_read(c, "inputs", "noise");
    c->gate = array_read(c, "inputs", "gate_noise");
    c->noise.given = &c->given;
    c->noise.gate = c->gate.values != NULL ? &c->gate : NULL;
    c->settings = (rpe_encoder_settings){
        .kernel = c->kernel,
        .queries = positions_read(c, "query_shape"),
        .keys = positions_read(c, "key_shape"),
        .batch = 1,
        .realizations = (size_t)json_integer_value(member(c, "parameters", "realizations")),
        .precision = RPE_DOUBLE,
    };
    assert_int_equal(rpe_noise_realizations(c->kernel, &c->given), c->settings.realizations);
}

static void case_destroy(golden_case *c)
{
    rpe_kernel_destroy(c->kernel);
    rpe_array_destroy(&c->queries);
    rpe_array_destroy(&c->keys);
    rpe_array_destroy(&c->given);
    rpe_array_destroy(&c->gate);
}

/* Copy in the other precision; freed by the caller. */
static void *converted(const rpe_array *array, rpe_precision precision)
{
    size_t count = rpe_array_count(array);
    const double *from = array->values;
    void *to = rpe_memory_allocate(count, rpe_precision_size(precision));
    assert_non_null(to);
    for (size_t i = 0; i < count; i++)
        if (precision == RPE_SINGLE)
            ((float *)to)[i] = (float)from[i];
        else
            ((double *)to)[i] = from[i];
    return to;
}

static void compare(const golden_case *c, const char *key, const double *x, double tolerance)
{
    rpe_array golden = array_read(c, "outputs", key);
    double error = rpe_test_error(rpe_array_count(&golden), x, golden.values);
    if (!(error <= tolerance))
        print_error("%s %s: error %.3g, tolerance %.3g\n", c->name, key, error, tolerance);
    assert_true(error <= tolerance);
    rpe_array_destroy(&golden);
}

static void compare_single(const golden_case *c, const char *key, const float *x, size_t count,
                           double tolerance)
{
    double *wide = rpe_memory_allocate(count, sizeof *wide);
    assert_non_null(wide);
    for (size_t i = 0; i < count; i++)
        wide[i] = x[i];
    compare(c, key, wide, tolerance);
    rpe_memory_free(wide);
}

/* Shat(m,n) = qhat_m . khat_n / sqrt(R), [H,M,N] */
static void scores_check(const golden_case *c, const double *queries, const double *keys, double tolerance)
{
    size_t heads = c->kernel->heads, size = c->settings.realizations;
    size_t m_count = c->settings.queries.count, n_count = c->settings.keys.count;
    if (member(c, "outputs", "approximate_scores") == NULL)
        return;
    double *scores = rpe_memory_allocate_zero(heads * m_count * n_count, sizeof *scores);
    assert_non_null(scores);
    for (size_t h = 0; h < heads; h++)
        for (size_t m = 0; m < m_count; m++)
            for (size_t n = 0; n < n_count; n++) {
                double *score = &scores[(h * m_count + m) * n_count + n];
                for (size_t r = 0; r < size; r++)
                    *score += queries[(m * heads + h) * size + r] * keys[(n * heads + h) * size + r];
                *score /= sqrt((double)size);
            }
    compare(c, "approximate_scores", scores, tolerance);
    rpe_memory_free(scores);
}

static void encode_check(golden_case *c, rpe_precision precision, bool plain, double tolerance)
{
    rpe_encoder *encoder;
    rpe_workspace workspace;
    rpe_error error;
    size_t width = c->kernel->heads * c->settings.realizations, element = rpe_precision_size(precision);
    c->settings.precision = precision;
    c->settings.plain = plain;
    rpe_test_ok(rpe_encoder_create(&encoder, &c->settings, &error), &error);
    rpe_test_ok(rpe_encoder_noise_check(encoder, &c->noise, "z.npy", "e.npy", &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error), &error);
    void *q = converted(&c->queries, precision), *k = converted(&c->keys, precision);
    void *queries = rpe_memory_allocate(c->settings.queries.count * width, element);
    void *keys = rpe_memory_allocate(c->settings.keys.count * width, element);
    rpe_encoder_apply(encoder, &c->noise, q, k, queries, keys, 1, &workspace);
    if (precision == RPE_DOUBLE) {
        compare(c, "queries", queries, tolerance);
        compare(c, "keys", keys, tolerance);
        scores_check(c, queries, keys, tolerance);
    } else {
        compare_single(c, "queries", queries, c->settings.queries.count * width, tolerance);
        compare_single(c, "keys", keys, c->settings.keys.count * width, tolerance);
    }
    rpe_memory_free(q);
    rpe_memory_free(k);
    rpe_memory_free(queries);
    rpe_memory_free(keys);
    rpe_workspace_destroy(&workspace);
    rpe_encoder_destroy(encoder);
}

static void codes_check(golden_case *c, double tolerance)
{
    rpe_encoder *encoder;
    rpe_workspace workspace;
    rpe_error error;
    size_t features = c->kernel->features, size = c->settings.realizations;
    size_t stride = c->kernel->heads * features * size;
    c->settings.precision = RPE_DOUBLE;
    rpe_test_ok(rpe_encoder_create(&encoder, &c->settings, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error), &error);
    double *queries = rpe_memory_allocate(c->settings.queries.count * stride, sizeof *queries);
    double *keys = rpe_memory_allocate(c->settings.keys.count * stride, sizeof *keys);
    for (size_t h = 0; h < c->kernel->heads; h++)
        for (size_t d = 0; d < features; d++) {
            size_t start = (h * features + d) * size;
            rpe_encoder_codes(encoder, &c->noise, h, d, queries + start, keys + start, stride, &workspace);
        }
    compare(c, "query_codes", queries, tolerance);
    compare(c, "key_codes", keys, tolerance);
    rpe_memory_free(queries);
    rpe_memory_free(keys);
    rpe_workspace_destroy(&workspace);
    rpe_encoder_destroy(encoder);
}

static void test_encode(void **state)
{
    rpe_json manifest;
    rpe_error error;
    size_t index, found = 0;
    json_t *json;
    (void)state;
    rpe_test_ok(rpe_json_read(&manifest, rpe_test_golden("manifest.json"), &error), &error);
    json_array_foreach(json_object_get(manifest.root, "cases"), index, json)
    {
        if (strcmp(json_string_value(json_object_get(json, "group")), "encode") != 0)
            continue;
        golden_case c;
        case_read(&c, &manifest, json);
        const json_t *tolerance = json_object_get(json, "tolerance");
        double wide = json_number_value(json_object_get(tolerance, "double"));
        double narrow = json_number_value(json_object_get(tolerance, "single"));
        codes_check(&c, wide);
        for (int plain = 0; plain < 2; plain++) {
            encode_check(&c, RPE_DOUBLE, plain, wide);
            encode_check(&c, RPE_SINGLE, plain, narrow);
        }
        case_destroy(&c);
        found++;
    }
    rpe_json_destroy(&manifest);
    assert_true(found >= 16); /* an empty loop is no success */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_encode)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
