/* Inside the layer: from measurements to findings. */
#ifndef RPE_CHECK_HYPOTHESES_H
#define RPE_CHECK_HYPOTHESES_H

#include "rpe_check_independence.h"

/* What all features gave. */
typedef struct rpe_check_evidence {
    rpe_check_feature *features; /* [count] */
    size_t count;
    rpe_check_window window;
    rpe_check_independence independence;
    double distance; /* Kolmogorov's, of sample_count numbers to the standard normal; NaN: too few */
    size_t sample_count;
} rpe_check_evidence;

/* Fills findings, verdict and kurtosis of the report. */
void rpe_check_judge(rpe_check_report *report, const rpe_check_evidence *evidence, double level,
                     bool any_noise);
/* Factor >= 1 on the spread of variances, for noise whose fourth moment is not a Gaussian's. */
double rpe_check_inflation(const rpe_check_evidence *evidence, bool any_noise);

#endif
