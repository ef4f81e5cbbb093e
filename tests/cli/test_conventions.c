/* What every command does alike: help in all its spellings, an end without a word where the reader leaves, results that do not
   take the place of what they are made of, and thresholds of 0. */
#include "rpe_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"

#define TEXT_CAPACITY 65536

static void text_write(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static size_t text_read(const char *path, char text[TEXT_CAPACITY])
{
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    size_t length = fread(text, 1, TEXT_CAPACITY - 1, stream);
    text[length] = '\0';
    assert_int_equal(fclose(stream), 0);
    return length;
}

/* A pipe whose reader has left. */
static int closed_pipe(void)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    return ends[1];
}

static int file_of(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(descriptor >= 0);
    return descriptor;
}

/* Exit status; stdout goes to the file "stdout" or into a closed pipe, stderr to "stderr" or the same; -1: a signal. */
static int run(const char *line, bool stdout_closed, bool stderr_closed)
{
    int output = stdout_closed ? closed_pipe() : file_of("stdout");
    int errors = stderr_closed ? closed_pipe() : file_of("stderr");
    int status = rpe_test_program_run(line, output, errors);
    close(output);
    close(errors);
    return status;
}

static void expect_output(const char *line, const char *expected)
{
    char text[TEXT_CAPACITY];
    assert_int_equal(run(line, false, false), 0);
    text_read("stdout", text);
    if (strcmp(text, expected) != 0)
        fail_msg("rpebench %s prints something else", line);
}

static void test_help(void **state)
{
    (void)state;
    char text[TEXT_CAPACITY], line[256];
    assert_int_equal(run("--help", false, false), 0);
    text_read("stdout", text);
    expect_output("-h", text);
    expect_output("help", text);
    for (size_t i = 0; i < rpe_command_count(); i++) {
        const char *name = rpe_command_at(i)->name;
        snprintf(line, sizeof line, "  %s ", name);
        assert_int_equal(run("help", false, false), 0);
        text_read("stdout", text);
        assert_non_null(strstr(text, line));
        snprintf(line, sizeof line, "%s --help", name);
        assert_int_equal(run(line, false, false), 0);
        text_read("stdout", text);
        assert_non_null(strstr(text, rpe_command_at(i)->title));
        snprintf(line, sizeof line, "%s -h", name);
        expect_output(line, text);
        snprintf(line, sizeof line, "help %s", name);
        expect_output(line, text);
    }
    assert_int_equal(run("list -x", false, false), 2);
}

static const char experiment[] =
    "{\"title\":\"Tiny\",\"question\":\"Does it "
    "run?\",\"measures\":[\"score_error\"],\"grids\":[{\"name\":\"g\","
    "\"inputs\":[{\"name\":\"a\",\"kernel\":\"k.json\",\"gaussian\":{\"queries\":6,\"values\":2}}],"
    "\"methods\":[\"softmax\"],\"samplers\":[\"gaussian\"],\"realizations\":[4,8,16],\"trials\":{\"minimum\":"
    "4,"
    "\"maximum\":4,\"total_realizations\":64}}]}";
static const char kernel[] =
    "{\"type\":\"sine\",\"frequency\":[[[0.1],[0.2]]],\"phase\":[[[0],[1]]],\"gain\":[[[1],[1]]]}";

static void expect_same(const char *path, const char *other)
{
    static char text[TEXT_CAPACITY], other_text[TEXT_CAPACITY];
    size_t length = text_read(path, text);
    assert_int_equal(length, text_read(other, other_text));
    assert_memory_equal(text, other_text, length);
}

/* What is to be read is not wanted any more, but the work is done, and all files are there. */
static void test_a_reader_who_leaves(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "list",
        "help",
        "manual",
        "completion bash",
        "run s.json --output piped --no-plot --threads 1",
        "compare whole other --json piped.json",
        "compare whole other --markdown",
        "verify fit-exact --all --csv piped.csv",
        "kernel --kernel k.json --length 4 --output piped.npy",
    };
    assert_int_equal(run("run s.json --output whole --no-plot --threads 1", false, false), 0);
    assert_int_equal(run("run s.json --output other --no-plot --threads 1 --seed 5", false, false), 0);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char errors[TEXT_CAPACITY];
        int plain = run(lines[i], false, false), status = run(lines[i], true, false);
        text_read("stderr", errors);
        if (status != plain || strstr(errors, "rpebench:") != NULL)
            fail_msg("rpebench %s: status %d as a pipe, %d as a file; %s", lines[i], status, plain, errors);
        assert_int_equal(run(lines[i], true, true), plain);
    }
    expect_same("whole/s.csv", "piped/s.csv");
    assert_int_equal(access("piped.json", F_OK), 0);
    assert_int_equal(access("piped.csv", F_OK), 0);
    assert_int_equal(access("piped.npy", F_OK), 0);
    assert_int_equal(run("compare none.npy none.npy", true, true), 2);
}

/* A file that is opened does not take the place of a stream that the program was started without. */
static void test_streams_that_are_closed(void **state)
{
    (void)state;
    static const char *const closed[] = {"<&-",      ">&-",      "2>&-",        "<&- >&-",
                                         "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"};
    static const char *const results[] = {".csv", ".npy"};
    char line[1024], path[64], other[64];
    assert_int_equal(run("run s.json --output whole --no-plot --threads 1", false, false), 0);
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        snprintf(line, sizeof line, "exec '%s' run s.json --output closed%zu --no-plot --threads 1 %s 2>%s",
                 RPE_TEST_PROGRAM, i, closed[i], strstr(closed[i], "2>") != NULL ? "&-" : "/dev/null");
        int status = system(line);
        assert_true(WIFEXITED(status));
        /* What was to be printed is missed; messages of progress are not. */
        assert_int_equal(WEXITSTATUS(status), closed[i][0] == '>' || strstr(closed[i], " >") != NULL ? 2 : 0);
        for (size_t file = 0; file < sizeof results / sizeof results[0]; file++) {
            snprintf(path, sizeof path, "closed%zu/s%s", i, results[file]);
            snprintf(other, sizeof other, "whole/s%s", results[file]);
            expect_same(path, other);
        }
    }
}

static void test_results_do_not_replace_their_sources(void **state)
{
    (void)state;
    char text[TEXT_CAPACITY];
    assert_int_equal(run("run s.json --output own --no-plot", false, false), 0);
    assert_int_equal(run("run s.json --output . --no-plot", false, false), 2);
    text_read("s.json", text);
    assert_string_equal(text, experiment);
    assert_int_equal(run("run --from own/s.json --output own --no-plot", false, false), 2);
    assert_int_equal(run("run --from own/s.json --output again --no-plot", false, false), 0);
    expect_same("own/s.csv", "again/s.csv");
    /* Going on is what --resume is for. */
    assert_int_equal(run("run --from own/s.json --output own --no-plot --resume --trials 6", false, false),
                     0);
    assert_int_equal(run("report own --output own/s.npy", false, false), 2);
    assert_int_equal(run("report own --output own/page.html", false, false), 0);
    assert_int_equal(run("report own --output own/page.html", false, false), 0);
}

/* Every change matters then; what did not change is the same. */
static void test_thresholds_of_zero(void **state)
{
    (void)state;
    assert_int_equal(run("run s.json --output zero --no-plot", false, false), 0);
    assert_int_equal(run("compare zero zero --accuracy 0 --time 0 --memory 0", false, false), 0);
}

/* As long as file systems allow: an experiment whose results have names of 255 bytes, and an input. */
static void test_long_names(void **state)
{
    (void)state;
    char name[256], line[1024], text[TEXT_CAPACITY];
    memset(name, 'n', sizeof name);
    memcpy(name + 247, ".json", sizeof ".json");
    text_write(name, experiment);
    snprintf(line, sizeof line, "run %s --output long --no-plot", name);
    assert_int_equal(run(line, false, false), 0);
    snprintf(line, sizeof line, "long/%s", name);
    assert_int_equal(access(line, F_OK), 0);
    assert_int_equal(run("report long --output long.html", false, false), 0);
    assert_int_equal(run("compare long long", false, false), 0);
    memset(name, 'n', 250);
    memcpy(name + 250, ".json", sizeof ".json"); /* its .journal is too long */
    text_write(name, experiment);
    snprintf(line, sizeof line, "run %s --output longer --no-plot", name);
    assert_int_equal(run(line, false, false), 2);
    text_read("stderr", text);
    assert_non_null(strstr(text, "File name too long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_a_reader_who_leaves),
        cmocka_unit_test(test_streams_that_are_closed),
        cmocka_unit_test(test_results_do_not_replace_their_sources),
        cmocka_unit_test(test_thresholds_of_zero),
        cmocka_unit_test(test_long_names),
    };
    if (chdir(rpe_test_directory("conventions")) != 0) {
        perror(RPE_TEST_PROGRAM);
        return 1;
    }
    text_write("s.json", experiment);
    text_write("k.json", kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
