/* Fits: the table, the conv kernel by unit impulses, and what all fits share. */
#include <math.h>
#include <string.h>

#include "rpe_interrupt.h"
#include "rpe_kernel_fitting.h"
#include "rpe_lag_table.h"
#include "rpe_memory.h"
#include "rpe_parallel.h"

rpe_status rpe_fit_table_make(rpe_fit_table *table, const rpe_array *array, const char *name,
                              rpe_error *error)
{
    if (array->rank != 3 || array->precision != RPE_DOUBLE || array->shape[2] % 2 == 0) {
        char found[RPE_SHAPE_CAPACITY];
        return rpe_error_set(
            error, RPE_ERROR_INPUT, "%s: expected a table [heads,features,2N-1] in double, found %s in %s",
            name, rpe_shape_text(array->rank, array->shape, found), rpe_precision_name(array->precision));
    }
    *table = (rpe_fit_table){.heads = array->shape[0],
                             .features = array->shape[1],
                             .lags = array->shape[2],
                             .zero = array->shape[2] / 2,
                             .values = array->values,
                             .name = name};
    return RPE_OK;
}

rpe_status rpe_fit_table_check(const rpe_fit_table *table, rpe_error *error)
{
    const size_t shape[] = {table->heads, table->features, table->lags};
    char text[RPE_SHAPE_CAPACITY];
    size_t count, first;
    if (!rpe_size_multiply(table->heads, table->features, &count) ||
        !rpe_size_multiply(count, table->lags, &count))
        return rpe_error_memory(error, "table", table->heads, table->features);
    if (count == 0 || table->zero >= table->lags)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected lags from -%zu on, found a table of shape %s", table->name,
                             table->zero, rpe_shape_text(3, shape, text));
    if (!rpe_values_finite(RPE_DOUBLE, table->values, count, &first))
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected finite values, found %g at %s",
                             table->name, table->values[first], rpe_index_text(3, shape, first, text));
    for (size_t i = 0; i < count; i++) {
        if (!(fabs(table->values[i]) * (double)table->lags < 1e150))
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: expected values whose squares are finite, found %g at %s", table->name,
                                 table->values[i], rpe_index_text(3, shape, i, text));
    }
    return RPE_OK;
}

static const rpe_kernel_type *type_named(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        if (strcmp(rpe_kernel_type_at(i)->name, name) == 0)
            return rpe_kernel_type_at(i);
    }
    return NULL;
}

rpe_status rpe_fit_kernel_create(rpe_kernel **kernel, const rpe_fit_table *table, const char *type,
                                 size_t size, rpe_error *error)
{
    size_t count = table->heads * table->features; /* of a table that exists: no overflow */
    bool sine = strcmp(type, "sine") == 0, whole = rpe_size_multiply(count, size, &count);
    rpe_kernel *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL || !whole)
        goto no_memory;
    made->type = type_named(type);
    made->path = rpe_memory_text(table->name);
    made->heads = table->heads;
    made->features = table->features;
    made->axes = 1;
    bool complete = made->path != NULL;
    double **const arrays[2][3] = {{&made->query_filter, &made->key_filter, NULL},
                                   {&made->frequency, &made->phase, &made->gain}};
    for (size_t i = 0; i < 3 && arrays[sine][i] != NULL; i++) {
        *arrays[sine][i] = rpe_memory_allocate_zero(count, sizeof(double));
        complete = complete && *arrays[sine][i] != NULL;
    }
    if (!complete)
        goto no_memory;
    if (sine) {
        made->sinusoids = size;
    } else {
        made->taps = made->tap_extent[0] = size;
        made->tap_extent[1] = made->tap_extent[2] = 1;
    }
    *kernel = made;
    return RPE_OK;
no_memory:
    rpe_kernel_destroy(made);
    return rpe_error_memory(error, "fitted kernel", table->heads * table->features, size * sizeof(double));
}

/* Of each row: largest |P - table| and largest |table|. */
typedef struct measure_job {
    const rpe_kernel *kernel;
    const rpe_fit_table *table;
    double *errors, *largest;
} measure_job;

static void measure_row(void *context, size_t row, int thread)
{
    const measure_job *job = context;
    const rpe_fit_table *table = job->table;
    size_t polled = rpe_kernel_lags_polled(job->kernel);
    double largest = 0, error = 0;
    (void)thread;
    for (size_t i = 0; i < table->lags; i++) {
        if (i % polled == 0 && rpe_interrupt_requested())
            break;
        const ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)i - (ptrdiff_t)table->zero, 0, 0};
        double wanted = table->values[row * table->lags + i];
        double value = rpe_kernel_value(job->kernel, row / table->features, row % table->features, lag);
        largest = fmax(largest, fabs(wanted));
        error = fmax(error, fabs(value - wanted));
    }
    job->errors[row] = error;
    job->largest[row] = largest;
}

rpe_status rpe_fit_result_measure(rpe_fit_result *result, const rpe_kernel *kernel,
                                  const rpe_fit_table *table, double bound, int threads, rpe_error *error)
{
    size_t rows = table->heads * table->features;
    double *values = rpe_memory_allocate(rows, 2 * sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "errors of the fit", rows, 2 * sizeof *values);
    measure_job job = {.kernel = kernel, .table = table, .errors = values, .largest = values + rows};
    rpe_parallel_for(rows, threads, measure_row, &job);
    *result =
        (rpe_fit_result){.bound = bound, .size = kernel->sinusoids > 0 ? kernel->sinusoids : kernel->taps};
    for (size_t row = 0; row < rows; row++) {
        result->error = fmax(result->error, job.errors[row]);
        result->largest = fmax(result->largest, job.largest[row]);
    }
    rpe_memory_free(values);
    return rpe_interrupt_check("fit", error);
}

/* No value but 0 before lag 0. */
static bool is_causal(const rpe_fit_table *table)
{
    for (size_t row = 0; row < table->heads * table->features; row++) {
        for (size_t i = 0; i < table->zero; i++) {
            if (table->values[row * table->lags + i] != 0)
                return false;
        }
    }
    return true;
}

/* Taps that give every lag, and the place j of the impulse among them. */
static rpe_status impulse_place(const rpe_fit_table *table, size_t *taps, size_t *place, rpe_error *error)
{
    bool causal = is_causal(table);
    size_t after = table->lags - 1 - table->zero, reach = after > table->zero ? after : table->zero;
    size_t most = causal ? after + 1 : 2 * reach + 1;
    if (*taps > most)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected at most %zu taps, which are exact, found %zu", table->name, most,
                             *taps);
    if (*taps == 0)
        *taps = most;
    *place = causal ? 0 : (*taps - 1) / 2;
    return RPE_OK;
}

/* a = delta_j, b[j + tau] = P(tau):  sum_p a[p] b[p + tau] = P(tau)  [form 16].  Returns the largest value left out. */
static double taps_fill(rpe_kernel *kernel, const rpe_fit_table *table, size_t place)
{
    size_t taps = kernel->taps;
    double dropped = 0;
    for (size_t row = 0; row < table->heads * table->features; row++) {
        double *b = kernel->key_filter + row * taps;
        kernel->query_filter[row * taps + place] = 1;
        for (size_t i = 0; i < table->lags; i++) {
            double value = table->values[row * table->lags + i];
            ptrdiff_t tap = (ptrdiff_t)place + (ptrdiff_t)i - (ptrdiff_t)table->zero;
            if (tap >= 0 && tap < (ptrdiff_t)taps)
                b[tap] = value;
            else
                dropped = fmax(dropped, fabs(value));
        }
    }
    return dropped;
}

rpe_status rpe_kernel_fit_conv(rpe_kernel **kernel, const rpe_fit_table *table, size_t taps, int threads,
                               rpe_fit_result *result, rpe_error *error)
{
    rpe_kernel *made = NULL;
    size_t place = 0;
    rpe_status status = rpe_fit_table_check(table, error);
    if (status == RPE_OK)
        status = impulse_place(table, &taps, &place, error);
    if (status == RPE_OK)
        status = rpe_fit_kernel_create(&made, table, "conv", taps, error);
    if (status == RPE_OK) {
        double dropped = taps_fill(made, table, place);
        status = rpe_fit_result_measure(result, made, table, dropped, threads, error);
    }
    if (status == RPE_OK)
        *kernel = made;
    else
        rpe_kernel_destroy(made);
    return status;
}
