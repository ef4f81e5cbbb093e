#include "rpe_test.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "file/npy.h"

static const char *directory;

static int directory_make(void **state)
{
    (void)state;
    static char path[4096];
    snprintf(path, sizeof path, "%s", rpe_test_directory("npy"));
    directory = path;
    return 0;
}

static const char *inside(const char *name)
{
    static char path[8192];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static const char *file_write(const char *name, const void *bytes, size_t count)
{
    const char *path = inside(name);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, count, stream), count);
    assert_int_equal(fclose(stream), 0);
    return path;
}

/* A file of the version with this dictionary, as it is, and the data behind it. */
static const char *npy_make(int version, const char *dictionary, const void *data, size_t bytes)
{
    static unsigned char file[1 << 20];
    const size_t length = strlen(dictionary), start = version == 1 ? 10 : 12;
    const unsigned char prefix[12] = {0x93,
                                      'N',
                                      'U',
                                      'M',
                                      'P',
                                      'Y',
                                      (unsigned char)version,
                                      0,
                                      (unsigned char)length,
                                      (unsigned char)(length >> 8)};
    assert_true(start + length + bytes <= sizeof file);
    memcpy(file, prefix, start);
    memcpy(file + start, dictionary, length);
    if (bytes > 0)
        memcpy(file + start + length, data, bytes);
    return file_write("made.npy", file, start + length + bytes);
}

static void assert_refused(const char *path, rpe_npy_precision precision, rpe_status expected,
                           const char *message)
{
    rpe_error error = {""};
    rpe_array array = {.rank = 77};
    assert_int_equal(rpe_npy_read(path, precision, &array, &error), expected);
    assert_int_equal(array.rank, 77);
    if (strstr(error.message, message) == NULL || strstr(error.message, path) == NULL)
        fail_msg("\"%s\" does not name \"%s\" and %s", error.message, message, path);
}

static void assert_header_refused(const char *dictionary, const char *message)
{
    const double data[6] = {1, 2, 3, 4, 5, 6};
    assert_refused(npy_make(1, dictionary, data, sizeof data), RPE_NPY_DOUBLE, RPE_ERROR_INPUT, message);
}

static void assert_header_taken(int version, const char *dictionary, size_t rank, size_t first)
{
    rpe_error error = {""};
    rpe_array array = {0};
    const double data[6] = {1, 2, 3, 4, 5, 6};
    size_t count = 1;
    const char *path = npy_make(version, dictionary, data, (rank == 0 ? 1 : 6) * sizeof *data);
    rpe_test_ok(rpe_npy_read(path, RPE_NPY_DOUBLE, &array, &error), &error);
    assert_int_equal(array.rank, rank);
    for (size_t axis = 0; axis < rank; axis++)
        count *= array.shape[axis];
    assert_int_equal(count, rank == 0 ? 1 : 6);
    assert_true(rank == 0 || array.shape[0] == first);
    assert_memory_equal(array.values, data, count * sizeof *data);
    rpe_array_destroy(&array);
}

/* What numpy.save writes for numpy.array([[1.0, -2.0]]): 128 bytes, then 1.0 and -2.0. */
static const unsigned char whole[144] =
    "\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }"
    "                                                          \n"
    "\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\x00\xc0";

static void test_written_bytes(void **state)
{
    (void)state;
    rpe_error error = {""};
    double values[2] = {1.0, -2.0};
    const rpe_array array = {.precision = RPE_DOUBLE, .rank = 2, .shape = {1, 2}, .values = values};
    unsigned char found[256];
    const char *path = inside("written.npy");
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    const size_t count = fread(found, 1, sizeof found, stream);
    fclose(stream);
    assert_int_equal(count, sizeof whole);
    assert_memory_equal(found, whole, sizeof whole);
}

static void test_read_bytes(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_array array = {0};
    rpe_test_ok(rpe_npy_read(file_write("whole.npy", whole, sizeof whole), RPE_NPY_AS_STORED, &array, &error),
                &error);
    assert_int_equal(array.precision, RPE_DOUBLE);
    assert_int_equal(array.rank, 2);
    assert_int_equal(array.shape[0], 1);
    assert_int_equal(array.shape[1], 2);
    assert_true(((double *)array.values)[0] == 1.0 && ((double *)array.values)[1] == -2.0);
    rpe_array_destroy(&array);
}

static void round_trip(rpe_precision stored, rpe_npy_precision wanted, size_t rank, const size_t *shape)
{
    rpe_error error = {""};
    rpe_array array = {0}, back = {0};
    const char *path = inside("round.npy");
    rpe_test_ok(rpe_array_create(&array, stored, rank, shape, "array", &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        if (stored == RPE_SINGLE)
            ((float *)array.values)[i] = (float)rpe_test_number(1, i);
        else
            ((double *)array.values)[i] = rpe_test_number(1, i);
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(((size_t)file.st_size - rpe_array_count(&array) * rpe_precision_size(stored)) % 64, 0);
    rpe_test_ok(rpe_npy_read(path, wanted, &back, &error), &error);
    assert_int_equal(back.precision, wanted == RPE_NPY_AS_STORED ? (int)stored : (int)wanted);
    assert_int_equal(back.rank, rank);
    assert_memory_equal(back.shape, array.shape, rank * sizeof *shape);
    for (size_t i = 0; i < rpe_array_count(&array); i++) {
        const double number = rpe_test_number(1, i);
        if (back.precision == RPE_SINGLE)
            assert_true(((float *)back.values)[i] == (float)number);
        else
            assert_true(((double *)back.values)[i] ==
                        (stored == RPE_SINGLE ? (double)(float)number : number));
    }
    rpe_array_destroy(&back);
    rpe_array_destroy(&array);
}

static void test_round_trips(void **state)
{
    (void)state;
    const size_t shapes[][RPE_RANK_MAX] = {
        {1}, {5}, {3, 4}, {2, 3, 5}, {8193, 1}, {3, 8192}, {1, 1, 2, 1, 3, 1, 1, 2}};
    const size_t ranks[] = {0, 1, 2, 3, 2, 2, 8};
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        for (int stored = RPE_SINGLE; stored <= RPE_DOUBLE; stored++)
            for (int wanted = RPE_NPY_SINGLE; wanted <= RPE_NPY_AS_STORED; wanted++)
                round_trip((rpe_precision)stored, (rpe_npy_precision)wanted, ranks[i], shapes[i]);
}

static void test_golden(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_array array = {0};
    rpe_test_ok(rpe_npy_read(rpe_test_golden("encode_sine.q.npy"), RPE_NPY_DOUBLE, &array, &error), &error);
    assert_int_equal(array.rank, 3);
    assert_int_equal(array.shape[0], 7);
    assert_int_equal(array.shape[1], 2);
    assert_int_equal(array.shape[2], 3);
    /* The eight bytes behind the header are bc ed 05 fe 5f 2e eb 3f. */
    assert_true(((double *)array.values)[0] == 0x1.b2e5ffe05edbcp-1);
    rpe_array_destroy(&array);
}

static void test_headers_taken(void **state)
{
    (void)state;
    assert_header_taken(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n", 2, 2);
    assert_header_taken(2, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }   \n", 2, 2);
    assert_header_taken(1, "{\"shape\":(6,),\"fortran_order\":False,\"descr\":\"<f8\"}", 1, 6);
    assert_header_taken(1, " { 'fortran_order' : False , 'shape' : ( 3L , 2L , ) , 'descr' : '<f8' , } ", 2,
                        3);
    assert_header_taken(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", 0, 0);
    assert_header_taken(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 2, 3), }", 8,
                        1);
}

static void test_headers_refused(void **state)
{
    (void)state;
    assert_header_refused("{'descr': '>f8', 'fortran_order': False, 'shape': (6,)}",
                          "'<f2', '<f4' or '<f8', found '>f8'");
    assert_header_refused("{'descr': '<i8', 'fortran_order': False, 'shape': (6,)}", "found '<i8'");
    assert_header_refused("{'descr': '|O', 'fortran_order': False, 'shape': (6,)}", "found '|O'");
    assert_header_refused("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6,)}", "found [('a'");
    assert_header_refused("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3)}", "found Fortran order");
    assert_header_refused("{'descr': '<f8', 'fortran_order': 0, 'shape': (6,)}",
                          "expected fortran_order False");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (6)}", "found a number");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': 6}", "expected a shape");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (-6,)}", "expected an extent");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (2 3)}", "expected ',' or ')'");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (,)}", "expected an extent");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (6,", "found its end");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3)}", "found shape [0,3]");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,6)}",
                          "found 9");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
                          "fits in memory, found [4294967296,4294967296]");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                          "fits in memory");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False}", "expected the key 'shape'");
    assert_header_refused("{'descr': '<f8', 'shape': (6,)}", "expected the key 'fortran_order'");
    assert_header_refused("{'shape': (6,), 'fortran_order': False}", "expected the key 'descr'");
    assert_header_refused("{'descr': '<f8', 'descr': '<f8', 'shape': (6,)}", "found 'descr'");
    assert_header_refused("{'descr': '<f8', 'more': 1}", "found 'more'");
    assert_header_refused("{'descr: ", "one each of");
    assert_header_refused("{'descr' '<f8'}", "expected ':'");
    assert_header_refused("{'descr': '<f8' 'shape': (6,)}", "expected ',' or '}'");
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (6,)} x", "nothing after");
    assert_header_refused("", "expected '{'");
    assert_header_refused("[]", "expected '{'");
}

static void test_prefixes_refused(void **state)
{
    (void)state;
    const char *path = file_write("empty.npy", "", 0);
    assert_refused(path, RPE_NPY_DOUBLE, RPE_ERROR_INPUT, "found an empty file");
    for (size_t count = 1; count < 10; count++)
        assert_refused(file_write("short.npy", whole, count), RPE_NPY_DOUBLE, RPE_ERROR_INPUT, "expected a");
    for (size_t count = 10; count < 128; count++)
        assert_refused(file_write("short.npy", whole, count), RPE_NPY_DOUBLE, RPE_ERROR_INPUT,
                       "the file ends in it");
    assert_refused(file_write("text.npy", "1 2 3 4 5 6 7 8", 15), RPE_NPY_DOUBLE, RPE_ERROR_INPUT,
                   "found other content");
    assert_refused(npy_make(3, "{}", "", 0), RPE_NPY_DOUBLE, RPE_ERROR_INPUT, "1.0 or 2.0, found 3.0");
    static const unsigned char hostile[] = "\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'";
    rpe_memory_peak_reset();
    const size_t before = rpe_memory_usage_now().peak;
    assert_refused(file_write("hostile.npy", hostile, sizeof hostile), RPE_NPY_DOUBLE, RPE_ERROR_INPUT,
                   "at most 65536 bytes, found 4294967295");
    assert_int_equal(rpe_memory_usage_now().peak, before);
}

static void test_lengths_refused(void **state)
{
    (void)state;
    unsigned char longer[sizeof whole + 1] = {0};
    memcpy(longer, whole, sizeof whole);
    assert_refused(file_write("long.npy", longer, sizeof longer), RPE_NPY_DOUBLE, RPE_ERROR_INPUT,
                   "expected 16 bytes of data for shape [1,2], found 17");
    assert_refused(file_write("cut.npy", whole, sizeof whole - 1), RPE_NPY_DOUBLE, RPE_ERROR_INPUT,
                   "found 15");
    rpe_memory_peak_reset();
    const size_t before = rpe_memory_usage_now().peak;
    assert_header_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,)}",
                          "expected 800000000000 bytes of data for shape [100000000000], found 48");
    assert_true(rpe_memory_usage_now().peak < before + 4096);
}

static void test_values_refused(void **state)
{
    (void)state;
    static double data[2][3][4000];
    const char *dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 4000)}";
    data[1][2][17] = NAN;
    const char *path = npy_make(1, dictionary, data, sizeof data);
    for (int precision = RPE_NPY_SINGLE; precision <= RPE_NPY_AS_STORED; precision++)
        assert_refused(path, (rpe_npy_precision)precision, RPE_ERROR_INPUT,
                       "expected finite numbers, found nan at [1,2,17]");
    data[1][0][0] = -INFINITY;
    assert_refused(npy_make(1, dictionary, data, sizeof data), RPE_NPY_DOUBLE, RPE_ERROR_INPUT,
                   "found -inf at [1,0,0]");
    data[0][0][1] = 1e39;
    assert_refused(npy_make(1, dictionary, data, sizeof data), RPE_NPY_SINGLE, RPE_ERROR_INPUT,
                   "fit in single precision, found 1e+39 at [0,0,1]");
    const float narrow[2] = {1.0F, INFINITY};
    path = npy_make(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", narrow, sizeof narrow);
    assert_refused(path, RPE_NPY_DOUBLE, RPE_ERROR_INPUT, "found inf at [1]");
    assert_refused(path, RPE_NPY_SINGLE, RPE_ERROR_INPUT, "found inf at [1]");
    rpe_error error = {""};
    rpe_array array = {0};
    rpe_test_ok(rpe_npy_read_any(path, RPE_NPY_DOUBLE, &array, &error), &error);
    assert_true(isinf(((double *)array.values)[1]));
    rpe_array_destroy(&array);
}

/* By its definition: (-1)^s 2^(e - 15) (1 + f/1024), and (-1)^s 2^-14 f/1024 for e = 0. */
static double half_number(unsigned half)
{
    const int exponent = (int)(half >> 10 & 31);
    const double fraction = (double)(half & 1023) / 1024, sign = half >> 15 != 0 ? -1 : 1;
    if (exponent == 31)
        return fraction == 0 ? sign * INFINITY : NAN;
    return sign * (exponent == 0 ? ldexp(fraction, -14) : ldexp(1 + fraction, exponent - 15));
}

static void test_every_half(void **state)
{
    (void)state;
    static uint16_t halves[65536];
    for (unsigned i = 0; i < 65536; i++)
        halves[i] = (uint16_t)i;
    const char *dictionary = "{'descr': '<f2', 'fortran_order': False, 'shape': (65536,)}";
    const char *path = npy_make(1, dictionary, halves, sizeof halves);
    for (int precision = RPE_NPY_SINGLE; precision <= RPE_NPY_AS_STORED; precision++) {
        rpe_error error = {""};
        rpe_array array = {0};
        rpe_test_ok(rpe_npy_read_any(path, (rpe_npy_precision)precision, &array, &error), &error);
        assert_int_equal(array.precision, precision == RPE_NPY_DOUBLE ? RPE_DOUBLE : RPE_SINGLE);
        for (unsigned i = 0; i < 65536; i++) {
            const double wanted = half_number(i), found = array.precision == RPE_SINGLE
                                                              ? (double)((float *)array.values)[i]
                                                              : ((double *)array.values)[i];
            if (isnan(wanted) ? !isnan(found) : found != wanted || signbit(found) != signbit(wanted))
                fail_msg("half %#x: expected %.9g, found %.9g", i, wanted, found);
        }
        rpe_array_destroy(&array);
    }
    assert_refused(path, RPE_NPY_DOUBLE, RPE_ERROR_INPUT, "found inf at [31744]");
    assert_refused(npy_make(1, dictionary, halves, sizeof halves - 2), RPE_NPY_DOUBLE, RPE_ERROR_INPUT,
                   "expected 131072 bytes of data");
    rpe_error error = {""};
    rpe_array array = {0};
    rpe_npy_type type = RPE_NPY_TYPE_COUNT;
    path = npy_make(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}", halves, 4);
    rpe_test_ok(rpe_npy_read_typed(path, &array, &type, &error), &error);
    assert_int_equal(type, RPE_NPY_TYPE_HALF);
    rpe_array_destroy(&array);
}

static void test_files_refused(void **state)
{
    (void)state;
    assert_refused(directory, RPE_NPY_DOUBLE, RPE_ERROR_INPUT, "found a directory");
    assert_refused(inside("missing.npy"), RPE_NPY_DOUBLE, RPE_ERROR_FILE, "found: No such file or directory");
    rpe_error error = {""};
    double value = 1.0;
    const rpe_array array = {.precision = RPE_DOUBLE, .rank = 0, .values = &value};
    assert_int_equal(rpe_npy_write(inside("missing/a.npy"), &array, &error), RPE_ERROR_FILE);
    assert_non_null(
        strstr(error.message, "missing/a.npy: expected a writable file, found: No such file or directory"));
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    const char *path = file_write("whole.npy", whole, sizeof whole);
    rpe_status status = RPE_ERROR_MEMORY;
    uint64_t n = 0;
    while (status != RPE_OK) {
        rpe_error error = {""};
        rpe_array array = {0};
        rpe_memory_fail_from(++n);
        status = rpe_npy_read(path, RPE_NPY_SINGLE, &array, &error);
        rpe_memory_fail_from(0);
        if (status != RPE_OK)
            assert_int_equal(status, RPE_ERROR_MEMORY);
        rpe_array_destroy(&array);
        assert_true(n < 100);
    }
    assert_int_equal(n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_bytes),    cmocka_unit_test(test_read_bytes),
        cmocka_unit_test(test_round_trips),      cmocka_unit_test(test_golden),
        cmocka_unit_test(test_headers_taken),    cmocka_unit_test(test_headers_refused),
        cmocka_unit_test(test_prefixes_refused), cmocka_unit_test(test_lengths_refused),
        cmocka_unit_test(test_values_refused),   cmocka_unit_test(test_every_half),
        cmocka_unit_test(test_files_refused),    cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, directory_make, NULL);
}
