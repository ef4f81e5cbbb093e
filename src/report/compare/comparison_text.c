/* Comparisons in words: what the table and Markdown share. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/comparison.h"

/* How a column is named before its cell; "" where the cell speaks for itself. */
static const char *const prefixes[RPE_COLUMN_COUNT] = {
    [RPE_COLUMN_input] = "",          [RPE_COLUMN_family] = "",     [RPE_COLUMN_kernel] = "",
    [RPE_COLUMN_method] = "",         [RPE_COLUMN_sampler] = "",    [RPE_COLUMN_precision] = "",
    [RPE_COLUMN_queries] = "M = ",    [RPE_COLUMN_keys] = "N = ",   [RPE_COLUMN_heads] = "H = ",
    [RPE_COLUMN_features] = "D = ",   [RPE_COLUMN_values] = "V = ", [RPE_COLUMN_realizations] = "R = ",
    [RPE_COLUMN_projections] = "F = "};

static size_t place_add(char text[RPE_PLACE_CAPACITY], size_t used, const rpe_result_record *record,
                        size_t row, rpe_column column)
{
    const char *cell = rpe_record_cell(&record->record, row, column);
    if (cell[0] == '\0' || used >= RPE_PLACE_CAPACITY)
        return used;
    const char *prefix = prefixes[column], *separator = used > 0 ? ", " : "";
    int added = prefix == NULL
                    ? snprintf(text + used, RPE_PLACE_CAPACITY - used, "%s%s %s", separator,
                               rpe_column_name(column), cell)
                    : snprintf(text + used, RPE_PLACE_CAPACITY - used, "%s%s%s", separator, prefix, cell);
    return used + (size_t)added;
}

const char *rpe_result_place_text(const rpe_result_record *record, size_t row, char text[RPE_PLACE_CAPACITY])
{
    size_t used = 0;
    text[0] = '\0';
    for (rpe_column column = RPE_COLUMN_input; column < RPE_COLUMN_unit; column++)
        if (column != RPE_COLUMN_measure && record->varies[column])
            used = place_add(text, used, record, row, column);
    if (used == 0)
        place_add(text, 0, record, row, RPE_COLUMN_input);
    return text;
}

const char *rpe_result_made_text(const rpe_result_set *set, char text[RPE_MADE_CAPACITY])
{
    const rpe_result_record *record = &set->records[0];
    size_t stopped = 0;
    for (size_t i = 0; i < set->count; i++)
        stopped += set->records[i].complete ? 0 : 1;
    snprintf(text, RPE_MADE_CAPACITY, "rpebench %s %s, %s %s, %s, %s%s",
             rpe_result_machine_text(record, "version"), rpe_result_machine_text(record, "revision"),
             rpe_result_machine_text(record, "compiler"), rpe_result_machine_text(record, "build_type"),
             rpe_result_machine_text(record, "processor"), rpe_result_machine_text(record, "date"),
             stopped == 0 ? "" : ", INCOMPLETE: the run was stopped");
    return text;
}

const char *rpe_change_percent_text(double change, char text[RPE_CHANGE_CAPACITY])
{
    double percent = 100.0 * change;
    if (isnan(percent))
        snprintf(text, RPE_CHANGE_CAPACITY, "-");
    else if (isinf(percent) || fabs(percent) >= 1e6)
        snprintf(text, RPE_CHANGE_CAPACITY, percent > 0.0 ? "more" : "less");
    else if (fabs(percent) > 0.0 && fabs(percent) < 0.005)
        snprintf(text, RPE_CHANGE_CAPACITY, "%+.0e %%", percent);
    else
        snprintf(text, RPE_CHANGE_CAPACITY, fabs(percent) < 10.0 ? "%+.2f %%" : "%+.1f %%", percent);
    return text;
}

static size_t limit_print(char text[RPE_CHANGE_CAPACITY], size_t used, double limit)
{
    int added = isinf(limit) ? snprintf(text + used, RPE_CHANGE_CAPACITY - used, "?")
                             : snprintf(text + used, RPE_CHANGE_CAPACITY - used, "%+.3g", 100.0 * limit);
    return used + (size_t)added;
}

const char *rpe_change_interval_text(const rpe_change *change, char text[RPE_CHANGE_CAPACITY])
{
    if (isnan(change->p)) {
        snprintf(text, RPE_CHANGE_CAPACITY, "-");
        return text;
    }
    size_t used = (size_t)snprintf(text, RPE_CHANGE_CAPACITY, "[");
    used = limit_print(text, used, change->low);
    used += (size_t)snprintf(text + used, RPE_CHANGE_CAPACITY - used, ", ");
    used = limit_print(text, used, change->high);
    snprintf(text + used, RPE_CHANGE_CAPACITY - used, "]");
    return text;
}

const char *rpe_result_estimate_text(const rpe_result_record *record, size_t row,
                                     char text[RPE_CHANGE_CAPACITY])
{
    double estimate = rpe_record_number(&record->record, row, RPE_COLUMN_estimate);
    double half = 0.5 * (rpe_record_number(&record->record, row, RPE_COLUMN_high) -
                         rpe_record_number(&record->record, row, RPE_COLUMN_low));
    double percent = 100.0 * half / fabs(estimate);
    if (!isfinite(estimate))
        snprintf(text, RPE_CHANGE_CAPACITY, "-");
    else if (!isfinite(percent))
        snprintf(text, RPE_CHANGE_CAPACITY, "%.4g", estimate);
    else
        snprintf(text, RPE_CHANGE_CAPACITY, "%.4g ± %.*f %%", estimate, percent < 10.0 ? 1 : 0, percent);
    return text;
}

static const char *distance_text(const rpe_change *change, char text[RPE_REMARK_CAPACITY])
{
    if (isnan(change->ulps))
        snprintf(text, RPE_REMARK_CAPACITY, "not drawn: any difference is one");
    else
        snprintf(text, RPE_REMARK_CAPACITY, "not drawn: any difference is one; %.3g units in the last place",
                 change->ulps);
    return text;
}

/* "in units of the product +1.2 %, of the copy -0.4 %, the machine may have moved it by 2.1 %" */
static const char *times_text(const rpe_change *change, char text[RPE_REMARK_CAPACITY])
{
    static const char *const names[RPE_CHANGE_UNITS] = {
        [RPE_UNIT_PRODUCT] = "product", [RPE_UNIT_COPY] = "copy"};
    char percent[RPE_CHANGE_CAPACITY];
    size_t used = (size_t)snprintf(text, RPE_REMARK_CAPACITY, "detects %s",
                                   rpe_change_percent_text(change->detects, percent));
    for (rpe_change_unit unit = 0; unit < RPE_CHANGE_UNITS; unit++)
        if (!isnan(change->in_units[unit]))
            used +=
                (size_t)snprintf(text + used, RPE_REMARK_CAPACITY - used, ", in units of the machine's %s %s",
                                 names[unit], rpe_change_percent_text(change->in_units[unit], percent));
    if (isnan(change->margin))
        snprintf(text + used, RPE_REMARK_CAPACITY - used,
                 "; the level covers repetitions alone: no rates are known of both runs");
    else
        snprintf(text + used, RPE_REMARK_CAPACITY - used, "; the machine may have moved it by %.2g %%",
                 100.0 * expm1(change->margin));
    return text;
}

static const char *rounding_text(const rpe_change *change, char text[RPE_REMARK_CAPACITY])
{
    if (isnan(change->ulps))
        snprintf(text, RPE_REMARK_CAPACITY, "nothing but rounding");
    else
        snprintf(text, RPE_REMARK_CAPACITY, "rounding: at most %.3g units in the last place", change->ulps);
    return text;
}

const char *rpe_change_remark_text(const rpe_change *change, char text[RPE_REMARK_CAPACITY])
{
    char percent[RPE_CHANGE_CAPACITY];
    text[0] = '\0';
    if (change->reason[0] != '\0')
        snprintf(text, RPE_REMARK_CAPACITY, "%s", change->reason);
    else if (change->test == RPE_CHANGE_EXACT)
        return distance_text(change, text);
    else if (change->test == RPE_CHANGE_ROUNDING)
        return rounding_text(change, text);
    else if (change->test == RPE_CHANGE_IDENTICAL)
        snprintf(text, RPE_REMARK_CAPACITY, "the same bits");
    else if (change->needed > 0)
        snprintf(text, RPE_REMARK_CAPACITY,
                 "%zu and %zu repetitions can show no change at this level: %zu of each are needed",
                 change->count[0], change->count[1], change->needed);
    else if (change->test == RPE_CHANGE_RANKS)
        return times_text(change, text);
    else if (isfinite(change->detects))
        snprintf(text, RPE_REMARK_CAPACITY, "%s test, detects %s", rpe_change_test_name(change->test),
                 rpe_change_percent_text(change->detects, percent));
    return text;
}

/* ---- counts ---- */

double rpe_compared_group_change(const rpe_compared_group *group)
{
    return group->ratios > 0 ? expm1(group->logarithms / (double)group->ratios) : (double)NAN;
}

size_t rpe_comparison_singles(const rpe_comparison *comparison, size_t side)
{
    size_t count = 0;
    for (size_t i = 0; i < comparison->single_count; i++)
        count += comparison->singles[i].side == side ? 1 : 0;
    return count;
}

size_t rpe_comparison_reason_count(const rpe_comparison *comparison, size_t row)
{
    const rpe_change *wanted = &comparison->rows[row].change;
    size_t count = 0;
    for (size_t i = 0; wanted->verdict == RPE_CHANGE_NOT_COMPARED && i < comparison->count; i++) {
        const rpe_change *other = &comparison->rows[i].change;
        if (other->verdict != RPE_CHANGE_NOT_COMPARED || strcmp(other->reason, wanted->reason) != 0)
            continue;
        if (i < row)
            return 0;
        count++;
    }
    return count;
}
