/* Cases of the golden group `attend` that linear attention computes: outputs, the attention matrix as the output for values =
   identity, features and weights. */
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
    const rpe_feature_map *map; /* NULL: another kind of attention */
    double tolerance;
    rpe_attention_shape shape;
    rpe_array queries, keys, values, projection; /* zeroed: not there */
    size_t projections;
} golden_case;

static const char *file_of(const golden_case *c, const char *group, const char *key)
{
    return json_string_value(json_object_get(json_object_get(c->json, group), key));
}

static rpe_array input_read(const golden_case *c, const char *key)
{
    const char *file = file_of(c, "inputs", key);
    return file != NULL ? rpe_test_golden_read(file) : (rpe_array){0};
}

/* The map whose name follows --method; the case of features alone has no command and carries the map's name. */
static const rpe_feature_map *map_of(const json_t *json)
{
    static const char option[] = "--method ";
    char method[64] = "";
    const char *command = json_string_value(json_object_get(json, "command"));
    if (strcmp(json_string_value(json_object_get(json, "name")), "favor_trigonometric_features") == 0) {
        return rpe_feature_map_find("favor-trigonometric");
    }
    const char *at = command != NULL ? strstr(command, option) : NULL;
    if (at == NULL) {
        return NULL;
    }
    sscanf(at + sizeof option - 1, "%63s", method);
    return rpe_feature_map_find(method);
}

static void case_read(golden_case *c, const json_t *json)
{
    *c = (golden_case){.json = json, .map = map_of(json)};
    if (c->map == NULL) {
        return;
    }
    c->name = json_string_value(json_object_get(json, "name"));
    c->tolerance = json_real_value(json_object_get(json_object_get(json, "tolerance"), "double"));
    c->queries = input_read(c, "q");
    c->keys = input_read(c, "k");
    c->values = input_read(c, "v");
    c->projection = input_read(c, "projection");
    c->projections = c->projection.values != NULL ? c->projection.shape[0] : 0;
    c->shape = (rpe_attention_shape){.batch = 1,
                                     .heads = c->queries.shape[1],
                                     .queries = c->queries.shape[0],
                                     .keys = c->keys.shape[0],
                                     .size = c->queries.shape[2],
                                     .values = c->values.values != NULL ? c->values.shape[2] : 1};
}

static void case_destroy(golden_case *c)
{
    rpe_array_destroy(&c->queries);
    rpe_array_destroy(&c->keys);
    rpe_array_destroy(&c->values);
    rpe_array_destroy(&c->projection);
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

static rpe_linear *linear_make(const golden_case *c, const rpe_attention_shape *shape,
                               rpe_workspace *workspace)
{
    rpe_error error;
    rpe_linear *linear = NULL;
    rpe_linear_settings settings = {*shape, c->map, c->projections, RPE_DOUBLE, NULL};
    rpe_test_ok(rpe_linear_create(&linear, &settings, &error), &error);
    rpe_test_ok(rpe_workspace_create(workspace, rpe_linear_workspace_bytes(linear), &error), &error);
    return linear;
}

static void attend(const golden_case *c, const rpe_attention_shape *shape, const double *values,
                   double *outputs)
{
    rpe_workspace workspace = {0};
    rpe_projection projection = {.given = c->projection.values};
    rpe_linear *linear = linear_make(c, shape, &workspace);
    rpe_linear_apply(linear, &projection, c->queries.values, c->keys.values, values, outputs, 1, &workspace);
    rpe_workspace_destroy(&workspace);
    rpe_linear_destroy(linear);
}

static void output_check(const golden_case *c, const char *what)
{
    rpe_attention_shape shape = c->shape;
    size_t count = shape.queries * shape.heads * shape.values;
    double *outputs = rpe_memory_allocate(count, sizeof *outputs);
    shape.causal = strstr(what, "causal") != NULL;
    attend(c, &shape, c->values.values, outputs);
    expect(c, what, count, outputs);
    rpe_memory_free(outputs);
}

/* A(m,n) is coordinate n of the output when v_n is the n-th unit vector.  Golden order: [H,M,N]. */
static void attention_check(const golden_case *c, const char *what)
{
    rpe_attention_shape shape = c->shape;
    size_t queries = shape.queries, keys = shape.keys, heads = shape.heads;
    double *identity = rpe_memory_allocate_zero(keys * heads * keys, sizeof *identity);
    double *outputs = rpe_memory_allocate(queries * heads * keys, sizeof *outputs);
    double *matrix = rpe_memory_allocate(queries * heads * keys, sizeof *matrix);
    shape.values = keys;
    shape.causal = strstr(what, "causal") != NULL;
    for (size_t i = 0; i < keys * heads; i++) {
        identity[i * keys + i / heads] = 1;
    }
    attend(c, &shape, identity, outputs);
    for (size_t i = 0; i < queries * heads; i++) {
        memcpy(matrix + (i % heads * queries + i / heads) * keys, outputs + i * keys, keys * sizeof *matrix);
    }
    expect(c, what, queries * heads * keys, matrix);
    rpe_memory_free(matrix);
    rpe_memory_free(outputs);
    rpe_memory_free(identity);
}

static double *features_make(const golden_case *c, const rpe_array *vectors, const char *what)
{
    rpe_workspace workspace = {0};
    rpe_projection projection = {.given = c->projection.values};
    rpe_linear *linear = linear_make(c, &c->shape, &workspace);
    size_t rows = vectors->shape[0] * vectors->shape[1], count = rows * rpe_linear_features_count(linear);
    double *features = rpe_memory_allocate(count, sizeof *features);
    rpe_linear_features(linear, &projection, rows, vectors->values, features, &workspace);
    if (file_of(c, "outputs", what) != NULL) {
        expect(c, what, count, features);
    }
    rpe_workspace_destroy(&workspace);
    rpe_linear_destroy(linear);
    return features;
}

/* W(m,n) = phi(x_m) . phi(y_n), [H,M,N]; the golden relu is of q and k, not divided by R^(1/4). */
static void weights_check(const golden_case *c)
{
    const rpe_attention_shape *s = &c->shape;
    size_t features = rpe_feature_map_features(c->map, c->projections, s->size);
    double *phi_q = features_make(c, &c->queries, "query_features");
    double *phi_k = features_make(c, &c->keys, "key_features");
    double *weights = rpe_memory_allocate(s->heads * s->queries * s->keys, sizeof *weights);
    double unit = c->map->projection == NULL ? sqrt((double)s->size) : 1;
    for (size_t i = 0; i < s->heads * s->queries * s->keys; i++) {
        size_t n = i % s->keys, m = i / s->keys % s->queries, h = i / s->keys / s->queries;
        weights[i] = 0;
        for (size_t f = 0; f < features; f++) {
            weights[i] +=
                unit * phi_q[(m * s->heads + h) * features + f] * phi_k[(n * s->heads + h) * features + f];
        }
    }
    expect(c, "weights", s->heads * s->queries * s->keys, weights);
    rpe_memory_free(weights);
    rpe_memory_free(phi_k);
    rpe_memory_free(phi_q);
}

static void case_check(const golden_case *c)
{
    static const char *const outputs[] = {"output", "output_causal"};
    static const char *const matrices[] = {"attention", "attention_causal"};
    for (size_t i = 0; i < 2; i++) {
        if (file_of(c, "outputs", outputs[i]) != NULL) {
            output_check(c, outputs[i]);
        }
        if (file_of(c, "outputs", matrices[i]) != NULL) {
            attention_check(c, matrices[i]);
        }
    }
    if (file_of(c, "outputs", "weights") != NULL) {
        weights_check(c);
    }
}

static void golden_cases(void **state)
{
    (void)state;
    rpe_error error;
    rpe_json manifest = {0};
    size_t index, checked = 0;
    const json_t *json;
    rpe_test_ok(rpe_json_read(&manifest, rpe_test_golden("manifest.json"), &error), &error);
    json_array_foreach(json_object_get(manifest.root, "cases"), index, json)
    {
        golden_case c;
        if (strcmp(json_string_value(json_object_get(json, "group")), "attend") != 0) {
            continue;
        }
        case_read(&c, json);
        if (c.map != NULL) {
            case_check(&c);
            checked++;
        }
        case_destroy(&c);
    }
    rpe_json_destroy(&manifest);
    assert_true(checked >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
