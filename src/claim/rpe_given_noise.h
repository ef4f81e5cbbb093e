/* Noise that a claim draws itself and gives to the method: for bounds that depend on the noise. */
#ifndef RPE_GIVEN_NOISE_H
#define RPE_GIVEN_NOISE_H

#include "rpe_claim.h"
#include "rpe_theory_rounding.h"

/* Gaussian noise of the shapes of spec 8. */
typedef struct rpe_given_noise {
    rpe_array position; /* sine [H,D,2K,R]; conv [R,H,D,L], L = samples on each axis */
    rpe_array gate;     /* [H,D,R]; no values without a gate */
    size_t feature_rows;
    rpe_noise noise; /* of the above */
} rpe_given_noise;

/* Draw number `trial` of the claim in this case, for the positions and R of problem.  noise points into *given, which must
   not be moved. */
rpe_status rpe_given_noise_create(rpe_given_noise *given, const rpe_case *subject, const char *claim,
                                  const rpe_problem *problem, uint32_t trial, rpe_error *error);
void rpe_given_noise_destroy(rpe_given_noise *given);

/* One head's rows, as theory takes them. */
rpe_theory_noise rpe_given_noise_rows(const rpe_given_noise *given, const rpe_problem *problem, size_t head);

/* Whether the method takes the case's problem in single precision; if not, says why.  Hook `supports` of claims. */
rpe_status rpe_supports_single(const rpe_case *subject, rpe_error *reason);

/* Encoded queries [M,H,R], then keys [N,H,R], made in the given precision; owned by the caller. */
rpe_status rpe_given_encode(const rpe_case *subject, const rpe_problem *problem, const rpe_inputs *inputs,
                            rpe_precision precision, const rpe_given_noise *given, double **encoded,
                            rpe_error *error);

#endif
