/* Planted faults: mistakes that somebody could make in a method or in the tools of a claim, each with the claim that must reject
   it.  A fault is a line of faults.def and a planting, which says how it alters and where it shows. */
#ifndef RPE_FAULT_H
#define RPE_FAULT_H

#include "quantity/claim/verification.h"

typedef struct rpe_planting {
    /* Case and sampler where it shows; NULL: wherever the claim applies. */
    const char *case_name, *sampler;
    /* Key of the method whose copy is wrapped. */
    const char *method;
    /* The faulty copy; NULL: the method is left as it is. */
    rpe_method (*wrap)(const rpe_method *method);
    /* Faulty statistics, features, fits or definitions; NULL: the honest ones. */
    const rpe_claim_tools *tools;
} rpe_planting;

typedef struct rpe_fault {
    const char *name;
    const char *claim; /* that must reject it */
    const char *title; /* the mistake in words */
    const rpe_planting *planting;
} rpe_fault;

/* The registry, in the order of faults.def. */
size_t rpe_fault_count(void);
const rpe_fault *rpe_fault_at(size_t index);
const rpe_fault *rpe_fault_find(const char *name); /* NULL if there is none */

/* What puts the claim to the fault: fills claim, case, sampler, method and tools of the settings, where the fault has them.  The
   caller gives the method that is returned as settings->planted. */
rpe_method rpe_fault_plant(const rpe_fault *fault, rpe_verification_settings *settings);

/* The copy key_wrap of a method of which one member is another. */
#define RPE_MEMBER_FAULT(key, member, value)                                                                 \
    static rpe_method key##_wrap(const rpe_method *method)                                                   \
    {                                                                                                        \
        rpe_method faulty = *method;                                                                         \
        faulty.member = value;                                                                               \
        return faulty;                                                                                       \
    }

#endif
