/* Is every planted fault rejected by the claim that is named for it? */
#ifndef RPE_MUTANT_REPORT_H
#define RPE_MUTANT_REPORT_H

#include <stdio.h>

#include "fault/fault.h"
#include "file/output.h"
#include "quantity/claim/verification.h"

typedef struct rpe_mutant_result {
    const rpe_fault *fault;
    char case_name[64], sampler[64],
        method[64]; /* of the row nearest to a rejection; "" where the claim never applied */
    rpe_finding finding;
    double adjusted_p; /* by Holm over the rows of this mutant; NaN: deterministic */
    size_t rows, failed;
    bool rejected; /* in at least one row */
} rpe_mutant_result;

typedef struct rpe_mutant_report {
    rpe_mutant_result *results;
    size_t count, rejected;
    double seconds;
} rpe_mutant_report;

/* Puts the named claim to each of count faults.  The claims, case, sampler and method of the settings restrict to faults for
   those; none left is an error. */
rpe_status rpe_mutant_report_run(rpe_mutant_report *report, const rpe_fault *const *faults, size_t count,
                                 const rpe_verification_settings *settings, rpe_error *error);
void rpe_mutant_report_destroy(rpe_mutant_report *report);

/* Not rejected first. */
void rpe_mutant_table_print(const rpe_mutant_report *report, const rpe_verification_settings *settings,
                            bool colour, FILE *stream);
void rpe_mutant_markdown_print(const rpe_mutant_report *report, const rpe_verification_settings *settings,
                               FILE *stream);
rpe_status rpe_mutant_csv_write(const rpe_mutant_report *report, const rpe_verification_settings *settings,
                                rpe_output *output, rpe_error *error);

#endif
