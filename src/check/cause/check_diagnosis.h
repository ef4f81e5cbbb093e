/* Inside the layer: which usual cause explains codes that are no draws, and the verdict in words. */
#ifndef RPE_CHECK_DIAGNOSIS_H
#define RPE_CHECK_DIAGNOSIS_H

#include "check/check_difference.h"
#include "check/check_hypotheses.h"

/* Fills fits, fit_count and candidates of the report. */
rpe_status rpe_check_diagnose(rpe_check_report *report, const rpe_check_settings *settings,
                              const rpe_check_subject *subject, const rpe_check_evidence *evidence,
                              rpe_error *error);

/* Fills the sentence.  difference: of the first feature that fails; NULL: none does, or a cause is named. */
void rpe_check_sentence_write(rpe_check_report *report, const rpe_check_settings *settings,
                              const rpe_check_evidence *evidence, const rpe_check_difference *difference);

#endif
