/* Encoded keys that are 3 % too large: the mean of the scores is off by 3 %, which a test of it hardly sees, their
   variance by 6 %. */
#include "rpe_mutant.h"
#include "rpe_spe.h"

#define SCALE 1.03

/* In double, as the cases of the claims are. */
static void encode(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                   void *keys, int threads, rpe_workspace *workspaces)
{
    const rpe_spe *spe = plan;
    double *values = keys;
    rpe_spe_encode(plan, noise, inputs, queries, keys, threads, workspaces);
    for (size_t i = 0; i < spe->keys; i++)
        values[i] *= SCALE;
}

static rpe_method wrap(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.encode = encode;
    return faulty;
}

const rpe_mutant rpe_mutant_scale = {
    .name = "scale",
    .title = "the encoded keys are 3 % too large",
    .claim = "score-variance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = wrap,
};
