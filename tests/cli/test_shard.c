/* --shard auto: the environments of engines, as they set it, and those that do not say which share a job has. */
#include "rpe_test.h"

#include <stdlib.h>
#include <string.h>

#include "cli/shard.h"

#define VARIABLES_MAX 8

/* All variables that are looked at: none of them may come from the engine that runs the tests. */
static const char *const looked_at[] = {
    "OMPI_COMM_WORLD_RANK",
    "OMPI_COMM_WORLD_SIZE",
    "PMI_RANK",
    "PMI_SIZE",
    "SLURM_PROCID",
    "SLURM_STEP_NUM_TASKS",
    "SLURM_STEP_ID",
    "SLURM_ARRAY_TASK_ID",
    "SLURM_ARRAY_TASK_COUNT",
    "SLURM_ARRAY_TASK_MIN",
    "SLURM_ARRAY_TASK_MAX",
    "SLURM_ARRAY_TASK_STEP",
    "FLUX_TASK_RANK",
    "FLUX_JOB_SIZE",
    "PBS_ARRAY_INDEX",
    "PARALLEL_SEQ",
};

typedef struct environment {
    const char *variables[VARIABLES_MAX][2];
    size_t shard, shards; /* 0: refused */
    const char *part;     /* of the engine's name or of the message */
} environment;

#define ARRAY(id, count, minimum, maximum, step)                                                             \
    {"SLURM_ARRAY_TASK_ID", id}, {"SLURM_ARRAY_TASK_COUNT", count}, {"SLURM_ARRAY_TASK_MIN", minimum},       \
        {"SLURM_ARRAY_TASK_MAX", maximum},                                                                   \
    {                                                                                                        \
        "SLURM_ARRAY_TASK_STEP", step                                                                        \
    }

static const environment environments[] = {
    {{{"OMPI_COMM_WORLD_RANK", "2"}, {"OMPI_COMM_WORLD_SIZE", "4"}}, 3, 4, "Open MPI"},
    {{{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}}, 1, 2, "MPICH"},
    {{{"FLUX_TASK_RANK", "7"}, {"FLUX_JOB_SIZE", "8"}}, 8, 8, "Flux"},
    {{{"SLURM_PROCID", "1"}, {"SLURM_STEP_NUM_TASKS", "3"}, {"SLURM_STEP_ID", "0"}}, 2, 3, "Slurm step"},
    {{ARRAY("1", "4", "1", "4", "1")}, 1, 4, "Slurm array"},
    {{ARRAY("3", "4", "0", "3", "1")}, 4, 4, "Slurm array"},
    {{ARRAY("5", "4", "1", "10", "3")}, 0, 0, "evenly spaced"},
    {{ARRAY("7", "4", "1", "10", "3")}, 3, 4, "Slurm array"},
    {{ARRAY("0", "3", "0", "9", "1")}, 0, 0, "evenly spaced"}, /* --array=0,5,9 */
    {{ARRAY("3", "1", "3", "3", "1")}, 0, 0, "run again"},     /* --array=3 */
    {{ARRAY("1", "1", "1", "1", "1")}, 0, 0, "run again"},
    {{ARRAY("2", "2", "2", "3", "1")}, 0, 0, "run again"}, /* --array=2,3 of 1-4 */
    {{ARRAY("1", "4", "1", "4", "0")}, 0, 0, "evenly spaced"},
    {{{"SLURM_ARRAY_TASK_ID", "1"}}, 0, 0, "SLURM_ARRAY_TASK_COUNT"},
    {{ARRAY("2", "4", "1", "4", "1"), {"SLURM_PROCID", "0"}}, 2, 4, "Slurm array"}, /* as arrays have it */
    {{ARRAY("2", "4", "1", "4", "1"), {"PMI_RANK", "0"}, {"PMI_SIZE", "1"}}, 2, 4, "Slurm array"},
    {{ARRAY("2", "4", "1", "4", "1"), {"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}, 0, 0, "several ranks of MPICH"},
    {{{"SLURM_PROCID", "0"}, {"SLURM_STEP_NUM_TASKS", "2"}},
     0,
     0,
     "found none"}, /* sbatch -n 2 without srun */
    {{{"SLURM_PROCID", "0"},
      {"SLURM_STEP_NUM_TASKS", "2"},
      {"SLURM_STEP_ID", "0"},
      {"OMPI_COMM_WORLD_RANK", "3"},
      {"OMPI_COMM_WORLD_SIZE", "4"}},
     4,
     4,
     "Open MPI"}, /* mpirun inside a job of two nodes */
    {{{"PMI_RANK", "0"}, {"PMI_SIZE", "1"}}, 1, 1, "MPICH"},
    {{{"PMI_RANK", "2"}, {"PMI_SIZE", "2"}}, 0, 0, "PMI_RANK below PMI_SIZE = 2"},
    {{{"PMI_RANK", "x"}, {"PMI_SIZE", "2"}}, 0, 0, "PMI_RANK: expected a whole number"},
    {{{"PMI_RANK", "1"}, {"PMI_SIZE", ""}}, 0, 0, "PMI_SIZE: expected a whole number"},
    {{{"PMI_RANK", "1"}}, 0, 0, "expected PMI_SIZE"},
    {{{"PMI_RANK", "0"}, {"PMI_SIZE", "0"}}, 0, 0, "below PMI_SIZE = 0"},
    {{{"PMI_RANK", "0"}, {"PMI_SIZE", "99999999999999999999"}}, 0, 0, "at most 1000000"},
    {{{"PARALLEL_SEQ", "3"}}, 0, 0, "--shard {#}/{##}"},
    {{{"PBS_ARRAY_INDEX", "3"}}, 0, 0, "$PBS_ARRAY_INDEX/n"},
    {{{"PARALLEL_SEQ", "3"}, {"PMI_RANK", "0"}, {"PMI_SIZE", "2"}}, 1, 2, "MPICH"},
    {{{NULL, NULL}}, 0, 0, "found none"},
};

static void test_environments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof environments / sizeof environments[0]; i++) {
        const environment *given = &environments[i];
        rpe_shard shard = {0};
        rpe_error error = {""};
        for (size_t j = 0; j < sizeof looked_at / sizeof looked_at[0]; j++)
            assert_int_equal(unsetenv(looked_at[j]), 0);
        for (size_t j = 0; j < VARIABLES_MAX && given->variables[j][0] != NULL; j++)
            assert_int_equal(setenv(given->variables[j][0], given->variables[j][1], 1), 0);
        rpe_status status = rpe_shard_parse(&shard, "auto", &error);
        const char *text = status == RPE_OK ? shard.engine : error.message;
        if (status != (given->shards > 0 ? RPE_OK : RPE_ERROR_INPUT) || shard.shard != given->shard ||
            shard.shards != given->shards || strstr(text, given->part) == NULL)
            fail_msg("environment %zu: expected %zu/%zu, \"%s\", found %zu/%zu, \"%s\"", i, given->shard,
                     given->shards, given->part, shard.shard, shard.shards, text);
    }
}

static void test_given(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "1",
                                        "/",
                                        "1/",
                                        "/2",
                                        "0/2",
                                        "3/2",
                                        "-1/2",
                                        "1/2 ",
                                        " 1/2",
                                        "1/0",
                                        "1/2/3",
                                        "a/b",
                                        "1/1000001",
                                        "1.0/2",
                                        "AUTO",
                                        "1/99999999999999999999",
                                        "99999999999999999999/1"};
    rpe_shard shard = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_shard_parse(&shard, "17/64", &error), &error);
    assert_int_equal(shard.shard, 17);
    assert_int_equal(shard.shards, 64);
    assert_null(shard.engine);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (rpe_shard_parse(&shard, wrong[i], &error) != RPE_ERROR_INPUT || shard.shard != 17)
            fail_msg("\"%s\" was taken", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_environments), cmocka_unit_test(test_given)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
