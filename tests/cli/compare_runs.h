/* Two runs made of rows, a and b, and what compare says of runs in the test's directory. */
#ifndef COMPARE_RUNS_H
#define COMPARE_RUNS_H

#include "../report/result_files.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "file/json.h"

#define TEXT_CAPACITY 16384
#define WORDS_MAX 16

#define FOUR(a, b, c, d) .trials = 4, .values = {a, b, c, d}

static const made_row baseline[] = {
    {.point = "4", .measure = "score_error", FOUR(1.00, 1.21, 1.10, 1.05), .root = true},
    {.point = "8", .measure = "score_error", FOUR(0.50, 0.60, 0.55, 0.52), .root = true},
    {.point = "9", .measure = "attention_error", FOUR(0.1, 0.3, 0.15, 0.2)}};
/* the first 10 % worse to three digits, the second the same, the third anything */
static const made_row worse[] = {
    {.point = "4", .measure = "score_error", FOUR(1.21, 1.464, 1.332, 1.27), .root = true},
    {.point = "8", .measure = "score_error", FOUR(0.50, 0.60, 0.55, 0.52), .root = true},
    {.point = "9", .measure = "attention_error", FOUR(0.12, 0.25, 0.1, 0.25)}};

static inline void results_make(void)
{
    result_make(&(made_result){.directory = "a", .name = "e", .rows = baseline, .count = 3});
    result_make(&(made_result){.directory = "b", .name = "e", .rows = worse, .count = 3});
}

/* Words between spaces; in the directory. */
static inline rpe_outcome outcome_of(const char *text)
{
    static char buffer[1024];
    char *words[WORDS_MAX];
    int count = 0;
    rpe_error error = {""};
    rpe_outcome outcome = RPE_OUTCOME_FAVOURABLE;
    snprintf(buffer, sizeof buffer, "%s", text);
    for (char *word = strtok(buffer, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    rpe_test_ok(rpe_program_run(count, words, &outcome, &error), &error);
    return outcome;
}

static inline const char *output_of(const char *arguments)
{
    static char text[TEXT_CAPACITY];
    char command[1024];
    snprintf(command, sizeof command, "\"$RPE_PROGRAM\" %s", arguments);
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    pclose(stream);
    return text;
}

static inline void expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, text);
}

static inline int status_of(const char *arguments)
{
    char command[1024];
    snprintf(command, sizeof command, "\"$RPE_PROGRAM\" %s >/dev/null", arguments);
    int status = system(command);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The tests run in a directory of that name, in which the two runs are. */
static inline void compare_begin(const char *directory)
{
    rpe_json_memory_install();
    char program[4096];
    assert_non_null(realpath(RPE_TEST_PROGRAM, program));
    if (setenv("RPE_PROGRAM", program, 1) != 0 || chdir(rpe_test_directory(directory)) != 0)
        exit(1);
    results_make();
}

#endif
