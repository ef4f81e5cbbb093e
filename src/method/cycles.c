#include "method/cycles.h"

#include <stdint.h>

#include "base/memory.h"

#define ARRAYS 5

/* The cycle of an element, whose members follow those that were found before. */
static size_t follow(rpe_cycles *cycles, size_t element, size_t found)
{
    size_t length = 0, at = element;
    do {
        cycles->members[found + length] = at;
        cycles->first[at] = found;
        cycles->place[at] = length++;
        at = cycles->next[at];
    } while (at != element);
    for (size_t i = 0; i < length; i++)
        cycles->length[cycles->members[found + i]] = length;
    return length;
}

rpe_status rpe_cycles_make(rpe_cycles *cycles, size_t count, const double *permutation, rpe_error *error)
{
    size_t *numbers =
        count <= SIZE_MAX / ARRAYS ? rpe_memory_allocate_zero(ARRAYS * count, sizeof *numbers) : NULL;
    if (numbers == NULL)
        return rpe_error_memory(error, "cycles of a permutation", count, ARRAYS * sizeof *numbers);
    *cycles = (rpe_cycles){.count = count,
                           .next = numbers,
                           .members = numbers + count,
                           .first = numbers + 2 * count,
                           .place = numbers + 3 * count,
                           .length = numbers + 4 * count};
    for (size_t d = 0; d < count; d++)
        cycles->next[d] = (size_t)permutation[d];
    for (size_t d = 0, found = 0; d < count; d++)
        found += cycles->length[d] == 0 ? follow(cycles, d, found) : 0;
    return RPE_OK;
}

void rpe_cycles_destroy(rpe_cycles *cycles)
{
    rpe_memory_free(cycles->next);
    *cycles = (rpe_cycles){0};
}

size_t rpe_cycles_power(const rpe_cycles *cycles, size_t element, size_t power)
{
    return cycles
        ->members[cycles->first[element] + (cycles->place[element] + power) % cycles->length[element]];
}
