/* fit and compare: a fitted kernel gives its table back, what is printed is so, and verdicts at their limits. */
#include "position/conv.h"
#include "position/sine.h"
#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "file/json.h"
#include "file/npy.h"
#include "position/kernel.h"

#define HEADS 2
#define FEATURES 3
#define LENGTH 7
#define LAGS (2 * LENGTH - 1)
#define COUNT (HEADS * FEATURES * LAGS)
#define TEXT_CAPACITY 4096
#define WORDS_MAX 16
#define FAILURES_MAX 1000

static char directory[1024];

static const char *path_of(const char *name)
{
    static char paths[4][TEXT_CAPACITY];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, TEXT_CAPACITY, "%s/%s", directory, name);
    return path;
}

static void array_write(const char *name, rpe_precision precision, size_t rank, const size_t *shape,
                        const double *values)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, precision, rank, shape, name, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        if (precision == RPE_DOUBLE)
            ((double *)array.values)[i] = values[i];
        else
            ((float *)array.values)[i] = (float)values[i];
    rpe_test_ok(rpe_npy_write(path_of(name), &array, &error), &error);
    rpe_array_destroy(&array);
}

/* Words with a dot are files of the directory. */
static rpe_status words_run(const char *text, rpe_outcome *outcome, rpe_error *error)
{
    static char copy[TEXT_CAPACITY], paths[WORDS_MAX][TEXT_CAPACITY];
    char *words[WORDS_MAX] = {"rpebench"};
    int count = 1;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word != NULL && count < WORDS_MAX; word = strtok(NULL, " ")) {
        size_t length = strlen(word);
        bool file = (length > 4 && strcmp(word + length - 4, ".npy") == 0) ||
                    (length > 5 && strcmp(word + length - 5, ".json") == 0);
        snprintf(paths[count], TEXT_CAPACITY, "%s", file ? path_of(word) : word);
        words[count] = paths[count];
        count++;
    }
    return rpe_program_run(count, words, outcome, error);
}

static void words_ok(const char *text)
{
    rpe_error error = {""};
    rpe_test_ok(words_run(text, NULL, &error), &error);
}

/* What the program prints on stdout in the directory. */
static const char *output_of(const char *arguments)
{
    static char text[TEXT_CAPACITY], program[TEXT_CAPACITY];
    char command[3 * TEXT_CAPACITY];
    assert_non_null(realpath(RPE_TEST_PROGRAM, program));
    snprintf(command, sizeof command, "cd '%s' && '%s' %s", directory, program, arguments);
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    pclose(stream);
    return text;
}

static void expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, text);
}

/* ---- fit ---- */

static double table_error(const char *name, const double *table)
{
    rpe_array array = {0};
    rpe_error error = {""};
    double largest = 0;
    rpe_test_ok(rpe_npy_read(path_of(name), RPE_NPY_DOUBLE, &array, &error), &error);
    assert_int_equal(rpe_array_count(&array), COUNT);
    for (size_t i = 0; i < COUNT; i++)
        largest = fmax(largest, fabs(((const double *)array.values)[i] - table[i]));
    rpe_array_destroy(&array);
    return largest;
}

static size_t kernel_size(void)
{
    rpe_kernel *kernel = NULL;
    rpe_error error = {""};
    rpe_test_ok(rpe_kernel_read(&kernel, path_of("K.json"), &error), &error);
    size_t size = kernel->type->codes->paired ? rpe_sine_of(kernel).sinusoids : rpe_conv_of(kernel).taps;
    rpe_kernel_destroy(kernel);
    return size;
}

static const size_t table_shape[] = {HEADS, FEATURES, LAGS};

/* Any values; causal ones; exp(-|lag|/3), which is symmetric and positive definite. */
static void table_fill(double *table, bool causal, bool positive)
{
    for (size_t i = 0; i < COUNT; i++) {
        ptrdiff_t lag = (ptrdiff_t)(i % LAGS) - (LENGTH - 1);
        double value = rpe_test_number(5, i);
        /* single precision has the values too, so that one table serves both */
        value = positive ? exp(-fabs((double)lag) / 3) : value;
        table[i] = causal && lag < 0 ? 0 : (double)(float)value;
    }
}

typedef struct fit_case {
    const char *options;
    bool causal, positive;
    size_t size;
    double tolerance;
} fit_case;

static void test_fit_exact(void **state)
{
    (void)state;
    static const fit_case cases[] = {{"--type sine", false, false, LENGTH, 1e-14},
                                     {"--type sine --size 7", false, false, LENGTH, 1e-14},
                                     {"--type conv", false, false, LAGS, 0},
                                     {"--type conv", true, false, LENGTH, 0},
                                     {"--type sine --minimal", false, true, (LENGTH + 1) / 2, 1e-6}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int precision = 0; precision < 2; precision++) {
            double table[COUNT];
            char text[256];
            table_fill(table, cases[i].causal, cases[i].positive);
            array_write("t.npy", (rpe_precision)precision, 3, table_shape, table);
            snprintf(text, sizeof text, "fit --table t.npy %s --output K.json --quiet", cases[i].options);
            words_ok(text);
            words_ok("kernel --kernel K.json --length 7 --output P.npy --quiet");
            assert_int_equal(kernel_size(), cases[i].size);
            double error = table_error("P.npy", table);
            if (!(error <= cases[i].tolerance))
                fail_msg("%s: error %.3g, tolerance %.3g", cases[i].options, error, cases[i].tolerance);
        }
}

/* The error that is printed is the kernel's, and no larger than the bound beside it. */
static void test_fit_bound(void **state)
{
    (void)state;
    static const char *const options[] = {"--type sine --size 1", "--type sine --size 4",
                                          "--type conv --size 1", "--type conv --size 6"};
    double table[COUNT];
    table_fill(table, false, false);
    array_write("t.npy", RPE_DOUBLE, 3, table_shape, table);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        char arguments[256];
        double error = NAN, bound = NAN;
        snprintf(arguments, sizeof arguments, "fit --table t.npy %s --output K.json", options[i]);
        const char *text = output_of(arguments);
        expect_in(text, "honoured");
        const char *error_line = strstr(text, "largest error"), *bound_line = strstr(text, "bound");
        assert_non_null(error_line);
        assert_non_null(bound_line);
        assert_int_equal(sscanf(error_line, "largest error %lf", &error), 1);
        assert_int_equal(sscanf(bound_line, "bound %lf", &bound), 1);
        words_ok("kernel --kernel K.json --length 7 --output P.npy --quiet");
        assert_true(fabs(error - table_error("P.npy", table)) <= 1e-5 * error);
        assert_true(error > 0 && error <= bound * (1 + 1e-5));
    }
    expect_in(output_of("fit --table t.npy --type sine --output K.json"), "sine with 7 sinusoids");
}

/* ---- compare ---- */

typedef struct compare_case {
    double difference; /* of one element of 2 from a reference of 1 */
    rpe_precision precision[2];
    const char *options;
    rpe_outcome outcome;
} compare_case;

static void test_compare_limits(void **state)
{
    (void)state;
    static const compare_case cases[] = {
        {0, {RPE_DOUBLE, RPE_DOUBLE}, "", RPE_OUTCOME_FAVOURABLE},
        {0, {RPE_DOUBLE, RPE_DOUBLE}, "--tolerance 0", RPE_OUTCOME_FAVOURABLE},
        {1.99e-7, {RPE_DOUBLE, RPE_DOUBLE}, "", RPE_OUTCOME_FAVOURABLE},
        {2.01e-7, {RPE_DOUBLE, RPE_DOUBLE}, "", RPE_OUTCOME_UNFAVOURABLE},
        {-2.01e-7, {RPE_DOUBLE, RPE_DOUBLE}, "", RPE_OUTCOME_UNFAVOURABLE},
        {2.01e-7, {RPE_SINGLE, RPE_DOUBLE}, "", RPE_OUTCOME_FAVOURABLE},
        {2.01e-7, {RPE_DOUBLE, RPE_SINGLE}, "", RPE_OUTCOME_FAVOURABLE},
        {1.1e-5, {RPE_SINGLE, RPE_SINGLE}, "", RPE_OUTCOME_FAVOURABLE},
        {1.2e-5, {RPE_SINGLE, RPE_SINGLE}, "", RPE_OUTCOME_UNFAVOURABLE},
        {1e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--tolerance 1.1e-3", RPE_OUTCOME_FAVOURABLE},
        {1e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--tolerance 0.9e-3", RPE_OUTCOME_UNFAVOURABLE},
        {1e-9, {RPE_DOUBLE, RPE_DOUBLE}, "--tolerance 0", RPE_OUTCOME_UNFAVOURABLE},
        {1e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--relative 1.1e-3", RPE_OUTCOME_FAVOURABLE},
        {1e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--relative 0.9e-3", RPE_OUTCOME_UNFAVOURABLE},
        {1.005e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--dtype float16", RPE_OUTCOME_FAVOURABLE},
        {1.02e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--dtype float16", RPE_OUTCOME_UNFAVOURABLE},
        {1.6e-2, {RPE_SINGLE, RPE_SINGLE}, "--dtype bfloat16", RPE_OUTCOME_FAVOURABLE},
        {1.61e-2, {RPE_SINGLE, RPE_SINGLE}, "--dtype bfloat16", RPE_OUTCOME_UNFAVOURABLE},
        {2.01e-7, {RPE_DOUBLE, RPE_DOUBLE}, "--dtype float32", RPE_OUTCOME_FAVOURABLE},
        {2.01e-6, {RPE_SINGLE, RPE_SINGLE}, "--dtype float64", RPE_OUTCOME_UNFAVOURABLE},
        {1e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--relative 6e-4 --tolerance 6e-4", RPE_OUTCOME_FAVOURABLE},
        {1e-3, {RPE_DOUBLE, RPE_DOUBLE}, "--relative 4e-4 --tolerance 4e-4", RPE_OUTCOME_UNFAVOURABLE},
    };
    const size_t shape[] = {2};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        rpe_error error = {""};
        rpe_outcome outcome = RPE_OUTCOME_FAVOURABLE;
        array_write("ref.npy", cases[i].precision[0], 1, shape, (const double[]){-3, 1});
        array_write("mine.npy", cases[i].precision[1], 1, shape,
                    (const double[]){-3, 1 + cases[i].difference});
        snprintf(text, sizeof text, "compare ref.npy mine.npy --quiet %s", cases[i].options);
        rpe_test_ok(words_run(text, &outcome, &error), &error);
        if (outcome != cases[i].outcome)
            fail_msg("case %zu: outcome %d", i, (int)outcome);
    }
}

static void test_compare_numbers(void **state)
{
    (void)state;
    const size_t shape[] = {2, 2};
    array_write("ref.npy", RPE_DOUBLE, 2, shape, (const double[]){1, 2, 0, -4});
    array_write("mine.npy", RPE_SINGLE, 2, shape, (const double[]){1, 2.5, 0.25, -4});
    const char *text = output_of("compare ref.npy mine.npy --tolerance 0.5");
    expect_in(text, "compare: mine.npy (float32) with ref.npy (float64), shape [2,2]");
    expect_in(text, "largest absolute difference    0.5         at [0,1]: expected 2, found 2.5");
    expect_in(text, "largest relative difference    0.25        at [0,1]: expected 2, found 2.5");
    expect_in(text, "1 of 4 elements, whose reference is 0");
    expect_in(text, "RMS error / RMS of reference   0.12199\n"); /* sqrt(5/16 / 21) */
    expect_in(text, "largest / largest reference    0.125\n");
    expect_in(text, "torch.testing, float32         BEYOND: 2 of 4 elements beyond 1e-05 + 1.3e-06");
    expect_in(text, "RMS ratio < 0.005              BEYOND");
    expect_in(text,
              "your tolerance                 within: 0 of 4 elements beyond 0.5 + 0 |reference|  (decides)");
    array_write("zero.npy", RPE_DOUBLE, 2, shape, (const double[]){0, 0, 0, 0});
    text = output_of("compare zero.npy ref.npy");
    expect_in(text, "largest relative difference    undefined: the reference is 0");
    expect_in(text, "RMS error / RMS of reference   undefined: the reference is 0");
    text = output_of("compare zero.npy zero.npy");
    expect_in(text, "RMS error / RMS of reference   0\n");
    expect_in(text, "RMS ratio < 0.005              within");
    /* squares overflow, the ratio does not; a difference that does is bad input */
    array_write("huge.npy", RPE_DOUBLE, 2, shape, (const double[]){1e300, 1e300, 1e300, 1e300});
    array_write("twice.npy", RPE_DOUBLE, 2, shape, (const double[]){2e300, 2e300, 2e300, 2e300});
    expect_in(output_of("compare huge.npy twice.npy"), "RMS error / RMS of reference   1\n");
    array_write("huge.npy", RPE_DOUBLE, 2, shape, (const double[]){0, 0, 1.7e308, 0});
    array_write("twice.npy", RPE_DOUBLE, 2, shape, (const double[]){0, 0, -1.7e308, 0});
    rpe_error error = {""};
    assert_int_equal(words_run("compare huge.npy twice.npy --quiet", NULL, &error), RPE_ERROR_INPUT);
    expect_in(error.message, "expected finite differences, found an overflow at [1,0]");
}

/* ---- memory ---- */

static void test_allocation(void **state)
{
    (void)state;
    static const char *const lines[] = {"fit --table t.npy --type sine --size 3 --output K.json --quiet",
                                        "fit --table t.npy --type conv --output K.json --quiet",
                                        "compare t.npy t.npy --quiet"};
    double table[COUNT];
    table_fill(table, false, false);
    array_write("t.npy", RPE_SINGLE, 3, table_shape, table);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        rpe_status status = RPE_ERROR_MEMORY;
        uint64_t n = 0;
        while (status != RPE_OK) {
            rpe_error error = {""};
            size_t before = rpe_memory_usage_now().current;
            remove(path_of("K.json"));
            rpe_memory_fail_from(++n);
            status = words_run(lines[i], NULL, &error);
            rpe_memory_fail_from(0);
            assert_int_equal(rpe_memory_usage_now().current, before);
            if (status != RPE_OK && status != RPE_ERROR_MEMORY)
                fail_msg("%s, allocation %u: %s", lines[i], (unsigned)n, error.message);
            assert_true(n < FAILURES_MAX);
            FILE *made = fopen(path_of("K.json"), "r");
            assert_true(status == RPE_OK || made == NULL);
            if (made != NULL)
                fclose(made);
        }
        assert_true(n > 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fit_exact), cmocka_unit_test(test_fit_bound),
                                       cmocka_unit_test(test_compare_limits),
                                       cmocka_unit_test(test_compare_numbers),
                                       cmocka_unit_test(test_allocation)};
    rpe_json_memory_install();
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("fit-compare"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
