/* The registry of mutants: one file each here, listed in mutants.def. */
#include "rpe_mutant.h"

#define RPE_MUTANT(name) extern const rpe_mutant rpe_mutant_##name;
#include "mutants.def"
#undef RPE_MUTANT

static const rpe_mutant *const mutants[] = {
#define RPE_MUTANT(name) &rpe_mutant_##name,
#include "mutants.def"
#undef RPE_MUTANT
};

size_t rpe_mutant_count(void)
{
    return sizeof mutants / sizeof mutants[0];
}

const rpe_mutant *rpe_mutant_at(size_t index)
{
    return mutants[index];
}
