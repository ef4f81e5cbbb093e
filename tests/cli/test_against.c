/* run --against with the program itself and a copy of it; what is found is not asked for, only that it is said alike everywhere. */
#include "rpe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file/csv.h"
#include "file/json.h"

#define TEXT_CAPACITY 8192
#define LINE "run timed.json --against other --starts 6 --trials 2 --threads 1 --output r"

static char program[TEXT_CAPACITY / 2]; /* absolute: lines run in the test's directory */

static void text_write(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

/* Exit status of a line of the shell in which $P is the program; its output and errors go to the files. */
static int shell(const char *line)
{
    char text[3 * TEXT_CAPACITY];
    snprintf(text, sizeof text, "P='%s'; { %s ; } >stdout 2>stderr", program, line);
    int status = system(text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *text_read(const char *path)
{
    static char text[TEXT_CAPACITY];
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    return text;
}

static void inputs_write(void)
{
    text_write("timed.json",
               "{\"title\":\"t\",\"question\":\"q\",\"picture\":\"scaling\",\"axis\":\"keys\",\"measures\":["
               "\"runtime\"],\"grids\":[{\"name\":\"g\",\"inputs\":[{\"name\":\"a\\nb\",\"kernel\":{"
               "\"type\":\"sine\",\"distribution\":\"unit\",\"heads\":1,\"features\":4,\"sinusoids\":1},"
               "\"gaussian\":{\"queries\":8,\"values\":2}}],\"methods\":[\"relu\"],\"samplers\":["
               "\"gaussian\"],\"realizations\":[4],\"lengths\":[8,16],\"threads\":[1,2],\"trials\":{"
               "\"minimum\":2}}]}");
    assert_int_equal(shell("cp \"$P\" other"), 0);
}

/* The exit status, the table, the CSV and the JSON say the same, and nothing else is written. */
static void status_and_files_agree(void **state)
{
    (void)state;
    rpe_csv csv = {0};
    rpe_json json = {0};
    rpe_error error = {""};
    const int status = shell("\"$P\" " LINE);
    assert_true(status == 0 || status == 1);
    rpe_test_ok(rpe_csv_read(&csv, "r/timed-against.csv", &error), &error);
    rpe_test_ok(rpe_json_read(&json, "r/timed-against.json", &error), &error);
    assert_int_equal(rpe_test_files_count("r", ""), 2 + 2); /* . and .. */
    const char *table = text_read("stdout");
    size_t changes = 0;
    assert_int_equal(csv.rows, 3);
    for (size_t i = 0; i < csv.rows; i++) {
        const char *verdict = rpe_csv_cell(&csv, i, rpe_csv_column(&csv, "verdict"));
        double ratio = rpe_csv_number(&csv, i, rpe_csv_column(&csv, "ratio"));
        changes += strcmp(verdict, "no difference seen") != 0 ? 1 : 0;
        assert_non_null(strstr(table, verdict));
        assert_true(ratio > 0.0);
        if (i < 2)
            assert_true(json_number_value(json_object_get(
                            json_object_get(json_array_get(json_object_get(json.root, "points"), i), "test"),
                            "ratio")) == ratio);
    }
    assert_int_equal(status, changes > 0 ? 1 : 0);
    /* The points of 2 threads are more than the run has. */
    assert_int_equal(json_array_size(json_object_get(json.root, "left_out")), 2);
    assert_non_null(strstr(table, "--threads 2"));
    const json_t *programs = json_object_get(json.root, "programs");
    assert_string_equal(rpe_json_text_or(json_array_get(programs, 0), "path", ""), program);
    assert_string_equal(rpe_json_text_or(json_array_get(programs, 1), "path", ""), "other");
    assert_non_null(rpe_json_text_or(json_object_get(json_array_get(programs, 1), "machine"), "flags", NULL));
    rpe_json_destroy(&json);
    rpe_csv_destroy(&csv);
    /* Without --output nothing is written at all. */
    assert_true(shell("\"$P\" run timed.json --against other --starts 6 --trials 2 --threads 1 --quiet") <=
                1);
    assert_string_equal(text_read("stdout"), "");
    assert_int_not_equal(access("results", F_OK), 0);
}

/* A signal at a counted poll: of the program, and not of its children. */
static void interrupts_leave_nothing(void **state)
{
    (void)state;
    static const char *const events[] = {"poll:1:INT", "poll:30:INT", "poll:60:TERM"};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        char line[TEXT_CAPACITY];
        snprintf(line, sizeof line, "rm -rf r; RPEBENCH_TEST_SIGNAL=%s \"$P\" " LINE, events[i]);
        assert_int_equal(shell(line), strstr(events[i], "TERM") != NULL ? 143 : 130);
        assert_string_equal(text_read("stdout"), "");
        assert_non_null(strstr(text_read("stderr"), "interrupted"));
        assert_int_equal(rpe_test_files_count("r", "timed"), 0);
    }
}

/* The protocol, as against/worker.h has it. */
static void workers_answer(void **state)
{
    (void)state;
    static const char *const expected[] = {"@{\"rpebench worker\":1,\"machine\":{\"program\":\"rpebench\"",
                                           "@{\"point\":\"experiment=timed;input=a\\nb;method=relu;",
                                           "@{\"point\":",
                                           "@{\"point\":",
                                           "@{\"point\":",
                                           "@{\"points\":4}",
                                           "@{\"seconds\":",
                                           "@{\"seconds\":"};
    char line[TEXT_CAPACITY], *rest = line;
    assert_int_equal(shell("printf 'time 0 3 1 0\\ntime 2 1 0 7\\n' | \"$P\" worker timed.json --threads 1"),
                     0);
    snprintf(line, sizeof line, "%s", text_read("stdout"));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *found = strtok_r(rest, "\n", &rest);
        assert_non_null(found);
        if (strncmp(found, expected[i], strlen(expected[i])) != 0)
            fail_msg("expected %s, found %s", expected[i], found);
    }
    assert_null(strtok_r(rest, "\n", &rest));
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    /* Of no point, of none that can be timed, of no calls, of too many; too few numbers, too many, others, no request. */
    static const char *const requests[] = {"time 4 1 0 0",
                                           "time 1 1 0 0",
                                           "time 0 0 0 0",
                                           "time -1 1 0 0",
                                           "time 0 1000001 0 0",
                                           "time 0 1 0",
                                           "time 0 1 0 0 0",
                                           "time zero 1 0 0",
                                           "tame 0 1 0 0",
                                           "",
                                           "time 0 99999999999999999999 0 0"};
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        char line[TEXT_CAPACITY];
        snprintf(line, sizeof line, "echo '%s' | \"$P\" worker timed.json --threads 1 --valid", requests[i]);
        assert_int_equal(shell(line), 2);
        const char *found = text_read("stdout");
        assert_non_null(strstr(found, "@{\"error\":\"expected a request"));
        assert_null(strstr(found, "@{\"seconds\""));
        assert_non_null(strstr(found, "\"machine\":{}"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_files_agree), cmocka_unit_test(interrupts_leave_nothing),
        cmocka_unit_test(workers_answer), cmocka_unit_test(bad_requests_are_refused)};
    if (realpath(RPE_TEST_PROGRAM, program) == NULL || chdir(rpe_test_directory("cli-against")) != 0) {
        perror(RPE_TEST_PROGRAM);
        return 1;
    }
    rpe_json_memory_install();
    inputs_write();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
