#include "against/worker.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "experiment/timing.h"
#include "file/json.h"
#include "file/provenance.h"

#define CALLS_MOST 1000000

/* Takes the value; a value that could not be made is an error. */
static rpe_status say(FILE *replies, json_t *value, rpe_error *error)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_COMPACT);
    json_decref(value);
    if (text == NULL)
        return rpe_error_memory(error, "an answer", 1, 1);
    fprintf(replies, "%c%s\n", RPE_WORKER_MARK, text);
    rpe_memory_free(text);
    if (fflush(replies) != 0)
        return rpe_error_set(error, RPE_ERROR_FILE, "expected who asked to listen, found nobody");
    return RPE_OK;
}

/* What it is made of is looked up once, as that takes longer than a start. */
static rpe_status greet(bool first, FILE *replies, rpe_error *error)
{
    json_t *machine = first ? rpe_provenance_machine() : json_object();
    return say(replies, json_pack("{s:i, s:o}", "rpebench worker", RPE_WORKER_PROTOCOL, "machine", machine),
               error);
}

static rpe_status points_say(const rpe_timing *timing, FILE *replies, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        const rpe_timed *timed = &timing->timed[i];
        status = say(replies,
                     json_pack("{s:s, s:i, s:o, s:s}", "point", timed->point->coordinates, "threads",
                               timed->threads, "seconds", rpe_json_real(timed->first_seconds), "reason",
                               timed->reason),
                     error);
    }
    if (status == RPE_OK)
        status = say(replies, json_pack("{s:I}", "points", (json_int_t)timing->count), error);
    return status;
}

static rpe_status request_answer(rpe_timing *timing, const char *line, FILE *replies, rpe_error *error)
{
    size_t index, calls, repetition;
    int warm, end = -1;
    const int read = sscanf(line, RPE_WORKER_REQUEST "%n", &index, &calls, &warm, &repetition, &end);
    if (read != 4 || end < 0 || line[end] != '\0' || index >= timing->count || calls < 1 ||
        calls > CALLS_MOST || timing->timed[index].reason[0] != '\0')
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "expected a request \"time INDEX CALLS WARM REPETITION\" of a point that can be "
                             "timed, found \"%s\"",
                             line);
    rpe_timed *timed = &timing->timed[index];
    timed->calls = calls;
    timed->warm = warm != 0;
    const double seconds = rpe_timed_seconds(timing, timed, repetition);
    if (rpe_interrupt_requested()) /* and the call may have been cut short */
        return rpe_interrupt_check(timing->configuration->name, error);
    return say(replies, json_pack("{s:f}", "seconds", seconds), error);
}

static rpe_status requests_answer(rpe_timing *timing, FILE *requests, FILE *replies, rpe_error *error)
{
    char line[256];
    rpe_status status = RPE_OK;
    while (status == RPE_OK && fgets(line, sizeof line, requests) != NULL)
        status = request_answer(timing, line, replies, error);
    return status;
}

rpe_status rpe_worker_experiment_check(const rpe_configuration *configuration, rpe_error *error)
{
    if (rpe_timing_wanted(configuration) && rpe_timing_has_times(configuration))
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "--against: expected an experiment whose \"measures\" take times, as \"runtime\" "
                         "does, found %s",
                         configuration->document.path);
}

static rpe_status serve(const rpe_configuration *configuration, const rpe_run_settings *settings,
                        bool validate, FILE *requests, FILE *replies, rpe_error *error)
{
    rpe_timing timing = {.configuration = configuration,
                         .settings = settings,
                         .seed = settings->seed_given ? settings->seed : configuration->seed};
    rpe_status status = rpe_timing_prepare(&timing, error);
    if (status == RPE_OK)
        status = rpe_timing_memory_check(&timing, error);
    if (status == RPE_OK)
        status = rpe_timing_arrays_make(&timing, error);
    if (status == RPE_OK)
        status = rpe_timing_start(&timing, validate, error);
    if (status == RPE_OK)
        status = points_say(&timing, replies, error);
    if (status == RPE_OK)
        status = requests_answer(&timing, requests, replies, error);
    rpe_timing_destroy(&timing);
    return status;
}

rpe_status rpe_worker_serve(const char *experiment, const rpe_run_settings *settings, bool validate,
                            FILE *requests, FILE *replies, rpe_error *error)
{
    rpe_configuration configuration = {0};
    rpe_error failure = {""};
    rpe_status status = greet(validate, replies, &failure);
    if (status == RPE_OK)
        status = rpe_configuration_read(&configuration, experiment, settings->quick, &failure);
    if (status == RPE_OK)
        status = rpe_worker_experiment_check(&configuration, &failure);
    if (status == RPE_OK)
        status = serve(&configuration, settings, validate, requests, replies, &failure);
    rpe_configuration_destroy(&configuration);
    if (status != RPE_OK && status != RPE_ERROR_INTERRUPTED)
        (void)say(replies, json_pack("{s:s}", "error", failure.message), NULL);
    if (status != RPE_OK && error != NULL)
        *error = failure;
    return status;
}
