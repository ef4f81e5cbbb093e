/* convSPE on one axis through Fourier transforms, two realizations as one complex signal:
     X_d(m) = sum_p a_d[p] z(m + p)  =  1/L sum_k Z(k) A(k) exp(2 pi i m k / L),  A(k) = sum_p a_d[p] exp(2 pi i p k / L)
   Two kinds of noise.
   Spectral (an isotropic sampler, L >= max(M,N) + P - 1 not too long): white noise is white in frequency, so Z is what is
     drawn, one spectrum for realizations 2i and 2i+1, and z(n) = L^(-1/2) sum_k Z(k) exp(2 pi i n k / L) of unit variance is
     the noise of both paths.
   In time (everything else): blocks of L samples of the noise give L - P + 1 positions each (overlap-save). */
#ifndef RPE_CONV_FOURIER_H
#define RPE_CONV_FOURIER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fourier.h"
#include "encoding/encoder.h"

#define RPE_CONV_DRAW 32 /* numbers of a generator at a time: the stream of a pair begins at a multiple */

#define RPE_CONV_ROWS 16 /* noise rows in time that are brought into place at a time */

/* What an encoder of a conv kernel has to know; all zero when no transform is used. */
typedef struct rpe_conv_plan {
    bool spectral;
    rpe_fourier fourier;
    size_t pairs; /* of realizations, the last one may be half empty */
    size_t
        spectrum; /* spectral: numbers of the stream for one pair: 2 L, rounded up to a multiple of RPE_CONV_DRAW */
    /* A task: some positions, items and pairs of a head. */
    size_t task_positions, task_items, task_pairs;
    size_t feature_block; /* features whose inputs are brought into place at a time */
    size_t tasks;
} rpe_conv_plan;

/* Whether the noise of an encoder is spectral, and whether its encoding is quicker through transforms; makes the plan. */
rpe_status rpe_conv_plan_make(rpe_encoder *encoder, rpe_error *error);
void rpe_conv_plan_destroy(rpe_conv_plan *plan);

/* Bytes of the workspace of a task, and of filling in spectral noise of one feature. */
size_t rpe_conv_task_bytes(const rpe_encoder *encoder, size_t sampler_bytes);
size_t rpe_conv_fill_bytes(const rpe_encoder *encoder);

/* One task of encoding; inputs and outputs: the whole arrays of both sides. */
void rpe_conv_task_run_single(const rpe_encoder *encoder, const rpe_noise *noise, size_t index,
                              const void *const inputs[2], void *const outputs[2], rpe_workspace *workspace);
void rpe_conv_task_run_double(const rpe_encoder *encoder, const rpe_noise *noise, size_t index,
                              const void *const inputs[2], void *const outputs[2], rpe_workspace *workspace);

/* Spectral noise of one feature in time: slab [rows of a feature + 1,R], the gate noise last if the feature is gated. */
void rpe_conv_fill_single(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                          float *slab, rpe_workspace *workspace);
void rpe_conv_fill_double(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                          double *slab, rpe_workspace *workspace);

/* Codes of one head and feature by side, as rpe_encoder_codes returns them, with noise in time. */
void rpe_conv_codes_single(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                           void *const codes[2], size_t row_stride, rpe_workspace *workspace);
void rpe_conv_codes_double(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                           void *const codes[2], size_t row_stride, rpe_workspace *workspace);

#endif
