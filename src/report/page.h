/* A run as one HTML file that needs nothing else: verdicts, pictures, tables, what to be careful about, and what made it. */
#ifndef RPE_PAGE_H
#define RPE_PAGE_H

#include "base/error.h"
#include "file/output.h"
#include "report/verdict/faults.h"

typedef struct rpe_page_settings {
    const char *run;          /* directory of results; its subfolders are looked into too */
    const char *baseline;     /* directory of an earlier run to compare with; NULL: none */
    const char *verification; /* verify.json or verify.csv; NULL: found in the run, if it is there */
    const char *mutants;      /* mutants.csv; likewise */
    const char *calibration;  /* calibration.json; likewise */
} rpe_page_settings;

/* The same files give the same bytes.  No result, no verdict and no calibration in the run is an error.  A result that is not
   what it must be is kept in faults and named on the page, which shows the others; other files that are bad are errors. */
rpe_status rpe_page_write(const rpe_page_settings *settings, rpe_output *output, rpe_faults *faults,
                          rpe_error *error);

#endif
