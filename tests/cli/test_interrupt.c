/* Ctrl-C and SIGTERM at each look that a command takes at the flag: it ends by that signal's status and leaves nothing.  What
   a killed one leaves goes when the next one writes there. */
#include "rpe_test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpe_npy.h"

enum { TOKENS = 300, HEADS = 2, WIDTH = 4, POLLS_MOST = 100000 };

static char directory[256];

static void array_write(const char *name, size_t rank, const size_t *shape)
{
    char path[512];
    rpe_array array = {0};
    rpe_error error = {""};
    snprintf(path, sizeof path, "%s/%s", directory, name);
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, name, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = rpe_test_number(8, i);
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    rpe_array_destroy(&array);
}

/* Runs in the directory, with the signal at that poll or write; its exit status, or 128 and the signal that killed it. */
static int command_end(const char *words, const char *event, long number, const char *signal_name)
{
    char command[4096];
    snprintf(command, sizeof command,
             "cd '%s' && RPEBENCH_TEST_SIGNAL=%s:%ld:%s exec '%s' %s --quiet >/dev/null 2>&1", directory,
             event, number, signal_name, RPE_TEST_PROGRAM, words);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Files in out, and temporary ones. */
static int files_left(void)
{
    char path[512];
    int count = 0;
    snprintf(path, sizeof path, "%s/out", directory);
    DIR *stream = opendir(path);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(stream);
    return count;
}

static void out_clear(void)
{
    char command[1024];
    snprintf(command, sizeof command, "rm -rf '%s/out' && mkdir '%s/out'", directory, directory);
    assert_int_equal(system(command), 0);
}

/* At the polls 1, 2, 3, ..., and further and further apart. */
static void expect_interrupts(const char *words)
{
    long number = 1, interrupts = 0;
    for (; number < POLLS_MOST; number += 1 + number / 3) {
        bool by_terminal = interrupts % 2 == 0;
        out_clear();
        int status = command_end(words, "poll", number, by_terminal ? "INT" : "TERM");
        if (status == 0)
            break;
        interrupts++;
        if (status != (by_terminal ? 130 : 143) || files_left() != 0)
            fail_msg("%s, interrupted at poll %ld: status %d, %d files left", words, number, status,
                     files_left());
    }
    assert_true(interrupts >= 4 && number < POLLS_MOST);
    print_message("%3ld interrupts, some %ld polls: %s\n", interrupts, number, words);
}

#define ARRAYS "--queries q.npy --keys q.npy"

static const char *const writers[] = {
    "attend --method explicit --kernel k.json " ARRAYS " --values q.npy --output out/o.npy",
    "attend --method explicit " ARRAYS " --values q.npy --causal --output out/o.npy",
    "attend --method favor --features 16 " ARRAYS " --values q.npy --output out/o.npy",
    "attend --method favor --features 16 " ARRAYS " --values q.npy --causal --threads 2 --output out/o.npy",
    "attend --method softmax --kernel k.json --realizations 64 --threads 2 " ARRAYS
    " --values q.npy --output out/o.npy",
    "kernel --kernel k.json --length 20000 --output out/p.npy",
    "fit --table t.npy --type sine --output out/f.json",
};

static void test_interrupts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++)
        expect_interrupts(writers[i]);
}

/* Killed at each of its writes, and then run once more: its file alone is there. */
static void test_what_killed_commands_leave(void **state)
{
    (void)state;
    int kills = 0;
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i += 5) {
        for (long number = 1;; number++) {
            out_clear();
            int status = command_end(writers[i], "write", number, "KILL");
            if (status == 0)
                break;
            assert_int_equal(status, 128 + 9);
            kills++;
            assert_int_equal(command_end(writers[i], "write", 0, "KILL"), 0);
            assert_int_equal(files_left(), 1);
        }
    }
    assert_true(kills >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_interrupts),
                                       cmocka_unit_test(test_what_killed_commands_leave)};
    char path[512];
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("interrupt"));
    array_write("q.npy", 3, (const size_t[]){TOKENS, HEADS, WIDTH});
    array_write("t.npy", 3, (const size_t[]){1, 16, 501});
    snprintf(path, sizeof path, "%s/k.json", directory);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs("{\"type\":\"sine\",\"frequency\":[[[0.1],[0.2],[0.3],[0.05]],[[0.1],[0.2],[0.3],[0.05]]],"
          "\"phase\":[[[0],[0],[0],[0]],[[0],[0],[0],[0]]],\"gain\":[[[1],[1],[1],[1]],[[1],[1],[1],[1]]]}",
          stream);
    fclose(stream);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
