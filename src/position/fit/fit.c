/* Fits: the table, and what all fits share. */
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "position/fit/kernel_fitting.h"
#include "position/lag_table.h"

#define ROUNDING 1e-12 /* of the largest value, of what is exact but for a few roundings */

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

const rpe_kernel_type *rpe_kernel_fit_type_at(size_t index)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (rpe_kernel_type_at(i)->fit != NULL && index-- == 0)
            return rpe_kernel_type_at(i);
    return NULL;
}

const rpe_kernel_type *rpe_kernel_fit_type_find(const char *name)
{
    const rpe_kernel_type *type = rpe_kernel_type_find(name);
    return type != NULL && type->fit != NULL ? type : NULL;
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
    size_t extent[RPE_AXES_MAX];
    *result = (rpe_fit_result){.bound = bound, .size = rpe_kernel_size(kernel, extent)};
    for (size_t row = 0; row < rows; row++) {
        result->error = fmax(result->error, job.errors[row]);
        result->largest = fmax(result->largest, job.largest[row]);
    }
    result->rounding = ROUNDING * result->largest;
    rpe_memory_free(values);
    return rpe_interrupt_check("fit", error);
}
