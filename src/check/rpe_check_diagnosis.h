/* Inside the layer: which usual error explains codes that are no draws? */
#ifndef RPE_CHECK_DIAGNOSIS_H
#define RPE_CHECK_DIAGNOSIS_H

#include "rpe_check_hypotheses.h"

/* A kernel whose arrays may be changed; rpe_kernel_destroy. */
rpe_status rpe_check_kernel_copy(rpe_kernel **copy, const rpe_kernel *kernel, rpe_error *error);

/* What went wrong in a change that allocates. */
typedef struct rpe_check_failure {
    rpe_status status;
    rpe_error *error;
} rpe_check_failure;

/* An error that codes may have been made with: what it does to the kernel.  false: it does nothing to this one. */
typedef struct rpe_check_error {
    const char *name;
    bool (*change)(rpe_kernel *kernel, rpe_check_failure *failure);
} rpe_check_error;

size_t rpe_check_error_count(void);
const rpe_check_error *rpe_check_error_at(size_t index);

/* Measures the listed features (head and feature filled in) on `threads` threads. */
rpe_status rpe_check_features_measure(rpe_check_feature *features, size_t count,
                                      const rpe_check_subject *subject, const rpe_check_window *window,
                                      int threads, rpe_error *error);

/* Fills fits, fit_count and candidates of the report, from the features that fail. */
rpe_status rpe_check_diagnose(rpe_check_report *report, const rpe_check_settings *settings,
                              const rpe_check_subject *subject, const rpe_check_evidence *evidence,
                              rpe_error *error);

/* Fills the sentence. */
void rpe_check_sentence_write(rpe_check_report *report, const rpe_check_settings *settings,
                              const rpe_check_evidence *evidence);

#endif
