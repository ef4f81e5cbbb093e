#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/json.h"
#include "file/npy.h"

static const char *directory;

static int group_prepare(void **state)
{
    (void)state;
    static char path[4096];
    rpe_json_memory_install();
    snprintf(path, sizeof path, "%s", rpe_test_directory("json"));
    directory = path;
    return 0;
}

static const char *inside(const char *name)
{
    static char path[8192];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static const char *file_write(const char *content)
{
    const char *path = inside("k.json");
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(content, stream);
    assert_int_equal(fclose(stream), 0);
    return path;
}

static rpe_json document_make(const char *content)
{
    rpe_error error = {""};
    rpe_json document = {0};
    rpe_test_ok(rpe_json_read(&document, file_write(content), &error), &error);
    return document;
}

static void assert_message(const rpe_error *error, const char *message)
{
    if (strstr(error->message, message) == NULL || strstr(error->message, "k.json") == NULL)
        fail_msg("\"%s\" does not name \"%s\" and k.json", error->message, message);
}

static void assert_refused(const char *content, const char *message)
{
    rpe_error error = {""};
    rpe_json document = {0};
    assert_int_equal(rpe_json_read(&document, file_write(content), &error), RPE_ERROR_INPUT);
    assert_null(document.root);
    assert_message(&error, message);
}

static void assert_array_refused(const char *content, size_t minimum, size_t maximum, const char *message)
{
    rpe_error error = {""};
    rpe_array array = {.rank = 77};
    rpe_json document = document_make(content);
    assert_int_equal(rpe_json_array(&document, document.root, "gain", minimum, maximum, &array, &error),
                     RPE_ERROR_INPUT);
    assert_int_equal(array.rank, 77);
    if (strstr(error.message, message) == NULL)
        fail_msg("\"%s\" does not name \"%s\"", error.message, message);
    rpe_json_destroy(&document);
}

static void test_files_refused(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_json document = {0};
    assert_refused("{\"a\": 1,\n  \"b\": }", "k.json:2:8: expected JSON, found: ");
    assert_refused("{\"a\": 1, \"a\": 2}", "duplicate object key");
    assert_refused("{\"a\": 1} x", "k.json:1:");
    assert_refused("{\"a\": 1", "k.json:1:");
    assert_refused("", "k.json:1:1: expected JSON");
    assert_refused("{\"a\": 1e999}", "real number overflow");
    assert_refused("{\"a\": NaN}", "expected JSON");
    assert_refused("[1]", "expected a JSON object {...}, found a list");
    assert_int_equal(rpe_json_read(&document, inside("missing.json"), &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "missing.json: expected a readable file, found: No such file"));
    assert_int_equal(rpe_json_read(&document, directory, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "found a directory"));
}

static void test_keys(void **state)
{
    (void)state;
    rpe_error error = {""};
    const char *const allowed[] = {"type", "gain", NULL}, *const fewer[] = {"type", NULL};
    rpe_json document = document_make("{\"type\": \"sine\", \"gain\": 1}");
    rpe_test_ok(rpe_json_keys_check(&document, document.root, allowed, &error), &error);
    assert_int_equal(rpe_json_keys_check(&document, document.root, fewer, &error), RPE_ERROR_INPUT);
    assert_message(&error, "k.json: expected keys among \"type\", found \"gain\"");
    rpe_json_destroy(&document);
}

static void test_text_and_flag(void **state)
{
    (void)state;
    rpe_error error = {""};
    const char *text = NULL;
    bool flag = false;
    const bool fallback = true;
    rpe_json document = document_make("{\"t\": \"sine\", \"n\": 3, \"f\": true}");
    rpe_test_ok(rpe_json_text(&document, document.root, "t", NULL, &text, &error), &error);
    assert_string_equal(text, "sine");
    rpe_test_ok(rpe_json_text(&document, document.root, "absent", "other", &text, &error), &error);
    assert_string_equal(text, "other");
    assert_int_equal(rpe_json_text(&document, document.root, "n", "other", &text, &error), RPE_ERROR_INPUT);
    assert_message(&error, "k.json: \"n\": expected a text, found the number 3");
    assert_int_equal(rpe_json_text(&document, document.root, "absent", NULL, &text, &error), RPE_ERROR_INPUT);
    assert_message(&error, "\"absent\": expected a text, found no such key");
    rpe_test_ok(rpe_json_flag(&document, document.root, "f", NULL, &flag, &error), &error);
    assert_true(flag);
    flag = false;
    rpe_test_ok(rpe_json_flag(&document, document.root, "absent", &fallback, &flag, &error), &error);
    assert_true(flag);
    assert_int_equal(rpe_json_flag(&document, document.root, "n", NULL, &flag, &error), RPE_ERROR_INPUT);
    assert_message(&error, "\"n\": expected true or false");
    rpe_json_destroy(&document);
}

static void test_numbers(void **state)
{
    (void)state;
    rpe_error error = {""};
    size_t count = 0;
    double number = 0.0;
    const size_t five = 5;
    const double half = 0.5;
    rpe_json document = document_make("{\"n\": 3, \"minus\": -1, \"r\": 2.5, \"t\": \"x\"}");
    rpe_test_ok(rpe_json_count(&document, document.root, "n", 3, 3, NULL, &count, &error), &error);
    assert_int_equal(count, 3);
    rpe_test_ok(rpe_json_count(&document, document.root, "absent", 1, 2, &five, &count, &error), &error);
    assert_int_equal(count, 5);
    assert_int_equal(rpe_json_count(&document, document.root, "n", 4, SIZE_MAX, NULL, &count, &error),
                     RPE_ERROR_INPUT);
    assert_message(&error, "\"n\": expected an integer of at least 4, found the number 3");
    assert_int_equal(rpe_json_count(&document, document.root, "n", 1, 2, NULL, &count, &error),
                     RPE_ERROR_INPUT);
    assert_message(&error, "expected an integer from 1 to 2");
    assert_int_equal(rpe_json_count(&document, document.root, "minus", 0, SIZE_MAX, NULL, &count, &error),
                     RPE_ERROR_INPUT);
    assert_message(&error, "found the number -1");
    assert_int_equal(rpe_json_count(&document, document.root, "r", 0, 9, &five, &count, &error),
                     RPE_ERROR_INPUT);
    assert_int_equal(rpe_json_count(&document, document.root, "absent", 0, 9, NULL, &count, &error),
                     RPE_ERROR_INPUT);
    assert_int_equal(count, 5);
    rpe_test_ok(rpe_json_number(&document, document.root, "r", NULL, &number, &error), &error);
    assert_true(number == 2.5);
    rpe_test_ok(rpe_json_number(&document, document.root, "n", NULL, &number, &error), &error);
    assert_true(number == 3.0);
    rpe_test_ok(rpe_json_number(&document, document.root, "absent", &half, &number, &error), &error);
    assert_true(number == 0.5);
    assert_int_equal(rpe_json_number(&document, document.root, "t", &half, &number, &error), RPE_ERROR_INPUT);
    assert_message(&error, "\"t\": expected a number, found the text \"x\"");
    rpe_json_destroy(&document);
}

static void test_array(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_array array = {0};
    rpe_json document =
        document_make("{\"gain\": [[1, 2.5, -3], [4, 5, 6e-1]], \"deep\": [[[[[[[[7]]]]]]]]}");
    const double expected[6] = {1, 2.5, -3, 4, 5, 0.6};
    rpe_test_ok(rpe_json_array(&document, document.root, "gain", 1, 3, &array, &error), &error);
    assert_int_equal(array.precision, RPE_DOUBLE);
    assert_int_equal(array.rank, 2);
    assert_int_equal(array.shape[0], 2);
    assert_int_equal(array.shape[1], 3);
    assert_memory_equal(array.values, expected, sizeof expected);
    rpe_array_destroy(&array);
    rpe_test_ok(rpe_json_array(&document, document.root, "deep", 8, 8, &array, &error), &error);
    assert_int_equal(array.rank, 8);
    rpe_array_destroy(&array);
    rpe_json_destroy(&document);
}

static void test_array_refused(void **state)
{
    (void)state;
    assert_array_refused(
        "{\"gain\": 3}", 3, 3,
        "k.json: \"gain\": expected a list nested 3 deep or the path of an .npy, found the number 3");
    assert_array_refused("{}", 3, 4, "nested 3 to 4 deep or the path of an .npy, found no such key");
    assert_array_refused("{\"gain\": {\"a\": 1}}", 1, 1, "found an object");
    assert_array_refused("{\"gain\": [[1, 2], [3]]}", 2, 2,
                         "\"gain\": expected a list of 2, as long as the first, found a list of 1 at [1]");
    assert_array_refused("{\"gain\": [[1, 2], [3, 4, 5]]}", 2, 2, "found a list of 3 at [1]");
    assert_array_refused("{\"gain\": [[1, 2], 3]}", 2, 2, "expected a list, found a number at [1]");
    assert_array_refused("{\"gain\": [1, [3]]}", 1, 1, "expected a number, found a list at [1]");
    assert_array_refused("{\"gain\": [[1, 2], [3, null]]}", 2, 2,
                         "expected a number, found something else at [1,1]");
    assert_array_refused("{\"gain\": [[1], [\"3\"]]}", 2, 2,
                         "expected a number, found something else at [1,0]");
    assert_array_refused("{\"gain\": []}", 1, 1, "expected at least one number, found an empty list");
    assert_array_refused("{\"gain\": [[1], []]}", 2, 2, "found an empty list at [1]");
    assert_array_refused("{\"gain\": [[], []]}", 2, 2, "found an empty list at [0]");
    assert_array_refused("{\"gain\": [[1, 2]]}", 3, 4,
                         "nested 3 to 4 deep or the path of an .npy, found shape [1,2]");
    assert_array_refused("{\"gain\": [[[[[[[[[1]]]]]]]]]}", 1, 8, "nested at most 8 deep, found more");
}

static void test_array_by_path(void **state)
{
    (void)state;
    rpe_error error = {""};
    double values[6] = {1, 2, 3, 4, 5, 6};
    rpe_array stored = {.precision = RPE_DOUBLE, .rank = 2, .shape = {2, 3}, .values = values}, array = {0};
    rpe_test_ok(rpe_npy_write(inside("gain.npy"), &stored, &error), &error);
    rpe_json document = document_make("{\"gain\": \"gain.npy\"}");
    rpe_test_ok(rpe_json_array(&document, document.root, "gain", 2, 2, &array, &error), &error);
    assert_int_equal(array.shape[1], 3);
    assert_memory_equal(array.values, values, sizeof values);
    rpe_array_destroy(&array);
    rpe_json_destroy(&document);
    assert_array_refused("{\"gain\": \"gain.npy\"}", 3, 3,
                         "k.json: \"gain\": expected a list nested 3 deep or the path of "
                         "an .npy, found shape [2,3]");
    document = document_make("{\"gain\": \"absent.npy\"}");
    assert_int_equal(rpe_json_array(&document, document.root, "gain", 2, 2, &array, &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, inside("absent.npy")));
    rpe_json_destroy(&document);
}

static void test_write(void **state)
{
    (void)state;
    rpe_error error = {""};
    char found[256] = "";
    json_t *value = json_object();
    json_object_set_new(value, "z", rpe_json_real(0.5));
    json_object_set_new(value, "a", rpe_json_real(NAN));
    json_object_set_new(value, "m", rpe_json_real(-INFINITY));
    const char *path = inside("written.json");
    rpe_test_ok(rpe_json_write(value, path, &error), &error);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    found[fread(found, 1, sizeof found - 1, stream)] = '\0';
    fclose(stream);
    assert_string_equal(found, "{\n  \"z\": 0.5,\n  \"a\": null,\n  \"m\": null\n}\n");
    assert_int_equal(rpe_json_write(value, inside("missing/a.json"), &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "missing/a.json: expected a writable file"));
    json_decref(value);
}

static rpe_status read_and_write(const char *path, const char *copy, double *number, rpe_error *error)
{
    rpe_json document = {0};
    rpe_array array = {0};
    rpe_status status = rpe_json_read(&document, path, error);
    if (status == RPE_OK)
        status = rpe_json_array(&document, document.root, "gain", 2, 2, &array, error);
    if (status == RPE_OK)
        status = rpe_json_write(document.root, copy, error);
    if (status == RPE_OK)
        *number = ((double *)array.values)[0];
    rpe_array_destroy(&array);
    rpe_json_destroy(&document);
    return status;
}

/* Bytes that are no character of UTF-8, an overlong form, a surrogate and half a character: question marks, a byte each. */
static void test_string_of_any_text(void **state)
{
    static const char *const texts[][2] = {{"", ""},
                                           {"caf\xc3\xa9", "caf\xc3\xa9"},
                                           {"caf\xe9", "caf?"},
                                           {"\xff\xfe.", "??."},
                                           {"\xc0\xaf", "??"},
                                           {"\xed\xa0\x80", "???"},
                                           {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
                                           {"\xf4\x90\x80\x80", "????"},
                                           {"cut \xe2\x82", "cut ??"}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *value = rpe_json_string(texts[i][0]);
        assert_true(json_is_string(value));
        assert_string_equal(json_string_value(value), texts[i][1]);
        json_decref(value);
    }
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    char copy[8192];
    snprintf(copy, sizeof copy, "%s", inside("copy.json"));
    const char *path = file_write(
        "{\"gain\": [[0.33333333333333333333333333333333333333333333, 2]], \"name\": \"some text\"}");
    const size_t held = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    double number = 0.0;
    uint64_t n = 0;
    while (status != RPE_OK) {
        rpe_error error = {""};
        rpe_memory_fail_from(++n);
        status = read_and_write(path, copy, &number, &error);
        rpe_memory_fail_from(0);
        if (status != RPE_OK)
            assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_int_equal(rpe_memory_usage_now().current, held);
        assert_true(n < 1000);
    }
    assert_true(n > 15);
    assert_true(number == 1.0 / 3.0);
}

/* {"name": "aaa..."} with that many letters. */
static const char *long_text_write(size_t letters)
{
    static const char before[] = "{\"name\": \"", after[] = "\"}";
    static char content[65536];
    memcpy(content, before, sizeof before - 1);
    memset(content + sizeof before - 1, 'a', letters);
    memcpy(content + sizeof before - 1 + letters, after, sizeof after);
    return file_write(content);
}

/* jansson would abort where there is no memory for a text that grows: the longest that is read grows within the reserve. */
static void test_long_texts(void **state)
{
    (void)state;
    const char *path = long_text_write(32766);
    const size_t held = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    rpe_json document = {0};
    rpe_error error = {""};
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_memory_fail_from(n);
        status = rpe_json_read(&document, path, &error);
        rpe_memory_fail_from(0);
        assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
        assert_true(n < 1000);
    }
    assert_int_equal(strlen(rpe_json_text_or(document.root, "name", "")), 32766);
    rpe_json_destroy(&document);
    assert_int_equal(rpe_memory_usage_now().current, held);
    path = long_text_write(40000);
    assert_int_equal(rpe_json_read(&document, path, &error), RPE_ERROR_INPUT);
    assert_message(&error, "expected texts and numbers of at most 32768 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_refused),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_text_and_flag),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_array),
        cmocka_unit_test(test_array_refused),
        cmocka_unit_test(test_array_by_path),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_string_of_any_text),
        cmocka_unit_test(test_every_allocation_can_fail),
        cmocka_unit_test(test_long_texts),
    };
    return cmocka_run_group_tests(tests, group_prepare, NULL);
}
