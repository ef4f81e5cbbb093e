/* run, list and plot on a folder of experiments of its own, given by RPEBENCH_DATA. */
#include "rpe_test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "file/csv.h"
#include "file/json.h"

#define WORDS_MAX 16

static char directory[256];

static const char tiny[] =
    "{\"title\": \"Tiny\", \"question\": \"Does it run?\", \"measures\": "
    "[\"score_error\"],\n"
    "\"grids\": [{\"name\": \"tiny\", \"inputs\": [{\"name\": \"tiny\", \"kernel\": \"kernels/k.json\",\n"
    "\"gaussian\": {\"queries\": 6, \"values\": 2}}], \"methods\": [\"softmax\"], \"samplers\": "
    "[\"gaussian\"],\n"
    "\"realizations\": [4, 8, 16], \"trials\": {\"minimum\": %s, \"maximum\": %s, \"total_realizations\": "
    "64}}]}\n";

static const char kernel[] =
    "{\"type\":\"sine\",\"frequency\":[[[0.1],[0.2]]],\"phase\":[[[0],[1]]],\"gain\":[[[1],[1]]]}";

static void experiment_write(const char *name, const char *trials)
{
    char path[512];
    snprintf(path, sizeof path, "%s/experiments/%s.json", directory, name);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fprintf(stream, tiny, trials, trials);
    assert_int_equal(fclose(stream), 0);
}

static void folder_make(void)
{
    char path[512];
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("run"));
    snprintf(path, sizeof path, "%s/experiments", directory);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/experiments/kernels", directory);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/experiments/kernels/k.json", directory);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(kernel, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    experiment_write("tiny", "8");
    experiment_write("long", "1000000");
    assert_int_equal(setenv("RPEBENCH_DATA", directory, 1), 0);
}

static rpe_status words_run(const char *text, rpe_error *error)
{
    static char buffer[1024];
    char *words[WORDS_MAX];
    int count = 0;
    snprintf(buffer, sizeof buffer, "%s", text);
    for (char *word = strtok(buffer, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    return rpe_program_run(count, words, NULL, error);
}

static char *file_read(const char *path, size_t *size)
{
    static char text[65536];
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    *size = fread(text, 1, sizeof text, stream);
    assert_int_equal(fclose(stream), 0);
    return text;
}

/* The CSV is there, has a row for every point, and is the same at another number of threads. */
static void test_run(void **state)
{
    (void)state;
    char text[1024], path[512], first[65536];
    size_t size, first_size = 0;
    rpe_error error = {""};
    rpe_csv csv = {0};
    for (int threads = 1; threads <= 2; threads++) {
        snprintf(text, sizeof text,
                 "rpebench run tiny --seed 3 --threads %d --no-plot --quiet --output %s/out/%d", threads,
                 directory, threads);
        rpe_test_ok(words_run(text, &error), &error);
        snprintf(path, sizeof path, "%s/out/%d/tiny.json", directory, threads);
        assert_int_equal(access(path, R_OK), 0);
        snprintf(path, sizeof path, "%s/out/%d/tiny.csv", directory, threads);
        const char *read = file_read(path, &size);
        if (threads == 1)
            memcpy(first, read, first_size = size);
        assert_int_equal(size, first_size);
        assert_memory_equal(read, first, size);
    }
    rpe_test_ok(rpe_csv_read(&csv, path, &error), &error);
    assert_int_equal(csv.rows, 3);
    rpe_csv_destroy(&csv);
}

/* A path in place of a name, and --trials. */
static void test_run_path(void **state)
{
    (void)state;
    char text[1024], path[512];
    rpe_error error = {""};
    rpe_csv csv = {0};
    snprintf(text, sizeof text,
             "rpebench run %s/experiments/tiny.json --trials 5 --no-plot --quiet --output %s/out/path",
             directory, directory);
    rpe_test_ok(words_run(text, &error), &error);
    snprintf(path, sizeof path, "%s/out/path/tiny.csv", directory);
    rpe_test_ok(rpe_csv_read(&csv, path, &error), &error);
    for (size_t row = 0; row < csv.rows; row++)
        assert_string_equal(rpe_csv_cell(&csv, row, rpe_csv_column(&csv, "trials")), "5");
    rpe_csv_destroy(&csv);
}

/* A name that is no UTF-8, as of a file from an older system: JSON, which cannot hold it, has a question mark there. */
static void test_run_name_of_other_encoding(void **state)
{
    (void)state;
    char text[1024];
    rpe_error error = {""};
    experiment_write("caf\xe9", "4");
    snprintf(text, sizeof text,
             "rpebench run %s/experiments/caf\xe9.json --no-plot --quiet --output %s/out/name", directory,
             directory);
    rpe_test_ok(words_run(text, &error), &error);
    snprintf(text, sizeof text, "rpebench compare %s/out/name %s/out/name --quiet --json %s/out/name.json",
             directory, directory, directory);
    rpe_test_ok(words_run(text, &error), &error);
    snprintf(text, sizeof text, "%s/out/name.json", directory);
    rpe_json document = {0};
    rpe_test_ok(rpe_json_read(&document, text, &error), &error);
    const json_t *row = json_array_get(json_object_get(document.root, "rows"), 0);
    assert_string_equal(rpe_json_text_or(json_object_get(row, "of"), "experiment", ""), "caf?");
    rpe_json_destroy(&document);
    snprintf(text, sizeof text, "%s/experiments/caf\xe9.json", directory);
    assert_int_equal(remove(text), 0); /* it is no name of the catalogue of other tests */
}

/* A mistyped name is refused before anything runs, with the names that there are. */
static void test_run_typo(void **state)
{
    (void)state;
    char text[1024], path[512];
    rpe_error error = {""};
    snprintf(text, sizeof text, "rpebench run tiny tinny --output %s/out/typo", directory);
    assert_int_equal(words_run(text, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "(long, tiny)"));
    assert_non_null(strstr(error.message, "did you mean tiny?"));
    snprintf(path, sizeof path, "%s/out/typo", directory);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(words_run("rpebench run", &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "(long, tiny)"));
}

/* Standard output of the program goes to the file of that path.  Returns the process. */
static pid_t program_start(char *const *words, const char *output)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (freopen(output, "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
            _exit(126);
        execv(RPE_TEST_PROGRAM, words);
        _exit(127);
    }
    return child;
}

static int program_end(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Folders below experiments/ are not in the list. */
static void test_list(void **state)
{
    (void)state;
    char path[512];
    size_t size;
    snprintf(path, sizeof path, "%s/list", directory);
    char *words[] = {"rpebench", "list", "experiments", NULL};
    assert_int_equal(program_end(program_start(words, path)), 0);
    char *text = file_read(path, &size);
    text[size] = '\0';
    assert_non_null(strstr(text, "tiny"));
    assert_non_null(strstr(text, "Does it run?"));
    assert_null(strstr(text, "kernels"));
}

static pid_t program_start_piped(char *const *words, int descriptor)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(descriptor, STDERR_FILENO) < 0 || freopen("/dev/null", "w", stdout) == NULL)
            _exit(126);
        execv(RPE_TEST_PROGRAM, words);
        _exit(127);
    }
    return child;
}

/* Who reads the progress goes away: the run comes to its end. */
static void test_closed_pipe(void **state)
{
    (void)state;
    char output[512], path[512];
    int ends[2];
    snprintf(output, sizeof output, "--output=%s/out/pipe", directory);
    char *words[] = {"rpebench", "run", "tiny", "--no-plot", output, NULL};
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    pid_t child = program_start_piped(words, ends[1]);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(program_end(child), 0);
    snprintf(path, sizeof path, "%s/out/pipe/tiny.json", directory);
    assert_int_equal(access(path, R_OK), 0);
}

static void expect_same_results(const char *x, const char *y)
{
    static const char *const endings[] = {"csv", "npy"};
    for (size_t i = 0; i < 2; i++) {
        char path[512];
        static char first[65536];
        size_t first_size, size;
        snprintf(path, sizeof path, "%s/out/%s/tiny.%s", directory, x, endings[i]);
        memcpy(first, file_read(path, &first_size), sizeof first);
        snprintf(path, sizeof path, "%s/out/%s/tiny.%s", directory, y, endings[i]);
        const char *second = file_read(path, &size);
        assert_int_equal(size, first_size);
        assert_memory_equal(first, second, size);
    }
}

/* Three shards on the command line, joined; and the same run once more from what it wrote of itself. */
static void test_shards_and_from(void **state)
{
    (void)state;
    static const char *const shares[][2] = {
        {"", "whole"}, {"--shard 1/3", "joined"}, {"--shard 3/3", "joined"}, {"--shard=2/3", "joined"}};
    char text[1024], path[512];
    rpe_error error = {""};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        snprintf(text, sizeof text,
                 "rpebench run tiny %s --seed 9 --trials 7 --no-plot --quiet --output %s/out/%s",
                 shares[i][0], directory, shares[i][1]);
        rpe_test_ok(words_run(text, &error), &error);
    }
    snprintf(text, sizeof text, "rpebench merge %s/out/joined --quiet --output %s/out/joined", directory,
             directory);
    rpe_test_ok(words_run(text, &error), &error);
    expect_same_results("whole", "joined");
    snprintf(text, sizeof text,
             "rpebench run --from %s/out/joined/tiny.json --no-plot --quiet --output %s/out/again", directory,
             directory);
    rpe_test_ok(words_run(text, &error), &error);
    expect_same_results("whole", "again");
    snprintf(text, sizeof text,
             "rpebench run --resume tiny --seed 9 --trials 11 --no-plot --quiet --output %s/out/again",
             directory);
    rpe_test_ok(words_run(text, &error), &error);
    snprintf(path, sizeof path, "%s/out/again/tiny.npy", directory);
    size_t size;
    file_read(path, &size);
    assert_int_equal(size, 128 + 3 * 11 * sizeof(double));
}

/* Ctrl-C: exit status 130; SIGTERM: 143. */
static void test_interrupt(void **state)
{
    (void)state;
    char path[512], output[512];
    snprintf(path, sizeof path, "%s/interrupted", directory);
    snprintf(output, sizeof output, "--output=%s/out/long", directory);
    char *words[] = {"rpebench", "run", "long", output, NULL};
    setenv("RPEBENCH_TEST_SIGNAL", "poll:40:INT", 1);
    assert_int_equal(program_end(program_start(words, path)), 130);
    setenv("RPEBENCH_TEST_SIGNAL", "poll:50:TERM", 1);
    assert_int_equal(program_end(program_start(words, path)), 143);
    unsetenv("RPEBENCH_TEST_SIGNAL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_run_path),
        cmocka_unit_test(test_run_name_of_other_encoding),
        cmocka_unit_test(test_run_typo),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_closed_pipe),
        cmocka_unit_test(test_shards_and_from),
    };
    rpe_json_memory_install();
    folder_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
