/* Noise that a claim draws itself and gives to the method: for bounds that depend on the noise. */
#ifndef RPE_CASE_NOISE_H
#define RPE_CASE_NOISE_H

#include "method/given_noise.h"
#include "quantity/claim/claim.h"

/* Draw number `trial` of the claim in this case, for the positions and R of problem.  noise points into *given, which must
   not be moved. */
rpe_status rpe_case_noise_draw(rpe_given_noise *given, const rpe_case *subject, const char *claim,
                               const rpe_problem *problem, uint32_t trial, rpe_error *error);

/* Whether the method takes the case's problem in single precision; if not, says why.  Hook `supports` of claims. */
rpe_status rpe_supports_single(const rpe_case *subject, rpe_error *reason);

/* Encoded queries [M,H,R], then keys [N,H,R], made in the given precision; owned by the caller. */
rpe_status rpe_given_encode(const rpe_case *subject, const rpe_problem *problem, const rpe_inputs *inputs,
                            rpe_precision precision, const rpe_given_noise *given, double **encoded,
                            rpe_error *error);

#endif
