/* The conv kernel of a table, by unit impulses. */
#include <math.h>

#include "position/conv.h"
#include "position/fit/kernel_fitting.h"

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
    const rpe_conv conv = rpe_conv_of(kernel);
    size_t taps = conv.taps;
    double dropped = 0;
    for (size_t row = 0; row < table->heads * table->features; row++) {
        double *b = conv.key_filter + row * taps;
        conv.query_filter[row * taps + place] = 1;
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
        status = rpe_kernel_create(&made, &rpe_kernel_type_conv, table->name, table->heads, table->features,
                                   taps, error);
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
