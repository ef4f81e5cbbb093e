/* The n-th allocation and every later one fail, for every n of a small run: a status, and no file. */
#include "rpe_test.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "file/json.h"

#define WORDS_MAX 24
#define FAILURES_MAX 100000
#define FAILURES_MIN 5

/* Entries of the directory, "." and ".." apart. */
static size_t entries_count(const char *directory)
{
    size_t count = 0;
    DIR *stream = opendir(directory);
    if (stream == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return count;
}

/* Runs the words with ever later failures until a run succeeds; files that succeed must appear in directory. */
static void failures_run(int count, const char *const *words, const char *directory, size_t files)
{
    char *arguments[WORDS_MAX];
    for (int i = 0; i < count; i++)
        arguments[i] = (char *)words[i];
    for (uint64_t n = 1; n < FAILURES_MAX; n++) {
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        rpe_memory_fail_from(n);
        rpe_status status = rpe_program_run(count, arguments, NULL, &error);
        rpe_memory_fail_from(0);
        assert_int_equal(rpe_memory_usage_now().current, before);
        if (status == RPE_OK) {
            assert_int_equal(entries_count(directory), files);
            print_message("%s: %u failures\n", words[1], (unsigned)n - 1);
            assert_true(n > FAILURES_MIN);
            return;
        }
        if (status != RPE_ERROR_MEMORY)
            fail_msg("allocation %u: status %d, %s", (unsigned)n, (int)status, error.message);
        assert_true(strlen(error.message) > 0);
        if (entries_count(directory) != 0)
            fail_msg("allocation %u: a file was left", (unsigned)n);
    }
    fail_msg("no run succeeded");
}

static void encode_fail(const char *kernel_case, const char *threads)
{
    char directory[4096], kernel[4096], queries[4096], keys[4096], name[128];
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("allocation"));
    snprintf(name, sizeof name, "%s.kernel.json", kernel_case);
    snprintf(kernel, sizeof kernel, "%s", rpe_test_golden(name));
    snprintf(name, sizeof name, "%s.q.npy", kernel_case);
    snprintf(queries, sizeof queries, "%s", rpe_test_golden(name));
    snprintf(name, sizeof name, "%s.k.npy", kernel_case);
    snprintf(keys, sizeof keys, "%s", rpe_test_golden(name));
    const char *const words[] = {
        "rpebench", "encode",         "--kernel", kernel,     "--queries", queries,   "--keys",    keys,
        "--codes",  "--realizations", "4",        "--output", directory,   "--quiet", "--threads", threads};
    failures_run(sizeof words / sizeof words[0], words, directory, 4);
}

static void test_encode_sine(void **state)
{
    (void)state;
    encode_fail("encode_sine_gated", "2");
}

static void test_encode_conv(void **state)
{
    (void)state;
    encode_fail("encode_conv_gated", "1");
}

static void attend_fail(const char *method, bool encodes)
{
    char directory[4096], output[4200], kernel[4096], queries[4096], keys[4096], values[4096];
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("allocation"));
    snprintf(output, sizeof output, "%s/o.npy", directory);
    snprintf(kernel, sizeof kernel, "%s", rpe_test_golden("explicit_sine.kernel.json"));
    snprintf(queries, sizeof queries, "%s", rpe_test_golden("explicit_sine.q.npy"));
    snprintf(keys, sizeof keys, "%s", rpe_test_golden("explicit_sine.k.npy"));
    snprintf(values, sizeof values, "%s", rpe_test_golden("explicit_sine.v.npy"));
    const char *const words[] = {"rpebench",  "attend", "--method", method,     "--kernel",       kernel,
                                 "--queries", queries,  "--keys",   keys,       "--values",       values,
                                 "--output",  output,   "--quiet",  "--causal", "--realizations", "4"};
    int count = sizeof words / sizeof words[0];
    failures_run(encodes ? count : count - 2, words, directory, 1);
}

static void test_attend_explicit(void **state)
{
    (void)state;
    attend_fail("explicit", false);
}

static void test_attend_softmax(void **state)
{
    (void)state;
    attend_fail("softmax", true);
    attend_fail("relu", true);
}

static void test_kernel(void **state)
{
    (void)state;
    const char *const words[] = {
        "rpebench", "kernel", "--kernel", rpe_test_golden("kernel_conv_2d.kernel.json"), "--length", "4,3",
        "--output", NULL,     "--quiet"};
    char directory[4096], output[4200];
    const char *copy[sizeof words / sizeof words[0]];
    memcpy(copy, words, sizeof words);
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("allocation"));
    snprintf(output, sizeof output, "%s/P.npy", directory);
    copy[7] = output;
    failures_run(sizeof words / sizeof words[0], copy, directory, 1);
}

int main(void)
{
    rpe_json_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode_sine),    cmocka_unit_test(test_encode_conv),
        cmocka_unit_test(test_kernel),         cmocka_unit_test(test_attend_explicit),
        cmocka_unit_test(test_attend_softmax),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
