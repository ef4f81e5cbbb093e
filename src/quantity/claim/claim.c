#include "quantity/claim/attention/small.h"

#include <string.h>

#define RPE_CLAIM(name) extern const rpe_claim rpe_claim_##name;
#include "quantity/claim/claims.def"
#undef RPE_CLAIM

static const rpe_claim *const claim_claims[] = {
#define RPE_CLAIM(name) &rpe_claim_##name,
#include "quantity/claim/claims.def"
#undef RPE_CLAIM
};

size_t rpe_claim_count(void)
{
    return sizeof claim_claims / sizeof claim_claims[0];
}

const rpe_claim *rpe_claim_at(size_t index)
{
    return claim_claims[index];
}

const rpe_claim *rpe_claim_find(const char *name)
{
    for (size_t i = 0; i < rpe_claim_count(); i++)
        if (strcmp(claim_claims[i]->name, name) == 0)
            return claim_claims[i];
    return NULL;
}

rpe_status rpe_claim_supports(const rpe_claim *claim, const rpe_case *subject, rpe_error *reason)
{
    if (!claim->outputs && rpe_method_is_oracle(subject->method))
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s is the oracle itself",
                             subject->method->name);
    rpe_status status = claim->outputs
                            ? RPE_OK
                            : rpe_stage_supports(claim->stage, subject->method, &subject->problem, reason);
    if (status != RPE_OK || claim->supports == NULL)
        return status;
    return claim->supports(subject, reason);
}

rpe_status rpe_claim_check(const rpe_claim *claim, const rpe_case *subject, rpe_finding *finding,
                           rpe_error *error)
{
    return claim->small != NULL ? rpe_small_check(subject, claim->name, claim->small, finding, error)
                                : claim->check(subject, finding, error);
}

uint32_t rpe_claim_trial_honest(size_t trial)
{
    return (uint32_t)trial;
}

const rpe_claim_tools rpe_claim_tools_honest = {
    .trial = rpe_claim_trial_honest,
    .standard_error = rpe_sample_standard_error,
};
