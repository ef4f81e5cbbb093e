#include "rpe_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/output.h"

static bool exists(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0;
}

static char *inside(const char *directory, const char *name)
{
    char *path = rpe_path_join(directory, name);
    assert_non_null(path);
    return path;
}

static void assert_content(const char *path, const char *expected)
{
    char found[256] = "";
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    const size_t count = fread(found, 1, sizeof found - 1, stream);
    fclose(stream);
    assert_int_equal(count, strlen(expected));
    assert_string_equal(found, expected);
}

static void assert_names(const rpe_error *error, const char *a, const char *b)
{
    if (strstr(error->message, a) == NULL || strstr(error->message, b) == NULL)
        fail_msg("\"%s\" does not name \"%s\" and \"%s\"", error->message, a, b);
}

static void test_commit_shows_the_file_only_then(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {0};
    char *path = inside(rpe_test_directory("output-commit"), "a.txt");
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_output_print(&output, &error, "%d-%s\n", 7, "seven"), &error);
    rpe_test_ok(rpe_output_write(&output, "end", 3, &error), &error);
    assert_false(exists(path));
    rpe_test_ok(rpe_output_finish(&output, &error), &error);
    assert_null(output.stream);
    assert_false(exists(path));
    assert_content(output.temporary, "7-seven\nend");
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    assert_content(path, "7-seven\nend");
    assert_null(output.path);
    rpe_output_discard(&output);
    assert_true(exists(path));
    rpe_memory_free(path);
}

static void test_discard_keeps_the_old_file(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {0}, other = {0};
    char *path = inside(rpe_test_directory("output-discard"), "a.txt");
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_output_write(&output, "old", 3, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);

    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_output_open(&other, path, &error), &error);
    assert_string_not_equal(output.temporary, other.temporary);
    rpe_test_ok(rpe_output_write(&output, "new", 3, &error), &error);
    char *temporary = rpe_memory_text(output.temporary);
    assert_true(exists(temporary));
    rpe_output_discard(&output);
    rpe_output_discard(&output);
    rpe_output_discard(&other);
    assert_false(exists(temporary));
    assert_content(path, "old");
    rpe_memory_free(temporary);
    rpe_memory_free(path);
}

static void test_refused_targets(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {0};
    const char *directory = rpe_test_directory("output-refused");
    char *path = inside(directory, "missing/q.npy");
    assert_int_equal(rpe_output_open(&output, path, &error), RPE_ERROR_FILE);
    assert_names(&error, path, "expected a writable file, found: No such file or directory");
    assert_int_equal(rpe_output_open(&output, directory, &error), RPE_ERROR_FILE);
    assert_names(&error, directory, "found a directory");
    assert_int_equal(rpe_output_open(&output, "/dev/null", &error), RPE_ERROR_FILE);
    assert_names(&error, "/dev/null", "device");
    assert_null(output.stream);
    assert_null(output.path);
    rpe_memory_free(path);
}

static void test_full_disk(void **state)
{
    (void)state;
    rpe_error error = {""};
    char *path = inside(rpe_test_directory("output-full"), "a.txt");
    rpe_output output = {.stream = fopen("/dev/full", "wb"),
                         .path = path,
                         .target = rpe_memory_text("target"),
                         .temporary = rpe_memory_text("no-such-file")};
    assert_non_null(output.stream);
    rpe_test_ok(rpe_output_write(&output, "x", 1, &error), &error);
    assert_int_equal(rpe_output_commit(&output, &error), RPE_ERROR_FILE);
    assert_names(&error, "a.txt: expected a writable file", "No space left on device");

    output = (rpe_output){.stream = fopen("/dev/full", "wb")};
    output.path = rpe_memory_text("b.txt");
    char large[1 << 16] = {0};
    assert_int_equal(rpe_output_write(&output, large, sizeof large, &error), RPE_ERROR_FILE);
    assert_names(&error, "b.txt: ", "No space left on device");
    rpe_output_discard(&output);
}

static void test_an_overlooked_write_error_is_no_success(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {.stream = fopen("/dev/null", "rb"),
                         .path = rpe_memory_text("c.txt"),
                         .temporary = rpe_memory_text("no-such-file")};
    assert_int_equal(rpe_output_write(&output, "x", 1, &error), RPE_ERROR_FILE);
    assert_int_equal(rpe_output_finish(&output, &error), RPE_ERROR_FILE);
    rpe_output_discard(&output);
}

static void test_failed_rename_leaves_nothing(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {0};
    char *path = inside(rpe_test_directory("output-rename"), "a.txt");
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    char *temporary = rpe_memory_text(output.temporary);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(rpe_output_commit(&output, &error), RPE_ERROR_FILE);
    assert_names(&error, path, "Is a directory");
    assert_false(exists(temporary));
    rpe_memory_free(temporary);
    rpe_memory_free(path);
}

static void test_directories(void **state)
{
    (void)state;
    rpe_error error = {""};
    const char *directory = rpe_test_directory("output-directories");
    char *deep = inside(directory, "a//b/c/");
    rpe_test_ok(rpe_directory_create(deep, &error), &error);
    rpe_test_ok(rpe_directory_create(deep, &error), &error);
    rpe_test_ok(rpe_directory_create("/", &error), &error);
    assert_true(exists(deep));
    char *file = inside(directory, "file"), *below = inside(directory, "file/d");
    FILE *stream = fopen(file, "wb");
    assert_non_null(stream);
    fclose(stream);
    assert_int_equal(rpe_directory_create(below, &error), RPE_ERROR_FILE);
    assert_names(&error, below, "expected a directory, found that");
    assert_int_equal(rpe_directory_create(file, &error), RPE_ERROR_FILE);
    assert_int_equal(rpe_directory_create("", &error), RPE_ERROR_FILE);
    rpe_memory_free(deep);
    rpe_memory_free(file);
    rpe_memory_free(below);
}

static void assert_text_freed(char *text, const char *expected)
{
    assert_non_null(text);
    assert_string_equal(text, expected);
    rpe_memory_free(text);
}

static void test_paths(void **state)
{
    (void)state;
    assert_text_freed(rpe_path_join("a", "b"), "a/b");
    assert_text_freed(rpe_path_join("a/", "b"), "a/b");
    assert_text_freed(rpe_path_join("/", "b"), "/b");
    assert_text_freed(rpe_path_join("a", "/b"), "/b");
    assert_text_freed(rpe_path_join("", "b"), "b");
    assert_text_freed(rpe_path_join(NULL, "b"), "b");
    assert_text_freed(rpe_path_directory("a/b/c"), "a/b");
    assert_text_freed(rpe_path_directory("c"), ".");
    assert_text_freed(rpe_path_directory("/c"), "/");
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    char *path = inside(rpe_test_directory("output-memory"), "a.txt");
    rpe_status status = RPE_ERROR_MEMORY;
    uint64_t n = 0;
    while (status != RPE_OK) {
        rpe_error error = {""};
        rpe_output output = {0};
        rpe_memory_fail_from(++n);
        status = rpe_output_open(&output, path, &error);
        rpe_memory_fail_from(0);
        if (status == RPE_OK)
            rpe_output_discard(&output);
        else
            assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_true(n < 100);
    }
    assert_true(n > 2);
    rpe_memory_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commit_shows_the_file_only_then),
        cmocka_unit_test(test_discard_keeps_the_old_file),
        cmocka_unit_test(test_refused_targets),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_an_overlooked_write_error_is_no_success),
        cmocka_unit_test(test_failed_rename_leaves_nothing),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
