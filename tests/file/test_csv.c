#include "rpe_test.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "file/csv.h"

static const char *directory;

static int directory_make(void **state)
{
    (void)state;
    static char path[4096];
    snprintf(path, sizeof path, "%s", rpe_test_directory("csv"));
    directory = path;
    return 0;
}

static const char *inside(const char *name)
{
    static char path[8192];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static const char *file_write(const char *content, size_t length)
{
    const char *path = inside("r.csv");
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(content, 1, length, stream), length);
    assert_int_equal(fclose(stream), 0);
    return path;
}

static void assert_refused(const char *content, const char *message)
{
    rpe_error error = {""};
    rpe_csv csv = {.rows = 77};
    assert_int_equal(rpe_csv_read(&csv, file_write(content, strlen(content)), &error), RPE_ERROR_INPUT);
    assert_int_equal(csv.rows, 77);
    if (strstr(error.message, message) == NULL || strstr(error.message, "r.csv") == NULL)
        fail_msg("\"%s\" does not name \"%s\" and r.csv", error.message, message);
}

static void test_written_bytes(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {0};
    const char *const header[] = {"a", "b c", "d"}, *const row[] = {"1,5", "say \"x\"", ""},
                      *const alone[] = {""};
    char found[128] = "";
    const char *path = inside("w.csv");
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, 3, header, &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, 3, row, &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, 1, alone, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    found[fread(found, 1, sizeof found - 1, stream)] = '\0';
    fclose(stream);
    assert_string_equal(found, "a,b c,d\n\"1,5\",\"say \"\"x\"\"\",\n\"\"\n");
}

static void test_read(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_csv csv = {0};
    const char content[] = "name,value,note\r\nx,1.5,\n\"a,\"\"b\"\"\n\",-2e3,text\nlast,,inf";
    rpe_test_ok(rpe_csv_read(&csv, file_write(content, sizeof content - 1), &error), &error);
    assert_int_equal(csv.columns, 3);
    assert_int_equal(csv.rows, 3);
    assert_int_equal(rpe_csv_column(&csv, "value"), 1);
    assert_int_equal(rpe_csv_column(&csv, "note"), 2);
    assert_int_equal(rpe_csv_column(&csv, "absent"), 3);
    assert_string_equal(rpe_csv_cell(&csv, 0, 0), "x");
    assert_string_equal(rpe_csv_cell(&csv, 0, 2), "");
    assert_string_equal(rpe_csv_cell(&csv, 1, 0), "a,\"b\"\n");
    assert_string_equal(rpe_csv_cell(&csv, 2, 2), "inf");
    assert_true(rpe_csv_number(&csv, 0, 1) == 1.5);
    assert_true(rpe_csv_number(&csv, 1, 1) == -2000.0);
    assert_true(isnan(rpe_csv_number(&csv, 2, 1)));
    assert_true(isnan(rpe_csv_number(&csv, 1, 2)));
    rpe_csv_destroy(&csv);
    assert_null(csv.names);
}

static void test_read_small(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_csv csv = {0};
    rpe_test_ok(rpe_csv_read(&csv, file_write("a,b", 3), &error), &error);
    assert_int_equal(csv.columns, 2);
    assert_int_equal(csv.rows, 0);
    rpe_csv_destroy(&csv);
    rpe_test_ok(rpe_csv_read(&csv, file_write("a\n\n\"\"\n", 6), &error), &error);
    assert_int_equal(csv.columns, 1);
    assert_int_equal(csv.rows, 2);
    assert_string_equal(rpe_csv_cell(&csv, 1, 0), "");
    rpe_csv_destroy(&csv);
    rpe_test_ok(rpe_csv_read(&csv, file_write("a,b\n1,", 6), &error), &error);
    assert_string_equal(rpe_csv_cell(&csv, 0, 1), "");
    rpe_csv_destroy(&csv);
}

static void test_refused(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_csv csv = {0};
    assert_refused("", "found an empty file");
    assert_refused("a,b\n1,2\n3\n", "r.csv:3: expected 2 fields as in the header, found 1");
    assert_refused("a,b\n1,2,3\n", "r.csv:2: expected as many fields as in the header, found more");
    assert_refused("a,b\n\"1\n2\",3\n4\n", "r.csv:4: expected 2 fields");
    assert_refused("a,b\n1,\"2\n3\n", "r.csv:2: expected a closing quote, found the end of the file");
    assert_refused("a,b\n1,\"2\"3\n",
                   "r.csv:2: expected a comma or the end of the line after a field, found other text");
    assert_refused("a,b\n1,2\"3\n", "found a quote");
    assert_int_equal(rpe_csv_read(&csv, file_write("a,b\n1,\0\n", 8), &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "found binary content"));
    assert_int_equal(rpe_csv_read(&csv, directory, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "found a directory"));
    assert_int_equal(rpe_csv_read(&csv, inside("missing.csv"), &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "missing.csv: expected a readable file, found: No such file"));
}

/* Field number i of all of one and two bytes, 1 to 255 each; beyond them, the first again. */
#define FIELDS (255 + 255 * 255)
#define FIELDS_OF_LINE 51

static void field_make(size_t i, char field[3])
{
    field[0] = (char)(unsigned char)(i < 255 ? i + 1 : (i - 255) / 255 + 1);
    field[1] = (char)(unsigned char)(i < 255 ? 0 : (i - 255) % 255 + 1);
    field[2] = '\0';
}

/* `columns` fields a line; each line is written and read back as header and as row. */
static void fields_pass(size_t columns)
{
    static char fields[FIELDS_OF_LINE][3];
    const char *pointers[FIELDS_OF_LINE], *path = inside("fields.csv");
    rpe_error error = {""};
    rpe_output output = {0};
    rpe_csv csv = {0};
    size_t lines = (FIELDS + columns - 1) / columns;
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    for (size_t line = 0; line < lines; line++) {
        for (size_t i = 0; i < columns; i++) {
            field_make((line * columns + i) % FIELDS, fields[i]);
            pointers[i] = fields[i];
        }
        rpe_test_ok(rpe_csv_write_line(&output, columns, pointers, &error), &error);
    }
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    rpe_test_ok(rpe_csv_read(&csv, path, &error), &error);
    assert_int_equal(csv.columns, columns);
    assert_int_equal(csv.rows, lines - 1);
    for (size_t i = 0; i < lines * columns; i++) {
        char expected[3];
        field_make(i % FIELDS, expected);
        const char *found = i < columns ? csv.names[i] : rpe_csv_cell(&csv, i / columns - 1, i % columns);
        if (strcmp(found, expected) != 0)
            fail_msg("%zu columns, field %zu: expected %02x %02x, found %s", columns, i,
                     (unsigned)(unsigned char)expected[0], (unsigned)(unsigned char)expected[1], found);
    }
    rpe_csv_destroy(&csv);
}

static void test_every_short_field(void **state)
{
    (void)state;
    fields_pass(FIELDS_OF_LINE);
    fields_pass(2);
    fields_pass(1);
}

static void test_number_text(void **state)
{
    (void)state;
    char text[RPE_NUMBER_CAPACITY];
    assert_string_equal(rpe_number_text(0.1, text), "0.1");
    assert_string_equal(rpe_number_text(1.0, text), "1");
    assert_string_equal(rpe_number_text(-0.0, text), "-0");
    assert_string_equal(rpe_number_text(0.1 + 0.2, text), "0.30000000000000004");
    assert_string_equal(rpe_number_text(1e300, text), "1e+300");
    assert_string_equal(rpe_number_text(NAN, text), "");
    assert_string_equal(rpe_number_text(INFINITY, text), "");
    const double corners[] = {DBL_MAX,       -DBL_MAX,    DBL_MIN,  DBL_TRUE_MIN,
                              -DBL_TRUE_MIN, DBL_EPSILON, 1.0 / 3.0};
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
        assert_true(strtod(rpe_number_text(corners[i], text), NULL) == corners[i]);
    for (uint64_t i = 0; i < 20000; i++) {
        const double number = ldexp(rpe_test_number(3, i), (int)(i % 2000) - 1000);
        assert_true(strtod(rpe_number_text(number, text), NULL) == number);
    }
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    const char *path = file_write("a,b\n1,2\n", 8);
    const size_t held = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    uint64_t n = 0;
    while (status != RPE_OK) {
        rpe_error error = {""};
        rpe_csv csv = {0};
        rpe_memory_fail_from(++n);
        status = rpe_csv_read(&csv, path, &error);
        rpe_memory_fail_from(0);
        if (status != RPE_OK)
            assert_int_equal(status, RPE_ERROR_MEMORY);
        rpe_csv_destroy(&csv);
        assert_int_equal(rpe_memory_usage_now().current, held);
    }
    assert_int_equal(n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_short_field),
        cmocka_unit_test(test_written_bytes),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_small),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_number_text),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, directory_make, NULL);
}
