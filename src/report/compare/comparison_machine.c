/* What the machine did in two runs of timings: whether they can be compared, and within what it may have moved them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/compare/compared_pair.h"
#include "statistic/hypothesis.h"

#define MOMENTS 4 /* before and after either run */

static const json_t *timing_of(const rpe_result_record *record)
{
    return json_object_get(record->record.document.root, "timing");
}

/* The rate of that name at a moment; NaN where it is not recorded. */
static double rate_at(const rpe_joined_records *joined, size_t moment, const char *name)
{
    const json_t *rates = json_object_get(timing_of(joined->records[moment / 2]), "rates");
    const json_t *rate = json_object_get(json_array_get(rates, moment % 2), name);
    double value = json_is_number(rate) ? json_number_value(rate) : (double)NAN;
    return value > 0.0 ? value : (double)NAN;
}

static bool is_rate(const char *name)
{
    static const char ending[] = "_per_second";
    size_t length = strlen(name), tail = sizeof ending - 1;
    return length > tail && strcmp(name + length - tail, ending) == 0;
}

/* Spread of the logarithms over the moments, and by how much the mean of the new run differs from the baseline's. */
static bool rate_moves(const rpe_joined_records *joined, const char *name, double *spread, double *between)
{
    double logarithms[MOMENTS], mean = 0.0, squares = 0.0;
    for (size_t i = 0; i < MOMENTS; i++) {
        logarithms[i] = log(rate_at(joined, i, name));
        mean += logarithms[i] / MOMENTS;
    }
    for (size_t i = 0; i < MOMENTS; i++)
        squares += (logarithms[i] - mean) * (logarithms[i] - mean);
    *spread = sqrt(squares / (MOMENTS - 1));
    *between = 0.5 * (logarithms[2] + logarithms[3] - logarithms[0] - logarithms[1]);
    return isfinite(*spread);
}

/* "the baseline was noisy: other processes kept 1.0 processors busy" */
static bool is_noisy(rpe_joined_records *joined)
{
    static const char *const sides[] = {"baseline", "new run"};
    for (size_t side = 0; side < 2; side++) {
        const json_t *timing = timing_of(joined->records[side]);
        const char *reason = json_string_value(json_object_get(timing, "reason"));
        if (!json_is_true(json_object_get(timing, "noisy")))
            continue;
        snprintf(joined->noise, sizeof joined->noise, "the %s was noisy: %s", sides[side],
                 reason == NULL || reason[0] == '\0' ? "it does not say why" : reason);
        return true;
    }
    return false;
}

/* A run's times lie as far off as the machine was during it.  The four moments at which the rates were taken are what is known of
   how it moves: their spread has three degrees of freedom, and the difference of two runs sqrt(2) of it. */
static double margin_of(double spread, double level)
{
    return rpe_quantile_student(level, MOMENTS - 1) * sqrt(2.0) * spread;
}

void rpe_joined_machine_find(rpe_joined_records *joined, const rpe_change_limits *limits)
{
    const json_t *rates = json_object_get(timing_of(joined->records[0]), "rates");
    const char *name;
    json_t *value;
    bool same = rpe_result_same_machine(joined->records[0], joined->records[1]);
    double largest = 0.0, most = log1p(limits->thresholds[RPE_MEASURE_TIME]), spread, between;
    bool known = false;
    joined->margin = NAN;
    joined->noise[0] = '\0';
    bool noisy = is_noisy(joined);
    /* Those of two machines are not what one did at two times. */
    json_object_foreach(json_array_get(rates, 0), name, value)
    {
        if (!same || !is_rate(name) || !rate_moves(joined, name, &spread, &between))
            continue;
        known = true;
        largest = fmax(largest, spread);
        if (!noisy && fabs(between) > most) {
            snprintf(joined->noise, sizeof joined->noise,
                     "the machine's own rates differ between the runs: %.*s by %+.1f %%",
                     (int)(strlen(name) - strlen("_per_second")), name, 100.0 * expm1(between));
            noisy = true;
        }
    }
    if (known)
        joined->margin = margin_of(largest, limits->level);
}

/* ---- rates of a row ---- */

static double row_number(const rpe_compared_row *pair, size_t side, rpe_column column)
{
    return rpe_record_number(&pair->records[side]->record, pair->rows[side], column);
}

/* Products a second, or bytes copied, by which the row's own units were taken: with its precision and threads. */
static double row_rate(const rpe_compared_row *pair, size_t side, rpe_change_unit unit)
{
    double seconds = row_number(pair, side, RPE_COLUMN_estimate);
    if (unit == RPE_UNIT_PRODUCT)
        return row_number(pair, side, RPE_COLUMN_gemm_units) / seconds;
    return row_number(pair, side, RPE_COLUMN_bytes_moved) /
           (row_number(pair, side, RPE_COLUMN_copy_share) * seconds);
}

rpe_change_machine rpe_compared_machine(const rpe_joined_records *joined, const rpe_compared_row *pair)
{
    rpe_change_machine machine = {.noise = joined->noise[0] != '\0' ? joined->noise : NULL,
                                  .margin = joined->margin};
    for (rpe_change_unit unit = 0; unit < RPE_CHANGE_UNITS; unit++) {
        double ratio = row_rate(pair, 1, unit) / row_rate(pair, 0, unit);
        machine.rates[unit] = isfinite(ratio) && ratio > 0.0 ? ratio : (double)NAN;
    }
    return machine;
}
