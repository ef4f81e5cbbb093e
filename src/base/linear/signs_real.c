#include "base/dispatch.h"
#include "base/linear/signs.h"
#include "base/real.h"

enum { BITS = 32, BLOCK_WORDS = 4 };

static inline uint32_t word_at(const uint32_t *words, size_t index)
{
    return words[index % BLOCK_WORDS * RPE_PHILOX_LANES + index / BLOCK_WORDS];
}

/* values[i] = 1 - 2 bit_i        whole words first .. first+count-1
   The bit is moved to the top, where it is the sign of an integer: a comparison that every vector unit has. */
RPE_DISPATCH_STATIC void R(whole_words)(const uint32_t *words, size_t first, size_t count, real *values)
{
    for (size_t index = first; index < first + count; index++, values += BITS) {
        uint32_t word = word_at(words, index);
        for (int bit = 0; bit < BITS; bit++)
            values[bit] = (int32_t)(word << (BITS - 1 - bit)) < 0 ? (real)-1 : (real)1;
    }
}

static void part_of_word(uint32_t word, size_t first, size_t count, real *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = word >> (first + i) & 1 ? (real)-1 : (real)1;
}

void R(rpe_signs)(const uint32_t *words, size_t first, size_t count, real *values)
{
    size_t offset = first % BITS, start = (BITS - offset) % BITS;
    start = start < count ? start : count;
    part_of_word(word_at(words, first / BITS), offset, start, values);
    if (start == count)
        return;
    size_t word = (first + start) / BITS, whole = (count - start) / BITS, end = (count - start) % BITS;
    R(whole_words)(words, word, whole, values + start);
    if (end > 0)
        part_of_word(word_at(words, word + whole), 0, end, values + start + whole * BITS);
}
