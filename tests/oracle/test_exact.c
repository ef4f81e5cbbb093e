/* The oracle against what is known of it: a position that says nothing, one key, rotated vectors, shifts, segments and masks. */
#include <math.h>
#include <string.h>

#include "oracle/exact.h"
#include "rpe_test.h"

#define HEADS 2
#define SIZE 4
#define VALUES 3
#define MOST 9
#define COUNT (MOST * HEADS * SIZE)

static rpe_positions line(size_t count)
{
    rpe_positions positions;
    rpe_error error;
    rpe_test_ok(rpe_positions_make(&positions, 1, &count, "positions", &error), &error);
    return positions;
}

static void numbers(uint64_t seed, double *x)
{
    for (size_t i = 0; i < COUNT; i++)
        x[i] = 2 * rpe_test_number(seed, i);
}

static rpe_kernel *kernel_read(const char *text)
{
    static char path[512];
    rpe_kernel *kernel = NULL;
    rpe_error error;
    snprintf(path, sizeof path, "%s/kernel.json", rpe_test_directory("exact"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    rpe_test_ok(rpe_kernel_read(&kernel, path, &error), &error);
    return kernel;
}

static void attend(const rpe_exact_settings *settings, const double *q, const double *k, const double *v,
                   double *o, int threads)
{
    rpe_exact *exact = NULL;
    rpe_workspace *workspaces = NULL;
    rpe_error error;
    rpe_test_spoil(o, settings->queries.count * HEADS * VALUES * sizeof *o);
    rpe_test_ok(rpe_exact_create(&exact, settings, threads, &error), &error);
    rpe_test_ok(rpe_workspaces_create(&workspaces, threads, rpe_exact_workspace_bytes(exact), &error),
                &error);
    rpe_exact_apply(exact, q, k, v, o, threads, workspaces);
    rpe_workspaces_destroy(workspaces, threads);
    rpe_exact_destroy(exact);
}

static rpe_exact_settings settings_of(const rpe_kernel *kernel, size_t queries, size_t keys, bool causal)
{
    return (rpe_exact_settings){.kernel = kernel,
                                .queries = line(queries),
                                .keys = line(keys),
                                .batch = 1,
                                .heads = HEADS,
                                .size = SIZE,
                                .values = VALUES,
                                .causal = causal};
}

static void close_to(const double *a, const double *b, size_t queries)
{
    for (size_t i = 0; i < queries * HEADS * VALUES; i++)
        assert_true(fabs(a[i] - (b[i])) <= 1e-13);
}

/* Parameters at which the score is that of the vectors alone. */
static const char *const neutral[] = {
    "{\"type\":\"bias\",\"form\":\"alibi\",\"slope\":[0,0]}",
    "{\"type\":\"bias\",\"form\":\"table\",\"values\":[[3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3],[1,1,1,1,1,1,1,1,"
    "1,1,1,1,1,1,1,1,1]]}",
    "{\"type\":\"rotary\",\"frequency\":[0,0]}",
    "{\"type\":\"bias\",\"form\":\"cosine\",\"weight\":[[0],[0]],\"frequency\":[[0.1],[0.1]],\"phase\":[[0],["
    "0]]}",
};

static void without_position(void **state)
{
    (void)state;
    static double q[COUNT], k[COUNT], v[COUNT], plain[COUNT], with[COUNT];
    numbers(1, q), numbers(2, k), numbers(3, v);
    for (size_t i = 0; i < sizeof neutral / sizeof neutral[0]; i++) {
        rpe_kernel *kernel = kernel_read(neutral[i]);
        for (int causal = 0; causal < 2; causal++) {
            rpe_exact_settings settings = settings_of(NULL, 7, 9, causal == 1);
            attend(&settings, q, k, v, plain, 1);
            settings.kernel = kernel;
            attend(&settings, q, k, v, with, 2);
            close_to(plain, with, 7);
        }
        rpe_kernel_destroy(kernel);
    }
}

/* Turning the vectors by hand, one angle a pair, and forgetting the position. */
static void rotation_of_vectors(void **state)
{
    (void)state;
    static double q[COUNT], k[COUNT], v[COUNT], turned[2][COUNT], one[COUNT], other[COUNT];
    numbers(4, q), numbers(5, k), numbers(6, v);
    rpe_kernel *kernel = kernel_read("{\"type\":\"rotary\",\"frequency\":[0.7,0.05],\"layout\":\"halves\"}");
    static const double frequency[] = {0.7, 0.05};
    const double *given[] = {q, k};
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < MOST * HEADS; i++)
            for (size_t j = 0; j < 2; j++) {
                const double *x = given[side] + i * SIZE;
                double *y = turned[side] + i * SIZE, angle = (double)(i / HEADS) * frequency[j];
                y[j] = x[j] * cos(angle) - x[j + 2] * sin(angle);
                y[j + 2] = x[j] * sin(angle) + x[j + 2] * cos(angle);
            }
    rpe_exact_settings settings = settings_of(kernel, 9, 9, false);
    attend(&settings, q, k, v, one, 2);
    settings.kernel = NULL;
    attend(&settings, turned[0], turned[1], v, other, 1);
    close_to(one, other, 9);
    rpe_kernel_destroy(kernel);
}

/* Positions that are all moved by as much change nothing, and those of the grid may be given. */
static void shifted_positions(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"type\":\"bias\",\"form\":\"alibi\",\"heads\":2}", "{\"type\":\"rotary\",\"base\":100,\"size\":4}",
        "{\"type\":\"bias\",\"form\":\"kerple-log\",\"a\":[1,2],\"p\":[1,0.5]}"};
    static double q[COUNT], k[COUNT], v[COUNT], one[COUNT], other[COUNT];
    numbers(7, q), numbers(8, k), numbers(9, v);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        rpe_kernel *kernel = kernel_read(texts[i]);
        for (int shift = 0; shift < 2; shift++) {
            double at[MOST];
            for (size_t m = 0; m < MOST; m++)
                at[m] = (double)m + 1000.0 * shift;
            rpe_exact_settings settings = settings_of(kernel, 8, 9, true);
            attend(&settings, q, k, v, one, 1);
            settings.queries.given = settings.keys.given = at;
            attend(&settings, q, k, v, other, 1);
            for (size_t e = 0; e < 8 * HEADS * VALUES; e++)
                assert_true(fabs(one[e] - (other[e])) <= 1e-11);
        }
        rpe_kernel_destroy(kernel);
    }
}

/* Packed sequences are those sequences, and one key's value is the output. */
static void segments_apart(void **state)
{
    (void)state;
    static double q[COUNT], k[COUNT], v[COUNT], packed[COUNT], alone[COUNT];
    static const size_t segment[MOST] = {0, 0, 0, 2, 2, 2, 2, 5, 6}, first[] = {0, 3, 7, 8, 9};
    numbers(10, q), numbers(11, k), numbers(12, v);
    rpe_kernel *kernel = kernel_read("{\"type\":\"bias\",\"form\":\"alibi\",\"heads\":2}");
    for (int causal = 0; causal < 2; causal++) {
        rpe_exact_settings settings = settings_of(kernel, 9, 9, causal == 1);
        settings.queries.segment = settings.keys.segment = segment;
        attend(&settings, q, k, v, packed, 2);
        for (size_t s = 0; s < 4; s++) {
            size_t at = first[s] * HEADS, count = first[s + 1] - first[s];
            settings = settings_of(kernel, count, count, causal == 1);
            attend(&settings, q + at * SIZE, k + at * SIZE, v + at * VALUES, alone, 1);
            close_to(packed + at * VALUES, alone, count);
            if (count == 1)
                close_to(packed + at * VALUES, v + at * VALUES, 1);
        }
    }
    rpe_kernel_destroy(kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_position),
                                       cmocka_unit_test(rotation_of_vectors),
                                       cmocka_unit_test(shifted_positions), cmocka_unit_test(segments_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
