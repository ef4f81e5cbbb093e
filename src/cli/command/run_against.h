/* rpebench run --against: two programs compared. */
#ifndef RPE_RUN_AGAINST_H
#define RPE_RUN_AGAINST_H

#include "cli/command.h"
#include "experiment/experiment.h"

typedef struct rpe_run_against {
    const char *program;    /* the other */
    const char *experiment; /* path */
    const char
        *output;   /* folder of NAME-against.csv and NAME-against.json, created; NULL: none are written */
    size_t starts; /* 0: as many as are needed */
} rpe_run_against;

/* What is written into the folder after the name of the experiment; NULL after the last. */
extern const char *const rpe_run_against_endings[];

/* *outcome is unfavourable where anything is faster or slower. */
rpe_status rpe_run_against_judge(const rpe_run_against *wanted, const rpe_run_settings *settings,
                                 rpe_outcome *outcome, rpe_error *error);

#endif
