/* The JSON beside the rows of a run: what it was, and what is needed to repeat it or to go on with it. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "experiment/run/result_file.h"
#include "experiment/store/earlier.h"
#include "statistic/hypothesis.h"

static json_t *agreement_value(const rpe_result_file *file)
{
    return json_pack("{s:I, s:o, s:o}", "rows_with_closed_form", (json_int_t)file->p_count,
                     "largest_absolute_z", rpe_json_real(file->largest_z), "smallest_holm_adjusted_p",
                     rpe_json_real(rpe_holm_smallest(file->p_count, file->p)));
}

static json_t *trials_value(const rpe_run_settings *settings)
{
    return settings->trials == 0 ? json_null() : json_integer((json_int_t)settings->trials);
}

/* null: not a part of a run */
static json_t *shard_value(const rpe_result_file *file)
{
    if (file->settings->shards == 0)
        return json_null();
    return json_pack("{s:I, s:I, s:s?, s:O}", "index", (json_int_t)file->settings->shard, "count",
                     (json_int_t)file->settings->shards, "engine", file->settings->engine, "first_trials",
                     file->first_trials);
}

/* null: not joined from shards */
static json_t *parts_value(const rpe_run_settings *settings)
{
    if (settings->part_count == 0)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < settings->part_count; i++)
        if (json_array_append_new(list, rpe_json_string(settings->parts[i].document.path)) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* null: all trials are of this configuration and revision */
static json_t *forced_value(const rpe_identity *forced)
{
    if (forced == NULL)
        return json_null();
    return json_pack("{s:s, s:s}", "configuration_hash", forced->configuration, "revision", forced->revision);
}

/* The experiment's file from anywhere; NULL without memory. */
static json_t *file_value(const char *path)
{
    char folder[4096];
    if (path[0] == '/' || getcwd(folder, sizeof folder) == NULL)
        return rpe_json_string(path);
    char *absolute = rpe_path_join(folder, path);
    json_t *value = absolute == NULL ? NULL : rpe_json_string(absolute);
    rpe_memory_free(absolute);
    return value;
}

/* What the run is. */
static json_t *run_value(const rpe_result_file *file, bool complete)
{
    const rpe_configuration *configuration = file->configuration;
    char seed[32]; /* as text: JSON's integers end at 2^63 */
    snprintf(seed, sizeof seed, "%" PRIu64, file->identity->seed);
    return json_pack(
        "{s:o, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:s, s:b, s:o, s:o, s:o, s:o, s:O}",
        "experiment", rpe_json_string(configuration->name), "title", configuration->title, "question",
        configuration->question, "reading", configuration->reading, "picture", configuration->picture, "axis",
        configuration->axis, "complete", complete, "points", (json_int_t)file->points, "finished_points",
        (json_int_t)file->finished, "rows", (json_int_t)file->rows, "values", (json_int_t)file->values.count,
        "seed", seed, "quick", file->settings->quick, "trials_asked_for", trials_value(file->settings),
        "shard", shard_value(file), "parts", parts_value(file->settings), "trials_taken_from",
        forced_value(file->forced), "overflows", file->overflows);
}

/* How it went, and what it was made of. */
static json_t *making_value(const rpe_result_file *file)
{
    return json_pack(
        "{s:i, s:f, s:I, s:o, s:s, s:s, s:o, s:O, s:o}", "threads", file->settings->threads, "seconds",
        rpe_clock_seconds() - file->start, "peak_bytes", (json_int_t)rpe_memory_usage_now().peak, "agreement",
        agreement_value(file), "inputs_hash", file->identity->inputs, "configuration_hash",
        file->identity->configuration, "configuration_file", file_value(file->configuration->document.path),
        "configuration", file->configuration->document.root, "machine", rpe_provenance_machine());
}

json_t *rpe_result_provenance(const rpe_result_file *file, bool complete)
{
    json_t *value = run_value(file, complete), *making = making_value(file);
    if (value != NULL && (making == NULL || json_object_update(value, making) != 0)) {
        json_decref(value);
        value = NULL;
    }
    json_decref(making);
    if (value != NULL && file->timing != NULL && json_object_set(value, "timing", file->timing) != 0) {
        json_decref(value);
        value = NULL;
    }
    return value;
}
