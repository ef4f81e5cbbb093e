#include "cli/shard.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What an engine tells its jobs.  Names of variables; NULL: it has none. */
typedef struct engine {
    const char *name;
    const char *index, *count;
    const char *required;            /* without it the others mean nothing */
    const char *first, *last, *step; /* of an array, whose index need not start at 0 */
    const char *hint;                /* for an engine without a count */
} engine;

/* In the order of looking: an array runs whole jobs, and inside a job of Slurm the variables of Slurm are those of the program
   that starts the ranks, so that MPI comes first. */
static const engine engines[] = {
    {.name = "Open MPI", .index = "OMPI_COMM_WORLD_RANK", .count = "OMPI_COMM_WORLD_SIZE"},
    {.name = "MPICH", .index = "PMI_RANK", .count = "PMI_SIZE"},
    {.name = "Slurm step",
     .index = "SLURM_PROCID",
     .count = "SLURM_STEP_NUM_TASKS",
     .required = "SLURM_STEP_ID"},
    {.name = "Flux", .index = "FLUX_TASK_RANK", .count = "FLUX_JOB_SIZE"},
    {.name = "Slurm array",
     .index = "SLURM_ARRAY_TASK_ID",
     .count = "SLURM_ARRAY_TASK_COUNT",
     .first = "SLURM_ARRAY_TASK_MIN",
     .last = "SLURM_ARRAY_TASK_MAX",
     .step = "SLURM_ARRAY_TASK_STEP"},
    {.name = "PBS array",
     .index = "PBS_ARRAY_INDEX",
     .hint = "give --shard $PBS_ARRAY_INDEX/n for an array from 1 to n"},
    {.name = "GNU parallel",
     .index = "PARALLEL_SEQ",
     .hint = "parallel --plus 'rpebench ... --shard {#}/{##}'"},
};

/* Digits only; false on anything else and beyond RPE_SHARDS_MAX. */
static bool number_read(const char *text, size_t *number)
{
    size_t value = 0, digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9'; digits++)
        if ((value = 10 * value + (size_t)(text[digits] - '0')) > RPE_SHARDS_MAX)
            return false;
    *number = value;
    return digits > 0 && text[digits] == '\0';
}

static rpe_status variable_read(const char *name, size_t *number, rpe_error *error)
{
    const char *text = getenv(name);
    if (text == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--shard auto: expected %s in the environment, found none", name);
    if (!number_read(text, number))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--shard auto: %s: expected a whole number of at most %d, found \"%s\"", name,
                             RPE_SHARDS_MAX, text);
    return RPE_OK;
}

static bool is_there(const engine *candidate)
{
    return getenv(candidate->index) != NULL &&
           (candidate->required == NULL || getenv(candidate->required) != NULL);
}

/* Tasks first, first+step, ... last make an array whose places are known; of a list they are not, and of an array of one it is
   not known which part of a larger one is run again. */
static rpe_status array_place(const engine *array, rpe_shard *found, rpe_error *error)
{
    size_t first, last, step;
    rpe_status status = variable_read(array->first, &first, error);
    if (status == RPE_OK)
        status = variable_read(array->last, &last, error);
    if (status == RPE_OK)
        status = variable_read(array->step, &step, error);
    if (status != RPE_OK)
        return status;
    const size_t index = found->shard;
    if (found->shards < 2 || first > 1)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "--shard auto: expected a %s of at least 2 tasks from 0 or 1, found %zu from %zu: a "
            "task that is run again needs its --shard i/n",
            array->name, found->shards, first);
    if (step == 0 || index < first || index > last || (index - first) % step != 0 ||
        (last - first) / step + 1 != found->shards)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "--shard auto: expected a %s whose tasks are evenly spaced, found task %zu of %zu "
            "from %zu to %zu: give --shard i/n",
            array->name, index, found->shards, first, last);
    found->shard = (index - first) / step;
    return RPE_OK;
}

/* The place that an engine gives, from 0. */
static rpe_status engine_place(const engine *candidate, rpe_shard *found, rpe_error *error)
{
    found->engine = candidate->name;
    if (candidate->count == NULL)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "--shard auto: expected an engine that says how many jobs there are, found %s: %s",
            candidate->name, candidate->hint);
    rpe_status status = variable_read(candidate->index, &found->shard, error);
    if (status == RPE_OK)
        status = variable_read(candidate->count, &found->shards, error);
    if (status == RPE_OK && candidate->first != NULL)
        status = array_place(candidate, found, error);
    if (status == RPE_OK && found->shard >= found->shards)
        status = rpe_error_set(error, RPE_ERROR_INPUT, "--shard auto: expected %s below %s = %zu, found %zu",
                               candidate->index, candidate->count, found->shards, found->shard);
    return status;
}

/* The first engine with several ranks; one with a single rank only where there is no other.  Ranks inside the tasks of an
   array would all do the same. */
static rpe_status environment_read(rpe_shard *shard, rpe_error *error)
{
    bool found = false;
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        rpe_shard place = {0};
        if (!is_there(&engines[i]) || (found && engines[i].count == NULL))
            continue;
        if (found && shard->shards > 1 && engines[i].first == NULL)
            continue;
        rpe_status status = engine_place(&engines[i], &place, error);
        if (status != RPE_OK)
            return status;
        if (found && shard->shards > 1)
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "--shard auto: expected one engine, found a %s whose tasks start several ranks of "
                "%s: give --shard i/n",
                place.engine, shard->engine);
        if (!found || place.shards > 1)
            *shard = place;
        found = true;
    }
    if (!found)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "--shard auto: expected the environment of a Slurm array or srun step, of mpirun, "
            "mpiexec or Flux, found none: give --shard i/n");
    shard->shard++;
    return RPE_OK;
}

rpe_status rpe_shard_parse(rpe_shard *shard, const char *text, rpe_error *error)
{
    char first[16];
    rpe_shard parsed = {0};
    const char *slash = strchr(text, '/');
    if (strcmp(text, "auto") == 0) {
        rpe_status status = environment_read(&parsed, error);
        if (status == RPE_OK)
            *shard = parsed;
        return status;
    }
    size_t length = slash == NULL ? 0 : (size_t)(slash - text);
    bool right = length > 0 && length < sizeof first;
    if (right) {
        memcpy(first, text, length);
        first[length] = '\0';
        right = number_read(first, &parsed.shard) && number_read(slash + 1, &parsed.shards) &&
                parsed.shard >= 1 && parsed.shard <= parsed.shards;
    }
    if (!right)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--shard: expected i/n with i from 1 to n (at most %d), or auto, found \"%s\"",
                             RPE_SHARDS_MAX, text);
    *shard = parsed;
    return RPE_OK;
}
