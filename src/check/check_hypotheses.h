/* Inside the layer: from measurements to findings. */
#ifndef RPE_CHECK_HYPOTHESES_H
#define RPE_CHECK_HYPOTHESES_H

#include "check/check_copies.h"
#include "check/check_independence.h"

/* What all features gave. */
typedef struct rpe_check_evidence {
    rpe_check_feature *features; /* [count] */
    size_t count;
    rpe_check_window window;
    rpe_check_independence independence;
    rpe_check_copies copies;
    double distance; /* Kolmogorov's, of sample_count numbers to the standard normal; NaN: too few */
    size_t sample_count;
    double *noise, *norms, *sample; /* of all features; theirs point into these */
} rpe_check_evidence;

/* left_out [heads,features] of the kernel: features that are not looked at; or NULL.  rpe_check_evidence_destroy. */
rpe_status rpe_check_evidence_make(rpe_check_evidence *evidence, const rpe_check_subject *subject,
                                   const bool *left_out, int threads, rpe_error *error);
void rpe_check_evidence_destroy(rpe_check_evidence *evidence);

/* Measures the listed features (head and feature filled in) on `threads` threads. */
rpe_status rpe_check_features_measure(rpe_check_feature *features, size_t count,
                                      const rpe_check_subject *subject, const rpe_check_window *window,
                                      int threads, rpe_error *error);

/* Fills findings, verdict and kurtosis of the report. */
void rpe_check_judge(rpe_check_report *report, const rpe_check_evidence *evidence, double level,
                     bool any_noise);
/* Factor >= 1 on the spread of variances, for noise whose fourth moment is not a Gaussian's. */
double rpe_check_inflation(const rpe_check_evidence *evidence, bool any_noise);

#endif
