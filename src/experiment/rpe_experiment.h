/* An experiment: a JSON file that asks one question -> grid -> trials -> rows.csv and provenance.json. */
#ifndef RPE_EXPERIMENT_H
#define RPE_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "rpe_error.h"

typedef struct rpe_run_settings {
    const char *output; /* directory of the results; created */
    int threads;        /* >= 1 */
    size_t trials;      /* of every point; 0: as the experiment says */
    bool quick;         /* the experiment's "quick" settings */
    bool seed_given;
    uint64_t seed;  /* if given; else the experiment's */
    bool resume;    /* take up an interrupted run of the same configuration, seed and revision in output */
    FILE *progress; /* where it goes, NULL: nowhere; a terminal gets one redrawn line with the time left */
} rpe_run_settings;

/* Runs the experiment of that file.  Writes OUTPUT/NAME.csv (long form, columns.def) and OUTPUT/NAME.json (provenance,
   configuration, title, question, picture).  On an interrupt the points that are done are written, the JSON says
   "complete": false, and RPE_ERROR_INTERRUPTED is returned. */
rpe_status rpe_experiment_run(const char *path, const rpe_run_settings *settings, rpe_error *error);

/* What a run would do, without doing it: points and trials of each grid on stream. */
rpe_status rpe_experiment_plan_print(const char *path, const rpe_run_settings *settings, FILE *stream,
                                     rpe_error *error);

/* Name, title and question of an experiment file, for lists; texts are owned by the caller (rpe_memory_free). */
typedef struct rpe_experiment_summary {
    char *name, *title, *question;
} rpe_experiment_summary;

rpe_status rpe_experiment_summary_read(const char *path, rpe_experiment_summary *summary, rpe_error *error);
void rpe_experiment_summary_destroy(rpe_experiment_summary *summary);

#endif
