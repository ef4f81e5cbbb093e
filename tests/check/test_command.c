/* The command: exit status 0 and 1, the table, the sentence and the JSON. */
#include "check_problem.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "file/npy.h"

#define LINE_CAPACITY 9000

static const char kernel_text[] = "{\"type\":\"sine\",\"frequency\":[[[0.1,0.23]]],\"phase\":[[[0.5,1]]],"
                                  "\"gain\":[[[1,0.6]]]}";
static const shape one = {"sine", 1, {24}, {24}, 1, 1, {2}, 128, false, RPE_SINGLE};

static int program_run(const char *directory, const char *queries, const char *keys)
{
    char line[LINE_CAPACITY];
    snprintf(line, sizeof line,
             "\"%s\" check --kernel %s/k.json --query-codes %s/%s --key-codes %s/%s --json %s/out.json > "
             "%s/stdout",
             RPE_TEST_PROGRAM, directory, directory, queries, directory, keys, directory, directory);
    int status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static json_t *result_read(const char *directory, char text[LINE_CAPACITY])
{
    char path[512];
    snprintf(path, sizeof path, "%s/stdout", directory);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    text[fread(text, 1, LINE_CAPACITY - 1, stream)] = '\0';
    fclose(stream);
    snprintf(path, sizeof path, "%s/out.json", directory);
    json_t *document = json_load_file(path, 0, NULL);
    assert_non_null(document);
    return document;
}

static void exit_status_and_results(void **state)
{
    (void)state;
    char path[512], text[LINE_CAPACITY];
    rpe_error error = {""};
    rpe_kernel *kernel = NULL;
    const char *directory = rpe_test_directory("check-command");
    snprintf(path, sizeof path, "%s/k.json", directory);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(kernel_text, stream);
    assert_int_equal(fclose(stream), 0);
    rpe_test_ok(rpe_kernel_read(&kernel, path, &error), &error);
    codes drawn = codes_draw(&one, kernel, "gaussian", 1, false);
    for (int side = 0; side < 2; side++) {
        snprintf(path, sizeof path, "%s/%s", directory, side == 0 ? "q.npy" : "k.npy");
        rpe_test_ok(rpe_npy_write(path, &drawn.side[side], &error), &error);
    }

    assert_int_equal(program_run(directory, "q.npy", "k.npy"), 0);
    json_t *document = result_read(directory, text);
    assert_non_null(strstr(text, "\nThese are draws for this kernel ("));
    assert_true(json_is_true(json_object_get(document, "draws")));
    json_decref(document);

    assert_int_equal(program_run(directory, "k.npy", "q.npy"), 1);
    document = result_read(directory, text);
    assert_non_null(strstr(text, "\nThese are NOT draws for this kernel ("));
    assert_non_null(
        strstr(text, "they fit: the phase has the opposite sign, or the query and key sides are swapped"));
    assert_true(json_is_false(json_object_get(document, "draws")));
    assert_int_equal(json_array_size(json_object_get(document, "fits")), 1);
    json_decref(document);
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(exit_status_and_results)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
