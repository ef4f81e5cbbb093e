/* Encoded queries and keys that are all zero: what a test of shapes lets through. */
#include <string.h>

#include "rpe_mutant.h"
#include "rpe_spe.h"

/* In double, as the cases of the claims are. */
static void encode(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                   void *keys, int threads, rpe_workspace *workspaces)
{
    const rpe_spe *spe = plan;
    (void)noise;
    (void)inputs;
    (void)threads;
    (void)workspaces;
    memset(queries, 0, spe->queries * sizeof(double));
    memset(keys, 0, spe->keys * sizeof(double));
}

static rpe_method wrap(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.encode = encode;
    return faulty;
}

const rpe_mutant rpe_mutant_zero = {
    .name = "zero",
    .title = "encoded queries and keys are all zero",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = wrap,
};
