#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Each block is preceded by one alignment unit that holds its size. */
static atomic_size_t current_bytes, peak_bytes;
static atomic_uint_fast64_t allocations, fail_from;
static atomic_bool spoils;

bool rpe_size_multiply(size_t a, size_t b, size_t *product)
{
    if (a != 0 && b > SIZE_MAX / a)
        return false;
    *product = a * b;
    return true;
}

static bool failure_is_due(uint64_t number)
{
    uint64_t from = atomic_load(&fail_from);
    return from != 0 && number >= from;
}

static void count_bytes(size_t bytes)
{
    size_t now = atomic_fetch_add(&current_bytes, bytes) + bytes;
    size_t peak = atomic_load(&peak_bytes);
    while (now > peak && !atomic_compare_exchange_weak(&peak_bytes, &peak, now))
        ;
}

void *rpe_memory_allocate(size_t count, size_t size)
{
    uint64_t number = atomic_fetch_add(&allocations, 1) + 1;
    size_t bytes;
    if (failure_is_due(number) || !rpe_size_multiply(count, size, &bytes) ||
        bytes > SIZE_MAX / 2 - 2 * RPE_MEMORY_ALIGNMENT)
        return NULL;
    size_t padded = (bytes + RPE_MEMORY_ALIGNMENT - 1) / RPE_MEMORY_ALIGNMENT * RPE_MEMORY_ALIGNMENT;
    unsigned char *block = aligned_alloc(RPE_MEMORY_ALIGNMENT, padded + RPE_MEMORY_ALIGNMENT);
    if (block == NULL)
        return NULL;
    memcpy(block, &bytes, sizeof bytes);
    count_bytes(bytes);
    if (atomic_load_explicit(&spoils, memory_order_relaxed))
        memset(block + RPE_MEMORY_ALIGNMENT, 0xff, bytes);
    return block + RPE_MEMORY_ALIGNMENT;
}

void *rpe_memory_allocate_zero(size_t count, size_t size)
{
    void *block = rpe_memory_allocate(count, size);
    if (block != NULL)
        memset(block, 0, count * size);
    return block;
}

void rpe_memory_free(void *block)
{
    if (block == NULL)
        return;
    unsigned char *start = (unsigned char *)block - RPE_MEMORY_ALIGNMENT;
    size_t bytes;
    memcpy(&bytes, start, sizeof bytes);
    atomic_fetch_sub(&current_bytes, bytes);
    free(start);
}

char *rpe_memory_text(const char *text)
{
    size_t length = strlen(text) + 1;
    char *copy = rpe_memory_allocate(length, 1);
    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

rpe_memory_usage rpe_memory_usage_now(void)
{
    return (rpe_memory_usage){.current = atomic_load(&current_bytes),
                              .peak = atomic_load(&peak_bytes),
                              .allocations = atomic_load(&allocations)};
}

void rpe_memory_peak_reset(void)
{
    atomic_store(&peak_bytes, atomic_load(&current_bytes));
}

void rpe_memory_spoil(bool from_now_on)
{
    atomic_store(&spoils, from_now_on);
}

void rpe_memory_fail_from(uint64_t n)
{
    atomic_store(&fail_from, n == 0 ? 0 : atomic_load(&allocations) + n);
}
