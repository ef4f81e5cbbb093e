/* verify: exit status, outputs that parse, mutants that are rejected, and one that is not. */
#include "rpe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "file/csv.h"
#include "file/json.h"
#include "report/calibration.h"
#include "report/mutant_report.h"

#define WORDS_MAX 32
#define LINE_CAPACITY 4096

static char directory[256];

/* In the line "@" is the directory, and "sine,gated" the case "sine gated". */
static rpe_status line_run(const char *text, rpe_outcome *outcome, rpe_error *error)
{
    static char buffer[LINE_CAPACITY];
    char *words[WORDS_MAX];
    int count = 0;
    size_t used = 0;
    for (; *text != '\0' && used < sizeof buffer - sizeof directory; text++) {
        if (*text == '@')
            used += (size_t)snprintf(buffer + used, sizeof buffer - used, "%s", directory);
        else
            buffer[used++] = *text;
    }
    buffer[used] = '\0';
    for (char *word = strtok(buffer, " "); word != NULL; word = strtok(NULL, " ")) {
        for (char *comma = strchr(word, ','); comma != NULL; comma = strchr(word, ','))
            *comma = ' ';
        words[count++] = word;
    }
    return rpe_program_run(count, words, outcome, error);
}

static char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static size_t csv_rows(const char *name, const char *column)
{
    rpe_csv csv = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_csv_read(&csv, path_of(name), &error), &error);
    assert_true(rpe_csv_column(&csv, column) < csv.columns);
    size_t rows = csv.rows;
    rpe_csv_destroy(&csv);
    return rows;
}

static void json_check(const char *name, const char *key)
{
    rpe_json document = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_json_read(&document, path_of(name), &error), &error);
    assert_true(json_array_size(json_object_get(document.root, key)) > 0);
    rpe_json_destroy(&document);
}

/* Everything that is asked for is there. */
static void test_outputs(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_outcome outcome = RPE_OUTCOME_UNFAVOURABLE;
    rpe_test_ok(
        line_run("rpebench verify score-mean --quick --case sine,gated --output @/run --csv @/one.csv --json "
                 "@/one.json --junit @/one.xml --markdown @/one.md --quiet --threads 2",
                 &outcome, &error),
        &error);
    assert_int_equal(outcome, RPE_OUTCOME_FAVOURABLE);
    assert_true(csv_rows("run/verify.csv", "adjusted_p") > 1);
    assert_int_equal(csv_rows("one.csv", "adjusted_p"), csv_rows("run/verify.csv", "adjusted_p"));
    json_check("run/verify.json", "verdicts");
    json_check("one.json", "verdicts");
    assert_int_equal(access(path_of("one.xml"), R_OK), 0);
    assert_int_equal(access(path_of("one.md"), R_OK), 0);
}

/* The p-value of a row does not change when it is repeated alone. */
static void test_repeat(void **state)
{
    (void)state;
    rpe_csv all = {0}, one = {0};
    rpe_error error = {""};
    rpe_test_ok(line_run("rpebench verify score-mean --quick --seed 5 --csv @/all.csv --quiet", NULL, &error),
                &error);
    rpe_test_ok(
        line_run("rpebench verify score-mean --case conv --sampler rademacher --method softmax --seed 5 "
                 "--quick --csv @/repeat.csv --quiet",
                 NULL, &error),
        &error);
    rpe_test_ok(rpe_csv_read(&all, path_of("all.csv"), &error), &error);
    rpe_test_ok(rpe_csv_read(&one, path_of("repeat.csv"), &error), &error);
    assert_int_equal(one.rows, 1);
    const char *command = rpe_csv_cell(&one, 0, rpe_csv_column(&one, "command"));
    size_t found = 0;
    for (size_t row = 0; row < all.rows; row++)
        if (strcmp(rpe_csv_cell(&all, row, rpe_csv_column(&all, "command")), command) == 0) {
            found++;
            assert_string_equal(rpe_csv_cell(&all, row, rpe_csv_column(&all, "p")),
                                rpe_csv_cell(&one, 0, rpe_csv_column(&one, "p")));
        }
    assert_int_equal(found, 1);
    rpe_csv_destroy(&one);
    rpe_csv_destroy(&all);
}

static int program_run(const char *level)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl(RPE_TEST_PROGRAM, "rpebench", "verify", "score-mean", "--case", "sine", "--quick", "--quiet",
              "--level", level, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* 0 holds, 1 fails (at a level that nothing passes), 2 bad input. */
static void test_exit_status(void **state)
{
    (void)state;
    assert_int_equal(program_run("0.001"), 0);
    assert_int_equal(program_run("0.9999999"), 1);
    assert_int_equal(program_run("1.5"), 2);
}

static void test_calibration(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_outcome outcome = RPE_OUTCOME_UNFAVOURABLE;
    rpe_test_ok(
        line_run("rpebench verify score-mean --quick --case sine --sampler gaussian --calibrate 6 --output "
                 "@/calibration --quiet",
                 &outcome, &error),
        &error);
    assert_int_equal(outcome, RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(csv_rows("calibration/calibration.csv", "above"), 6);
    json_check("calibration/calibration.json", "claims");
    if (system("gnuplot --version >/dev/null 2>&1") == 0) {
        assert_int_equal(access(path_of("calibration/calibration.svg"), R_OK), 0);
        assert_int_equal(access(path_of("calibration/calibration.png"), R_OK), 0);
    }
}

/* Twice the band at n/4 values, about, and the published 5 % point of n = 20. */
static void test_band(void **state)
{
    (void)state;
    assert_true(rpe_calibration_band(20, 0.05) > 0.2935 && rpe_calibration_band(20, 0.05) < 0.2945);
    assert_true(rpe_calibration_band(400, 0.05) < 0.55 * rpe_calibration_band(100, 0.05));
}

/* A fault that is none is not rejected, and one that is, is. */
static void test_mutants(void **state)
{
    (void)state;
    static const rpe_planting planting = {"sine", "gaussian", "softmax", NULL, NULL};
    static const rpe_fault none = {"none", "score-mean", "no fault", &planting};
    const rpe_fault *const faults[] = {&none, rpe_fault_find("zero")};
    const rpe_verification_settings settings = {.seed = 1, .threads = 2, .quick = true, .level = 0.001};
    rpe_error error = {""};
    rpe_mutant_report report = {0};
    assert_non_null(faults[1]);
    rpe_test_ok(rpe_mutant_report_run(&report, faults, 2, &settings, &error), &error);
    assert_int_equal(report.count, 2);
    assert_int_equal(report.rejected, 1);
    assert_false(report.results[0].rejected);
    assert_true(report.results[1].rejected);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    rpe_mutant_table_print(&report, &settings, false, stream);
    assert_int_equal(fclose(stream), 0);
    assert_non_null(strstr(text, "NOT REJECTED"));
    assert_non_null(strstr(strstr(text, "  none "), "  zero "));
    free(text);
    rpe_mutant_report_destroy(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs),     cmocka_unit_test(test_repeat), cmocka_unit_test(test_exit_status),
        cmocka_unit_test(test_calibration), cmocka_unit_test(test_band),   cmocka_unit_test(test_mutants),
    };
    rpe_json_memory_install();
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("verify"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
