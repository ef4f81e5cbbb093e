/* Where numbers beyond the range begin within a sequence: rows before them keep their bits, the stream goes on, and the
   stabiliser of a causal chunk has the headroom that it says. */
#include "wide_problem.h"

/* Rows before the first number out of the range keep their bits, at any number of threads. */
static void ordinary_rows_keep_their_bits(void **state)
{
    (void)state;
    wide_range_needed();
    for (size_t i = 0; i < 4 * rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 4);
        rpe_precision precision = precisions[i % 2];
        size_t bytes = 100 * WIDTH * sizeof(double);
        problem p = wide_make(300, 6);
        calm(&p, map);
        p.shape.causal = true;
        double *before = rpe_memory_allocate(300 * WIDTH, sizeof *before);
        memcpy(before, run(&p, map, NULL, precision, 1), 300 * WIDTH * sizeof *before);
        if (i / 2 % 2 == 0) {
            fill(p.k + 100 * 6, 6, precision == RPE_SINGLE ? 1e19 : 1e170);
        } else {
            fill(p.v + 100 * WIDTH, WIDTH, precision == RPE_SINGLE ? 1e38 : 1e308);
        }
        for (int threads = 1; threads <= THREADS_MAX; threads++) {
            run(&p, map, NULL, precision, threads);
            assert_memory_equal(before, p.outputs, bytes);
            assert_true(isfinite(p.outputs[299 * WIDTH]) && before[299 * WIDTH] != p.outputs[299 * WIDTH]);
        }
        rpe_memory_free(before);
        problem_destroy(&p);
    }
}

/* The stream changes over where such a number comes, and goes on. */
static void stream_goes_on(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i);
        problem p = problem_make(line(90), line(90), 1, 2, 5, 20, map->norm > 0 ? 0.2 : 1);
        double *w = numbers(36, 7 * 5, 1), *outputs = rpe_memory_allocate(p.output_count, sizeof *outputs);
        calm(&p, map);
        p.shape.causal = true;
        for (size_t v = 0; v < 40; v++) {
            p.v[30 * 40 + v] *= 1e305;
        }
        fill(p.k + 50 * 10, 10, 1e-320);
        linear_run(&p, map, 7, w, RPE_DOUBLE, 1);
        rpe_linear_settings settings = {p.shape, map, 7, RPE_DOUBLE, NULL};
        rpe_projection draw = {.given = w, .rho = 1};
        rpe_linear_state *stream = NULL;
        rpe_test_ok(rpe_linear_state_create(&stream, &settings, &draw, &error), &error);
        for (int pass = 0; pass < 2; pass++) {
            fill(outputs, p.output_count, NAN);
            for (size_t n = 0; n < 90; n++) {
                rpe_linear_state_take(stream, p.q + n * 10, p.k + n * 10, p.v + n * 40, outputs + n * 40);
            }
            for (size_t j = 0; j < p.output_count; j++) {
                assert_true(fabs(outputs[j] - p.outputs[j]) <= 1e-10 * (j / 40 < 30 ? 1 : 1e305));
            }
            rpe_linear_state_reset(stream);
        }
        rpe_linear_state_destroy(stream);
        rpe_memory_free(outputs);
        rpe_memory_free(w);
        problem_destroy(&p);
    }
}

/* Keys whose exponential exceeds that of the first of a causal chunk by more and more powers of 2, up to beyond the largest
   number: with w = 0 the weight of a key is exp(-|y|^2 / (2 sqrt(S))), for every one of the features. */
static void headroom(void **state)
{
    (void)state;
    wide_range_needed();
    static const double bits[2][8] = {{20, 57.9, 58.1, 90, 120, 124, 128.5, 150},
                                      {200, 431.9, 432.1, 700, 1015, 1020, 1024.5, 1200}};
    static const size_t jumps[] = {1, 31, 63, 64, 65};
    static const char *const names[] = {"favor", "favor-iid", "favor-hyperbolic"};
    double w[PROJECTIONS] = {0};
    for (size_t i = 0; i < 2 * 8 * 5 * 3; i++) {
        rpe_precision precision = precisions[i % 2];
        size_t jump = jumps[i / 16 % 5];
        double root = sqrt(2 * bits[precision][i / 2 % 8] / RPE_UNIT_POWER);
        problem p = wide_make(200, 1);
        p.shape.causal = true;
        fill(p.k, 200, 0);
        fill(p.k, jump, root);
        run(&p, rpe_feature_map_find(names[i / 80]), w, precision, 1 + (int)(i % 3));
        for (size_t j = 0; j < 200 * WIDTH; j++) {
            long double low = expl(-(long double)p.k[0] * p.k[0] / 2), sum = 0, weights = 0;
            for (size_t n = 0; n <= j / WIDTH; n++) {
                long double weight = n < jump ? low : 1;
                sum += weight * p.v[n * WIDTH + j % WIDTH];
                weights += weight;
            }
            expect_near(&p, names[i / 80], precision, j / WIDTH, p.outputs[j], sum / weights, 1);
        }
        problem_destroy(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_rows_keep_their_bits),
        cmocka_unit_test(stream_goes_on),
        cmocka_unit_test(headroom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
