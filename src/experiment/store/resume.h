/* What earlier runs left in the output directory. */
#ifndef RPE_RESUME_H
#define RPE_RESUME_H

#include "experiment/configuration.h"
#include "experiment/experiment.h"
#include "experiment/store/store.h"

/* What results that are taken up are. */
typedef enum rpe_left {
    RPE_LEFT_PART, /* none, or unfinished ones */
    RPE_LEFT_WHOLE, /* finished ones of other trials: they are not replaced by a part of this run when it is interrupted */
    RPE_LEFT_ALL /* those of this very run: nothing is to be done */
} rpe_left;

typedef struct rpe_taken {
    rpe_left left;
    rpe_identity forced; /* the other run's whose trials --resume=force took; revision "": there is none */
} rpe_taken;

/* Opens the store of a run: its journal in OUTPUT, locked.  On --resume it holds the trials that an interrupted or killed run
   left in the journal, and those of results that are there; where these are of another identity that is an error.  Else it
   is empty. */
rpe_status rpe_resume_open(rpe_store *store, const rpe_configuration *configuration,
                           const rpe_run_settings *settings, const rpe_identity *identity, rpe_taken *taken,
                           rpe_error *error);

#endif
