/* The timing program, run on problems of almost no size: every registry is in its report, every row is whole, and what cannot
   be done ends in a message and a status that is not 0. */
#include "rpe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "attention/feature_map.h"
#include "file/json.h"
#include "method/method.h"
#include "position/kernel.h"

/* Runs the program with options; its messages go to `messages`.  Returns the exit status. */
static int program_run(const char *options, const char *messages)
{
    char command[2048];
    int length =
        snprintf(command, sizeof command, "'%s' %s >/dev/null 2>'%s'", RPE_TEST_BENCHMARK, options, messages);
    assert_in_range(length, 1, sizeof command - 1);
    int status = system(command); /* NOLINT(bugprone-command-processor): a program of this build */
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const json_t *row_find(const json_t *rows, const char *start)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row) if (strncmp(json_string_value(json_object_get(row, "name")), start,
                                                 strlen(start)) == 0) return row;
    fail_msg("no row of the report starts with %s", start);
    return NULL;
}

static double number_of(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    if (!json_is_number(value))
        fail_msg("%s: expected a number under \"%s\"", json_string_value(json_object_get(row, "name")), key);
    return json_number_value(value);
}

static const json_t *row_of(const json_t *rows, const char *group, const char *name)
{
    char start[128];
    snprintf(start, sizeof start, "%s/%s/", group, name);
    return row_find(rows, start);
}

/* Whether the method takes no problem, not even one without positions that it has no need of. */
static bool method_refuses(const rpe_method *method)
{
    static const size_t extent = 8;
    rpe_problem problem = {.batch = 1,
                           .heads = 1,
                           .features = 4,
                           .value_features = 4,
                           .projections = 4,
                           .precision = RPE_DOUBLE};
    rpe_error error;
    rpe_test_ok(rpe_positions_make(&problem.keys, 1, &extent, "positions", &error), &error);
    problem.queries = problem.keys;
    return !method->needs_position && method->supports != NULL &&
           method->supports(&problem, &error) != RPE_OK;
}

static void registries_check(const json_t *rows)
{
    for (size_t i = 0; i < rpe_method_count(); i++) {
        if (rpe_method_at(i)->attend == NULL || method_refuses(rpe_method_at(i)))
            continue;
        const json_t *row = row_of(rows, "attend", rpe_method_at(i)->name);
        assert_true(number_of(row, "flops") > 0);
        assert_true(number_of(row, "bytes_moved") > 0);
        assert_true(number_of(row, "gigaflops_per_second") > 0);
        assert_true(number_of(row, "share_of_gemm") > 0);
        assert_true(number_of(row, "share_of_copy") > 0);
        assert_true(number_of(row, "peak_bytes") > 0);
        assert_true(number_of(row, "error") >= 0);
    }
    for (size_t i = 0; i < rpe_feature_map_count(); i++)
        assert_true(number_of(row_of(rows, "features", rpe_feature_map_at(i)->name), "error") < 1e-4);
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        assert_true(rpe_kernel_type_at(i)->value == NULL ||
                    number_of(row_of(rows, "kernel", rpe_kernel_type_at(i)->name), "items_per_second") > 0);
    for (size_t i = 0; i < rpe_sampler_count(); i++) {
        char name[64];
        snprintf(name, sizeof name, "sine/%s", rpe_sampler_at(i)->name);
        assert_true(number_of(row_of(rows, "noise", rpe_sampler_at(i)->name), "items_per_second") > 0);
        assert_true(number_of(row_of(rows, "encode", name), "error") > 0);
    }
}

static void report_is_whole(void **state)
{
    (void)state;
    char options[1024], output[512], messages[512];
    rpe_json report = {0};
    rpe_error error = {""};
    const char *directory = rpe_test_directory("benchmark");
    snprintf(output, sizeof output, "%s/new/report.json", directory);
    snprintf(messages, sizeof messages, "%s/messages", directory);
    snprintf(options, sizeof options,
             "--length 24 --realizations 8 --projections 8 --benchmark_min_time=0.00001 --output '%s'",
             output);
    assert_int_equal(program_run(options, messages), 0);
    rpe_test_ok(rpe_json_read(&report, output, &error), &error);
    const json_t *rows = json_object_get(report.root, "benchmarks");
    const json_t *context = json_object_get(report.root, "context");
    assert_true(json_is_array(rows));
    assert_non_null(json_object_get(context, "revision"));
    assert_true(json_is_boolean(json_object_get(json_object_get(context, "noise"), "noisy")));
    assert_int_equal(json_array_size(json_object_get(json_object_get(context, "noise"), "rates")), 2);
    registries_check(rows);
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        assert_int_equal((int)number_of(row, "allocations"), 0);
        assert_true(number_of(row, "real_time") > 0);
        assert_null(json_object_get(row, "error_occurred"));
    }
    /* The oracle against a softmax over its own scores, with the whole matrix. */
    assert_true(number_of(row_find(rows, "attend/explicit/sine/double/causal"), "error") < 1e-12);
    assert_true(number_of(row_find(rows, "attend/softmax/none/double/full"), "error") < 1e-12);
    /* Methods of other families that are exact, against theirs. */
    assert_true(number_of(row_find(rows, "attend/cosformer/cosformer/double/full"), "error") < 1e-12);
    assert_true(number_of(row_find(rows, "attend/decay/decay_angles_d64/double/causal"), "error") < 1e-12);
    rpe_json_destroy(&report);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *options, *message;
    } cases[] = {
        {"--benchmark_filter=no_such_row", "--benchmark_filter: expected a pattern that matches"},
        {"--benchmark_filter=kernel --length 0", "--length: expected a number from 1"},
        {"--threads", "--threads: expected an option with a value"},
        {"--frobnicate 1", "unknown option --frobnicate"},
        {"--benchmark_out=x.json", "--benchmark_out=x.json: expected --output"},
        {"--kernels /nonexistent/kernels", "/nonexistent/kernels"},
        {"--benchmark_filter=kernel/conv --length 4 --benchmark_min_time=0.0001 --output /dev/null/x.json",
         "/dev/null"}};
    char messages[512], found[1024];
    snprintf(messages, sizeof messages, "%s/messages", rpe_test_directory("benchmark"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(program_run(cases[i].options, messages), 2);
        FILE *stream = fopen(messages, "r");
        assert_non_null(stream);
        found[fread(found, 1, sizeof found - 1, stream)] = '\0';
        fclose(stream);
        if (strstr(found, cases[i].message) == NULL)
            fail_msg("%s: expected \"%s\" in the message, found: %s", cases[i].options, cases[i].message,
                     found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_is_whole),
        cmocka_unit_test(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
