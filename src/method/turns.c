#include "method/turns.h"

#include <math.h>
#include <stdint.h>

#include "base/memory.h"

rpe_status rpe_turns_make(rpe_turns *turns, size_t numbers, const double *angles, rpe_error *error)
{
    size_t each = 2 * RPE_LINEAR_POSITIONS + 1, count;
    double *values =
        rpe_size_multiply(numbers, each, &count) ? rpe_memory_allocate(count, sizeof *values) : NULL;
    if (values == NULL)
        return rpe_error_memory(error, "turns of positions", numbers, each * sizeof *values);
    *turns = (rpe_turns){.numbers = numbers,
                         .angles = values,
                         .cosine = values + numbers,
                         .sine = values + (1 + RPE_LINEAR_POSITIONS) * numbers};
    for (size_t j = 0; j < numbers; j++) {
        turns->angles[j] = angles[j];
        for (size_t i = 0; i < RPE_LINEAR_POSITIONS; i++) {
            turns->cosine[i * numbers + j] = cos((double)i * angles[j]);
            turns->sine[i * numbers + j] = sin((double)i * angles[j]);
        }
    }
    return RPE_OK;
}

void rpe_turns_destroy(rpe_turns *turns)
{
    rpe_memory_free(turns->angles);
    *turns = (rpe_turns){0};
}

size_t rpe_turns_bytes(const rpe_turns *turns)
{
    return 2 * rpe_workspace_bytes(turns->numbers, sizeof(double));
}
