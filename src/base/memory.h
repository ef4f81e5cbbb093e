/* The one layer that calls malloc.  It counts, so that peak bytes are a result, and it can be told to fail. */
#ifndef RPE_MEMORY_H
#define RPE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RPE_MEMORY_ALIGNMENT 64 /* bytes: one cache line, enough for every vector type */

/* Uninitialized block of count*size bytes, aligned to RPE_MEMORY_ALIGNMENT.  NULL when the product overflows, the system
   has no memory, or a planned failure is due.  count*size = 0 gives a block too.  Thread-safe. */
void *rpe_memory_allocate(size_t count, size_t size);

/* As rpe_memory_allocate, all bytes zero. */
void *rpe_memory_allocate_zero(size_t count, size_t size);

/* NULL is allowed. */
void rpe_memory_free(void *block);

/* Copy of a string; NULL when there is no memory. */
char *rpe_memory_text(const char *text);

typedef struct rpe_memory_usage {
    size_t current;       /* bytes held now */
    size_t peak;          /* largest value of current since the start or the last reset */
    uint64_t allocations; /* calls so far, those that failed included */
} rpe_memory_usage;

rpe_memory_usage rpe_memory_usage_now(void);

/* peak = current */
void rpe_memory_peak_reset(void);

/* For tests: what is allocated is filled with bytes that are NaN as numbers, so that nothing there passes for a result. */
void rpe_memory_spoil(bool from_now_on);
/* For tests: the n-th allocation from now on (1 = the next) and every later one fail; 0 switches this off. */
void rpe_memory_fail_from(uint64_t n);

/* product = a*b; false on overflow, product untouched. */
bool rpe_size_multiply(size_t a, size_t b, size_t *product);

/* The least multiple of unit from count on; for sizes that are known not to overflow. */
static inline size_t rpe_size_round_up(size_t count, size_t unit)
{
    return (count + unit - 1) / unit * unit;
}

#endif
