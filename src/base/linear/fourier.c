#include "base/fourier.h"

#include <stdint.h>

#include "base/memory.h"

/* m = 2^a 3^b 5^c >= least, the smallest; 0 when none fits into size_t with room for the factor 8. */
static size_t smooth_above(size_t least)
{
    const size_t most = SIZE_MAX / 64;
    size_t best = 0;
    for (size_t five = 1; five <= most; five *= 5) {
        for (size_t three = five; three <= most; three *= 3) {
            size_t value = three;
            while (value < least && value <= most)
                value *= 2;
            if (value >= least && (best == 0 || value < best))
                best = value;
            if (three >= least)
                break;
        }
        if (five >= least)
            break;
    }
    return best;
}

size_t rpe_fourier_length(size_t least)
{
    size_t rows = least / RPE_FOURIER_LANES + (least % RPE_FOURIER_LANES != 0);
    return rows > SIZE_MAX / 64 ? 0 : RPE_FOURIER_LANES * smooth_above(rows > 0 ? rows : 1);
}

/* Whole vectors; and two more cache lines than a multiple of 512 bytes, which would map the eight parts of a signal to the
   same few sets of the cache. */
static size_t padded_rows(size_t rows)
{
    size_t padded = (rows + RPE_FOURIER_LANES - 1) / RPE_FOURIER_LANES * RPE_FOURIER_LANES;
    return padded % 64 == 0 ? padded + 16 : padded;
}

size_t rpe_fourier_elements(size_t length)
{
    return RPE_FOURIER_LANES * padded_rows(length / RPE_FOURIER_LANES);
}

size_t rpe_fourier_place(const rpe_fourier *fourier, size_t n)
{
    return n / fourier->rows * fourier->padded + n % fourier->rows;
}

/* A row is 64 or 128 bytes: what the inner stages work on fits into the first cache, with the filter and the spectrum. */
#define INNER_ROWS 192

/* Factors 5, 3, at most one 2, then 4, the first stage first; 1 alone when rows = 1. */
static void stages_choose(rpe_fourier *fourier)
{
    static const size_t radices[] = {5, 3};
    size_t left = fourier->rows, twos = 0;
    for (size_t i = 0; i < 2; i++)
        for (; left % radices[i] == 0; left /= radices[i])
            fourier->radix[fourier->stages++] = radices[i];
    for (size_t rest = left; rest % 2 == 0; rest /= 2)
        twos++;
    if (twos % 2 != 0)
        fourier->radix[fourier->stages++] = 2;
    for (size_t i = 0; i < twos / 2; i++)
        fourier->radix[fourier->stages++] = 4;
    if (fourier->stages == 0)
        fourier->radix[fourier->stages++] = 1;
    fourier->inner_rows = fourier->radix[0];
    fourier->inner_stages = 1;
    while (fourier->inner_stages < fourier->stages &&
           fourier->inner_rows * fourier->radix[fourier->inner_stages] <= INNER_ROWS)
        fourier->inner_rows *= fourier->radix[fourier->inner_stages++];
}

/* The last stage of radix r joins r transforms of the span s below it: element p = t s + p' is frequency t + r f(p'). */
static void frequencies_number(rpe_fourier *fourier)
{
    size_t span = 1;
    fourier->frequency[0] = 0;
    for (size_t stage = 0; stage < fourier->stages; stage++) {
        size_t radix = fourier->radix[stage];
        for (size_t t = radix; t-- > 0;)
            for (size_t p = 0; p < span; p++)
                fourier->frequency[t * span + p] = t + radix * fourier->frequency[p];
        span *= radix;
    }
}

rpe_status rpe_fourier_create(rpe_fourier *fourier, size_t length, rpe_precision precision, rpe_error *error)
{
    size_t element = rpe_precision_size(precision);
    rpe_fourier created = {.length = length, .rows = length / RPE_FOURIER_LANES};
    created.padded = padded_rows(created.rows);
    stages_choose(&created);
    created.frequency = rpe_memory_allocate(created.rows, sizeof *created.frequency);
    created.twiddles = rpe_memory_allocate(2 * created.rows, element);
    created.rotations = rpe_memory_allocate(14 * created.padded, element);
    if (created.frequency == NULL || created.twiddles == NULL || created.rotations == NULL) {
        rpe_fourier_destroy(&created);
        return rpe_error_memory(error, "the tables of a Fourier transform", 2 * length, element);
    }
    frequencies_number(&created);
    if (precision == RPE_SINGLE)
        rpe_fourier_tables_single(&created);
    else
        rpe_fourier_tables_double(&created);
    *fourier = created;
    return RPE_OK;
}

void rpe_fourier_destroy(rpe_fourier *fourier)
{
    rpe_memory_free(fourier->frequency);
    rpe_memory_free(fourier->twiddles);
    rpe_memory_free(fourier->rotations);
    *fourier = (rpe_fourier){0};
}
