/* compare of two arrays: tolerances of types, and where and how arrays differ. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpe_npy.h"
#include "rpe_test.h"

#define TEXT_CAPACITY 16384

static char text[TEXT_CAPACITY]; /* what the last command said on standard output */

/* Exit status of `compare` with these words; what it says goes to text. */
static int compare(const char *words)
{
    char line[TEXT_CAPACITY];
    FILE *stream = fopen("stdout", "w+");
    assert_non_null(stream);
    snprintf(line, sizeof line, "compare %s", words);
    int status = rpe_test_program_run(line, fileno(stream), STDERR_FILENO);
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_half),
                                       cmocka_unit_test(test_every_bfloat16)};
    if (chdir(rpe_test_directory("compare-arrays")) != 0) {
        perror(RPE_TEST_PROGRAM);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
