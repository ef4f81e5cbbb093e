/* Ctrl-C and SIGTERM at the looks that a command takes at the flag: it begins no more work, ends by that signal's status and
   leaves nothing.  What a killed one leaves goes when the next one writes there. */
#include "interrupted.h"

#include <math.h>

#include "base/memory.h"

/* Between two polls, some 0.3 s: the rates of the machine and a block of a large QR are a fifth of that. */
#define WORK_MOST 300000000

enum { TOKENS = 300, HEADS = 2, WIDTH = 4 };

/* What may be in out when a command was interrupted. */
typedef enum rest {
    NOTHING,
    RESULTS /* whole files of what was finished, and the journal of what was not */
} rest;

typedef struct interrupted_command {
    const char *words;
    rest left;
    const char *prepare; /* a line of shell before each call; NULL: none */
} interrupted_command;

#define ARRAYS "--queries q.npy --keys q.npy"
#define CODES "--kernel k.json --query-codes codes/query_codes.npy --key-codes codes/key_codes.npy"
#define CLAIM "verify code-mean --case sine --sampler gaussian --quick"

static const interrupted_command commands[] = {
    {"attend --method explicit --kernel k.json " ARRAYS " --values q.npy --output out/o.npy", NOTHING, NULL},
    {"attend --method explicit " ARRAYS " --values q.npy --causal --output out/o.npy", NOTHING, NULL},
    {"attend --method favor --features 16 " ARRAYS " --values q.npy --output out/o.npy", NOTHING, NULL},
    {"attend --method favor --features 16 " ARRAYS " --values q.npy --causal --threads 2 --output out/o.npy",
     NOTHING, NULL},
    {"attend --method softmax --kernel k.json --realizations 64 --threads 2 " ARRAYS
     " --values q.npy --output out/o.npy",
     NOTHING, NULL},
    {"kernel --kernel k.json --length 20000 --output out/p.npy", NOTHING, NULL},
    {"fit --table t.npy --type sine --output out/f.json", NOTHING, NULL},
    {"fit --table triangle.npy --type sine --minimal --output out/f.json", NOTHING, NULL},
    {"encode --kernel k.json " ARRAYS " --realizations 16 --codes --threads 2 --output out/e", NOTHING, NULL},
    {"encode --kernel c.json " ARRAYS " --realizations 16 --sampler orthogonal --output out/e", NOTHING,
     NULL},
    {"check " CODES " --scaled --json out/c.json", NOTHING, NULL},
    {"check " CODES " --threads 2 --json out/c.json", NOTHING, NULL}, /* refused, and its cause looked for */
    {"compare q.npy q.npy", NOTHING, NULL},
    {"compare first second --json out/c.json", NOTHING, NULL},
    {"merge shards --output out/m", RESULTS, NULL},
    {"report first --baseline second --output out/r.html", NOTHING, NULL},
    {"plot out", RESULTS, "cp first/* out"},
    {"run s.json --no-plot --output out", RESULTS, NULL},
    {"run s.json --threads 2 --output out", RESULTS, NULL},
    {"run times.json --no-plot --output out", RESULTS, NULL},
    {"run s.json times.json --dry-run --output out", NOTHING, NULL},
    {CLAIM " --csv out/v.csv", NOTHING, NULL},
    {CLAIM " --calibrate 2 --output out/v", NOTHING, NULL},
    {CLAIM " --mutants --output out/v", NOTHING, NULL},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void out_prepare(const interrupted_command *command)
{
    shell("rm -rf out && mkdir out");
    if (command->prepare != NULL)
        shell(command->prepare);
}

/* Of out; temporary ones alone where results may stay. */
static size_t files_left(rest left)
{
    return files_count("out", left == RESULTS ? ".tmp." : "");
}

/* At the polls 1, 3, 7, 15, ..., in this process: what begins after the signal can be counted here. */
static void expect_interrupts(const interrupted_command *command)
{
    out_prepare(command);
    uint64_t polls = polls_count(command->words), number = 1;
    uint64_t work = rpe_event_work_most();
    if (work > WORK_MOST)
        fail_msg("%s: a block of %ju", command->words, (uintmax_t)work);
    int interrupts = 0;
    for (; number <= polls; number += 1 + number) {
        int signal_number = interrupts++ % 2 == 0 ? SIGINT : SIGTERM;
        uint64_t after = 0, memory = rpe_memory_usage_now().current;
        rpe_error error = {""};
        out_prepare(command);
        rpe_status status = interrupted_run(command->words, number, signal_number, &after, &error);
        if (after == POLLS_NONE) /* threads: fewer polls this time */
            break;
        if (status != RPE_ERROR_INTERRUPTED || after > POLLS_AFTER || files_left(command->left) != 0)
            fail_msg("%s, interrupted at poll %ju of %ju: status %d (%s), %ju polls after it, %zu files left",
                     command->words, (uintmax_t)number, (uintmax_t)polls, (int)status, error.message,
                     (uintmax_t)after, files_left(command->left));
        assert_int_equal(rpe_memory_usage_now().current, memory);
    }
    print_message("%3d interrupts, some %ju polls, blocks of at most %ju: %s\n", interrupts, (uintmax_t)polls,
                  (uintmax_t)work, command->words);
    assert_true(interrupts >= 2);
}

static void test_interrupts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMANDS; i++)
        expect_interrupts(&commands[i]);
}

static void test_statuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMANDS; i++) {
        out_prepare(&commands[i]);
        bool by_terminal = i % 2 == 0;
        int status = program_end(commands[i].words, "poll", 1, by_terminal ? "INT" : "TERM");
        if (status != (by_terminal ? 130 : 143))
            fail_msg("%s: status %d", commands[i].words, status);
    }
}

/* Killed at each of its writes, and then run once more: its file alone is there. */
static void test_what_killed_commands_leave(void **state)
{
    (void)state;
    int kills = 0;
    for (size_t i = 0; i < 7; i += 5)
        for (uint64_t number = 1;; number++) {
            out_prepare(&commands[i]);
            if (killed_run(commands[i].words, number))
                break;
            kills++;
            assert_true(killed_run(commands[i].words, 0));
            assert_int_equal(files_left(NOTHING), 1);
        }
    assert_true(kills >= 8);
}

#define INPUT                                                                                                \
    "\"inputs\": [{\"name\": \"x\", \"kernel\": {\"type\": \"sine\", \"distribution\": \"unit\", "           \
    "\"heads\": 1, "                                                                                         \
    "\"features\": 4, \"sinusoids\": 2}, \"gaussian\": {\"queries\": 32, \"values\": 4}}]"

/* Positive definite: the minimal form takes all of its sinusoids. */
static void triangle_write(const char *path)
{
    enum { LAGS = 801 };
    static double values[LAGS];
    rpe_array array = {.precision = RPE_DOUBLE, .rank = 3, .shape = {1, 1, LAGS}, .values = values};
    rpe_error error = {""};
    for (size_t i = 0; i < LAGS; i++)
        values[i] = fmax(0, 1 - fabs((double)i - LAGS / 2) / 8);
    values[LAGS / 2] += 0.01;
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
}

static int group_prepare(void **state)
{
    (void)state;
    assert_int_equal(chdir(rpe_test_directory("interrupt")), 0);
    rpe_json_memory_install();
    array_write("q.npy", 3, (const size_t[]){TOKENS, HEADS, WIDTH});
    array_write("t.npy", 3, (const size_t[]){1, 16, 501});
    triangle_write("triangle.npy");
    text_write(
        "k.json",
        "{\"type\":\"sine\",\"frequency\":[[[0.1],[0.2],[0.3],[0.05]],[[0.1],[0.2],[0.3],[0.05]]],"
        "\"phase\":[[[0],[0],[0],[0]],[[0],[0],[0],[0]]],\"gain\":[[[1],[1],[1],[1]],[[1],[1],[1],[1]]]}");
    text_write("c.json",
               "{\"type\":\"conv\",\"query_filter\":[[[1,2],[1,2],[1,2],[1,2]],[[1,2],[1,2],[1,2],[1,2]]],"
               "\"key_filter\":[[[1,2],[1,2],[1,2],[1,2]],[[1,2],[1,2],[1,2],[1,2]]]}");
    text_write(
        "s.json",
        "{\"title\": \"s\", \"question\": \"?\", \"picture\": \"error\", \"axis\": \"realizations\", "
        "\"measures\": "
        "[\"score_error\"], \"grids\": [{\"name\": \"s\", " INPUT
        ", \"methods\": [\"softmax\"], \"samplers\": [\"gaussian\", \"orthogonal\"], \"realizations\": "
        "[4, 16], \"trials\": {\"minimum\": 8}}]}");
    text_write(
        "times.json",
        "{\"title\": \"t\", \"question\": \"?\", \"picture\": \"scaling\", \"axis\": \"keys\", \"measures\": "
        "[\"runtime\"], \"grids\": [{\"name\": \"t\", " INPUT
        ", \"methods\": [\"explicit\", \"favor\"], \"samplers\": [\"gaussian\"], "
        "\"lengths\": [32, 64], \"realizations\": [4], \"projections\": [4], "
        "\"trials\": {\"minimum\": 6}}]}");
    static const char *const lines[] = {
        "encode --kernel k.json " ARRAYS " --realizations 16 --codes --output codes",
        "run s.json --no-plot --output first",
        "run s.json --no-plot --seed 2 --output second",
        "run s.json --no-plot --shard 1/2 --output shards",
        "run s.json --no-plot --shard 2/2 --output shards",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (program_end(lines[i], "poll", 0, "INT") != 0)
            fail_msg("%s: it does not run", lines[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_interrupts), cmocka_unit_test(test_statuses),
                                       cmocka_unit_test(test_what_killed_commands_leave)};
    return cmocka_run_group_tests(tests, group_prepare, NULL);
}
