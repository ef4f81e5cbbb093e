/* Which BLAS the program really calls.  GSL's own gslcblas defines the same names and is many times slower: linked first, it
   would be used without a word. */
#include <string.h>

#include "base/blas.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
