/* Killed at writes, again and again, and taken up: the bytes of an undisturbed run. */
#include "experiment_run.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/event.h"

#define KILLS 100
#define TRIALS_SHORT 20
#define TRIALS_LONG 90

static rpe_status run_trials(const char *out, size_t trials, rpe_resume resume, rpe_error *error)
{
    char output[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path(out));
    const rpe_run_settings settings = {.output = output, .threads = 1, .trials = trials, .resume = resume};
    return rpe_experiment_run(file_path("kill.json"), &settings, error);
}

/* Whether the run came to its end before its write of that number, at which it is killed. */
static bool run_killed(const char *out, size_t trials, uint64_t number)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        rpe_error error = {""};
        rpe_event_arm(RPE_EVENT_WRITE, number, SIGKILL);
        _exit(run_trials(out, trials, RPE_RESUME, &error) == RPE_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    else
        assert_int_equal(WTERMSIG(status), SIGKILL);
    return WIFEXITED(status);
}

static void expect_same(const char *x, const char *y)
{
    static const char *const endings[] = {"csv", "npy"};
    static char text[2][FILE_CAPACITY];
    for (size_t i = 0; i < 2; i++) {
        char x_name[64], y_name[64];
        snprintf(x_name, sizeof x_name, "%s/kill.%s", x, endings[i]);
        snprintf(y_name, sizeof y_name, "%s/kill.%s", y, endings[i]);
        size_t size = file_read(file_path(x_name), text[0]);
        assert_int_equal(file_read(file_path(y_name), text[1]), size);
        assert_memory_equal(text[0], text[1], size);
    }
    json_t *root = json_open("out/kill.json");
    assert_true(json_is_true(json_object_get(root, "complete")));
    json_decref(root);
}

static void remove_results(void)
{
    static const char *const names[] = {"out/kill.csv", "out/kill.npy", "out/kill.json"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(remove(file_path(names[i])), 0);
}

/* Short runs killed until one ends, then extended and killed until that ends, and all over again: at the first writes one by
   one, then further and further apart. */
static void test_kill(void **state)
{
    (void)state;
    rpe_error error = {""};
    unsigned kills = 0, ended = 0;
    uint64_t number = 0;
    bool long_run = false;
    rpe_test_ok(run_trials("short", TRIALS_SHORT, RPE_RESUME_NOT, &error), &error);
    rpe_test_ok(run_trials("long", TRIALS_LONG, RPE_RESUME_NOT, &error), &error);
    while (kills < KILLS || ended < 2 || long_run) {
        number += 1 + number / 16;
        if (!run_killed("out", long_run ? TRIALS_LONG : TRIALS_SHORT, number)) {
            kills++;
            continue;
        }
        ended++;
        number = 0;
        expect_same("out", long_run ? "long" : "short");
        if (long_run)
            remove_results();
        long_run = !long_run;
    }
    print_message("%u kills, %u runs came to their end\n", kills, ended);
    assert_true(ended >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kill)};
    rpe_json_memory_install();
    files_make("kill");
    file_write("kill.json",
               EXPERIMENT("[\"score_error\",\"code_profile\"]",
                          GRID("g", SINE "," CONV,
                               "\"realizations\":[4,8],\"samplers\":[\"gaussian\"]," TRIALS(7))));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
