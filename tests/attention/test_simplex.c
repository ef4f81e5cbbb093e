/* Simplex directions: the golden block, their cosines, and that a smaller block is the beginning of a whole one. */
#include <math.h>

#include "attention/feature_map.h"
#include "rpe_test.h"

#define SIZE 5

static void fill_nan(size_t count, double *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = NAN;
}

static void golden_block(void **state)
{
    (void)state;
    rpe_array haar = rpe_test_golden_read("families/simplex.haar.npy");
    rpe_array norms = rpe_test_golden_read("families/simplex.norms.npy");
    rpe_array wanted = rpe_test_golden_read("families/simplex.projection.npy");
    rpe_array simplex = rpe_test_golden_read("families/simplex.simplex.npy");
    double found[SIZE * SIZE], identity[SIZE * SIZE] = {0};
    static const double ones[SIZE] = {1, 1, 1, 1, 1};
    assert_int_equal(rpe_array_count(&wanted), SIZE * SIZE);
    fill_nan(SIZE * SIZE, found);
    rpe_projection_simplex_rows(SIZE, SIZE, haar.values, norms.values, found);
    assert_true(rpe_test_error(SIZE * SIZE, found, wanted.values) <= 1e-12);
    fill_nan(SIZE * SIZE, found);
    rpe_projection_simplex_rows(3, SIZE, haar.values, norms.values, found);
    assert_true(rpe_test_error(3 * SIZE, found, wanted.values) <= 1e-12 && isnan(found[3 * SIZE]));
    for (size_t i = 0; i < SIZE; i++)
        identity[i * SIZE + i] = 1;
    rpe_projection_simplex_rows(SIZE, SIZE, identity, ones, found);
    assert_true(rpe_test_error(SIZE * SIZE, found, simplex.values) <= 1e-12);
    rpe_array_destroy(&haar);
    rpe_array_destroy(&norms);
    rpe_array_destroy(&wanted);
    rpe_array_destroy(&simplex);
}

static double inner(size_t size, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += x[i] * y[i];
    return sum;
}

/* Any two rows of a block have the cosine -1/(S-1); 11 projections of size 4 are two blocks and a part. */
static void cosines(void **state)
{
    (void)state;
    static const size_t sizes[] = {2, 3, 4, 16};
    double rows[40 * 16];
    for (size_t i = 0; i < 4; i++) {
        size_t size = sizes[i], count = 2 * size + (size + 1) / 2;
        rpe_workspace workspace = {0};
        rpe_error error;
        rpe_test_ok(
            rpe_workspace_create(&workspace, rpe_projection_simplex.workspace_bytes(count, size), &error),
            &error);
        fill_nan(count * size, rows);
        rpe_projection_simplex.draw(count, size, (rpe_stream){.seed = 3}, rows, &workspace);
        for (size_t f = 0; f < count; f++)
            for (size_t g = f / size * size; g < f; g++) {
                const double *x = rows + f * size, *y = rows + g * size;
                double cosine = inner(size, x, y) / sqrt(inner(size, x, x) * inner(size, y, y));
                assert_true(fabs(cosine + 1 / ((double)size - 1)) < 1e-13);
            }
        rpe_workspace_destroy(&workspace);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden_block), cmocka_unit_test(cosines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
