#include "report/row_groups.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

/* Groups by the hash of their cells: a table that is at most half full, with the next free slot for what collides. */
typedef struct index_table {
    const rpe_record *record;
    size_t column_count;
    const rpe_column *columns;
    rpe_row_groups *groups;
    size_t *slots; /* [capacity]: a group, or RPE_NO_GROUP */
    size_t capacity;
} index_table;

/* FNV-1a of the cells with their final zeros, so that "a", "bc" are not "ab", "c". */
static uint64_t hash_of(const index_table *table, size_t row)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < table->column_count; i++) {
        const char *c = rpe_record_cell(table->record, row, table->columns[i]);
        do
            hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
        while (*c++ != '\0');
    }
    return hash ^ hash >> 32;
}

static bool same_cells(const index_table *table, size_t a, size_t b)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(rpe_record_cell(table->record, a, table->columns[i]),
                   rpe_record_cell(table->record, b, table->columns[i])) != 0)
            return false;
    return true;
}

static void row_place(index_table *table, size_t row, bool makes)
{
    rpe_row_groups *groups = table->groups;
    size_t at = (size_t)hash_of(table, row) & (table->capacity - 1);
    while (table->slots[at] != RPE_NO_GROUP && !same_cells(table, row, groups->first[table->slots[at]]))
        at = (at + 1) & (table->capacity - 1);
    if (table->slots[at] == RPE_NO_GROUP && makes) {
        groups->first[groups->count] = row;
        table->slots[at] = groups->count++;
    }
    groups->number[row] = table->slots[at];
}

rpe_status rpe_row_groups_create(rpe_row_groups *groups, const rpe_record *record, size_t column_count,
                                 const rpe_column *columns, const rpe_row_part *parts, rpe_error *error)
{
    size_t rows = record->rows.rows, capacity = 16;
    while (capacity < 2 * rows)
        capacity *= 2;
    rpe_row_groups made = {.number = rpe_memory_allocate(rows, sizeof *made.number),
                           .first = rpe_memory_allocate(rows, sizeof *made.first)};
    index_table table = {.record = record,
                         .column_count = column_count,
                         .columns = columns,
                         .groups = &made,
                         .slots = rpe_memory_allocate(capacity, sizeof *table.slots),
                         .capacity = capacity};
    if (made.number == NULL || made.first == NULL || table.slots == NULL) {
        rpe_memory_free(table.slots);
        rpe_row_groups_destroy(&made);
        return rpe_error_memory(error, "groups of rows", capacity, sizeof *table.slots);
    }
    for (size_t i = 0; i < capacity; i++)
        table.slots[i] = RPE_NO_GROUP;
    for (size_t row = 0; row < rows; row++) {
        made.number[row] = RPE_NO_GROUP;
        if (parts == NULL || parts[row] == RPE_ROW_IN)
            row_place(&table, row, true);
    }
    for (size_t row = 0; parts != NULL && row < rows; row++)
        if (parts[row] == RPE_ROW_BESIDE)
            row_place(&table, row, false);
    rpe_memory_free(table.slots);
    *groups = made;
    return RPE_OK;
}

void rpe_row_groups_destroy(rpe_row_groups *groups)
{
    rpe_memory_free(groups->number);
    rpe_memory_free(groups->first);
    *groups = (rpe_row_groups){0};
}
