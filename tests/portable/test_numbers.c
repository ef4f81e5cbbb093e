/* What two builds of `numbers` compute: with the processor's instructions, and with those of every processor.  Random numbers
   are the same bits.  The rest differs by rounding, since FMA rounds once where others round twice: by less than some fifty
   roundings in single and some hundred in double, of the largest number of the part. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpe_test.h"

#define SINGLE_MOST 5e-6 /* of the largest number */
#define DOUBLE_MOST 5e-14

typedef struct numbers {
    size_t count;
    double *values;
} numbers;

static numbers run(const char *program, const char *name)
{
    char command[4096];
    numbers read;
    snprintf(command, sizeof command,
             "'%s' '%s' '" RPE_TEST_SOURCE "/tests/portable/sine_gated.json' '" RPE_TEST_SOURCE
             "/tests/portable/conv_gated.json'",
             program, name);
    assert_int_equal(system(command), 0);
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    read.count = (size_t)ftell(file) / sizeof *read.values;
    rewind(file);
    read.values = malloc(read.count * sizeof *read.values);
    assert_non_null(read.values);
    assert_int_equal(fread(read.values, sizeof *read.values, read.count, file), read.count);
    fclose(file);
    return read;
}

static void portable_agrees(void **state)
{
    numbers own = run(RPE_TEST_NUMBERS, "numbers.bin");
    numbers portable = run(RPE_TEST_NUMBERS_PORTABLE, "numbers_portable.bin");
    size_t at = 1 + (size_t)own.values[0], parts = 0;
    double largest[2] = {0.0, 0.0};
    (void)state;
    assert_int_equal(own.count, portable.count);
    assert_memory_equal(own.values, portable.values, at * sizeof *own.values);
    for (; at < own.count; parts++) {
        size_t precision = own.values[at] > 0.0, count = (size_t)own.values[at + 1];
        assert_memory_equal(own.values + at, portable.values + at, 2 * sizeof *own.values);
        double error = rpe_test_error(count, portable.values + at + 2, own.values + at + 2);
        largest[precision] = fmax(largest[precision], error);
        at += 2 + count;
    }
    printf("%zu parts, largest difference %.1e in single, %.1e in double\n", parts, largest[0], largest[1]);
    assert_true(parts > 100);
    assert_true(largest[0] < SINGLE_MOST);
    assert_true(largest[1] < DOUBLE_MOST);
    free(own.values);
    free(portable.values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(portable_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
