/* Reading kernels: what is accepted, and that every complaint names the file, the key, what was expected and found. */
#include "position/conv.h"
#include "position/sine.h"
#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "position/kernel.h"

static char path[512]; /* the kernel file that the tests overwrite */

#define SINE "\"type\":\"sine\",\"frequency\":[[[0.1,0.2]]],\"phase\":[[[0,1]]],\"gain\":[[[1,2]]]"
#define RAW "\"type\":\"sine\",\"parameterization\":\"raw\","
#define CONV "\"type\":\"conv\",\"query_filter\":[[[1,2]]],\"key_filter\":[[[3,4]]]"
#define TABLE "\"type\":\"table\",\"values\":[[[1,2,3],[4,5,6]]]"

static void write_text(const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static rpe_kernel *read_text(const char *text)
{
    rpe_error error = {""};
    rpe_kernel *kernel = NULL;
    write_text(text);
    rpe_test_ok(rpe_kernel_read(&kernel, path, &error), &error);
    return kernel;
}

typedef struct bad_kernel {
    const char *text;     /* the file */
    const char *parts[4]; /* what the message must contain, besides the path */
} bad_kernel;

static const bad_kernel BAD[] = {
    {"{\"frequency\":[[[0.1]]]}", {"type"}},
    {"{\"type\":7}", {"type", "expected", "found"}},
    {"{\"type\":\"cosine\"}",
     {"\"type\": expected one of \"sine\", \"conv\", \"table\", \"bias\", ", "found \"cosine\""}},
    {"{" SINE ",\"parameterization\":\"log\"}",
     {"\"parameterization\": expected \"canonical\" or \"raw\", found \"log\""}},
    {"{" SINE ",\"query_filter\":[[[1]]]}", {"query_filter", "expected", "frequency", "gate"}},
    {"{" CONV ",\"frequency\":[[[1]]]}", {"frequency", "expected", "query_filter", "gate"}},
    {"{" TABLE ",\"gain\":[[[1]]]}", {"gain", "expected", "values"}},
    {"{\"type\":\"sine\",\"phase\":[[[0]]],\"gain\":[[[1]]]}", {"frequency"}},
    {"{\"type\":\"conv\",\"query_filter\":[[[0]]]}", {"key_filter"}},
    {"{\"type\":\"table\"}", {"values"}},
    {"{\"type\":\"sine\",\"frequency\":[[0.1]],\"phase\":[[0]],\"gain\":[[1]]}",
     {"frequency", "expected", "found"}},
    {"{\"type\":\"conv\",\"query_filter\":[[[[[[1]]]]]],\"key_filter\":[[[[[[1]]]]]]}",
     {"query_filter", "expected", "found"}},
    {"{\"type\":\"sine\",\"frequency\":[[[0.1,0.2]]],\"phase\":[[[0]]],\"gain\":[[[1,1]]]}",
     {"\"phase\": expected shape [1,1,2] as \"frequency\", found [1,1,1]"}},
    {"{\"type\":\"sine\",\"frequency\":[[[0.1,0.2]]],\"phase\":[[[0,0]]],\"gain\":[[[1,1]],[[1,1]]]}",
     {"\"gain\": expected shape [1,1,2] as \"frequency\", found [2,1,2]"}},
    {"{\"type\":\"conv\",\"query_filter\":[[[1,2]]],\"key_filter\":[[[1,2,3]]]}",
     {"\"key_filter\": expected shape [1,1,2] as \"query_filter\", found [1,1,3]"}},
    {"{\"type\":\"sine\",\"frequency\":[[[0.1,0.5000001]]],\"phase\":[[[0,0]]],\"gain\":[[[1,1]]]}",
     {"\"frequency\": expected numbers in [0,0.5], found 0.5000001 at [0,0,1]"}},
    {"{\"type\":\"sine\",\"frequency\":[[[-0.25]]],\"phase\":[[[0]]],\"gain\":[[[1]]]}",
     {"\"frequency\": expected numbers in [0,0.5], found -0.25 at [0,0,0]"}},
    {"{\"type\":\"sine\",\"frequency\":[[[0,0],[0,0]]],\"phase\":[[[0,0],[0,0]]],\"gain\":[[[1,1],[1,-0.3]]]"
     "}",
     {"\"gain\": expected numbers >= 0, found -0.3 at [0,1,1]"}},
    {"{\"type\":\"sine\",\"frequency\":[[[0],[0]]],\"phase\":[[[0],[0]]],\"gain\":[[[1],[1e200]]]}",
     {"\"gain\": expected a finite sum of squares, found inf at [0,1]"}},
    {"{" RAW "\"frequency\":[[[0]]],\"phase\":[[[0]]],\"gain\":[[[1e200]]]}",
     {"\"gain\": expected a finite sum of squares, found inf at [0,0]"}},
    {"{\"type\":\"conv\",\"query_filter\":[[[1e160,1]]],\"key_filter\":[[[1,1]]]}",
     {"\"query_filter\": expected a finite sum of squares, found inf at [0,0]"}},
    {"{\"type\":\"conv\",\"query_filter\":[[[1,1]]],\"key_filter\":[[[1e154,1e154]]]}",
     {"\"key_filter\": expected a finite sum of squares, found inf at [0,0]"}},
    {"{" SINE ",\"gate\":[[0.5,0.5]]}", {"\"gate\": expected shape [1,1] (heads, features), found [1,2]"}},
    {"{" SINE ",\"gate\":[[[0.5]]]}", {"gate", "expected", "found"}},
    {"{" CONV ",\"gate\":[[1.5]]}", {"\"gate\": expected numbers in [0,1], found 1.5 at [0,0]"}},
    {"{" TABLE ",\"gate\":[[0.5,-0.1]]}", {"\"gate\": expected numbers in [0,1], found -0.1 at [0,1]"}},
    {"{\"type\":\"table\",\"values\":[[[1,2,3,4]]]}",
     {"\"values\": expected an odd number of lags (2N-1) on the last axis, found shape [1,1,4]"}},
    {"{" SINE ",\"gate\":\"absent.npy\"}", {"absent.npy"}},
    {"{" SINE, {"kernel.json"}},
};

static void errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        rpe_error error = {""};
        rpe_kernel untouched = {0}, *kernel = &untouched;
        size_t held = rpe_memory_usage_now().current;
        write_text(BAD[i].text);
        rpe_status status = rpe_kernel_read(&kernel, path, &error);
        const char *place = strstr(BAD[i].text, "absent.npy") != NULL ? "kernel_read" : path;
        bool good = status != RPE_OK && strstr(error.message, place) != NULL;
        for (size_t j = 0; j < 4 && BAD[i].parts[j] != NULL; j++) {
            good = good && strstr(error.message, BAD[i].parts[j]) != NULL;
        }
        if (!good) {
            fail_msg("%s\n  message: %s\n  must contain: %s", BAD[i].text, error.message, BAD[i].parts[0]);
        }
        assert_null(strchr(error.message, '\n'));
        assert_ptr_equal(kernel, &untouched);
        assert_int_equal(rpe_memory_usage_now().current, held);
    }
}

static void missing_file(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_kernel *kernel = NULL;
    assert_int_not_equal(rpe_kernel_read(&kernel, "kernel_read/absent.json", &error), RPE_OK);
    assert_non_null(strstr(error.message, "kernel_read/absent.json"));
    assert_null(kernel);
}

static void canonical(void **state)
{
    (void)state;
    rpe_kernel *kernel = read_text("{" SINE ",\"parameterization\":\"canonical\",\"gate\":[[0.25]]}");
    assert_string_equal(kernel->type->name, "sine");
    assert_string_equal(kernel->path, path);
    assert_true(kernel->heads == 1 && kernel->features == 1 && rpe_sine_of(kernel).sinusoids == 2 &&
                kernel->axes == 1);
    assert_true(rpe_sine_of(kernel).frequency[1] == 0.2 && rpe_sine_of(kernel).phase[1] == 1 &&
                rpe_sine_of(kernel).gain[1] == 2);
    assert_true(rpe_kernel_gate(kernel, 0, 0) == 0.25);
    rpe_kernel_destroy(kernel);

    kernel = read_text(
        "{\"type\":\"conv\",\"query_filter\":[[[[1,2,3],[4,5,6]]]],\"key_filter\":[[[[1,2,3],[4,5,6]]]]}");
    assert_true(kernel->axes == 2 && rpe_conv_of(kernel).taps == 6);
    size_t extent[RPE_AXES_MAX];
    assert_true(rpe_kernel_size(kernel, extent) == 6 && extent[0] == 2 && extent[1] == 3 && extent[2] == 1);
    assert_true(rpe_kernel_gate(kernel, 0, 0) == 0);
    rpe_kernel_destroy(kernel);
}

/* f = sigmoid(x)/2, lambda = softplus(g)/sqrt(2K), delta = sigmoid(gate); no overflow at either end. */
static void raw(void **state)
{
    (void)state;
    rpe_kernel *kernel = read_text("{" RAW "\"frequency\":[[[-800,0,800]]],\"phase\":[[[1,2,3]]],"
                                   "\"gain\":[[[-800,0,800]]],\"gate\":[[800]]}");
    const double *f = rpe_sine_of(kernel).frequency, *gain = rpe_sine_of(kernel).gain;
    assert_true(f[0] == 0 && f[1] == 0.25 && f[2] == 0.5);
    assert_true(gain[0] >= 0 && gain[0] < 1e-300);
    assert_true(fabs(gain[1] - log(2) / sqrt(6)) < 1e-15);
    assert_true(fabs(gain[2] - 800 / sqrt(6)) < 1e-12);
    assert_true(rpe_sine_of(kernel).phase[2] == 3);
    assert_true(rpe_kernel_gate(kernel, 0, 0) == 1);
    rpe_kernel_destroy(kernel);

    /* a raw conv or table kernel: the gate alone is raw */
    kernel = read_text("{" CONV ",\"parameterization\":\"raw\",\"gate\":[[-800]]}");
    assert_true(rpe_conv_of(kernel).query_filter[1] == 2 && rpe_kernel_gate(kernel, 0, 0) == 0);
    rpe_kernel_destroy(kernel);
    kernel = read_text("{" TABLE ",\"parameterization\":\"raw\",\"gate\":[[0,0]]}");
    const ptrdiff_t lag[] = {-1};
    assert_true(rpe_kernel_gate(kernel, 0, 1) == 0.5 && rpe_kernel_value(kernel, 0, 1, lag) == 2.5);
    rpe_kernel_destroy(kernel);
}

static rpe_positions line(size_t count)
{
    rpe_positions positions = {.axes = 1, .extent = {count}, .count = count};
    return positions;
}

static void covers(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_kernel *kernel = read_text("{" TABLE "}");
    rpe_positions two = line(2), three = line(3), image = {.axes = 2, .extent = {2, 1}, .count = 2};
    rpe_test_ok(rpe_kernel_covers(kernel, &two, &two, &error), &error);
    assert_int_equal(rpe_kernel_covers(kernel, &image, &two, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "kernel.json: expected positions on 1 axis, found 2"));
    assert_int_equal(rpe_kernel_covers(kernel, &two, &image, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_kernel_covers(kernel, &three, &two, &error), RPE_ERROR_INPUT);
    assert_non_null(
        strstr(error.message, "\"values\": expected lags -1 to 2 for 3 queries and 2 keys, found -1 to 1"));
    assert_int_equal(rpe_kernel_covers(kernel, &two, &three, &error), RPE_ERROR_INPUT);
    rpe_kernel_destroy(kernel);
}

static void positions(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_positions made = {0};
    const size_t extent[] = {3, 4, 5, 6}, empty[] = {3, 0}, huge[] = {SIZE_MAX / 2, 3};
    assert_int_equal(rpe_positions_make(&made, 0, extent, "--length", &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_positions_make(&made, 4, extent, "--length", &error), RPE_ERROR_INPUT);
    assert_string_equal(error.message, "--length: expected positions on 1 to 3 axes, found 4");
    assert_int_equal(rpe_positions_make(&made, 2, empty, "--length", &error), RPE_ERROR_INPUT);
    assert_string_equal(error.message, "--length: expected at least 1 position on each axis, found [3,0]");
    assert_int_equal(rpe_positions_make(&made, 2, huge, "--length", &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "--length: expected at most"));
    assert_int_equal(made.count, 0);

    rpe_test_ok(rpe_positions_make(&made, 3, extent, "--length", &error), &error);
    assert_int_equal(made.count, 60);
    for (size_t i = 0; i < made.count; i++) {
        ptrdiff_t at[RPE_AXES_MAX];
        rpe_positions_coordinates(&made, i, at);
        assert_int_equal((at[0] * 4 + at[1]) * 5 + at[2], i);
        assert_true(at[1] >= 0 && at[1] < 4 && at[2] >= 0 && at[2] < 5);
    }
}

/* Whichever allocation fails, reading says so and leaks nothing. */
static void no_memory(void **state)
{
    (void)state;
    rpe_status status = RPE_ERROR_MEMORY;
    write_text("{" SINE ",\"gate\":[[0.5]]}");
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_error error = {""};
        rpe_kernel *kernel = NULL;
        size_t held = rpe_memory_usage_now().current;
        rpe_memory_fail_from(n);
        status = rpe_kernel_read(&kernel, path, &error);
        rpe_memory_fail_from(0);
        assert_true(status == RPE_OK ? n > 4 : status == RPE_ERROR_MEMORY);
        assert_true(n < 100);
        rpe_kernel_destroy(kernel);
        assert_int_equal(rpe_memory_usage_now().current, held);
    }
}

static void registry(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        const rpe_kernel_type *type = rpe_kernel_type_at(i);
        assert_true(type->name != NULL && type->title != NULL && type->source != NULL);
        assert_true(type->family != NULL && type->terms != NULL);
        assert_true(type->parameters != NULL);
        assert_true(rpe_kernel_type_find(type->name) == type);
        assert_true((type->value != NULL) == (type->family == &rpe_family_product));
    }
}

static int make_path(void **state)
{
    (void)state;
    int length = snprintf(path, sizeof path, "%s/kernel.json", rpe_test_directory("kernel_read"));
    return length > 0 && (size_t)length < sizeof path ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors),    cmocka_unit_test(missing_file), cmocka_unit_test(canonical),
        cmocka_unit_test(raw),       cmocka_unit_test(covers),       cmocka_unit_test(positions),
        cmocka_unit_test(no_memory), cmocka_unit_test(registry),
    };
    return cmocka_run_group_tests(tests, make_path, NULL);
}
