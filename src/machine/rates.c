/* The two rates that bound every computation here: products of matrices, and memory. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/linear.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "machine/machine.h"

#define GEMM_SIZE ((size_t)1024)
#define COPY_BYTES                                                                                           \
    ((size_t)48 << 20) /* of one array; two of them exceed the last caches of usual processors */
#define ROUNDS 3
#define ARRAYS 3 /* A, B, C of one product; the copy uses the same memory */

typedef struct calibration {
    unsigned char **blocks; /* [threads], each ARRAYS arrays of `bytes` */
    size_t bytes;
    void (*work)(unsigned char *block, size_t bytes);
} calibration;

static void gemm_single(unsigned char *block, size_t bytes)
{
    float *a = (void *)block, *b = (void *)(block + bytes), *c = (void *)(block + 2 * bytes);
    rpe_gemm_single(false, false, GEMM_SIZE, GEMM_SIZE, GEMM_SIZE, 1.0F, a, GEMM_SIZE, b, GEMM_SIZE, 0.0F, c,
                    GEMM_SIZE);
}

static void gemm_double(unsigned char *block, size_t bytes)
{
    double *a = (void *)block, *b = (void *)(block + bytes), *c = (void *)(block + 2 * bytes);
    rpe_gemm_double(false, false, GEMM_SIZE, GEMM_SIZE, GEMM_SIZE, 1.0, a, GEMM_SIZE, b, GEMM_SIZE, 0.0, c,
                    GEMM_SIZE);
}

static void copy(unsigned char *block, size_t bytes)
{
    memcpy(block + bytes, block, bytes);
}

static void work_body(void *context, size_t index, int thread)
{
    const calibration *c = context;
    (void)thread;
    c->work(c->blocks[index], c->bytes);
}

/* Seconds of the fastest round, in which every thread does the work once. */
static double fastest(calibration *c, int threads)
{
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double start = rpe_clock_seconds();
        rpe_parallel_for((size_t)threads, threads, work_body, c);
        best = fmin(best, rpe_clock_seconds() - start);
    }
    return best;
}

static void rates_take(rpe_machine_rates *rates, calibration *c)
{
    const double flops = 2.0 * (double)(GEMM_SIZE * GEMM_SIZE * GEMM_SIZE), threads = rates->threads;
    c->work = copy;
    rates->copy = threads * 2.0 * (double)c->bytes / fastest(c, rates->threads);
    c->work = gemm_single;
    rates->gemm[RPE_SINGLE] = threads * flops / fastest(c, rates->threads);
    c->work = gemm_double;
    rates->gemm[RPE_DOUBLE] = threads * flops / fastest(c, rates->threads);
}

rpe_status rpe_machine_rates_measure(rpe_machine_rates *rates, int threads, rpe_error *error)
{
    rpe_machine_rates measured = {.threads = threads};
    calibration c = {.bytes = COPY_BYTES};
    rpe_status status = RPE_OK;
    c.blocks = rpe_memory_allocate_zero((size_t)threads, sizeof *c.blocks);
    if (c.blocks == NULL)
        return rpe_error_memory(error, "arrays of the calibration", (size_t)threads, sizeof *c.blocks);
    for (int i = 0; status == RPE_OK && i < threads; i++) {
        /* Zeros: no number of a product can overflow or be subnormal, and the pages are there. */
        c.blocks[i] = rpe_memory_allocate_zero(ARRAYS, c.bytes);
        if (c.blocks[i] == NULL)
            status = rpe_error_memory(error, "arrays of the calibration", ARRAYS, c.bytes);
    }
    if (status == RPE_OK) {
        rates_take(&measured, &c);
        *rates = measured;
    }
    for (int i = 0; i < threads; i++)
        rpe_memory_free(c.blocks[i]);
    rpe_memory_free(c.blocks);
    return status;
}

rpe_status rpe_machine_rates_rough(rpe_machine_rates *rates, rpe_error *error)
{
    static rpe_machine_rates kept;
    rpe_status status = kept.threads > 0 ? RPE_OK : rpe_machine_rates_measure(&kept, 1, error);
    if (status == RPE_OK)
        *rates = kept;
    return status;
}

rpe_machine_rates rpe_machine_rates_mean(const rpe_machine_rates *before, const rpe_machine_rates *after)
{
    rpe_machine_rates mean = {.threads = before->threads, .copy = (before->copy + after->copy) / 2};
    for (int precision = 0; precision < 2; precision++)
        mean.gemm[precision] = (before->gemm[precision] + after->gemm[precision]) / 2;
    return mean;
}
