/* What the two ways of comparing share: arrays, and runs. */
#ifndef RPE_COMPARE_H
#define RPE_COMPARE_H

#include "cli/command.h"

enum {
    RPE_COMPARE_TOLERANCE,
    RPE_COMPARE_RELATIVE,
    RPE_COMPARE_DTYPE,
    RPE_COMPARE_KERNEL,
    RPE_COMPARE_LAYOUT,
    RPE_COMPARE_LEVEL,
    RPE_COMPARE_ACCURACY,
    RPE_COMPARE_TIME,
    RPE_COMPARE_MEMORY,
    RPE_COMPARE_DETECT,
    RPE_COMPARE_MISSING,
    RPE_COMPARE_ANY_MACHINE,
    RPE_COMPARE_ALL,
    RPE_COMPARE_MARKDOWN,
    RPE_COMPARE_JSON,
    RPE_COMPARE_OPTIONS
};

/* What rows and experiments mean that the new run lacks. */
typedef enum rpe_compare_missing { RPE_COMPARE_MISSING_FAIL, RPE_COMPARE_MISSING_ALLOW } rpe_compare_missing;

/* Names of the types that a tolerance is known for; NULL after the last. */
const char *rpe_compare_type_name(size_t index);

rpe_status rpe_compare_arrays(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error);
rpe_status rpe_compare_runs(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error);

#endif
