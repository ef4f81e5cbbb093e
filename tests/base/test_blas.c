/* Which BLAS the program really calls.  GSL's own gslcblas defines the same names and is many times slower: linked first, it
   would be used without a word. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/blas.h"
#include "base/linear.h"
#include "base/parallel.h"
#include "rpe_test.h"

static void test_library(void **state)
{
    (void)state;
    const char *library = rpe_blas_library();
    assert_non_null(library);
    if (!strstr(library, "openblas") || strstr(library, "gslcblas"))
        fail_msg("cblas_dgemm: expected from openblas, found in %s", library);
}

static void test_configuration(void **state)
{
    (void)state;
    const char *configuration = rpe_blas_configuration();
    assert_non_null(configuration);
    if (strncmp(configuration, "OpenBLAS", strlen("OpenBLAS")) != 0)
        fail_msg("BLAS configuration: expected OpenBLAS first, found %s", configuration);
}

#define MEBIBYTE ((rlim_t)1 << 20)

static void limit_set(rlim_t mebibytes)
{
    unsigned long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "r");
    if (stream == NULL || fscanf(stream, "%lu", &pages) != 1)
        _exit(2);
    fclose(stream);
    rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + mebibytes * MEBIBYTE;
    const struct rlimit limit = {bytes, bytes};
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(2);
}

/* SIZE beyond the paths of OpenBLAS that need no buffer; of ones times a number all sums are the same. */
enum { SIZE = 160, PRODUCTS = 64, THREADS = 4 };
static double ones[SIZE * SIZE], products[PRODUCTS][SIZE * SIZE];

static void multiply(void *context, size_t index, int thread)
{
    (void)context;
    (void)thread;
    rpe_gemm_double(false, false, SIZE, SIZE, SIZE, (double)index, ones, SIZE, ones, SIZE, 0.0,
                    products[index], SIZE);
}

static void no_work(void *context, size_t index, int thread)
{
    (void)context;
    (void)index;
    (void)thread;
}

/* In a child, where an assertion cannot be told to the parent: 0, or the line that failed. */
static int products_in_little_room(rlim_t mebibytes)
{
    rpe_error error = {""};
    rpe_parallel_for(PRODUCTS, THREADS, no_work, NULL); /* the threads have their stacks before the limit */
    limit_set(mebibytes);
    rpe_status status = rpe_blas_ready(&error);
    if (mebibytes < 128)
        return status == RPE_ERROR_MEMORY && strstr(error.message, "room for a buffer") != NULL ? 0
                                                                                                : __LINE__;
    if (status != RPE_OK)
        return __LINE__;
    rpe_parallel_for(PRODUCTS, THREADS, multiply, NULL);
    for (size_t index = 0; index < PRODUCTS; index++)
        for (size_t i = 0; i < SIZE * SIZE; i++)
            if (products[index][i] != (double)(SIZE * index))
                return __LINE__;
    return rpe_blas_buffers_out() == 0 ? 0 : __LINE__;
}

/* Address space for no buffer, for one, and for fewer than there are threads: OpenBLAS alone asks for ever. */
static void test_room(void **state)
{
    (void)state;
    static const rlim_t rooms[] = {64, 200, 300};
#ifdef __SANITIZE_ADDRESS__
    skip(); /* its shadow knows no limit of memory */
#endif
    for (size_t i = 0; i < SIZE * SIZE; i++)
        ones[i] = 1;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        int status = 0;
        memset(products, 0xff, sizeof products); /* NaN */
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(200);
            _exit(products_in_little_room(rooms[i]) % 256);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room), /* before any other: no buffer is there yet */
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
