/* Linear attention against a dense computation, as a stream, and its identities. */
#include "linear_problem.h"

#define PROJECTIONS 9

static const size_t extents[][2] = {{1, 1},    {1, 65},   {65, 1},   {2, 3},    {7, 129},
                                    {129, 7},  {63, 64},  {64, 63},  {65, 65},  {61, 67},
                                    {128, 64}, {64, 128}, {131, 97}, {257, 255}};
#define EXTENTS (sizeof extents / sizeof extents[0])

static double scale_of(const rpe_feature_map *map)
{
    return map->norm > 0 ? 0.3 : 2;
}

static void dense_shapes(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 5, 8, 17}, values[] = {1, 7, 4, 16, 3};
    for (size_t i = 0; i < rpe_feature_map_count() * EXTENTS; i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i % rpe_feature_map_count());
        const size_t *extent = extents[i / rpe_feature_map_count()];
        size_t least = map->projection != NULL ? map->projection->size_least : 0;
        size_t size = sizes[i % 6] < least ? least : sizes[i % 6], projections = 1 + i % PROJECTIONS;
        problem p = problem_make(line(extent[0]), line(extent[1]), 1 + i % 2, 1 + i / 2 % 2, size,
                                 values[i % 5], scale_of(map));
        calm(&p, map);
        double *w = numbers(17, projections * size, 1.5);
        for (int causal = 0; causal < 2; causal++) {
            p.shape.causal = causal == 1;
            double *expected = linear_dense(&p, map, projections, w);
            linear_run(&p, map, projections, w, RPE_DOUBLE, 1);
            expect(&p, map->name, p.outputs, expected, 1e-12);
            rpe_memory_free(expected);
        }
        rpe_memory_free(w);
        problem_destroy(&p);
    }
}

/* Causal attention is the masked matrix for every number of tokens. */
static void causal_is_masked(void **state)
{
    (void)state;
    for (size_t tokens = 1; tokens <= 257; tokens++) {
        const rpe_feature_map *map = rpe_feature_map_at(tokens % rpe_feature_map_count());
        problem p = problem_make(line(tokens), line(tokens), 1, 1, 3, 2, map->norm > 0 ? 0.2 : 2);
        calm(&p, map);
        double *w = numbers(18, 4 * 3, 1.5);
        p.shape.causal = true;
        double *expected = linear_dense(&p, map, 4, w);
        linear_run(&p, map, 4, w, RPE_DOUBLE, 1);
        expect(&p, map->name, p.outputs, expected, 1e-12);
        rpe_memory_free(expected);
        rpe_memory_free(w);
        problem_destroy(&p);
    }
}

/* Squared norms up to thousands, growing or falling along the keys, so that levels rise within a chunk. */
static void extreme(void **state)
{
    (void)state;
    static const double tilts[] = {0, 1, -1};
    for (size_t i = 0; i < 12; i++) {
        const rpe_feature_map *map = rpe_feature_map_find(i % 2 == 0 ? "favor" : "favor-hyperbolic");
        problem p = problem_make(line(150), line(140), 1, 1, 4, 3, 60);
        p.shape.causal = i / 2 % 2 == 1;
        for (size_t j = 0; j < 140 * 4; j++) {
            double along = (double)(j / 4) / 140 - 0.5;
            p.k[j] *= 30 * (i / 4 == 0 ? 0.5 : 1 + tilts[i / 4] * 1.9 * along);
        }
        double *w = numbers(19, 6 * 4, 2), *expected = linear_dense(&p, map, 6, w);
        linear_run(&p, map, 6, w, RPE_DOUBLE, 1);
        expect(&p, map->name, p.outputs, expected, 1e-10);
        rpe_memory_free(expected);
        rpe_memory_free(w);
        problem_destroy(&p);
    }
}

/* A tolerance for single precision follows from the exponents: about 2^-24 of the largest one. */
static void single_against_double(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_feature_map_count() * EXTENTS; i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i % rpe_feature_map_count());
        const size_t *extent = extents[i / rpe_feature_map_count()];
        problem p = problem_make(line(extent[0]), line(extent[1]), 2, 2, 16, 5, map->norm > 0 ? 0.3 : 1);
        double *w = numbers(20, 24 * 16, 1.5);
        calm(&p, map);
        p.shape.causal = i % 2 == 1;
        linear_run(&p, map, 24, w, RPE_SINGLE, 1);
        linear_run(&p, map, 24, w, RPE_DOUBLE, 1);
        double *single = rpe_memory_allocate(p.output_count, sizeof *single);
        for (size_t j = 0; j < p.output_count; j++) {
            single[j] = (double)p.outputs_single[j];
        }
        expect(&p, map->name, single, p.outputs, 3e-5);
        rpe_memory_free(single);
        rpe_memory_free(w);
        problem_destroy(&p);
    }
}

static void stream_is_whole(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i);
        problem p = problem_make(line(150), line(150), 1, 2, 5, 4, map->norm > 0 ? 0.2 : 10);
        double *w = numbers(21, 7 * 5, 1.5);
        p.shape.causal = true;
        linear_run(&p, map, 7, w, RPE_DOUBLE, 1);
        rpe_linear_settings settings = {p.shape, map, 7, RPE_DOUBLE, NULL};
        rpe_projection draw = {.given = w, .rho = 1};
        rpe_linear_state *stream = NULL;
        rpe_test_ok(rpe_linear_state_create(&stream, &settings, &draw, &error), &error);
        double *outputs = rpe_memory_allocate(p.output_count, sizeof *outputs);
        size_t bytes = rpe_memory_usage_now().current;
        for (int pass = 0; pass < 2; pass++) {
            for (size_t n = 0; n < 150; n++) {
                rpe_linear_state_take(stream, p.q + n * 2 * 5, p.k + n * 2 * 5, p.v + n * 2 * 4,
                                      outputs + n * 2 * 4);
            }
            expect(&p, map->name, outputs, p.outputs, map->norm > 0 ? 1e-10 : 1e-12);
            memset(outputs, 0, p.output_count * sizeof *outputs);
            rpe_linear_state_reset(stream);
        }
        assert_int_equal(rpe_memory_usage_now().current, bytes);
        rpe_linear_state_destroy(stream);
        rpe_memory_free(outputs);
        rpe_memory_free(w);
        problem_destroy(&p);
    }
}

/* Tokens behind `last` changed, mildly or beyond the headroom of a chunk: no bit of an output up to it changes. */
static void causal_sees_no_future(void **state)
{
    (void)state;
    static const size_t lasts[] = {0, 1, 62, 63, 64, 65, 100, 126, 127, 128};
    static const double changes[] = {0.5, 40, 4000};
    for (size_t i = 0; i < 30 * rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 30);
        size_t last = lasts[i % 10];
        problem p = problem_make(line(150), line(150), 1, 1, 6, 5, 2);
        p.shape.causal = true;
        double *before = rpe_memory_allocate(p.output_count, sizeof *before);
        linear_run(&p, map, 20, NULL, RPE_DOUBLE, 1);
        memcpy(before, p.outputs, p.output_count * sizeof *before);
        for (size_t n = last + 1; n < 150; n++) {
            p.k[n * 6] += changes[i / 10 % 3];
            p.q[n * 6 + 1] -= changes[i / 10 % 3];
            p.v[n * 5] -= 1e6;
        }
        linear_run(&p, map, 20, NULL, RPE_DOUBLE, 1);
        assert_memory_equal(before, p.outputs, (last + 1) * 5 * sizeof *before);
        assert_true(before[149 * 5] != p.outputs[149 * 5]);
        rpe_memory_free(before);
        problem_destroy(&p);
    }
}

static void threads_same_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 2);
        problem p = problem_make(line(600), line(9000), 1, 2, 5, 7, 0.5);
        p.shape.causal = i % 2 == 1;
        double *first = rpe_memory_allocate(p.output_count, sizeof *first);
        float *first_single = rpe_memory_allocate(p.output_count, sizeof *first_single);
        linear_run(&p, map, 10, NULL, RPE_DOUBLE, 1);
        memcpy(first, p.outputs, p.output_count * sizeof *first);
        linear_run(&p, map, 10, NULL, RPE_SINGLE, 1);
        memcpy(first_single, p.outputs_single, p.output_count * sizeof *first_single);
        for (int threads = 2; threads <= THREADS_MAX; threads++) {
            linear_run(&p, map, 10, NULL, RPE_DOUBLE, threads);
            assert_memory_equal(first, p.outputs, p.output_count * sizeof *first);
            linear_run(&p, map, 10, NULL, RPE_SINGLE, threads);
            assert_memory_equal(first_single, p.outputs_single, p.output_count * sizeof *first_single);
        }
        rpe_memory_free(first);
        rpe_memory_free(first_single);
        problem_destroy(&p);
    }
}

/* One causal head by several threads: the chunks that one thread makes, where keys exceed the headroom of a chunk too. */
static void causal_head_same_bits(void **state)
{
    (void)state;
    static const size_t jumps[][3] = {{0, 0, 0}, {70, 71, 72}, {5, 63, 400}, {64, 128, 640}, {1, 600, 1099}};
    for (size_t i = 0; i < 5 * rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 5);
        problem p = problem_make(line(1200), line(1100), 1, 1, 5, 3, 0.5);
        p.shape.causal = true;
        for (size_t j = 0; j < 3 && map->norm < 0; j++) {
            for (size_t n = jumps[i % 5][j]; n < 1100 && jumps[i % 5][j] > 0; n++) {
                p.k[n * 5 + j] += 900;
            }
        }
        double *first = rpe_memory_allocate(p.output_count, sizeof *first);
        linear_run(&p, map, 10, NULL, RPE_DOUBLE, 1);
        memcpy(first, p.outputs, p.output_count * sizeof *first);
        for (int threads = 2; threads <= THREADS_MAX; threads++) {
            linear_run(&p, map, 10, NULL, RPE_DOUBLE, threads);
            assert_memory_equal(first, p.outputs, p.output_count * sizeof *first);
        }
        rpe_memory_free(first);
        problem_destroy(&p);
    }
}

/* cos and sin of quarters of a turn, in rows of any length: against the library's of the angle reduced exactly. */
static void circular_is_cosine_and_sine(void **state)
{
    (void)state;
    if (!rpe_test_long_double()) {
        print_message("circular: long double has no more digits than double here: nothing to compare with\n");
        skip();
    }
    enum { COUNT = 1003, SECOND = 1010 };
    double *x = numbers(22, COUNT, 4), values[SECOND + COUNT] = {0};
    float single[SECOND + COUNT] = {0};
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)(float)(x[i] * pow(10, (double)(i % 6)));
        values[i] = x[i];
        single[i] = (float)x[i];
    }
    values[0] = 1e300;
    single[0] = 1e30F;
    values[1] = INFINITY;
    rpe_expand_circular_double(1, COUNT, COUNT, SECOND, values);
    rpe_expand_circular_single(1, COUNT, COUNT, SECOND, single);
    assert_true(values[0] == 1 && values[SECOND] == 0 && single[0] == 1 && isnan(values[1]));
    for (size_t i = 2; i < COUNT; i++) {
        const long double quarter = 1.57079632679489661923132169163975144L;
        long double angle = fmodl((long double)x[i], 4) * quarter;
        assert_true(fabsl((long double)values[i] - cosl(angle)) < 4e-16L);
        assert_true(fabsl((long double)values[SECOND + i] - sinl(angle)) < 4e-16L);
        assert_true(fabsl((long double)single[i] - cosl(angle)) < 1.5e-7L);
        assert_true(fabsl((long double)single[SECOND + i] - sinl(angle)) < 1.5e-7L);
    }
    rpe_memory_free(x);
}

/* Keys in several segments, whose levels differ, give what a stream over all of them gives to its last query. */
static void segments_are_whole(void **state)
{
    (void)state;
    static const size_t keys = 40000;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i);
        problem p = problem_make(line(1), line(keys), 1, 1, 3, 2, 0.5), q = p;
        for (size_t n = 0; n < keys; n++) {
            p.k[n * 3] += map->norm > 0 ? 0 : 20.0 * (double)n / (double)keys;
        }
        double *queries = rpe_memory_allocate(keys * 3, sizeof *queries);
        double *outputs = rpe_memory_allocate(keys * 2, sizeof *outputs);
        for (size_t n = 0; n < keys; n++) {
            memcpy(queries + n * 3, p.q, 3 * sizeof *queries);
        }
        linear_run(&p, map, 8, NULL, RPE_DOUBLE, 1);
        q.q = queries;
        q.outputs = outputs;
        q.output_count = keys * 2;
        q.shape.queries = keys;
        q.shape.causal = true;
        linear_run(&q, map, 8, NULL, RPE_DOUBLE, 1);
        expect(&p, map->name, outputs + (keys - 1) * 2, p.outputs, 1e-10);
        rpe_memory_free(queries);
        rpe_memory_free(outputs);
        problem_destroy(&p);
    }
}

/* Items of a batch do not know of each other. */
static void batch_is_items(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 2);
        problem p = problem_make(line(90), line(70), 3, 2, 4, 5, 1), item = p;
        size_t count = p.output_count / 3;
        p.shape.causal = item.shape.causal = i % 2 == 1;
        linear_run(&p, map, 6, NULL, RPE_DOUBLE, 2);
        item.shape.batch = 1;
        item.output_count = count;
        item.outputs = rpe_memory_allocate(count, sizeof *item.outputs);
        for (size_t b = 0; b < 3; b++) {
            item.q = p.q + b * 90 * 2 * 4;
            item.k = p.k + b * 70 * 2 * 4;
            item.v = p.v + b * 70 * 2 * 5;
            linear_run(&item, map, 6, NULL, RPE_DOUBLE, 1);
            assert_memory_equal(item.outputs, p.outputs + b * count, count * sizeof *item.outputs);
        }
        rpe_memory_free(item.outputs);
        problem_destroy(&p);
    }
}

/* Rows whose denominator is exactly 0: queries or all seen keys without a positive element. */
static void zero_rows(void **state)
{
    (void)state;
    problem p = problem_make(line(80), line(80), 1, 1, 3, 4, 2);
    for (size_t s = 0; s < 3; s++) {
        p.q[5 * 3 + s] = -1;
        p.k[s] = p.k[3 + s] = -2;
        p.q[s] = p.q[3 + s] = p.q[70 * 3 + s] = 1;
    }
    p.shape.causal = true;
    linear_run(&p, rpe_feature_map_find("relu"), 0, NULL, RPE_DOUBLE, 1);
    for (size_t v = 0; v < 4; v++) {
        assert_true(p.outputs[v] == 0 && p.outputs[4 + v] == 0 && p.outputs[5 * 4 + v] == 0);
        assert_true(p.outputs[70 * 4 + v] != 0);
    }
    p.shape.causal = false;
    linear_run(&p, rpe_feature_map_find("relu"), 0, NULL, RPE_DOUBLE, 1);
    for (size_t v = 0; v < 4; v++) {
        assert_true(p.outputs[v] != 0 && p.outputs[5 * 4 + v] == 0);
    }
    problem_destroy(&p);
}

static void refusals(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_linear *linear = NULL;
    rpe_linear_settings settings = {
        {1, 1, 1, 1, 4, 1, false}, rpe_feature_map_find("favor"), 0, RPE_SINGLE, NULL};
    assert_int_equal(rpe_linear_create(&linear, &settings, &error), RPE_ERROR_INPUT);
    assert_string_equal(error.message, "features: expected at least 1 for method favor, found 0");
    settings.projections = (size_t)1 << 62;
    assert_int_equal(rpe_linear_create(&linear, &settings, &error), RPE_ERROR_INPUT);
    assert_null(linear);
    settings.map = rpe_feature_map_find("relu");
    rpe_test_ok(rpe_linear_create(&linear, &settings, &error), &error);
    rpe_linear_destroy(linear);
    assert_null(rpe_feature_map_find("none such"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_shapes),
        cmocka_unit_test(causal_is_masked),
        cmocka_unit_test(extreme),
        cmocka_unit_test(single_against_double),
        cmocka_unit_test(stream_is_whole),
        cmocka_unit_test(causal_sees_no_future),
        cmocka_unit_test(threads_same_bits),
        cmocka_unit_test(segments_are_whole),
        cmocka_unit_test(batch_is_items),
        cmocka_unit_test(zero_rows),
        cmocka_unit_test(refusals),
        cmocka_unit_test(causal_head_same_bits),
        cmocka_unit_test(circular_is_cosine_and_sine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
