/* Noise that is drawn here and given to a method: for checks that must know it. */
#ifndef RPE_GIVEN_NOISE_H
#define RPE_GIVEN_NOISE_H

#include "method/method.h"
#include "theory/theory_rounding.h"

/* Gaussian noise of the shapes of spec 8. */
typedef struct rpe_given_noise {
    rpe_array position; /* sine [H,D,2K,R]; conv [R,H,D,L], L = samples on each axis */
    rpe_array gate;     /* [H,D,R]; no values without a gate */
    size_t feature_rows;
    rpe_noise noise; /* of the above */
} rpe_given_noise;

/* For kernel, positions and R of problem; the purpose of the stream is set here.  noise points into *given, which must not be
   moved. */
rpe_status rpe_given_noise_draw(rpe_given_noise *given, const rpe_problem *problem, rpe_stream stream,
                                rpe_error *error);
void rpe_given_noise_destroy(rpe_given_noise *given);

/* One head's rows, as theory takes them. */
rpe_theory_noise rpe_given_noise_rows(const rpe_given_noise *given, const rpe_problem *problem, size_t head);

#endif
