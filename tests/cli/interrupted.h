/* For tests of interrupts: commands in this process, whose looks at the flag are counted, and their files in its folder. */
#ifndef INTERRUPTED_H
#define INTERRUPTED_H

#include "rpe_test.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/event.h"
#include "base/interrupt.h"
#include "cli/command.h"
#include "file/json.h"
#include "file/npy.h"

enum { WORDS_MOST = 40 };
/* Looks at the flag that may follow the one that saw it: loops that end without any work, whatever the length. */
#define POLLS_AFTER 10000
#define POLLS_NONE UINT64_MAX /* the command ended before the signal */

static inline void shell(const char *line)
{
    assert_int_equal(system(line), 0);
}

static inline void text_write(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

static inline void array_write(const char *path, size_t rank, const size_t *shape)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, path, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = rpe_test_number(8, i);
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    rpe_array_destroy(&array);
}

/* "rpebench WORDS --quiet" in this process; a quiet dry run would have no work. */
static inline rpe_status words_run(const char *words, rpe_error *error)
{
    char copy[2048], *arguments[WORDS_MOST] = {"rpebench"}, *rest = NULL;
    int count = 1;
    snprintf(copy, sizeof copy, "%s%s", words, strstr(words, "--dry-run") != NULL ? "" : " --quiet");
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        arguments[count++] = word;
    return rpe_program_run(count, arguments, NULL, error);
}

/* With the signal at that poll; 0: none.  after: polls that followed it. */
static inline rpe_status interrupted_run(const char *words, uint64_t number, int signal_number,
                                         uint64_t *after, rpe_error *error)
{
    rpe_interrupt_install();
    rpe_event_arm(RPE_EVENT_POLL, number, signal_number);
    rpe_status status = words_run(words, error);
    uint64_t polls = rpe_event_counted(RPE_EVENT_POLL);
    *after = polls < number ? POLLS_NONE : polls - number;
    assert_int_equal(rpe_interrupt_signal(), number > 0 && polls >= number ? signal_number : 0);
    rpe_event_disarm();
    rpe_interrupt_set(false);
    return status;
}

/* Of a command that nobody interrupts. */
static inline uint64_t polls_count(const char *words)
{
    uint64_t polls;
    rpe_error error = {""};
    rpe_test_ok(interrupted_run(words, 0, 0, &polls, &error), &error);
    return polls;
}

/* The exit status of the program with the signal at that poll or write, or 128 and the signal that killed it. */
static inline int program_end(const char *words, const char *event, long number, const char *signal_name)
{
    char line[4096];
    snprintf(line, sizeof line, "RPEBENCH_TEST_SIGNAL=%s:%ld:%s exec '%s' %s >/dev/null 2>&1", event, number,
             signal_name, RPE_TEST_PROGRAM, words);
    int status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Its writes when nobody kills it. */
static inline uint64_t writes_count(const char *words)
{
    rpe_error error = {""};
    rpe_event_arm(RPE_EVENT_WRITE, 0, SIGKILL);
    rpe_test_ok(words_run(words, &error), &error);
    uint64_t writes = rpe_event_counted(RPE_EVENT_WRITE);
    rpe_event_disarm();
    return writes;
}

/* In a child that is killed at its write of that number; whether it came to its end before that. */
static inline bool killed_run(const char *words, uint64_t number)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        rpe_error error = {""};
        rpe_event_arm(RPE_EVENT_WRITE, number, SIGKILL);
        rpe_status end = words_run(words, &error);
        if (end != RPE_OK)
            fprintf(stderr, "%s: %s\n", words, error.message);
        _exit(end == RPE_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    else
        assert_int_equal(WTERMSIG(status), SIGKILL);
    return WIFEXITED(status);
}

/* Files of a folder, 0 where there is none; in those below it too. */
static inline size_t files_count(const char *folder, const char *part)
{
    size_t count = 0;
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;) {
        char path[1300];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%.1000s/%s", folder, entry->d_name);
        DIR *below = opendir(path);
        if (below != NULL)
            closedir(below);
        count += below != NULL ? files_count(path, part) : strstr(entry->d_name, part) != NULL;
    }
    if (stream != NULL)
        closedir(stream);
    return count;
}

#endif
