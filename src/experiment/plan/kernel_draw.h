/* Kernels that are drawn, for inputs of any shape. */
#ifndef RPE_KERNEL_DRAW_H
#define RPE_KERNEL_DRAW_H

#include <stdint.h>

#include "position/kernel.h"

/* A family and a distribution of its parameters.  Shapes are [H,D,K] or [H,D,P].

   authors  as the released code of the SPE paper starts training.  sine: raw parameters f' ~ N(-4,1), theta ~ N(0,1),
            g' = 2 g / sqrt(|g|) with g ~ N(0,I_K); f = sigmoid(f')/2, lambda = softplus(g')/sqrt(2K).
            conv: taps uniform in (0,1), divided by sqrt(P/2).
   unit     codes of variance 1 whatever K and P are, so that sizes can be compared.  sine: f log-uniform in (1/1024,1/2),
            theta uniform in (-pi/4,pi/4), lambda = g / |g| with g = |N(0,I_K)|.
            conv: taps N(0,1) exp(-4p/P), divided by their Euclidean norm. */
typedef struct rpe_kernel_drawing {
    const rpe_kernel_type *type;   /* its size is the key of K or P */
    rpe_distribution distribution; /* one of the laws of each parameter */
} rpe_kernel_drawing;

/* NULL after the last. */
const rpe_kernel_drawing *rpe_kernel_drawing_at(size_t index);
const char *rpe_kernel_drawing_distribution(const rpe_kernel_drawing *drawing);
const rpe_kernel_drawing *rpe_kernel_drawing_find(const char *family, const char *distribution);

/* Decided by seed, drawing and shape alone.  No gate.  The caller owns *kernel. */
rpe_status rpe_kernel_draw(rpe_kernel **kernel, const rpe_kernel_drawing *drawing, size_t heads,
                           size_t features, size_t size, uint64_t seed, rpe_error *error);

/* All heads get the parameters of the first. */
void rpe_kernel_heads_equal(rpe_kernel *kernel);

/* Every feature's gate becomes delta; NaN: there is none any more. */
rpe_status rpe_kernel_gate_set(rpe_kernel *kernel, double delta, rpe_error *error);

#endif
