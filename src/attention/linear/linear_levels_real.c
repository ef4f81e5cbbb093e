/* The level of a chunk of keys, in the precision of the file. */
#include <math.h>

#include "attention/linear/linear_features.h"

/* Largest b - r of a key in a causal chunk, in powers of 2: far from overflow, and what underflows in a query beside it is
   below the rounding of its sums. */
#ifdef RPE_REAL_SINGLE
#define HEADROOM 58.0F
#else
#define HEADROOM 432.0
#endif

static real larger(real a, real b)
{
    return a > b ? a : b;
}

/* Of a key, apart from what is in the features. */
static real key_exponent(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t n)
{
    const real *exponents = chunk->exponents, *shifts = chunk->shifts;
    return linear->decays ? exponents[n] + shifts[n] : exponents[n];
}

/* Keys are shifted down with a decay. */
static real headroom(const rpe_linear *linear)
{
    return linear->decays ? HEADROOM + RPE_LINEAR_BIAS : HEADROOM;
}

/* The first key that exceeds the level by more than the headroom, at least 1; the number of keys if there is none. */
static size_t within_headroom(const rpe_linear *linear, const rpe_linear_chunk *chunk)
{
    const real *x = chunk->keys, *level = chunk->level;
    for (size_t n = 1; n < chunk->count; n++) {
        real exponent = key_exponent(linear, chunk, n);
        for (size_t l = 0; l < linear->levels; l++) {
            real b = (linear->map->exponential ? x[l * linear->key_stride + n] : 0) + exponent;
            if (b - level[l] > headroom(linear)) {
                return n;
            }
        }
    }
    return chunk->count;
}

static void cut(const rpe_linear *linear, size_t count, rpe_linear_chunk *chunk)
{
    real *exponents = chunk->exponents;
    for (size_t n = count; n < chunk->count; n++) {
        exponents[n] = -(real)INFINITY;
    }
    chunk->count = count;
    R(rpe_linear_take_maxima)(linear, chunk);
}

/* What levels have fallen by from the chunk before. */
static real fall_of(const rpe_linear *linear, const rpe_linear_chunk *chunk)
{
    return linear->decays ? (real)chunk->fall : 0;
}

/* level_l = max(highest_l, b of the first key) or of all; the largest excess of a key over it. */
static real choose_level(const rpe_linear *linear, const rpe_linear_sums *sums, rpe_linear_chunk *chunk)
{
    const real *x = chunk->keys, *exponents = chunk->exponents, *highest = sums->highest;
    const real *maxima = chunk->maxima;
    real *level = chunk->level, excess = -(real)INFINITY, fall = fall_of(linear, chunk);
    for (size_t l = 0; l < linear->levels; l++) {
        real b = maxima[l];
        if (linear->shape.causal || linear->decays) {
            b = (linear->map->exponential ? x[l * linear->key_stride] : 0) + exponents[0];
        }
        level[l] = larger(highest[l] + fall, b);
        excess = larger(maxima[l] - level[l], excess);
    }
    return excess;
}

/* 2^(level before - level), where the level before has fallen */
static real factor_of(const rpe_linear *linear, const rpe_linear_chunk *chunk, real before, real level)
{
    return (real)(linear->decays ? exp2((double)before + chunk->fall - (double)level)
                                 : exp2((double)(before - level)));
}

bool R(rpe_linear_take_level)(const rpe_linear *linear, bool whole, rpe_linear_sums *sums,
                              rpe_linear_chunk *chunk)
{
    real *level = chunk->level, *factor = chunk->factor, *before = sums->level, *highest = sums->highest;
    const real *maxima = chunk->maxima;
    if (choose_level(linear, sums, chunk) > headroom(linear)) {
        if (whole) {
            return false;
        }
        cut(linear, within_headroom(linear, chunk), chunk);
    }
    chunk->raised_count = 0;
    for (size_t l = 0; l < linear->levels; l++) {
        if (linear->decays || level[l] > before[l]) {
            factor[l] = factor_of(linear, chunk, before[l], level[l]);
            chunk->raised[chunk->raised_count++] = l;
        }
        before[l] = level[l];
        highest[l] = larger(highest[l] + fall_of(linear, chunk), maxima[l]);
    }
    for (size_t l = linear->levels; l < linear->padded_levels; l++) {
        level[l] = -(real)INFINITY;
    }
    return true;
}
