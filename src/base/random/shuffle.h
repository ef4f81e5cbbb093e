/* Lanes of two vectors of 32 bytes by constant numbers, those of the second counted on, in a *_real.c file; gcc before 12 has
   it under another name. */
#ifndef RPE_SHUFFLE_H
#define RPE_SHUFFLE_H

#include <stdint.h>

#include "base/real.h"

#if defined(__clang__) || __GNUC__ >= 12
#define RPE_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int32_t rpe_lanes_single __attribute__((vector_size(32)));
typedef int64_t rpe_lanes_double __attribute__((vector_size(32)));
#define RPE_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (R(rpe_lanes)){__VA_ARGS__})
#endif

#endif
