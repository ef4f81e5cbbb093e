/* Stochastic positional encoding of queries and keys:
     qhat_m = (R D)^(-1/4) sum_d q_md Qbar_d(m),  khat_n likewise            [spec 4; SPE paper]
   Two ways to the same number.  Plain: the codes of a feature are made in memory and contracted, next to the formula.
   Factored (sine): qhat = (R D)^(-1/4) U z in blocks of positions, codes are never held. */
#ifndef RPE_ENCODER_H
#define RPE_ENCODER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/error.h"
#include "base/stream.h"
#include "base/workspace.h"
#include "encoding/sampler.h"
#include "position/kernel.h"

typedef struct rpe_encoder_settings {
    const rpe_kernel *kernel;   /* borrowed; sine or conv */
    const rpe_sampler *sampler; /* NULL: the noise will be given */
    rpe_positions queries, keys;
    size_t batch;        /* items that share one draw of the codes, >= 1 */
    size_t realizations; /* R >= 1 */
    rpe_precision precision;
    bool plain;        /* the plain path even where a factored one exists */
    bool shared_heads; /* all heads use the noise of head 0 */
} rpe_encoder_settings;

typedef struct rpe_encoder rpe_encoder; /* read-only after creation: trials may share it between threads */

/* The blocks of orthogonal noise that were drawn last, one for position rows and one for gate rows, for who asks for the
   features of a head one after another: a block spans many features, and drawing it is a QR.  filled is set to false at the
   start of each draw of the noise. */
typedef struct rpe_noise_frame {
    double *values[2]; /* room for [R,R] each */
    size_t head[2], block[2];
    bool filled[2];
} rpe_noise_frame;

/* One draw of the noise, by value. */
typedef struct rpe_noise {
    rpe_stream stream; /* seed, point and trial; the purpose is set by the encoder */
    const rpe_array *
        given; /* instead of the stream: sine [H,D,2K,R]; conv [R,H,D,max(M,N)+P-1], an axis each on images */
    const rpe_array *gate; /* with given, iff the kernel has a gate: [H,D,R] */
    const rpe_array
        *projection;        /* instead of the stream: [F,R] of random features, which are not drawn here */
    rpe_noise_frame *frame; /* optional, of one thread */
} rpe_noise;

/* From which the commands and the library draw, so that a seed gives both the same. */
static inline rpe_stream rpe_encoder_stream(uint64_t seed)
{
    return (rpe_stream){.seed = seed, .point = rpe_stream_point("command=encode")};
}

/* Errors: positions not covered, a kernel without codes (table), a sampler that does not support it, R = 0, sizes that
   overflow or exceed the stream. */
rpe_status rpe_encoder_create(rpe_encoder **encoder, const rpe_encoder_settings *settings, rpe_error *error);
void rpe_encoder_destroy(rpe_encoder *encoder);

/* Checks shape and precision (double) of given noise; names are for the messages ("z.npy", "e.npy"; gate_name may be NULL).
   gate must be there iff the kernel has a gate. */
rpe_status rpe_encoder_noise_check(const rpe_encoder *encoder, const rpe_noise *noise, const char *name,
                                   const char *gate_name, rpe_error *error);
/* Number of realizations that the given noise array has (sine: last extent, conv: first); 0 when its rank is wrong. */
size_t rpe_noise_realizations(const rpe_kernel *kernel, const rpe_array *given);

/* Bytes of each thread's workspace. */
size_t rpe_encoder_workspace_bytes(const rpe_encoder *encoder);

/* queries [B,M,H,D] -> encoded_queries [B,M,H,R], keys [B,N,H,D] -> encoded_keys [B,N,H,R], in the encoder's precision.
   Bits do not depend on threads.  workspaces [threads]. */
void rpe_encoder_apply(const rpe_encoder *encoder, const rpe_noise *noise, const void *queries,
                       const void *keys, void *encoded_queries, void *encoded_keys, int threads,
                       rpe_workspace *workspaces);

/* Codes of one head and feature (plain, gate included): query_codes [M,R], key_codes [N,R], rows row_stride elements apart
   (H*D*R writes into an [N,H,D,R] array).  In the encoder's precision. */
void rpe_encoder_codes(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                       void *query_codes, void *key_codes, size_t row_stride, rpe_workspace *workspace);

/* A few positions at a time, for who does not want to hold all.  Not every encoder can: a convolution encodes both sides of
   many positions together. */
bool rpe_encoder_has_ranges(const rpe_encoder *encoder);
/* Elements of the slab that holds the noise of one head, in the encoder's precision. */
size_t rpe_encoder_slab_elements(const rpe_encoder *encoder);
void rpe_encoder_slab_fill(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, void *slab,
                           rpe_workspace *workspace);
typedef struct rpe_encoder_range {
    rpe_side side;
    size_t item, head;
    size_t first, count; /* positions, flat */
} rpe_encoder_range;
/* inputs: the whole array of that side; slab: of that head; encoded [count,R].  The numbers of rpe_encoder_apply to rounding. */
void rpe_encoder_range_encode(const rpe_encoder *encoder, const rpe_encoder_range *range, const void *slab,
                              const void *inputs, void *encoded, rpe_workspace *workspace);

#endif
