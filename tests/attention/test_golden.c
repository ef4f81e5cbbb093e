/* Cases of the golden group `attend` that these two attentions compute: scores, outputs, and the attention matrix itself as the
   output for values = identity. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attention/attention.h"
#include "base/memory.h"
#include "file/json.h"
#include "rpe_test.h"

typedef struct golden_case {
    const json_t *json;
    const char *name;
    bool is_explicit; /* --method explicit, else softmax */
    double tolerance;
    rpe_kernel *kernel;
    rpe_positions query_positions, key_positions;
    rpe_attention_shape shape;
    rpe_array queries, keys, values;
} golden_case;

static const char *file_of(const golden_case *c, const char *group, const char *key)
{
    return json_string_value(json_object_get(json_object_get(c->json, group), key));
}

static void case_read(golden_case *c, const json_t *json)
{
    rpe_error error;
    *c = (golden_case){.json = json};
    c->name = json_string_value(json_object_get(json, "name"));
    c->is_explicit = strstr(json_string_value(json_object_get(json, "command")), "--method explicit") != NULL;
    c->tolerance = json_real_value(json_object_get(json_object_get(json, "tolerance"), "double"));
    const char *kernel = json_string_value(json_object_get(json, "kernel"));
    if (kernel != NULL) {
        rpe_test_ok(rpe_kernel_read(&c->kernel, rpe_test_golden(kernel), &error), &error);
    }
    c->queries = rpe_test_golden_read(file_of(c, "inputs", "q"));
    c->keys = rpe_test_golden_read(file_of(c, "inputs", "k"));
    c->values = rpe_test_golden_read(file_of(c, "inputs", "v"));
    size_t axes = kernel != NULL ? c->kernel->axes : 1, first = c->queries.rank - axes - 2;
    assert_true(first <= 1);
    rpe_test_ok(rpe_positions_make(&c->query_positions, axes, c->queries.shape + first, "queries", &error),
                &error);
    rpe_test_ok(rpe_positions_make(&c->key_positions, axes, c->keys.shape + first, "keys", &error), &error);
    c->shape = (rpe_attention_shape){.batch = first == 1 ? c->queries.shape[0] : 1,
                                     .heads = c->queries.shape[c->queries.rank - 2],
                                     .queries = c->query_positions.count,
                                     .keys = c->key_positions.count,
                                     .size = c->queries.shape[c->queries.rank - 1],
                                     .values = c->values.shape[c->values.rank - 1]};
}

static void case_destroy(golden_case *c)
{
    rpe_kernel_destroy(c->kernel);
    rpe_array_destroy(&c->queries);
    rpe_array_destroy(&c->keys);
    rpe_array_destroy(&c->values);
}

static void expect(const golden_case *c, const char *what, size_t count, const double *found)
{
    rpe_array golden = rpe_test_golden_read(file_of(c, "outputs", what));
    assert_int_equal(rpe_array_count(&golden), count);
    double difference = rpe_test_error(count, found, golden.values);
    if (!(difference <= c->tolerance)) {
        print_error("%s: %s: error %g, tolerance %g\n", c->name, what, difference, c->tolerance);
    }
    assert_true(difference <= c->tolerance);
    rpe_array_destroy(&golden);
}

static void attend(const golden_case *c, bool is_explicit, const rpe_attention_shape *shape,
                   const double *values, double *outputs)
{
    rpe_error error;
    rpe_explicit *plan = NULL;
    rpe_workspace workspace = {0};
    rpe_test_ok(rpe_explicit_create(&plan, shape, RPE_DOUBLE, c->kernel, &c->query_positions,
                                    &c->key_positions, &error),
                &error);
    size_t bytes =
        is_explicit ? rpe_explicit_workspace_bytes(plan) : rpe_softmax_workspace_bytes(shape, RPE_DOUBLE);
    rpe_test_ok(rpe_workspace_create(&workspace, bytes, &error), &error);
    if (is_explicit) {
        rpe_explicit_apply(plan, c->queries.values, c->keys.values, values, outputs, 1, &workspace);
    } else {
        rpe_softmax_apply(shape, RPE_DOUBLE, c->queries.values, c->keys.values, values, outputs, 1,
                          &workspace);
    }
    rpe_workspace_destroy(&workspace);
    rpe_explicit_destroy(plan);
}

static void scores_check(const golden_case *c)
{
    rpe_error error;
    rpe_explicit *plan = NULL;
    rpe_workspace workspace = {0};
    size_t pairs = c->shape.queries * c->shape.keys, count = c->shape.batch * c->shape.heads * pairs;
    double *scores = rpe_memory_allocate(count, sizeof *scores);
    rpe_test_ok(rpe_explicit_create(&plan, &c->shape, RPE_DOUBLE, c->kernel, &c->query_positions,
                                    &c->key_positions, &error),
                &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_explicit_workspace_bytes(plan), &error), &error);
    for (size_t i = 0; i < c->shape.batch * c->shape.heads; i++) {
        rpe_explicit_scores(plan, i / c->shape.heads, i % c->shape.heads, c->queries.values, c->keys.values,
                            scores + i * pairs, &workspace);
    }
    expect(c, "scores", count, scores);
    rpe_workspace_destroy(&workspace);
    rpe_explicit_destroy(plan);
    rpe_memory_free(scores);
}

/* A(m,n) is coordinate n of the output when v_n is the n-th unit vector.  Golden order: [H,M,N]. */
static void matrix_check(const golden_case *c, bool is_explicit, bool causal, const char *what)
{
    rpe_attention_shape shape = c->shape;
    shape.values = shape.keys;
    shape.causal = causal;
    size_t m_count = shape.queries, n_count = shape.keys, heads = shape.heads;
    double *identity = rpe_memory_allocate_zero(n_count * heads * n_count, sizeof *identity);
    double *outputs = rpe_memory_allocate(m_count * heads * n_count, sizeof *outputs);
    double *matrix = rpe_memory_allocate(m_count * heads * n_count, sizeof *matrix);
    for (size_t n = 0; n < n_count; n++) {
        for (size_t h = 0; h < heads; h++) {
            identity[(n * heads + h) * n_count + n] = 1;
        }
    }
    attend(c, is_explicit, &shape, identity, outputs);
    for (size_t h = 0; h < heads; h++) {
        for (size_t m = 0; m < m_count; m++) {
            memcpy(matrix + (h * m_count + m) * n_count, outputs + (m * heads + h) * n_count,
                   n_count * sizeof *matrix);
        }
    }
    expect(c, what, heads * m_count * n_count, matrix);
    rpe_memory_free(identity);
    rpe_memory_free(outputs);
    rpe_memory_free(matrix);
}

static void case_check(const golden_case *c, bool is_explicit)
{
    static const char *const output_names[] = {"output", "output_causal"};
    static const char *const matrix_names[] = {"attention", "attention_causal"};
    size_t count = c->shape.batch * c->shape.queries * c->shape.heads * c->shape.values;
    double *outputs = rpe_memory_allocate(count, sizeof *outputs);
    for (int causal = 0; causal < 2; causal++) {
        rpe_attention_shape shape = c->shape;
        shape.causal = causal == 1;
        if (file_of(c, "outputs", output_names[causal]) != NULL) {
            attend(c, is_explicit, &shape, c->values.values, outputs);
            expect(c, output_names[causal], count, outputs);
        }
        if (file_of(c, "outputs", matrix_names[causal]) != NULL) {
            matrix_check(c, is_explicit, causal == 1, matrix_names[causal]);
        }
    }
    if (is_explicit) {
        scores_check(c);
    }
    rpe_memory_free(outputs);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static void all_cases(void **state)
{
    (void)state;
    rpe_json manifest = {0};
    rpe_error error;
    size_t index, checked = 0;
    json_t *json;
    rpe_test_ok(rpe_json_read(&manifest, rpe_test_golden("manifest.json"), &error), &error);
    json_array_foreach(json_object_get(manifest.root, "cases"), index, json)
    {
        const char *name = json_string_value(json_object_get(json, "name"));
        const char *group = json_string_value(json_object_get(json, "group"));
        if (strcmp(group, "attend") != 0 || !(starts_with(name, "explicit_") || starts_with(name, "plain_") ||
                                              starts_with(name, "softmax_encoded"))) {
            continue;
        }
        golden_case c;
        case_read(&c, json);
        case_check(&c, c.is_explicit);
        if (c.kernel == NULL) {
            case_check(&c, false); /* without positions both are the same attention */
        }
        case_destroy(&c);
        checked++;
    }
    assert_int_equal(checked, 12);
    rpe_json_destroy(&manifest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
