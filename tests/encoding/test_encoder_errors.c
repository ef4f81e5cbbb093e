/* Errors of the encoder: what it refuses, and in which words. */
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "encoding/encoder.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

typedef struct fixture {
    rpe_kernel kernel;
    double frequency[2], phase[2], gain[2], filter[6], gate[2], values[18];
    rpe_encoder_settings settings;
    char path[16];
} fixture;

static void kernel_set(fixture *f, const char *type)
{
    f->kernel = (rpe_kernel){.path = f->path, .heads = 1, .features = 2, .axes = 1};
    const size_t taps = 3, lags = 9;
    f->kernel.type = rpe_kernel_type_find(type);
    assert_non_null(f->kernel.type);
    if (f->kernel.type == &rpe_kernel_type_sine)
        rpe_test_sine_set(&f->kernel, 1, f->frequency, f->phase, f->gain);
    else if (f->kernel.type == &rpe_kernel_type_conv)
        rpe_test_conv_set(&f->kernel, &taps, f->filter, f->filter);
    else
        rpe_test_parameter_set(&f->kernel, 0, &lags, f->values);
}

static void fixture_make(fixture *f, const char *type)
{
    size_t length = 5;
    *f = (fixture){.path = "kernel.json", .gate = {0.5, 0.0}};
    kernel_set(f, type);
    f->settings =
        (rpe_encoder_settings){.kernel = &f->kernel, .batch = 1, .realizations = 4, .precision = RPE_DOUBLE};
    assert_int_equal(rpe_positions_make(&f->settings.queries, 1, &length, "queries", NULL), RPE_OK);
    f->settings.keys = f->settings.queries;
}

/* Creation fails with that status and a message that contains text; *encoder is untouched. */
static void refused(const fixture *f, rpe_status status, const char *text)
{
    rpe_encoder *encoder = NULL;
    rpe_error error = {""};
    size_t held = rpe_memory_usage_now().current;
    assert_int_equal(rpe_encoder_create(&encoder, &f->settings, &error), status);
    assert_null(encoder);
    if (strstr(error.message, text) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", text, error.message);
    assert_int_equal(rpe_memory_usage_now().current, held);
}

static void test_settings(void **state)
{
    fixture f;
    (void)state;
    fixture_make(&f, "sine");
    f.settings.realizations = 0;
    refused(&f, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    fixture_make(&f, "sine");
    f.settings.batch = 0;
    refused(&f, RPE_ERROR_INPUT, "batch: expected at least 1, found 0");
    fixture_make(&f, "table");
    refused(&f, RPE_ERROR_INPUT,
            "kernel.json: a kernel of type table has no codes; fit a sine or conv kernel to it first");
    fixture_make(&f, "sine");
    size_t extents[2] = {2, 3};
    assert_int_equal(rpe_positions_make(&f.settings.queries, 2, extents, "queries", NULL), RPE_OK);
    refused(&f, RPE_ERROR_INPUT, "");
}

static void test_samplers(void **state)
{
    fixture f;
    (void)state;
    fixture_make(&f, "sine");
    f.settings.sampler = rpe_sampler_find("quadrature");
    f.settings.realizations = 5;
    refused(&f, RPE_ERROR_INPUT, "expected an even number of realizations, found 5");
    fixture_make(&f, "conv");
    f.settings.sampler = rpe_sampler_find("quadrature");
    refused(&f, RPE_ERROR_INPUT, "expected a sine kernel");
    fixture_make(&f, "conv");
    f.settings.sampler = rpe_sampler_find("gaussian");
    f.settings.realizations = (size_t)1 << 32;
    refused(&f, RPE_ERROR_INPUT, "2^33");
}

static void test_overflow(void **state)
{
    fixture f;
    size_t length = SIZE_MAX / 8;
    (void)state;
    fixture_make(&f, "sine");
    f.settings.realizations = SIZE_MAX / 4;
    refused(&f, RPE_ERROR_MEMORY, "overflows");
    fixture_make(&f, "sine");
    f.settings.batch = SIZE_MAX / 2;
    refused(&f, RPE_ERROR_MEMORY, "overflows");
    fixture_make(&f, "conv");
    assert_int_equal(rpe_positions_make(&f.settings.keys, 1, &length, "keys", NULL), RPE_OK);
    refused(&f, RPE_ERROR_MEMORY, "overflows");
}

static void test_memory(void **state)
{
    fixture f;
    rpe_encoder *encoder = NULL;
    (void)state;
    for (uint64_t n = 1;; n++) {
        fixture_make(&f, "sine");
        f.kernel.gate = f.gate;
        rpe_memory_fail_from(n);
        size_t held = rpe_memory_usage_now().current;
        rpe_status status = rpe_encoder_create(&encoder, &f.settings, NULL);
        rpe_memory_fail_from(0);
        if (status == RPE_OK)
            break;
        assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_int_equal(rpe_memory_usage_now().current, held);
        assert_true(n < 100);
    }
    rpe_encoder_destroy(encoder);
}

/* Checks given noise of these shapes; rank 0: none. */
static void noise_refused(const fixture *f, size_t rank, const size_t *extents, size_t gate_rank,
                          const size_t *gate_extents, const char *text)
{
    rpe_encoder *encoder;
    rpe_error error = {""};
    rpe_array given = {.precision = RPE_DOUBLE, .rank = rank},
              gate = {.precision = RPE_DOUBLE, .rank = gate_rank};
    rpe_noise noise = {.given = rank > 0 ? &given : NULL, .gate = gate_rank > 0 ? &gate : NULL};
    memcpy(given.shape, extents, rank * sizeof *extents);
    memcpy(gate.shape, gate_extents, gate_rank * sizeof *gate_extents);
    rpe_test_ok(rpe_encoder_create(&encoder, &f->settings, &error), &error);
    rpe_status status = rpe_encoder_noise_check(encoder, &noise, "z.npy", "e.npy", &error);
    assert_int_equal(status, text == NULL ? RPE_OK : RPE_ERROR_INPUT);
    if (text != NULL && strstr(error.message, text) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", text, error.message);
    rpe_encoder_destroy(encoder);
}

static void test_noise(void **state)
{
    static const size_t sine[] = {1, 2, 2, 4}, sine_wrong[] = {1, 2, 4, 4}, conv[] = {4, 1, 2, 7};
    static const size_t gate[] = {1, 2, 4}, gate_wrong[] = {1, 2, 5};
    fixture f;
    (void)state;
    fixture_make(&f, "sine");
    noise_refused(&f, 4, sine, 0, gate, NULL);
    noise_refused(&f, 4, sine_wrong, 0, gate, "z.npy: expected shape [1,2,2,4], found [1,2,4,4]");
    noise_refused(&f, 3, gate, 0, gate, "z.npy: expected shape [1,2,2,4], found [1,2,4]");
    noise_refused(&f, 0, sine, 0, gate, "found none");
    noise_refused(&f, 4, sine, 3, gate,
                  "e.npy: expected no gate noise as kernel.json has no gate, found [1,2,4]");
    f.kernel.gate = f.gate;
    noise_refused(&f, 4, sine, 3, gate, NULL);
    noise_refused(&f, 4, sine, 0, gate,
                  "e.npy: expected shape [1,2,4] as kernel.json has a gate, found none");
    noise_refused(&f, 4, sine, 3, gate_wrong, "e.npy: expected shape [1,2,4], found [1,2,5]");
    fixture_make(&f, "conv");
    noise_refused(&f, 4, conv, 0, gate, NULL);
    noise_refused(&f, 4, sine, 0, gate, "z.npy: expected shape [4,1,2,7], found [1,2,2,4]");
}

static void test_realizations(void **state)
{
    fixture f;
    rpe_array four = {.precision = RPE_DOUBLE, .rank = 4, .shape = {3, 1, 2, 9}};
    rpe_array three = {.precision = RPE_DOUBLE, .rank = 3, .shape = {3, 1, 2}};
    (void)state;
    fixture_make(&f, "sine");
    assert_int_equal(rpe_noise_realizations(&f.kernel, &four), 9);
    assert_int_equal(rpe_noise_realizations(&f.kernel, &three), 0);
    fixture_make(&f, "conv");
    assert_int_equal(rpe_noise_realizations(&f.kernel, &four), 3);
    assert_int_equal(rpe_noise_realizations(&f.kernel, &three), 0);
    fixture_make(&f, "table");
    assert_int_equal(rpe_noise_realizations(&f.kernel, &four), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings), cmocka_unit_test(test_samplers), cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_memory),   cmocka_unit_test(test_noise),    cmocka_unit_test(test_realizations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
