/* What methods that encode by stochastic positional encoding share: a plan that holds an encoder, the hooks encode and
   codes, and the closed-form moments.  [spec 4, 5; SPE paper]  A method's plan has an rpe_spe as its first
   member, so that the hooks can be put into its struct as they are. */
#ifndef RPE_SPE_H
#define RPE_SPE_H

#include "method/method.h"

typedef struct rpe_spe {
    rpe_encoder *encoder; /* NULL: the problem has no kernel, queries and keys are used as they are */
    rpe_precision precision;
    size_t realizations;
    size_t queries, keys; /* elements of the encoded arrays, [B,M,H,R] and [B,N,H,R] */
} rpe_spe;

/* What attention works on: encoded vectors, or the inputs themselves. */
typedef struct rpe_spe_encoded {
    const void *queries, *keys;
} rpe_spe_encoded;

/* Kernel of the problem's shape, with codes, and R >= 1; any problem without a kernel. */
rpe_status rpe_spe_supports(const rpe_problem *problem, rpe_error *error);
/* rpe_spe_destroy is safe on a zeroed struct. */
rpe_status rpe_spe_create(rpe_spe *spe, const rpe_problem *problem, rpe_error *error);
void rpe_spe_destroy(rpe_spe *spe);

/* Size of a query as the attention sees it: R with a kernel, D without. */
size_t rpe_spe_size(const rpe_problem *problem);
/* Whether a trial's stream matters: there is a kernel, and its noise is not given. */
bool rpe_spe_random(const rpe_problem *problem);

/* Of each thread: the encoder's, the encoded vectors (held in the first one), and attention_bytes. */
size_t rpe_spe_workspace_bytes(const rpe_spe *spe, size_t attention_bytes);
/* Takes the encoded vectors from workspaces[0], where they stay until the caller releases it. */
rpe_spe_encoded rpe_spe_apply(const rpe_spe *spe, const rpe_noise *noise, const rpe_inputs *inputs,
                              int threads, rpe_workspace *workspaces);

/* Hooks of rpe_method. */
void rpe_spe_encode(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                    void *keys, int threads, rpe_workspace *workspaces);
void rpe_spe_codes(const void *plan, const rpe_noise *noise, size_t head, size_t feature, void *query_codes,
                   void *key_codes, rpe_workspace *workspace);
rpe_status rpe_spe_score_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                 size_t head, double *mean, double *variance, rpe_error *error);
rpe_status rpe_spe_code_moments(const rpe_problem *problem, size_t head, size_t feature, double *mean,
                                double *variance, rpe_error *error);

/* Of the encoding; zero without a kernel. */
rpe_cost rpe_spe_cost(const rpe_problem *problem);

#endif
