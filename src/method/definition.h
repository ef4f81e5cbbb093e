/* The outputs of a method by its definition, with bounds: by these a method is judged that may be wrong.  Plain loops in double;
   of the method only the hooks codes and define are used, and neither encode nor attend. */
#ifndef RPE_DEFINITION_H
#define RPE_DEFINITION_H

#include "method/given_noise.h"
#include "method/method.h"

/* Outputs [M,H,V] of one draw of the noise, and how far those of a right method of the problem's precision may be from each:
   the bound follows from the row's own weights, and is infinite where rounding alone decides whether there is a denominator.
   inputs in double; batch 1.  RPE_ERROR_INPUT where the method has not the hooks. */
rpe_status rpe_definition_attend(const rpe_method *method, const rpe_problem *problem, const rpe_noise *noise,
                                 const rpe_inputs *inputs, double *outputs, double *bounds, rpe_error *error);

/* Encoded queries [M,H,R], then keys [N,H,R], of given noise by the factored form of theory, which shares no code with the
   encoders, and how far those of a right encoder in the problem's precision may be.  inputs in double; batch 1. */
rpe_status rpe_definition_encode(const rpe_problem *problem, const rpe_inputs *inputs,
                                 const rpe_given_noise *given, double *encoded, double *bounds,
                                 rpe_error *error);

/* How far the encoded elements of one side of a head may be by rounding: R at each position, `stride` apart; x [.,H,D]. */
void rpe_definition_encoding_errors(const rpe_problem *problem, rpe_side side, size_t head, const double *x,
                                    size_t stride, double *errors);
/* Unit roundoff. */
double rpe_definition_roundoff(rpe_precision precision);

/* Weights exp(S - its largest) of known scores S [M,N] with their errors, in place: for methods whose weights these are. */
void rpe_definition_exponentiate(const rpe_definition *definition, double *scores, double *errors);

#endif
