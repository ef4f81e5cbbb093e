/* A comparison for machines: every row. */
#include <math.h>

#include "report/comparison.h"
#include "report/verdict_report.h"

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? rpe_json_string(text) : json_null();
}

/* What a row is of: the cells up to the unit that are not empty. */
static json_t *place_value(const rpe_result_record *record, size_t row)
{
    json_t *object = json_object();
    for (rpe_column column = RPE_COLUMN_experiment; column < RPE_COLUMN_unit; column++) {
        const char *cell = rpe_record_cell(&record->record, row, column);
        if (cell[0] != '\0' &&
            json_object_set_new(object, rpe_column_name(column), rpe_json_string(cell)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *side_value(const rpe_compared_row *row, size_t side)
{
    const rpe_record *record = &row->records[side]->record;
    size_t at = row->rows[side];
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:o}", "estimate",
                     rpe_json_real(rpe_record_number(record, at, RPE_COLUMN_estimate)), "standard_error",
                     rpe_json_real(rpe_record_number(record, at, RPE_COLUMN_standard_error)), "low",
                     rpe_json_real(rpe_record_number(record, at, RPE_COLUMN_low)), "high",
                     rpe_json_real(rpe_record_number(record, at, RPE_COLUMN_high)), "trials",
                     (json_int_t)row->change.count[side], "status",
                     rpe_json_string(rpe_record_cell(record, at, RPE_COLUMN_status)));
}

static json_t *units_value(const rpe_change *change)
{
    return json_pack("{s:o, s:o, s:o}", "product", rpe_json_real(change->in_units[RPE_UNIT_PRODUCT]), "copy",
                     rpe_json_real(change->in_units[RPE_UNIT_COPY]), "margin",
                     rpe_json_real(expm1(change->margin)));
}

static json_t *row_value(const rpe_compared_row *row)
{
    const rpe_change *change = &row->change;
    char remark[RPE_REMARK_CAPACITY];
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "verdict",
                     rpe_change_verdict_name(change->verdict), "test", rpe_change_test_name(change->test),
                     "change", rpe_json_real(change->change), "low", rpe_json_real(change->low), "high",
                     rpe_json_real(change->high), "p", rpe_json_real(change->p), "adjusted_p",
                     rpe_json_real(change->adjusted_p), "detects", rpe_json_real(change->detects), "ulps",
                     rpe_json_real(change->ulps), "repetitions_needed", (json_int_t)change->needed, "remark",
                     text_or_null(rpe_change_remark_text(change, remark)), "of",
                     place_value(row->records[1], row->rows[1]), "baseline", side_value(row, 0), "new",
                     side_value(row, 1), "in_units_of", units_value(change));
}

static json_t *pooled_value(const rpe_pooled_change *pooled)
{
    const rpe_change *change = &pooled->change;
    return json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "measure", pooled->measure->name,
                     "verdict", rpe_change_verdict_name(change->verdict), "rows", (json_int_t)pooled->rows,
                     "change", rpe_json_real(change->change), "low", rpe_json_real(change->low), "high",
                     rpe_json_real(change->high), "p", rpe_json_real(change->p), "adjusted_p",
                     rpe_json_real(change->adjusted_p), "detects", rpe_json_real(change->detects));
}

static json_t *single_value(const rpe_single_row *single)
{
    static const char *const sides[] = {"baseline", "new"};
    if (single->whole)
        return json_pack("{s:s, s:{s:s}, s:I}", "run", sides[single->side], "of", "experiment",
                         single->record->experiment, "rows", (json_int_t)single->record->record.rows.rows);
    return json_pack("{s:s, s:o}", "run", sides[single->side], "of",
                     place_value(single->record, single->row));
}

/* Appends a new reference; false without memory. */
static bool list_add(json_t *list, json_t *value)
{
    return value != NULL && json_array_append_new(list, value) == 0;
}

static json_t *set_value(const rpe_result_set *set)
{
    const rpe_result_record *record = &set->records[0];
    return json_pack("{s:o, s:O?}", "path", rpe_json_string(set->path), "machine",
                     json_object_get(record->record.document.root, "machine"));
}

static json_t *counts_value(const rpe_comparison *comparison)
{
    json_t *object = json_object();
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
        if (json_object_set_new(object, rpe_change_verdict_name(verdict),
                                json_integer((json_int_t)comparison->verdicts[verdict])) != 0) {
            json_decref(object);
            return NULL;
        }
    return object;
}

/* What does not fit in memory shows as a list that is too short: the differences are for people. */
static void difference_add(void *context, const char *name, const char *baseline, const char *run)
{
    json_array_append_new(context, json_pack("{s:s, s:o, s:o}", "name", name, "baseline",
                                             rpe_json_string(baseline), "new", rpe_json_string(run)));
}

static json_t *comparison_value(const rpe_comparison *comparison)
{
    const rpe_change_limits *limits = &comparison->limits;
    json_t *rows = json_array(), *singles = json_array(), *pooled = json_array(), *differences = json_array();
    bool complete = rows != NULL && singles != NULL && pooled != NULL && differences != NULL;
    for (size_t i = 0; complete && i < comparison->count; i++)
        complete = list_add(rows, row_value(&comparison->rows[i]));
    for (size_t i = 0; complete && i < comparison->single_count; i++)
        complete = list_add(singles, single_value(&comparison->singles[i]));
    for (size_t i = 0; complete && i < comparison->pooled_count; i++)
        complete = list_add(pooled, pooled_value(&comparison->pooled[i]));
    if (complete)
        rpe_comparison_differences(comparison, difference_add, differences);
    if (!complete) {
        json_decref(pooled);
        json_decref(differences);
        json_decref(rows);
        json_decref(singles);
        return NULL;
    }
    return json_pack("{s:o, s:o, s:o, s:f, s:f, s:{s:f, s:f, s:f}, s:I, s:o, s:o, s:o, s:o}", "baseline",
                     set_value(comparison->sets[0]), "new", set_value(comparison->sets[1]), "differs",
                     differences, "detect", limits->detect, "level", limits->level, "thresholds", "accuracy",
                     limits->thresholds[RPE_MEASURE_ACCURACY], "time", limits->thresholds[RPE_MEASURE_TIME],
                     "count", limits->thresholds[RPE_MEASURE_COUNT], "p_values",
                     (json_int_t)comparison->family, "verdicts", counts_value(comparison), "rows", rows,
                     "together", pooled, "in_one_run_only", singles);
}

rpe_status rpe_comparison_json_write(const rpe_comparison *comparison, rpe_output *output, rpe_error *error)
{
    json_t *value = comparison_value(comparison);
    if (value == NULL)
        return rpe_error_memory(error, "JSON of the comparison", comparison->count, sizeof *comparison->rows);
    return rpe_json_output(value, output, error);
}
