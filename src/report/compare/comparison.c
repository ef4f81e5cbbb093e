#include "report/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/compare/compared_pair.h"

static bool is_same_experiment(const rpe_result_record *a, const rpe_result_record *b)
{
    return strcmp(a->experiment, b->experiment) == 0 && a->quick == b->quick;
}

/* The counterpart of a result: of the same experiment and size, and of the same machine, if there is a choice. */
static const rpe_result_record *counterpart_find(const rpe_result_set *set, const rpe_result_record *record)
{
    const rpe_result_record *best = NULL;
    for (size_t i = 0; i < set->count; i++) {
        const rpe_result_record *candidate = &set->records[i];
        if (is_same_experiment(candidate, record) &&
            (best == NULL ||
             (!rpe_result_same_machine(best, record) && rpe_result_same_machine(candidate, record))))
            best = candidate;
    }
    return best;
}

/* A run of one size alone is not expected to have the results of the other. */
static bool has_size(const rpe_result_set *set, bool quick)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->records[i].quick == quick)
            return true;
    return false;
}

/* ---- joining ---- */

typedef struct keyed_row {
    const rpe_record *record;
    size_t row;
    bool found;
} keyed_row;

static int keyed_compare(const void *a, const void *b)
{
    const keyed_row *x = a, *y = b;
    return rpe_result_keys_compare(x->record, x->row, y->record, y->row);
}

/* Rows in the order of their keys; owned by the caller. */
static rpe_status keys_sort(const rpe_record *record, keyed_row **keys, rpe_error *error)
{
    size_t count = record->rows.rows;
    keyed_row *sorted = rpe_memory_allocate(count, sizeof *sorted);
    if (sorted == NULL)
        return rpe_error_memory(error, "keys of the rows", count, sizeof *sorted);
    for (size_t row = 0; row < count; row++)
        sorted[row] = (keyed_row){record, row, false};
    qsort(sorted, count, sizeof *sorted, keyed_compare);
    for (size_t i = 1; i < count; i++)
        if (keyed_compare(&sorted[i - 1], &sorted[i]) == 0) {
            rpe_status status =
                rpe_error_set(error, RPE_ERROR_INPUT,
                              "%s: expected one row a point, measure and label, found two of %s at point %s",
                              record->csv_path, rpe_record_cell(record, sorted[i].row, RPE_COLUMN_measure),
                              rpe_record_cell(record, sorted[i].row, RPE_COLUMN_point));
            rpe_memory_free(sorted);
            return status;
        }
    *keys = sorted;
    return RPE_OK;
}

static void single_add(rpe_comparison *comparison, const rpe_result_record *record, size_t row, size_t side,
                       bool whole)
{
    comparison->singles[comparison->single_count++] = (rpe_single_row){record, row, side, whole};
}

/* Rows in the order of the new run. */
static rpe_status rows_join(rpe_comparison *comparison, const rpe_result_record *baseline,
                            const rpe_result_record *run, rpe_error *error)
{
    rpe_joined_records joined = rpe_joined_records_make(baseline, run);
    rpe_joined_machine_find(&joined, &comparison->limits);
    keyed_row *keys[2] = {NULL, NULL};
    size_t counts[2] = {baseline->record.rows.rows, run->record.rows.rows};
    rpe_status status = rpe_joined_scales_find(&joined, error);
    if (status == RPE_OK)
        status = keys_sort(&baseline->record, &keys[0], error);
    if (status == RPE_OK)
        status = keys_sort(&run->record, &keys[1], error);
    for (size_t row = 0; status == RPE_OK && row < counts[1]; row++) {
        const keyed_row wanted = {&run->record, row, false};
        keyed_row *found = bsearch(&wanted, keys[0], counts[0], sizeof wanted, keyed_compare);
        if (found == NULL) {
            single_add(comparison, run, row, 1, false);
            continue;
        }
        found->found = true;
        rpe_compared_row *pair = &comparison->rows[comparison->count++];
        *pair = (rpe_compared_row){.records = {baseline, run}, .rows = {found->row, row}};
        status = rpe_compared_pair_find(comparison, &joined, pair, error);
    }
    for (size_t i = 0; status == RPE_OK && i < counts[0]; i++)
        if (!keys[0][i].found)
            single_add(comparison, baseline, keys[0][i].row, 0, false);
    rpe_memory_free(keys[0]);
    rpe_memory_free(keys[1]);
    rpe_joined_records_destroy(&joined);
    return status;
}

/* ---- the whole ---- */

static size_t rows_count(const rpe_result_set *set)
{
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += set->records[i].record.rows.rows;
    return count;
}

static rpe_status rows_allocate(rpe_comparison *comparison, rpe_error *error)
{
    size_t most = rows_count(comparison->sets[1]), singles = most + rows_count(comparison->sets[0]);
    comparison->rows = rpe_memory_allocate(most, sizeof *comparison->rows);
    comparison->singles = rpe_memory_allocate(singles, sizeof *comparison->singles);
    if (comparison->rows == NULL || comparison->singles == NULL)
        return rpe_error_memory(error, "compared rows", singles, sizeof *comparison->rows);
    return RPE_OK;
}

static rpe_status sets_join(rpe_comparison *comparison, rpe_error *error)
{
    const rpe_result_set *baseline = comparison->sets[0], *run = comparison->sets[1];
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < run->count; i++) {
        const rpe_result_record *found = counterpart_find(baseline, &run->records[i]);
        if (found == NULL)
            single_add(comparison, &run->records[i], 0, 1, true);
        else
            status = rows_join(comparison, found, &run->records[i], error);
    }
    for (size_t i = 0; i < baseline->count; i++)
        if (has_size(run, baseline->records[i].quick) && counterpart_find(run, &baseline->records[i]) == NULL)
            single_add(comparison, &baseline->records[i], 0, 0, true);
    if (status == RPE_OK && comparison->count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "%s: expected rows in common with %s, of an experiment in the same size "
                               "(quick or full), found none",
                               run->path, baseline->path);
    return status;
}

static rpe_status judge(rpe_comparison *comparison, rpe_error *error)
{
    size_t count = comparison->count, all = count + comparison->pooled_count;
    rpe_change **changes = rpe_memory_allocate(all, sizeof(void *));
    double *scratch = rpe_memory_allocate(all, sizeof *scratch);
    rpe_status status = RPE_OK;
    if (changes == NULL || scratch == NULL) {
        status = rpe_error_memory(error, "p-values", all, sizeof *scratch);
    } else {
        for (size_t i = 0; i < count; i++)
            changes[i] = &comparison->rows[i].change;
        for (size_t i = 0; i < comparison->pooled_count; i++)
            changes[count + i] = &comparison->pooled[i].change;
        comparison->family = rpe_changes_judge(all, changes, &comparison->limits, scratch);
        status = rpe_comparison_group(comparison, error);
        if (status == RPE_OK && comparison->verdicts[RPE_CHANGE_NOT_COMPARED] == count)
            status = rpe_error_set(error, RPE_ERROR_INPUT,
                                   "%s: expected a row that can be compared with %s, found none of %zu: %s",
                                   comparison->sets[1]->path, comparison->sets[0]->path, count,
                                   changes[0]->reason);
    }
    rpe_memory_free(changes);
    rpe_memory_free(scratch);
    return status;
}

rpe_status rpe_comparison_make(rpe_comparison *comparison, const rpe_result_set *baseline,
                               const rpe_result_set *run, rpe_error *error)
{
    comparison->sets[0] = baseline;
    comparison->sets[1] = run;
    rpe_status status = rows_allocate(comparison, error);
    if (status == RPE_OK)
        status = sets_join(comparison, error);
    if (status == RPE_OK)
        status = rpe_comparison_pool(comparison, error);
    if (status == RPE_OK)
        status = judge(comparison, error);
    if (status != RPE_OK)
        rpe_comparison_destroy(comparison);
    return status;
}

void rpe_comparison_destroy(rpe_comparison *comparison)
{
    rpe_memory_free(comparison->rows);
    rpe_memory_free(comparison->singles);
    rpe_memory_free(comparison->groups);
    rpe_memory_free(comparison->pooled);
    *comparison = (rpe_comparison){0};
}

bool rpe_comparison_is_unfavourable(const rpe_comparison *comparison)
{
    for (size_t i = 0; i < comparison->pooled_count; i++)
        if (comparison->pooled[i].change.verdict == RPE_CHANGE_WORSE)
            return true;
    return comparison->verdicts[RPE_CHANGE_WORSE] + comparison->verdicts[RPE_CHANGE_CHANGED] > 0;
}

bool rpe_comparison_is_missing(const rpe_comparison *comparison)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < comparison->sets[side]->count; i++)
            if (!comparison->sets[side]->records[i].complete)
                return true;
    return rpe_comparison_singles(comparison, 0) > 0;
}

bool rpe_comparison_is_undecided(const rpe_comparison *comparison)
{
    return comparison->verdicts[RPE_CHANGE_CANNOT_TELL] + comparison->verdicts[RPE_CHANGE_NO_POWER] > 0;
}
