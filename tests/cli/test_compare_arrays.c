/* compare of two arrays: tolerances of types, and where and how arrays differ. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/npy.h"
#include "rpe_test.h"

#define TEXT_CAPACITY 16384

static char text[TEXT_CAPACITY]; /* what the last command said */

/* Exit status of `compare` with these words; what it says goes to text. */
static int compare(const char *words)
{
    char line[TEXT_CAPACITY];
    FILE *stream = fopen("stdout", "w+");
    assert_non_null(stream);
    snprintf(line, sizeof line, "compare %s", words);
    int status = rpe_test_program_run(line, fileno(stream), fileno(stream));
    rewind(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    return status;
}

/* ---- types ---- */

#define HALVES                                                                                               \
    0x7000 /* from 2^-14 on, below the infinite ones: normal numbers that have a successor of their kind */

/* An .npy of one axis by hand, as the library writes no halves. */
static void halves_write(const char *path, size_t count, const uint16_t *halves)
{
    char dictionary[118];
    snprintf(dictionary, sizeof dictionary, "{'descr': '<f2', 'fortran_order': False, 'shape': (%zu,), }",
             count);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, stream), 10);
    fprintf(stream, "%-117s\n", dictionary);
    assert_int_equal(fwrite(halves, sizeof *halves, count, stream), count);
    assert_int_equal(fclose(stream), 0);
}

/* Neighbours are what two roundings of one number are at worst: every normal half, and the one `steps` after it. */
static void test_every_half(void **state)
{
    (void)state;
    static uint16_t halves[HALVES];
    for (size_t steps = 0; steps <= 3; steps++) {
        for (size_t i = 0; i < HALVES; i++)
            halves[i] = (uint16_t)(0x0400 + i + steps);
        halves_write(steps == 0 ? "ref.npy" : "mine.npy", HALVES, halves);
        if (steps > 0)
            assert_int_equal(compare("ref.npy mine.npy"), steps == 1 ? 0 : 1);
        if (steps > 0)
            assert_non_null(strstr(text, "(float16)"));
    }
    assert_int_equal(compare("ref.npy mine.npy --dtype bfloat16"), 0); /* 3 2^-10 < 1.6e-2 */
    assert_int_equal(compare("ref.npy mine.npy --dtype float32"), 1);
}

/* The same of bfloat16, whose bits are the upper ones of single precision: from 2^-7, where the absolute part is small beside a
   step, to 2^8. */
static void test_every_bfloat16(void **state)
{
    (void)state;
    enum { FIRST = 0x3C00, COUNT = 15 * 128 };
    for (uint32_t steps = 0; steps <= 3; steps++) {
        rpe_array array = {0};
        rpe_error error = {""};
        rpe_test_ok(rpe_array_create(&array, RPE_SINGLE, 1, (const size_t[]){COUNT}, "bfloat16", &error),
                    &error);
        for (uint32_t i = 0; i < COUNT; i++) {
            uint32_t bits = (FIRST + i + steps) << 16;
            memcpy((float *)array.values + i, &bits, sizeof bits);
        }
        rpe_test_ok(rpe_npy_write(steps == 0 ? "ref.npy" : "mine.npy", &array, &error), &error);
        rpe_array_destroy(&array);
        if (steps > 0)
            assert_int_equal(compare("ref.npy mine.npy --dtype bfloat16"), steps <= 2 ? 0 : 1);
        if (steps > 0)
            assert_int_equal(compare("ref.npy mine.npy --dtype float16"), 1);
    }
}

/* ---- where, and how ---- */

enum { N = 7, H = 3, D = 4, COUNT = N * H * D };

/* ref.npy, and mine.npy which differs from it: in head 1, which is late by one; the axes in any order. */
static void late_write(const char *layout)
{
    const size_t extents[] = {N, H, D};
    static const char letters[] = "nhd";
    for (size_t side = 0; side < 2; side++) {
        rpe_array array = {0};
        rpe_error error = {""};
        size_t shape[3];
        for (size_t axis = 0; axis < 3; axis++)
            shape[axis] = extents[strchr(letters, layout[axis]) - letters];
        rpe_test_ok(rpe_array_create(&array, RPE_SINGLE, 3, shape, "late", &error), &error);
        for (size_t i = 0; i < COUNT; i++) {
            size_t index[3], flat = i;
            for (size_t axis = 3; axis-- > 0; flat /= shape[axis])
                index[strchr(letters, layout[axis]) - letters] = flat % shape[axis];
            size_t n = side == 1 && index[1] == 1 ? (index[0] + N - 1) % N : index[0];
            ((float *)array.values)[i] = (float)rpe_test_number(1, (n * H + index[1]) * D + index[2]);
        }
        rpe_test_ok(rpe_npy_write(side == 0 ? "ref.npy" : "mine.npy", &array, &error), &error);
        rpe_array_destroy(&array);
    }
}

static void expect_in(const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, text);
}

/* The same in every order of the axes. */
static void test_layouts(void **state)
{
    (void)state;
    static const char *const layouts[] = {"nhd", "hnd", "ndh", "dnh", "hdn", "dhn"};
    static const char *const shapes[] = {"[7,3,4]", "[3,7,4]", "[7,4,3]", "[4,7,3]", "[3,4,7]", "[4,3,7]"};
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        char words[128], reading[128];
        late_write(layouts[i]);
        snprintf(words, sizeof words, "ref.npy mine.npy --layout %s", layouts[i]);
        snprintf(reading, sizeof reading, "ref.npy: %s read as N = 7 positions, H = 3 heads, D = 4\n",
                 shapes[i]);
        assert_int_equal(compare(words), 1);
        expect_in(reading);
        expect_in("positions 0 to 6 of 7");
        expect_in("head 1 of 3");
        expect_in("by head                        1: 28 of 28 elements");
        expect_in("by position                    0: 4 of 12 elements");
        expect_in("explained by                   in head 1 of 3: shifted: every position is late by 1");
    }
}

/* Read as [N,H,D] where nothing is said; more heads than positions are warned of, and a swapped shape is told. */
static void test_reading(void **state)
{
    (void)state;
    late_write("dnh"); /* [4,7,3] */
    assert_int_equal(compare("ref.npy mine.npy"), 1);
    expect_in("ref.npy: [4,7,3] read as N = 4 positions, H = 7 heads, D = 3\n");
    expect_in(
        "warning: ref.npy: 7 heads and 4 positions: where the axes are [H,N,D], --layout hnd is needed\n");
    compare("ref.npy mine.npy --layout nhd");
    assert_null(strstr(text, "warning"));
    assert_int_equal(rename("ref.npy", "other.npy"), 0);
    late_write("ndh");
    assert_int_equal(compare("other.npy ref.npy"), 2);
    expect_in("ref.npy: expected shape [4,7,3] as other.npy, found [7,4,3]; with axes 0 and 1 swapped it has "
              "that shape\n");
}

static void test_first_and_worst(void **state)
{
    (void)state;
    static const double mine[] = {1, 2.5, 3, 4, 5, -2};
    static const double reference[] = {1, 2, 3, 4, 5, 6};
    const size_t shape[] = {2, 3};
    for (size_t side = 0; side < 2; side++) {
        rpe_array array = {.precision = RPE_DOUBLE, .rank = 2, .shape = {2, 3}};
        rpe_error error = {""};
        rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, 2, shape, "worst", &error), &error);
        memcpy(array.values, side == 0 ? reference : mine, sizeof mine);
        rpe_test_ok(rpe_npy_write(side == 0 ? "ref.npy" : "mine.npy", &array, &error), &error);
        rpe_array_destroy(&array);
    }
    assert_int_equal(compare("ref.npy mine.npy"), 1);
    expect_in("largest absolute difference    8           at [1,2]: expected 6, found -2\n");
    expect_in("first beyond it                at [0,1]: expected 2, found 2.5\n");
    expect_in("beyond it are                  axis-0 slices 0 to 1 of 2, axis-1 slices 1 to 2 of 3\n");
    expect_in("by axis-1 slice                1: 1 of 2 elements, largest difference 0.5\n");
    expect_in("explained by                   none of the usual errors (zero, ");
    assert_int_equal(compare("ref.npy mine.npy --tolerance 8"), 0);
    assert_null(strstr(text, "explained by"));
}

/* Numbers that are not finite agree where they are the same, and are refused where they are not. */
static void test_not_finite(void **state)
{
    (void)state;
    static const double numbers[][3] = {
        {1, NAN, -INFINITY}, {1, NAN, -INFINITY}, {1, NAN, INFINITY}, {1, 2, -INFINITY}};
    const size_t shape[] = {3};
    for (size_t i = 0; i < 4; i++) {
        rpe_array array = {0};
        rpe_error error = {""};
        rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, 1, shape, "nan", &error), &error);
        memcpy(array.values, numbers[i], sizeof numbers[i]);
        rpe_test_ok(rpe_npy_write(i == 0 ? "ref.npy" : "mine.npy", &array, &error), &error);
        rpe_array_destroy(&array);
        if (i > 0)
            assert_int_equal(compare("ref.npy mine.npy"), i == 1 ? 0 : 2);
        if (i == 1)
            expect_in("not finite                     2 of 3 elements, the same in both");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_half),      cmocka_unit_test(test_every_bfloat16),
        cmocka_unit_test(test_layouts),         cmocka_unit_test(test_reading),
        cmocka_unit_test(test_first_and_worst), cmocka_unit_test(test_not_finite)};
    if (chdir(rpe_test_directory("compare-arrays")) != 0) {
        perror(RPE_TEST_PROGRAM);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
