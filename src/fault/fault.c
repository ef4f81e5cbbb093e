/* The registry of faults. */
#include "fault/fault.h"

#include <string.h>

#define RPE_FAULT(key, name, claim, title) extern const rpe_planting rpe_planting_##key;
#include "fault/faults.def"
#undef RPE_FAULT

static const rpe_fault faults[] = {
#define RPE_FAULT(key, name, claim, title) {name, claim, title, &rpe_planting_##key},
#include "fault/faults.def"
#undef RPE_FAULT
};

size_t rpe_fault_count(void)
{
    return sizeof faults / sizeof faults[0];
}

const rpe_fault *rpe_fault_at(size_t index)
{
    return &faults[index];
}

const rpe_fault *rpe_fault_find(const char *name)
{
    for (size_t i = 0; i < rpe_fault_count(); i++)
        if (strcmp(faults[i].name, name) == 0)
            return &faults[i];
    return NULL;
}

rpe_method rpe_fault_plant(const rpe_fault *fault, rpe_verification_settings *settings)
{
    const rpe_planting *planting = fault->planting;
    const rpe_method *method = rpe_method_find(planting->method);
    settings->claims = &fault->claim;
    settings->claim_count = 1;
    settings->only_case = planting->case_name != NULL ? planting->case_name : settings->only_case;
    settings->only_sampler = planting->sampler != NULL ? planting->sampler : settings->only_sampler;
    settings->only_method = planting->method;
    settings->tools = planting->tools;
    return planting->wrap != NULL ? planting->wrap(method) : *method;
}
