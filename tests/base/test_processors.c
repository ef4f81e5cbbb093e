/* The default number of threads, by trees of control groups as Linux shows them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/processors.h"
#include "rpe_test.h"

static char root[4096];

static const char *under(const char *name)
{
    static char paths[2][8192];
    static int turn;
    turn = 1 - turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", root, name);
    return paths[turn];
}

static void file_make(const char *name, const char *text)
{
    FILE *stream = fopen(under(name), "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static double quota_of(const char *membership)
{
    file_make("membership", membership);
    return rpe_processors_quota(under("membership"), root);
}

static void test_version_2(void **state)
{
    (void)state;
    mkdir(under("outer"), 0777);
    mkdir(under("outer/inner"), 0777);
    file_make("outer/inner/cpu.max", "max 100000\n");
    assert_true(isinf(quota_of("0::/outer/inner\n")));
    file_make("outer/inner/cpu.max", "150000 100000\n");
    assert_true(quota_of("0::/outer/inner\n") == 1.5);
    file_make("outer/cpu.max", "50000 200000\n"); /* the group above allows less */
    assert_true(quota_of("0::/outer/inner\n") == 0.25);
    assert_true(quota_of("0::/outer\n") == 0.25);
    assert_true(isinf(quota_of("0::/\n")));
    file_make("cpu.max", "300000 100000\n"); /* as in a container, which sees its own group as the root */
    assert_true(quota_of("0::/\n") == 3);
    assert_true(quota_of("0::/of/the/host\n") == 3);
    assert_int_equal(remove(under("cpu.max")), 0);
}

static void test_version_1(void **state)
{
    (void)state;
    mkdir(under("cpu,cpuacct"), 0777);
    mkdir(under("cpu,cpuacct/job"), 0777);
    static const char membership[] = "5:memory:/job\n4:cpu,cpuacct:/job\n3:cpuset:/\n";
    file_make("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    file_make("cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
    assert_true(isinf(quota_of(membership)));
    file_make("cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n");
    assert_true(quota_of(membership) == 2.5);
}

static void test_what_limits_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "nonsense", "0:", "::", "0::", "4:cpuset:/outer\n", "4:cpuacct:/outer\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(isinf(quota_of(texts[i])));
    assert_true(isinf(rpe_processors_quota(under("absent"), root)));
    file_make("outer/cpu.max", "0 0\n");
    assert_true(isinf(quota_of("0::/outer\n")));
}

static void test_environment(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int threads; /* 0: as without */
    } cases[] = {{"1", 1}, {"7", 7}, {"3,2", 3}, {" 5 ", 5},  {"99999999999", RPE_THREADS_MOST},
                 {"", 0},  {"0", 0}, {"-2", 0},  {"many", 0}, {"4x", 0}};
    unsetenv("OMP_NUM_THREADS");
    rpe_threads_default without = rpe_threads_default_now();
    assert_in_range(without.threads, 1, rpe_processors_count());
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv("OMP_NUM_THREADS", cases[i].text, 1);
        rpe_threads_default found = rpe_threads_default_now();
        assert_int_equal(found.threads, cases[i].threads == 0 ? without.threads : cases[i].threads);
        assert_string_equal(found.reason, cases[i].threads == 0 ? without.reason : "OMP_NUM_THREADS");
    }
    unsetenv("OMP_NUM_THREADS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_version_2), cmocka_unit_test(test_version_1),
                                       cmocka_unit_test(test_what_limits_nothing),
                                       cmocka_unit_test(test_environment)};
    snprintf(root, sizeof root, "%s", rpe_test_directory("processors"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
