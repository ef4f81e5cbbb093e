/* Eigenvectors of symmetric matrices: what they are defined by, and a matrix worked by hand. */
#include <math.h>

#include "base/linear.h"
#include "base/stream.h"
#include "rpe_test.h"

#define MOST 40

/* A v = e v, rows orthonormal, values in order: 1, 2 and 3 are small sizes of LAPACK's work. */
static void definition(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 7, MOST};
    static double drawn[MOST * MOST], matrix[MOST * MOST], used[MOST * MOST], vectors[MOST * MOST],
        values[MOST];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i];
        const rpe_stream stream = {.seed = 5, .point = n};
        rpe_stream_normals(stream, 0, n * n, drawn);
        for (size_t r = 0; r < n * n; r++)
            used[r] = matrix[r] = drawn[r] + drawn[r % n * n + r / n];
        rpe_test_spoil(vectors, sizeof vectors);
        rpe_test_spoil(values, sizeof values);
        assert_true(rpe_symmetric_eigenvectors(n, used, vectors, values));
        for (size_t a = 0; a < n; a++) {
            assert_true(a == 0 || values[a - 1] <= values[a]);
            for (size_t b = 0; b < n; b++) {
                double product = 0, image = 0;
                for (size_t s = 0; s < n; s++) {
                    product += vectors[a * n + s] * vectors[b * n + s];
                    image += matrix[b * n + s] * vectors[a * n + s];
                }
                assert_true(fabs(product - (a == b)) < 1e-13);
                assert_true(fabs(image - values[a] * vectors[a * n + b]) < 1e-12);
            }
        }
    }
}

/* [[2,1],[1,2]]: 1 along (1,-1), 3 along (1,1). */
static void by_hand(void **state)
{
    (void)state;
    double matrix[] = {2, 1, 1, 2}, vectors[4], values[2];
    rpe_test_spoil(vectors, sizeof vectors);
    rpe_test_spoil(values, sizeof values);
    assert_true(rpe_symmetric_eigenvectors(2, matrix, vectors, values));
    assert_true(fabs(values[0] - 1) < 1e-15 && fabs(values[1] - 3) < 1e-15);
    assert_true(fabs(vectors[0] * vectors[1] + 0.5) < 1e-15);
    assert_true(fabs(vectors[2] * vectors[3] - 0.5) < 1e-15);
}

static void not_finite(void **state)
{
    (void)state;
    double matrix[] = {1, NAN, NAN, 1}, infinite[] = {INFINITY, 0, 0, 1}, vectors[4], values[2];
    assert_false(rpe_symmetric_eigenvectors(2, matrix, vectors, values));
    assert_false(rpe_symmetric_eigenvectors(2, infinite, vectors, values));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(definition), cmocka_unit_test(by_hand),
                                       cmocka_unit_test(not_finite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
