#include "oracle/terms.h"

#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"

static size_t no_terms(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    (void)size;
    return 0;
}

/* S(m,n) = S^(-1/2) q_m . k_n */
static double plain_score(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                          size_t size, const double *terms)
{
    double sum = 0;
    (void)kernel;
    (void)head;
    (void)terms;
    for (size_t d = 0; d < size; d++)
        sum += q[d] * k[d];
    return sum / sqrt((double)size);
}

static const rpe_family no_position = {
    .name = "none", .title = "no position", .exponential = true, .terms = no_terms, .score = plain_score};

const rpe_family *rpe_family_of(const rpe_kernel *kernel)
{
    return kernel != NULL ? kernel->type->family : &no_position;
}

struct rpe_terms {
    const rpe_kernel *kernel;
    size_t head, size, count; /* count: terms of a pair */
    const rpe_positions *queries, *keys;
    rpe_positions lags; /* as a grid: lag + keys' extent - 1 on each axis; count 0: no table */
    double *values;     /* [lags,count] */
};

/* Any two places of a lag will do. */
static void lag_fill(void *context, size_t index, int thread)
{
    const rpe_terms *terms = context;
    rpe_place query = rpe_positions_place(&terms->lags, index), key = {0};
    (void)thread;
    for (size_t axis = 0; axis < terms->lags.axes; axis++)
        key.at[axis] = (double)terms->keys->extent[axis] - 1;
    terms->kernel->type->terms(terms->kernel, terms->head, terms->size, &query, &key,
                               terms->values + index * terms->count);
}

static rpe_status lags_make(rpe_terms *terms, rpe_error *error)
{
    size_t extent[RPE_AXES_MAX] = {0};
    if (terms->kernel->type->absolute || terms->queries->given != NULL || terms->keys->given != NULL)
        return RPE_OK;
    for (size_t axis = 0; axis < terms->keys->axes; axis++)
        extent[axis] = terms->queries->extent[axis] + terms->keys->extent[axis] - 1;
    return rpe_positions_make(&terms->lags, terms->keys->axes, extent, "lags", error);
}

rpe_status rpe_terms_create(rpe_terms **terms, const rpe_kernel *kernel, size_t head, size_t size,
                            const rpe_positions *queries, const rpe_positions *keys, int threads,
                            rpe_error *error)
{
    rpe_terms *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "terms of a position", 1, sizeof *made);
    *made = (rpe_terms){.kernel = kernel, .head = head, .size = size, .queries = queries, .keys = keys};
    rpe_status status = RPE_OK;
    if (kernel != NULL) {
        made->count = kernel->type->family->terms(kernel, size);
        status = lags_make(made, error);
    }
    if (status == RPE_OK && made->lags.count > 0) {
        made->values = rpe_memory_allocate(made->lags.count, made->count * sizeof(double));
        if (made->values == NULL)
            status = rpe_error_memory(error, "terms of a position", made->lags.count,
                                      made->count * sizeof(double));
        else
            rpe_parallel_for(made->lags.count, threads, lag_fill, made);
    }
    if (status == RPE_OK)
        status = rpe_interrupt_check("terms of a position", error);
    if (status == RPE_OK)
        *terms = made;
    else
        rpe_terms_destroy(made);
    return status;
}

void rpe_terms_destroy(rpe_terms *terms)
{
    if (terms == NULL)
        return;
    rpe_memory_free(terms->values);
    rpe_memory_free(terms);
}

size_t rpe_terms_count(const rpe_terms *terms)
{
    return terms->count;
}

const double *rpe_terms_of(const rpe_terms *terms, size_t m, size_t n, double *scratch)
{
    if (terms->kernel == NULL)
        return NULL;
    if (terms->lags.count == 0) {
        rpe_place query = rpe_positions_place(terms->queries, m), key = rpe_positions_place(terms->keys, n);
        terms->kernel->type->terms(terms->kernel, terms->head, terms->size, &query, &key, scratch);
        return scratch;
    }
    ptrdiff_t query[RPE_AXES_MAX], key[RPE_AXES_MAX];
    size_t lag = 0;
    rpe_positions_coordinates(terms->queries, m, query);
    rpe_positions_coordinates(terms->keys, n, key);
    for (size_t axis = 0; axis < terms->lags.axes; axis++)
        lag = lag * terms->lags.extent[axis] + (size_t)(query[axis] - key[axis]) + terms->keys->extent[axis] -
              1;
    return terms->values + lag * terms->count;
}
