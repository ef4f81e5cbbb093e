/* What a command wrote with other options, or of other rows, does not outlive what it was made of. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "file/npy.h"

#define WORDS_MAX 24

static char directory[256];

static const char *path_of(const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, 512, "%s/%s", directory, name);
    return path;
}

static void text_write(const char *name, const char *text)
{
    FILE *stream = fopen(path_of(name), "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static rpe_status words_run(rpe_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
static rpe_status words_run(rpe_error *error, const char *format, ...)
{
    char text[2048], *words[WORDS_MAX];
    int count = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    return rpe_program_run(count, words, NULL, error);
}

static bool is_there(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

static void array_write(const char *name, size_t rank, const size_t *shape)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, name, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = (double)(i % 7) - 3.0;
    rpe_test_ok(rpe_npy_write(path_of(name), &array, &error), &error);
    rpe_array_destroy(&array);
}

#define ENCODE                                                                                               \
    "rpebench encode --kernel %s --queries %s --keys %s --output %s --quiet --realizations %d%s",            \
        path_of("k.json"), path_of("q.npy"), path_of("q.npy"), path_of("e")

static void test_codes(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_array vectors = {0}, codes = {0};
    array_write("q.npy", 3, (const size_t[]){5, 1, 2});
    rpe_test_ok(words_run(&error, ENCODE, 4, " --codes"), &error);
    assert_true(is_there("e/query_codes.npy") && is_there("e/key_codes.npy"));
    text_write("e/notes.npy", "of the user");
    rpe_test_ok(words_run(&error, ENCODE, 8, ""), &error);
    assert_true(is_there("e/queries.npy") && is_there("e/keys.npy") && is_there("e/notes.npy"));
    assert_false(is_there("e/query_codes.npy") || is_there("e/key_codes.npy"));
    rpe_test_ok(words_run(&error, ENCODE, 16, " --codes"), &error);
    rpe_test_ok(rpe_npy_read(path_of("e/queries.npy"), RPE_NPY_AS_STORED, &vectors, &error), &error);
    rpe_test_ok(rpe_npy_read(path_of("e/key_codes.npy"), RPE_NPY_AS_STORED, &codes, &error), &error);
    assert_int_equal(vectors.shape[2], 16);
    assert_int_equal(codes.shape[3], 16);
    rpe_array_destroy(&codes);
    rpe_array_destroy(&vectors);
    /* What cannot be replaced: nothing of the new call appears. */
    assert_int_equal(remove(path_of("e/key_codes.npy")), 0);
    assert_int_equal(mkdir(path_of("e/key_codes.npy"), 0777), 0);
    assert_int_equal(words_run(&error, ENCODE, 32, ""), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "key_codes.npy: expected to replace this file"));
    rpe_test_ok(rpe_npy_read(path_of("e/queries.npy"), RPE_NPY_AS_STORED, &vectors, &error), &error);
    assert_int_equal(vectors.shape[2], 16);
    rpe_array_destroy(&vectors);
}

static const char *const pictures[] = {"r/x.svg", "r/x.png", "r/x-1.svg", "r/x-2.png"};
#define PICTURES (sizeof pictures / sizeof pictures[0])

static void pictures_put(void)
{
    for (size_t i = 0; i < PICTURES; i++)
        text_write(pictures[i], "of earlier rows");
    text_write("r/y.svg", "of another result");
}

static void pictures_check(bool there)
{
    for (size_t i = 0; i < PICTURES; i++)
        assert_int_equal(is_there(pictures[i]), there);
    assert_true(is_there("r/y.svg"));
}

#define RUN "rpebench run %s --no-plot --quiet --output %s --trials "

/* New rows by every way to them. */
static void test_rows(void **state)
{
    (void)state;
    rpe_error error = {""};
    char json[512], output[512];
    snprintf(json, sizeof json, "%s", path_of("x.json"));
    snprintf(output, sizeof output, "%s", path_of("r"));
    rpe_test_ok(words_run(&error, RUN "4", json, output), &error);
    pictures_put();
    rpe_test_ok(words_run(&error, RUN "4 --resume", json, output),
                &error); /* finished: the rows are the same */
    pictures_check(true);
    rpe_test_ok(words_run(&error, RUN "6 --resume", json, output), &error);
    pictures_check(false);
    pictures_put();
    rpe_test_ok(words_run(&error, RUN "5", json, output), &error);
    pictures_check(false);
    pictures_put();
    for (int i = 1; i <= 2; i++)
        rpe_test_ok(words_run(&error, RUN "8 --shard %d/2", json, output, i), &error);
    pictures_check(true);
    rpe_test_ok(words_run(&error, "rpebench merge %s --output %s --quiet", output, output), &error);
    pictures_check(false);
    /* A picture that cannot be removed: the earlier results stay, whole. */
    assert_int_equal(mkdir(path_of("r/x.png"), 0777), 0);
    assert_int_equal(words_run(&error, RUN "9", json, output), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "x.png: expected to remove this picture"));
    assert_true(is_there("r/x.json") && is_there("r/x.csv") && is_there("r/x.npy"));
    assert_int_equal(rmdir(path_of("r/x.png")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes), cmocka_unit_test(test_rows)};
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("outlived"));
    text_write(
        "k.json",
        "{\"type\":\"sine\",\"frequency\":[[[0.1],[0.2]]],\"phase\":[[[0],[1]]],\"gain\":[[[1],[1]]]}");
    text_write(
        "x.json",
        "{\"title\": \"X\", \"question\": \"?\", \"picture\": \"error\", \"measures\": [\"score_error\"],"
        "\"grids\": [{\"name\": \"g\", \"inputs\": [{\"name\": \"a\", \"kernel\": \"k.json\","
        "\"gaussian\": {\"queries\": 6, \"values\": 2}}], \"methods\": [\"softmax\"],"
        "\"samplers\": [\"gaussian\"], \"realizations\": [4], \"trials\": {\"minimum\": 4}}]}");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
