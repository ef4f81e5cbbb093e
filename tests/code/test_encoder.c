/* Encoder with drawn noise: the paths against each other, over thread counts, and its codes. */
#include <math.h>

#include "encoder_problem.h"

/* Calls body with every shape and every sampler that supports it. */
static void each_sampler(void (*body)(const problem *p, const rpe_encoder_settings *settings))
{
    for (size_t i = 0; i < SHAPES; i++)
        for (size_t s = 0; s < rpe_sampler_count(); s++) {
            problem p;
            rpe_encoder *encoder;
            problem_make(&p, &shapes[i]);
            rpe_encoder_settings settings = p.settings;
            settings.sampler = rpe_sampler_at(s);
            if (rpe_encoder_create(&encoder, &settings, NULL) == RPE_OK) {
                rpe_encoder_destroy(encoder);
                body(&p, &settings);
            }
            problem_destroy(&p);
        }
}

static void paths_agree(const problem *p, const rpe_encoder_settings *settings)
{
    rpe_encoder_settings plain_settings = *settings;
    void *factored[2], *plain[2];
    plain_settings.plain = true;
    encode(p, settings, 1, factored);
    encode(p, &plain_settings, 1, plain);
    for (int side = 0; side < 2; side++)
        assert_true(rpe_test_error(p->outputs[side], factored[side], plain[side]) < 1e-12);
    outputs_free(factored);
    outputs_free(plain);
}

static void test_paths(void **state)
{
    (void)state;
    each_sampler(paths_agree);
}

static void threads_agree(const problem *p, const rpe_encoder_settings *settings)
{
    for (int variant = 0; variant < 4; variant++) {
        rpe_encoder_settings changed = *settings;
        void *one[2], *more[2];
        changed.plain = variant % 2 != 0;
        changed.precision = variant < 2 ? RPE_DOUBLE : RPE_SINGLE;
        encode(p, &changed, 1, one);
        for (int threads = 2; threads <= THREADS_MOST; threads++) {
            encode(p, &changed, threads, more);
            for (int side = 0; side < 2; side++)
                assert_memory_equal(one[side], more[side],
                                    p->outputs[side] * rpe_precision_size(changed.precision));
            outputs_free(more);
        }
        outputs_free(one);
    }
}

static void test_threads(void **state)
{
    (void)state;
    each_sampler(threads_agree);
}

/* Contraction of what rpe_encoder_codes returns, rows strided, is what apply returns. */
static void codes_agree(const problem *p, const rpe_encoder_settings *settings)
{
    const shape *s = p->shape;
    rpe_encoder *encoder;
    rpe_workspace workspace;
    rpe_error error;
    rpe_noise noise = {.stream = p->noise.stream};
    void *outputs[2];
    double *codes[2], *sums[2], scale = pow((double)(s->realizations * s->features), -0.25);
    size_t stride = s->realizations + 3;
    rpe_test_ok(rpe_encoder_create(&encoder, settings, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error), &error);
    for (int side = 0; side < 2; side++) {
        codes[side] = rpe_memory_allocate(side_positions(p, side)->count * stride, sizeof(double));
        sums[side] = rpe_memory_allocate_zero(p->outputs[side], sizeof(double));
    }
    for (size_t i = 0; i < s->heads * s->features; i++) {
        size_t h = i / s->features, d = i % s->features;
        rpe_encoder_codes(encoder, &noise, h, d, codes[0], codes[1], stride, &workspace);
        for (int side = 0; side < 2; side++)
            for (size_t m = 0; m < s->batch * side_positions(p, side)->count; m++)
                for (size_t r = 0; r < s->realizations; r++)
                    sums[side][(m * s->heads + h) * s->realizations + r] +=
                        scale * p->inputs[side][(m * s->heads + h) * s->features + d] *
                        codes[side][m % side_positions(p, side)->count * stride + r];
    }
    encode(p, settings, 1, outputs);
    for (int side = 0; side < 2; side++) {
        assert_true(rpe_test_error(p->outputs[side], outputs[side], sums[side]) < 1e-12);
        rpe_memory_free(codes[side]);
        rpe_memory_free(sums[side]);
    }
    outputs_free(outputs);
    rpe_workspace_destroy(&workspace);
    rpe_encoder_destroy(encoder);
}

static void test_codes(void **state)
{
    (void)state;
    each_sampler(codes_agree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
