/* Two rows of one key: whether they can be compared, and by how much they changed. */
#include "report/compare/compared_pair.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* ---- machines ---- */

const char *rpe_result_machine_text(const rpe_result_record *record, const char *key)
{
    const json_t *machine = json_object_get(record->record.document.root, "machine");
    return rpe_json_text_or(machine, key, "");
}

bool rpe_result_same_machine(const rpe_result_record *a, const rpe_result_record *b)
{
    const json_t *machines[2] = {json_object_get(a->record.document.root, "machine"),
                                 json_object_get(b->record.document.root, "machine")};
    return strcmp(rpe_result_machine_text(a, "processor"), rpe_result_machine_text(b, "processor")) == 0 &&
           json_equal(json_object_get(machines[0], "processors"), json_object_get(machines[1], "processors"));
}

/* ---- what two rows are ---- */

/* The input of that name, wherever the configuration describes it. */
static const json_t *input_find(const json_t *value, const char *name)
{
    const json_t *found = NULL, *inner;
    const char *key, *text = rpe_json_text_or(value, "name", NULL);
    size_t i;
    if (text != NULL && strcmp(text, name) == 0 && json_object_get(value, "kernel") != NULL)
        return value;
    json_object_foreach((json_t *)value, key, inner) if (found == NULL) found = input_find(inner, name);
    json_array_foreach(value, i, inner) if (found == NULL) found = input_find(inner, name);
    return found;
}

/* Drawn from the seed, or not described. */
static bool input_is_drawn(const rpe_result_record *record, size_t row)
{
    const char *name = rpe_record_cell(&record->record, row, RPE_COLUMN_input);
    const json_t *input = input_find(json_object_get(record->record.document.root, "configuration"), name);
    return input == NULL || json_object_get(input, "gaussian") != NULL ||
           json_is_object(json_object_get(input, "kernel"));
}

rpe_joined_records rpe_joined_records_make(const rpe_result_record *baseline, const rpe_result_record *run)
{
    rpe_joined_records joined = {.records = {baseline, run}};
    const json_t *hashes[2];
    for (size_t side = 0; side < 2; side++)
        hashes[side] = json_object_get(joined.records[side]->record.document.root, "inputs_hash");
    joined.same_inputs = hashes[0] != NULL && json_equal(hashes[0], hashes[1]);
    for (size_t row = 0; !joined.same_inputs && !joined.any_drawn && row < run->record.rows.rows; row++)
        joined.any_drawn = input_is_drawn(run, row);
    return joined;
}

/* The hash is of all inputs of an experiment: where it differs, those that are drawn do, and those that are files only if
   nothing is drawn. */
static bool inputs_differ(const rpe_joined_records *joined, size_t row)
{
    return !joined->same_inputs && (!joined->any_drawn || input_is_drawn(joined->records[1], row));
}

static const char *cell_of(const rpe_compared_row *pair, size_t side, rpe_column column)
{
    return rpe_record_cell(&pair->records[side]->record, pair->rows[side], column);
}

static double number_of(const rpe_compared_row *pair, size_t side, rpe_column column)
{
    return rpe_record_number(&pair->records[side]->record, pair->rows[side], column);
}

static bool cells_agree(const rpe_compared_row *pair, rpe_column column)
{
    return strcmp(cell_of(pair, 0, column), cell_of(pair, 1, column)) == 0;
}

/* Largest |estimate| in the baseline of the rows of each point and measure, wherever they stand. */
rpe_status rpe_joined_scales_find(rpe_joined_records *joined, rpe_error *error)
{
    static const rpe_column profile[] = {RPE_COLUMN_point, RPE_COLUMN_measure};
    const rpe_record *record = &joined->records[0]->record;
    rpe_row_groups *groups = &joined->profiles;
    rpe_status status = rpe_row_groups_create(groups, record, 2, profile, NULL, error);
    if (status != RPE_OK)
        return status;
    joined->scales = rpe_memory_allocate_zero(groups->count, sizeof *joined->scales);
    if (joined->scales == NULL)
        return rpe_error_memory(error, "scales of profiles", groups->count, sizeof *joined->scales);
    for (size_t row = 0; row < record->rows.rows; row++) {
        double *scale = &joined->scales[groups->number[row]];
        *scale = fmax(*scale, fabs(rpe_record_number(record, row, RPE_COLUMN_estimate)));
    }
    return RPE_OK;
}

void rpe_joined_records_destroy(rpe_joined_records *joined)
{
    rpe_memory_free(joined->scales);
    rpe_row_groups_destroy(&joined->profiles);
}

static double scale_of(const rpe_joined_records *joined, const rpe_compared_row *pair)
{
    double scale = joined->scales[joined->profiles.number[pair->rows[0]]];
    return scale > 0.0 ? scale : 1.0;
}

/* ---- one pair of rows ---- */

static void pair_say(rpe_compared_row *pair, rpe_change_test test, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void pair_say(rpe_compared_row *pair, rpe_change_test test, const char *format, ...)
{
    va_list arguments;
    pair->change.test = test;
    va_start(arguments, format);
    vsnprintf(pair->change.reason, sizeof pair->change.reason, format, arguments);
    va_end(arguments);
}

/* Coordinates and shapes of the point: the key holds only the hash of some of them. */
static bool points_agree(rpe_compared_row *pair)
{
    for (rpe_column column = RPE_COLUMN_family; column < RPE_COLUMN_measure; column++) {
        if (cells_agree(pair, column))
            continue;
        pair_say(pair, RPE_CHANGE_UNTESTED, "the points differ: %s was %s and is %s", rpe_column_name(column),
                 cell_of(pair, 0, column), cell_of(pair, 1, column));
        return false;
    }
    return true;
}

/* Numbers on both sides, or on one: a result that is not there any more, or contradicts its closed form, is a change. */
static bool numbers_are_there(rpe_compared_row *pair)
{
    static const char contradiction[] = "disagrees";
    bool there[2], sound[2];
    for (size_t side = 0; side < 2; side++) {
        there[side] = isfinite(number_of(pair, side, RPE_COLUMN_estimate));
        sound[side] = there[side] && strncmp(cell_of(pair, side, RPE_COLUMN_status), contradiction,
                                             sizeof contradiction - 1) != 0;
    }
    if (there[0] && there[1] && sound[0] == sound[1])
        return true;
    if (!there[0] && !there[1])
        pair_say(pair, RPE_CHANGE_UNTESTED, "%s", cell_of(pair, 1, RPE_COLUMN_status));
    else if (sound[0])
        pair_say(pair, RPE_CHANGE_LOST, "now %s", cell_of(pair, 1, RPE_COLUMN_status));
    else if (sound[1])
        pair_say(pair, RPE_CHANGE_GAINED, "was %s", cell_of(pair, 0, RPE_COLUMN_status));
    else
        pair_say(pair, RPE_CHANGE_LOST, "was %s, now %s", cell_of(pair, 0, RPE_COLUMN_status),
                 cell_of(pair, 1, RPE_COLUMN_status));
    return false;
}

/* Exponents, crossings and fronts are made of the numbers of other rows; whether there is one, is a matter of their noise too. */
static bool has_repetitions(rpe_compared_row *pair)
{
    const rpe_measure *measure = pair->change.measure;
    bool derived = measure->kind == RPE_MEASURE_TIME || measure->front_of != NULL;
    for (size_t side = 0; side < 2; side++)
        derived = derived && rpe_result_trial_count(pair->records[side], pair->rows[side]) == 0;
    if (derived)
        pair_say(pair, RPE_CHANGE_UNTESTED, "%s is made of the %s of other rows",
                 cell_of(pair, 1, RPE_COLUMN_measure), measure->front_of != NULL ? "numbers" : "times");
    return !derived;
}

static bool machines_agree(const rpe_comparison *comparison, rpe_compared_row *pair)
{
    const rpe_result_record *const *records = pair->records;
    if (pair->change.measure->kind != RPE_MEASURE_TIME || comparison->any_machine ||
        rpe_result_same_machine(records[0], records[1]))
        return true;
    pair_say(pair, RPE_CHANGE_UNTESTED, "times of different machines (%s; %s)",
             rpe_result_machine_text(records[0], "processor"),
             rpe_result_machine_text(records[1], "processor"));
    return false;
}

static rpe_change_side side_of(const rpe_compared_row *pair, size_t side)
{
    size_t count = rpe_result_trial_count(pair->records[side], pair->rows[side]);
    return (rpe_change_side){.trials =
                                 count > 0 ? rpe_result_trials(pair->records[side], pair->rows[side]) : NULL,
                             .count = count,
                             .estimate = number_of(pair, side, RPE_COLUMN_estimate),
                             .standard_error = number_of(pair, side, RPE_COLUMN_standard_error),
                             .closed_form = number_of(pair, side, RPE_COLUMN_closed_form)};
}

rpe_status rpe_compared_pair_find(const rpe_comparison *comparison, const rpe_joined_records *joined,
                                  rpe_compared_row *pair, rpe_error *error)
{
    rpe_change *change = &pair->change;
    const rpe_measure *measure = rpe_measure_find(cell_of(pair, 1, RPE_COLUMN_measure));
    *change = rpe_change_none(measure);
    if (measure == NULL) {
        pair_say(pair, RPE_CHANGE_UNTESTED, "this version does not know the measure %s",
                 cell_of(pair, 1, RPE_COLUMN_measure));
        return RPE_OK;
    }
    if (!points_agree(pair) || !has_repetitions(pair) || !numbers_are_there(pair) ||
        !machines_agree(comparison, pair))
        return RPE_OK;
    bool is_single = strcmp(cell_of(pair, 1, RPE_COLUMN_precision), rpe_precision_name(RPE_SINGLE)) == 0;
    const rpe_change_question question = {.measure = measure,
                                          .precision = is_single ? RPE_SINGLE : RPE_DOUBLE,
                                          .sides = {side_of(pair, 0), side_of(pair, 1)},
                                          .paired = cells_agree(pair, RPE_COLUMN_seed),
                                          .other_inputs = inputs_differ(joined, pair->rows[1]),
                                          .scale = scale_of(joined, pair),
                                          .machine = rpe_compared_machine(joined, pair)};
    return rpe_change_find(change, &question, comparison->limits.level, error);
}
