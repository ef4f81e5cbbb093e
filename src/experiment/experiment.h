/* An experiment: a JSON file that asks one question -> grid -> trials -> rows.csv and provenance.json. */
#ifndef RPE_EXPERIMENT_H
#define RPE_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

typedef enum rpe_resume {
    RPE_RESUME_NOT,
    RPE_RESUME,
    RPE_RESUME_FORCE /* of another configuration or revision too, where points have the same coordinates */
} rpe_resume;

typedef struct rpe_run_settings {
    const char *output; /* directory of the results; created */
    int threads;        /* >= 1 */
    size_t trials;      /* of every point; 0: as the experiment says */
    bool quick;         /* the experiment's "quick" settings */
    bool seed_given;
    uint64_t seed; /* if given; else the experiment's */
    rpe_resume
        resume; /* take up what an earlier run of the same configuration, seed and revision left in output */
    size_t shard,
        shards;         /* the share shard, from 1, of shards, into OUTPUT/shard-I-of-N; 0 of 0: all of it */
    const char *engine; /* what said which share, for the record; NULL: the user */
    const struct rpe_earlier *parts; /* all shards of one run: their trials are taken, none is run */
    size_t part_count;
    FILE *progress; /* where it goes, NULL: nowhere; a terminal gets one redrawn line with the time left */
} rpe_run_settings;

/* Runs the experiment of that file.  Writes OUTPUT/NAME.csv (long form, columns.def), OUTPUT/NAME.npy (float64: the
   trials of every row, one after another in the order of the rows; a row without a number has none) and OUTPUT/NAME.json
   (provenance, configuration, title, question, picture).  On an interrupt the points that are done are written, the JSON says
   "complete": false, and RPE_ERROR_INTERRUPTED is returned. */
rpe_status rpe_experiment_run(const char *path, const rpe_run_settings *settings, rpe_error *error);

/* Joins the results of all shards of runs, of every experiment that there is: DIRECTORY/shard-I-of-N, or a directory of a
   shard itself.  What is written to settings->output has the bytes of a run that was not split; of the settings the threads
   and the progress count.  A shard that is missing, not finished, there twice or of another run is an error. */
rpe_status rpe_experiment_merge(size_t count, const char *const *directories,
                                const rpe_run_settings *settings, rpe_error *error);

/* The seed, the trials and quick of the run that wrote the JSON of that path enter the settings where they are not given.
   *revision: of its program, as text owned by the caller. */
rpe_status rpe_experiment_settings_read(const char *path, rpe_run_settings *settings, char **revision,
                                        rpe_error *error);

/* What a run would take: points, trials, time, memory and disk, on stream; NULL: only whether it could be run.  Times are
   those of a few short trials. */
rpe_status rpe_experiment_plan_print(const char *path, const rpe_run_settings *settings, FILE *stream,
                                     rpe_error *error);

/* Name, title and question of an experiment file, for lists; texts are owned by the caller (rpe_memory_free). */
typedef struct rpe_experiment_summary {
    char *name, *title, *question;
} rpe_experiment_summary;

rpe_status rpe_experiment_summary_read(const char *path, rpe_experiment_summary *summary, rpe_error *error);
void rpe_experiment_summary_destroy(rpe_experiment_summary *summary);

#endif
