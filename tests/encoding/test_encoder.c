/* Encoder with drawn noise: the paths against each other, over thread counts, and its codes. */
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

/* One trial is one realization in both precisions, whichever sampler draws it. */
static void precisions_agree(const problem *p, const rpe_encoder_settings *settings)
{
    rpe_encoder_settings single = *settings;
    void *wide[2], *narrow[2];
    single.precision = RPE_SINGLE;
    encode(p, settings, 1, wide);
    encode(p, &single, 1, narrow);
    for (int side = 0; side < 2; side++) {
        double *widened = rpe_memory_allocate(p->outputs[side], sizeof *widened);
        assert_non_null(widened);
        for (size_t i = 0; i < p->outputs[side]; i++)
            widened[i] = ((float *)narrow[side])[i];
        assert_true(rpe_test_error(p->outputs[side], widened, wide[side]) < 3e-5);
        rpe_memory_free(widened);
    }
    outputs_free(wide);
    outputs_free(narrow);
}

static void test_precisions(void **state)
{
    (void)state;
    each_sampler(precisions_agree);
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

static void test_codes(void **state)
{
    (void)state;
    each_sampler(codes_agree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_precisions),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
