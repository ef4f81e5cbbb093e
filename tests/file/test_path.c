/* What paths lead to: links, the same file under two names, missing folders, very long names, files of other programs. */
#include "rpe_test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/csv.h"
#include "file/foreign.h"
#include "file/json.h"
#include "file/npy.h"
#include "file/path.h"

static void bytes_write(const char *path, const char *bytes, size_t count)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, count, stream), count);
    assert_int_equal(fclose(stream), 0);
}

static void folder_enter(const char *name)
{
    static char home[4096];
    if (home[0] == '\0')
        assert_non_null(getcwd(home, sizeof home));
    assert_int_equal(chdir(home), 0);
    assert_int_equal(chdir(rpe_test_directory(name)), 0);
}

/* Content written through an output; the mode of what is there afterwards. */
static mode_t written_mode(const char *path, const char *content)
{
    rpe_error error = {""};
    rpe_output output = {0};
    struct stat found;
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_output_write(&output, content, strlen(content), &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_size, strlen(content));
    return found.st_mode & 0777;
}

static bool is_link(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0 && S_ISLNK(found.st_mode);
}

static void test_links_are_written_through(void **state)
{
    (void)state;
    folder_enter("path-links");
    assert_int_equal(mkdir("a", 0777), 0);
    assert_int_equal(mkdir("b", 0777), 0);
    bytes_write("a/file", "old", 3);
    assert_int_equal(chmod("a/file", 0640), 0);
    assert_int_equal(symlink("../a/file", "b/link"), 0);
    assert_int_equal(symlink("b/link", "chain"), 0);
    assert_int_equal(symlink("a/new", "dangling"), 0);
    assert_int_equal(written_mode("chain", "longer"), 0640);
    assert_true(is_link("chain"));
    assert_true(is_link("b/link"));
    assert_false(is_link("a/file"));
    struct stat found;
    assert_int_equal(stat("a/file", &found), 0);
    assert_int_equal(found.st_size, 6);
    (void)written_mode("dangling", "new");
    assert_true(is_link("dangling"));
    assert_int_equal(stat("a/new", &found), 0);
    assert_int_equal(found.st_size, 3);

    rpe_output output = {0};
    rpe_error error = {""};
    assert_int_equal(symlink("circle", "circle"), 0);
    assert_int_equal(rpe_output_open(&output, "circle", &error),
                     RPE_OK); /* the circle ends when it is replaced */
    rpe_output_discard(&output);
    assert_true(is_link("circle"));
}

static void test_modes_are_kept(void **state)
{
    (void)state;
    static const mode_t modes[] = {0600, 0644, 0660, 0755};
    folder_enter("path-modes");
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        bytes_write("file", "old", 3);
        assert_int_equal(chmod("file", modes[i]), 0);
        assert_int_equal(written_mode("file", "longer"), modes[i]);
    }
    mode_t mask = umask(022);
    assert_int_equal(written_mode("fresh", "x"), 0644);
    umask(mask);
}

static void test_same(void **state)
{
    (void)state;
    folder_enter("path-same");
    assert_int_equal(mkdir("a", 0777), 0);
    bytes_write("a/file", "x", 1);
    bytes_write("other", "x", 1);
    assert_int_equal(symlink("a/file", "soft"), 0);
    assert_int_equal(link("a/file", "hard"), 0);
    assert_int_equal(symlink("a", "folder"), 0);
    assert_int_equal(symlink("a/none", "dangling"), 0);
    static const char *const same[][2] = {
        {"a/file", "a/file"},   {"a/file", "./a//file"},   {"a/file", "a/../a/file"}, {"a/file", "soft"},
        {"soft", "hard"},       {"a", "folder/."},         {"folder/file", "a/file"}, {"none", "./none"},
        {"a/none", "dangling"}, {"a/none", "folder/none"},
    };
    static const char *const others[][2] = {
        {"a/file", "other"}, {"a/file", "none"}, {"none", "a/none"}, {"no/x", "no/x"}, {"a", "a/file"}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (!rpe_path_same(same[i][0], same[i][1]) || !rpe_path_same(same[i][1], same[i][0]))
            fail_msg("%s and %s are the same", same[i][0], same[i][1]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (rpe_path_same(others[i][0], others[i][1]) || rpe_path_same(others[i][1], others[i][0]))
            fail_msg("%s and %s are not the same", others[i][0], others[i][1]);
}

static void test_missing_folders_are_named(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_output output = {0};
    folder_enter("path-missing");
    assert_int_equal(mkdir("a", 0777), 0);
    bytes_write("a/file", "x", 1);
    assert_int_equal(rpe_output_open(&output, "a/b/c/d", &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "a/b/c/d: expected a writable file"));
    assert_non_null(strstr(error.message, "(the folder a/b is missing)"));
    assert_int_equal(rpe_output_open(&output, "a/file/d", &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "(a/file is no folder)"));
    rpe_array array = {0};
    assert_int_equal(rpe_npy_read("/none/of/it.npy", RPE_NPY_DOUBLE, &array, &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "(the folder /none is missing)"));
    rpe_csv csv = {0};
    assert_int_equal(rpe_csv_read(&csv, "a/none.csv", &error), RPE_ERROR_FILE);
    assert_null(strstr(error.message, "folder")); /* it is there */
    rpe_json document = {0};
    assert_int_equal(rpe_json_read(&document, "b/none.json", &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "(the folder b is missing)"));
}

static void name_fill(char *name, size_t length)
{
    memset(name, 'n', length);
    name[length] = '\0';
}

/* As long as the file system allows; longer ones are refused by it. */
static void test_long_names(void **state)
{
    (void)state;
    char name[300];
    rpe_error error = {""};
    rpe_output output = {0};
    folder_enter("path-long");
    for (size_t length = 200; length <= 255; length += 5) {
        name_fill(name, length);
        (void)written_mode(name, "content");
    }
    name_fill(name, 256);
    assert_int_equal(rpe_output_open(&output, name, &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "File name too long"));
    /* A temporary file that a process which is no more has left, under a name that was cut. */
    char stale[300];
    name_fill(name, 250);
    snprintf(stale, sizeof stale, "%.207s.tmp.%d.7", name, 0x7ffffff);
    bytes_write(stale, "x", 1);
    rpe_output_stale_remove(name);
    assert_int_not_equal(access(stale, F_OK), 0);
}

static void test_byte_order_marks(void **state)
{
    (void)state;
    rpe_error error = {""};
    static const char json[] = RPE_MARK "{\"a\": 3}", table[] = RPE_MARK "first,second\n1,2\n";
    folder_enter("path-marks");
    bytes_write("a.json", json, sizeof json - 1);
    rpe_json document = {0};
    rpe_test_ok(rpe_json_read(&document, "a.json", &error), &error);
    assert_int_equal(json_integer_value(json_object_get(document.root, "a")), 3);
    rpe_json_destroy(&document);
    rpe_csv csv = {0};
    bytes_write("a.csv", table, sizeof table - 1);
    rpe_test_ok(rpe_csv_read(&csv, "a.csv", &error), &error);
    assert_int_equal(rpe_csv_column(&csv, "first"), 0);
    assert_string_equal(rpe_csv_cell(&csv, 0, 1), "2");
    rpe_csv_destroy(&csv);
    /* Short documents and parts of a mark are no mark. */
    bytes_write("a.json", "{}", 2);
    rpe_test_ok(rpe_json_read(&document, "a.json", &error), &error);
    rpe_json_destroy(&document);
    bytes_write("a.json", "\xef\xbb{}", 4);
    assert_int_equal(rpe_json_read(&document, "a.json", &error), RPE_ERROR_INPUT);
}

#define FORTRAN(shape) "{'descr': '<f8', 'fortran_order': True, 'shape': " shape ", }"

/* An .npy of that dictionary and 12 numbers 0, 1, ... */
static rpe_status dictionary_read(const char *dictionary, size_t count, rpe_array *array, rpe_error *error)
{
    char bytes[512] = "\x93NUMPY\x01";
    memset(bytes + 10, ' ', 118);
    memcpy(bytes + 10, dictionary, strlen(dictionary));
    bytes[7] = 0;
    bytes[8] = 118;
    bytes[9] = 0;
    for (size_t i = 0; i < count; i++) {
        double value = (double)i;
        memcpy(bytes + 128 + i * sizeof value, &value, sizeof value);
    }
    bytes_write("a.npy", bytes, 128 + count * sizeof(double));
    return rpe_npy_read("a.npy", RPE_NPY_DOUBLE, array, error);
}

static void test_fortran_order(void **state)
{
    (void)state;
    static const char *const readable[] = {FORTRAN("(12,)"), FORTRAN("(12, 1)"), FORTRAN("(1, 12)"),
                                           FORTRAN("(1, 12, 1)"),
                                           "{'shape': (1, 12, 1), 'fortran_order': True, 'descr': '<f8'}"};
    rpe_error error = {""};
    folder_enter("path-fortran");
    for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++) {
        rpe_array array = {0};
        rpe_test_ok(dictionary_read(readable[i], 12, &array, &error), &error);
        for (size_t j = 0; j < 12; j++)
            assert_true(((const double *)array.values)[j] == (double)j);
        rpe_array_destroy(&array);
    }
    rpe_array array = {0};
    rpe_test_ok(dictionary_read(FORTRAN("(1, 1, 1)"), 1, &array, &error), &error);
    rpe_array_destroy(&array);
    static const char *const refused[] = {FORTRAN("(2, 6)"), FORTRAN("(2, 1, 6)"),
                                          "{'shape': (6, 2), 'fortran_order': True, 'descr': '<f8'}"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(dictionary_read(refused[i], 12, &array, &error), RPE_ERROR_INPUT);
        assert_non_null(strstr(error.message, "found Fortran order"));
        assert_non_null(strstr(error.message, "np.ascontiguousarray"));
    }
}

#define CONTENT(bytes) bytes, sizeof(bytes) - 1

static void test_foreign_files(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t count;
        const char *part;
    } cases[] = {
        {CONTENT("PK\x03\x04\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x09\0\0\0arr_0.npy"), "(.npz)"},
        {CONTENT("PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0archive/data.pkl"),
         "PyTorch"},
        {CONTENT("PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.txt"), "zip"},
        {CONTENT("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19."), "PyTorch"},
        {CONTENT("\x80\x04\x95\x10\0\0\0\0"), "pickle"},
        {CONTENT("\x40\0\0\0\0\0\0\0{\"__metadata__\":{"), "safetensors"},
        {CONTENT("\x89HDF\r\n\x1a\n\0\0"), "HDF5"},
        {CONTENT("MATLAB 5.0 MAT-file, Platform"), "MATLAB"},
        {CONTENT("\x1f\x8b\x08\0"), "gzip"},
        {CONTENT("0.5,1.5\n2,3\n"), "text"},
        {CONTENT("\xde\xad\xbe\xef\0\0\0\0\0"), "other content"},
    };
    rpe_error error = {""};
    rpe_array array = {0};
    folder_enter("path-foreign");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes_write("a.npy", cases[i].bytes, cases[i].count);
        assert_int_equal(rpe_npy_read("a.npy", RPE_NPY_DOUBLE, &array, &error), RPE_ERROR_INPUT);
        if (strstr(error.message, cases[i].part) == NULL ||
            strstr(error.message, "expected an .npy file") == NULL)
            fail_msg("%zu: %s", i, error.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links_are_written_through),
        cmocka_unit_test(test_modes_are_kept),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_missing_folders_are_named),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_byte_order_marks),
        cmocka_unit_test(test_fortran_order),
        cmocka_unit_test(test_foreign_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
