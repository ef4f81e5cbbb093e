/* Mutants: planted faults, as wrapped registry entries or statistics, each with the claim that must reject it. */
#ifndef RPE_MUTANT_H
#define RPE_MUTANT_H

#include "rpe_claim.h"

typedef struct rpe_mutant {
    const char *name, *title; /* key; the fault in words */
    const char *claim;        /* the claim that must reject it */
    const char
        *case_name;      /* a case where it shows; NULL: every one that the claim applies to may reject it */
    const char *sampler; /* likewise */
    const char *method;  /* key of the method whose copy is wrapped; "softmax" */
    rpe_method (*wrap)(const rpe_method *method); /* the faulty copy; NULL: the method is left as it is */
    const rpe_claim_tools *tools;                 /* faulty statistics; NULL: the honest ones */
} rpe_mutant;

/* The registry: tests/mutants/mutants.def. */
size_t rpe_mutant_count(void);
const rpe_mutant *rpe_mutant_at(size_t index);

#endif
