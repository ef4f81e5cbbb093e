/* Threads, as the host of the library may have them: refused, or gone in a forked child. */
#include "library/rpebench.h"

#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TOKENS = 300, WIDTH = 8, HEADS = 2, ELEMENTS = TOKENS * WIDTH * HEADS };

static void attend_favor(int threads, double *outputs)
{
    static double q[ELEMENTS];
    const rpebench_problem problem = {.struct_size = sizeof problem,
                                      .heads = HEADS,
                                      .features = WIDTH,
                                      .value_features = WIDTH,
                                      .queries = {TOKENS},
                                      .keys = {TOKENS},
                                      .threads = threads,
                                      .projections = 32,
                                      .seed = 4};
    for (size_t i = 0; i < ELEMENTS; i++) {
        q[i] = rpe_test_number(3, i);
        outputs[i] = NAN;
    }
    if (rpebench_attend("favor", NULL, &problem, q, q, q, outputs) != RPEBENCH_OK)
        fail_msg("%s", rpebench_error_text());
}

/* As nobody, who may have no other process: as root there is no limit. */
static void refuse_threads(void)
{
    const struct rlimit none = {0, 0};
    if (geteuid() == 0 && setuid(65534) != 0)
        _exit(2);
    if (setrlimit(RLIMIT_NPROC, &none) != 0)
        _exit(2);
}

/* No room for the stack of a thread. */
static void refuse_memory(void)
{
    unsigned long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "r");
    if (stream == NULL || fscanf(stream, "%lu", &pages) != 1)
        _exit(2);
    fclose(stream);
    rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)4 << 20);
    const struct rlimit limit = {bytes, bytes};
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(2);
}

/* In a child an assertion cannot be told to the parent: the exit status is. */
static bool same_bytes(size_t bytes, const void *left, const void *right)
{
    return memcmp(left, right, bytes) == 0;
}

/* Before any other test, so that this process has no threads yet, and a child may start some. */
static void test_threads_that_are_refused(void **state)
{
    (void)state;
    static void (*const limits[])(void) = {refuse_threads, refuse_memory};
    static double expected[ELEMENTS], outputs[ELEMENTS];
    size_t count = sizeof limits / sizeof limits[0];
#ifdef __SANITIZE_ADDRESS__
    count = 1; /* its shadow knows no limit of memory */
#endif
    attend_favor(1, expected);
    for (size_t i = 0; i < count; i++) {
        int status = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(250);
            limits[i]();
            attend_favor(4, outputs);
            _exit(same_bytes(sizeof outputs, outputs, expected) ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

/* multiprocessing of Python: the same call before and after a fork. */
static void test_fork(void **state)
{
    (void)state;
    static double expected[ELEMENTS], outputs[ELEMENTS];
    attend_favor(2, expected);
    for (int i = 0; i < 3; i++) {
        int status = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(250);
            attend_favor(2, outputs);
            _exit(same_bytes(sizeof outputs, outputs, expected) ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    attend_favor(2, outputs);
    assert_memory_equal(outputs, expected, sizeof outputs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads_that_are_refused),
                                       cmocka_unit_test(test_fork)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
