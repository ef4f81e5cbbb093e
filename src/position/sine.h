/* The parameters of a sine kernel: for its encoder and its fits. */
#ifndef RPE_SINE_H
#define RPE_SINE_H

#include "position/kernel.h"

extern const rpe_kernel_type rpe_kernel_type_sine;

enum { RPE_SINE_FREQUENCY, RPE_SINE_PHASE, RPE_SINE_GAIN };

/* A view: the kernel's own arrays, [heads,features,sinusoids]. */
typedef struct rpe_sine {
    size_t sinusoids;  /* K */
    double *frequency; /* cycles per position in [0,1/2] */
    double *phase;     /* radians */
    double *gain;      /* >= 0 */
} rpe_sine;

static inline rpe_sine rpe_sine_of(const rpe_kernel *kernel)
{
    return (rpe_sine){.sinusoids = kernel->own[RPE_SINE_GAIN].extent[2],
                      .frequency = kernel->own[RPE_SINE_FREQUENCY].values,
                      .phase = kernel->own[RPE_SINE_PHASE].values,
                      .gain = kernel->own[RPE_SINE_GAIN].values};
}

#endif
