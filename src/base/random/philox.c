#include "base/random/philox.h"

#include <Random123/philox.h>

#include "base/dispatch.h"

#if RPE_WIDE
#include <immintrin.h>
#endif

enum { LANES = RPE_PHILOX_LANES, WORDS = 4, ROUNDS = 10 };

void rpe_philox_groups_portable(uint64_t key, const uint32_t counter[4], uint32_t first, size_t groups,
                                uint32_t *words)
{
    philox4x32_key_t keys = {{(uint32_t)key, (uint32_t)(key >> 32)}};
    for (size_t g = 0; g < groups; g++)
        for (uint32_t lane = 0; lane < LANES; lane++) {
            uint32_t block = (first + (uint32_t)g) * LANES + lane;
            philox4x32_ctr_t counters = {{block, counter[1], counter[2], counter[3]}};
            philox4x32_ctr_t random = philox4x32(counters, keys);
            for (size_t j = 0; j < WORDS; j++)
                words[(g * WORDS + j) * LANES + lane] = random.v[j];
        }
}

#if RPE_WIDE
/* Intrinsics for one instruction, the product of the low halves of 64-bit lanes, which gcc does not find from
   (a & 0xffffffff) * (b & 0xffffffff); the rest would be the same in vector types. */

/* Key words of the rounds, in all lanes: round i adds i times the Weyl constants. */
typedef struct round_keys {
    __m256i low[ROUNDS], high[ROUNDS];
} round_keys;

__attribute__((target("avx2"))) static void keys_make(uint64_t key, round_keys *keys)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        keys->low[i] = _mm256_set1_epi32((int)((uint32_t)key + i * UINT32_C(0x9e3779b9)));
        keys->high[i] = _mm256_set1_epi32((int)((uint32_t)(key >> 32) + i * UINT32_C(0xbb67ae85)));
    }
}

/* One round of four blocks, a counter word in the low half of each 64-bit lane; the high halves hold anything.
     (c0,c1,c2,c3) <- (hi(m1 c2) ^ c1 ^ k0, lo(m1 c2), hi(m0 c0) ^ c3 ^ k1, lo(m0 c0)) */
__attribute__((target("avx2"))) static inline void round_make(const round_keys *keys, size_t i,
                                                              __m256i c[WORDS])
{
    const __m256i m0 = _mm256_set1_epi64x(0xd2511f53), m1 = _mm256_set1_epi64x(0xcd9e8d57);
    __m256i p0 = _mm256_mul_epu32(c[0], m0), p1 = _mm256_mul_epu32(c[2], m1);
    c[0] = _mm256_xor_si256(_mm256_srli_epi64(p1, 32), _mm256_xor_si256(c[1], keys->low[i]));
    c[2] = _mm256_xor_si256(_mm256_srli_epi64(p0, 32), _mm256_xor_si256(c[3], keys->high[i]));
    c[1] = p1;
    c[3] = p0;
}

/* Even and odd lanes of a group side by side: two chains of dependent operations, and joining them is a shift and a blend. */
__attribute__((target("avx2"))) static void groups_wide(uint64_t key, const uint32_t counter[4],
                                                        uint32_t first, size_t groups, uint32_t *words)
{
    const __m256i lanes = _mm256_setr_epi64x(0, 2, 4, 6);
    const __m256i same[WORDS] = {lanes, _mm256_set1_epi32((int)counter[1]),
                                 _mm256_set1_epi32((int)counter[2]), _mm256_set1_epi32((int)counter[3])};
    round_keys keys;
    keys_make(key, &keys);
    for (size_t g = 0; g < groups; g++, words += WORDS * LANES) {
        __m256i block = _mm256_set1_epi32((int)((first + (uint32_t)g) * LANES));
        __m256i even[WORDS], odd[WORDS];
        even[0] = _mm256_add_epi32(block, lanes);
        odd[0] = _mm256_add_epi32(even[0], _mm256_set1_epi32(1));
        for (size_t j = 1; j < WORDS; j++)
            even[j] = odd[j] = same[j];
        for (size_t i = 0; i < ROUNDS; i++) {
            round_make(&keys, i, even);
            round_make(&keys, i, odd);
        }
        for (size_t j = 0; j < WORDS; j++)
            _mm256_storeu_si256((__m256i *)(void *)(words + j * LANES),
                                _mm256_blend_epi32(even[j], _mm256_slli_epi64(odd[j], 32), 0xaa));
    }
}
#endif

void rpe_philox_groups(uint64_t key, const uint32_t counter[4], uint32_t first, size_t groups,
                       uint32_t *words)
{
#if RPE_WIDE
    if (__builtin_cpu_supports("avx2")) {
        groups_wide(key, counter, first, groups, words);
        return;
    }
#endif
    rpe_philox_groups_portable(key, counter, first, groups, words);
}
