/* Killed at any moment, again and again, and taken up: the bytes of an undisturbed run. */
#include "experiment_run.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpe_clock.h"

#define KILLS 100
#define TRIALS_SHORT 20
#define TRIALS_LONG 90

/* One thread: a process that was forked after a parallel loop cannot run another. */
static rpe_status run_trials(const char *out, size_t trials, rpe_resume resume, rpe_error *error)
{
    char output[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path(out));
    const rpe_run_settings settings = {.output = output, .threads = 1, .trials = trials, .resume = resume};
    return rpe_experiment_run(file_path("kill.json"), &settings, error);
}

/* Whether the run came to its end before it was killed. */
static bool run_killed(const char *out, size_t trials, useconds_t delay)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        rpe_error error = {""};
        _exit(run_trials(out, trials, RPE_RESUME, &error) == RPE_OK ? 0 : 1);
    }
    usleep(delay);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
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

/* Short runs killed until one ends, then extended and killed until that ends, and all over again. */
static void test_kill(void **state)
{
    (void)state;
    rpe_error error = {""};
    unsigned kills = 0, ended = 0;
    rpe_test_ok(run_trials("short", TRIALS_SHORT, RPE_RESUME_NOT, &error), &error);
    double start = rpe_clock_seconds();
    rpe_test_ok(run_trials("long", TRIALS_LONG, RPE_RESUME_NOT, &error), &error);
    double most = 1.3e6 * (rpe_clock_seconds() - start); /* microseconds */
    for (unsigned draw = 0; kills < KILLS || ended % 2 != 0; draw++) {
        bool long_run = ended % 2 != 0;
        double share = (rpe_test_number(7, draw) + 1) / 2;
        if (!run_killed("out", long_run ? TRIALS_LONG : TRIALS_SHORT, (useconds_t)(share * share * most))) {
            kills++;
            continue;
        }
        ended++;
        expect_same("out", long_run ? "long" : "short");
        if (long_run)
            remove_results();
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
