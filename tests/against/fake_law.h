/* What fake workers answer: seconds as a function of the point, the repetition and the worker's own law, so that a test knows every
   one of them. */
#ifndef FAKE_LAW_H
#define FAKE_LAW_H

#include <math.h>
#include <stdint.h>

typedef struct fake_law {
    double factor;       /* of all seconds */
    double start, round; /* spread of the logarithms between starts, and within one */
    unsigned seed;       /* of the noise: workers of one seed are alike in every number */
} fake_law;

/* Uniform in (-1,1): splitmix64 of the coordinates. */
static inline double fake_number(unsigned seed, unsigned a, unsigned b)
{
    uint64_t z = seed + UINT64_C(0x9E3779B97F4A7C15) * (a + 1) + UINT64_C(0xD1B54A32D192ED03) * (b + 1);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return 2.0 * ((double)(z >> 11) + 0.5) / 9007199254740992.0 - 1.0;
}

/* Of one call; timings: of a point at each start, so that repetition / timings is the start. */
static inline double fake_seconds(const fake_law *law, unsigned point, unsigned repetition, unsigned timings)
{
    double logarithm = law->start * fake_number(law->seed, point, repetition / timings) +
                       law->round * fake_number(law->seed + 1000, point, repetition);
    return 1e-3 * (point + 1) * law->factor * exp(logarithm);
}

#endif
