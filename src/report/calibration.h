/* Are the p-values of the stochastic claims what they say?  Each claim is put to its cases with many seeds; where it holds,
   its p-values are uniform on (0,1). */
#ifndef RPE_CALIBRATION_H
#define RPE_CALIBRATION_H

#include <stdint.h>
#include <stdio.h>

#include "file/output.h"
#include "quantity/claim/verification.h"

typedef struct rpe_calibration_value {
    const rpe_claim *claim;
    char case_name[64];
    const char *sampler, *method;
    uint64_t seed;
    double p;
} rpe_calibration_value;

typedef struct rpe_calibration_claim {
    const rpe_claim *claim;
    size_t first, count;  /* of its values */
    double distance;      /* largest difference between their distribution and the uniform one */
    double p, adjusted_p; /* Kolmogorov's, and by Holm over the claims */
    double effect_error;  /* largest of the cases */
    double power; /* to see the wanted effect in that case, at the level of the first step of Holm of a run */
} rpe_calibration_claim;

typedef struct rpe_calibration {
    rpe_calibration_value *values; /* by claim, then by p */
    size_t count, capacity;
    rpe_calibration_claim *claims;
    size_t claim_count;
    size_t seeds;
    size_t family; /* p-values of one run */
    double seconds;
} rpe_calibration;

/* Runs settings->seed, seed + 1, ...; of the claims named, the stochastic ones.  None is an error. */
rpe_status rpe_calibration_run(rpe_calibration *calibration, const rpe_verification_settings *settings,
                               size_t seeds, rpe_error *error);
void rpe_calibration_destroy(rpe_calibration *calibration);

/* Whether no claim is rejected at the level. */
bool rpe_calibration_holds(const rpe_calibration *calibration, double level);
/* The half width d of the simultaneous band of n values: P(distance >= d) = level. */
double rpe_calibration_band(size_t n, double level);

void rpe_calibration_table_print(const rpe_calibration *calibration,
                                 const rpe_verification_settings *settings, FILE *stream);
/* A line a p-value. */
rpe_status rpe_calibration_csv_write(const rpe_calibration *calibration, rpe_output *output,
                                     rpe_error *error);
rpe_status rpe_calibration_json_write(const rpe_calibration *calibration,
                                      const rpe_verification_settings *settings, rpe_output *output,
                                      rpe_error *error);
/* directory/calibration.svg and .png from directory/calibration.csv.  scripts: folder of the gnuplot scripts. */
rpe_status rpe_calibration_draw(const rpe_calibration *calibration, const rpe_verification_settings *settings,
                                const char *directory, const char *scripts, FILE *log, rpe_error *error);

#endif
