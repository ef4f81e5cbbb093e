/* run, list and plot on a folder of experiments of its own, given by RPEBENCH_DATA. */
#include "rpe_test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpe_command.h"
#include "rpe_csv.h"
#include "rpe_json.h"

#define WORDS_MAX 16

static char directory[256];

static const char tiny[] =
    "{\"title\": \"Tiny\", \"question\": \"Does it run?\", \"picture\": \"error\", \"measures\": "
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

/* Ctrl-C: exit status 130. */
static void test_interrupt(void **state)
{
    (void)state;
    char path[512], output[512];
    snprintf(path, sizeof path, "%s/interrupted", directory);
    snprintf(output, sizeof output, "--output=%s/out/long", directory);
    char *words[] = {"rpebench", "run", "long", output, NULL};
    pid_t child = program_start(words, path);
    usleep(500000);
    assert_int_equal(kill(child, SIGINT), 0);
    assert_int_equal(program_end(child), 130);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),  cmocka_unit_test(test_run_path),  cmocka_unit_test(test_run_typo),
        cmocka_unit_test(test_list), cmocka_unit_test(test_interrupt),
    };
    rpe_json_memory_install();
    folder_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
