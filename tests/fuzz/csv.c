/* Tables: x.csv, whose cells are written and read again. */
#include <stdlib.h>
#include <string.h>

#include "file/csv.h"
#include "fuzz.h"

static rpe_status rows_write(const rpe_csv *csv, const char *path, rpe_error *error)
{
    rpe_output output = {0};
    rpe_status status = rpe_output_open(&output, path, error);
    for (size_t row = 0; status == RPE_OK && row <= csv->rows;
         row++) /* the names, then the rows, lie in a line */
        status = rpe_csv_write_line(&output, csv->columns,
                                    (const char *const *)csv->names + row * csv->columns, error);
    if (status == RPE_OK)
        status = rpe_output_commit(&output, error);
    rpe_output_discard(&output);
    return status;
}

static void cells_compare(const rpe_csv *csv, const rpe_csv *again)
{
    bool same = csv->columns == again->columns && csv->rows == again->rows;
    for (size_t i = 0; same && i < csv->rows * csv->columns; i++)
        same = strcmp(csv->cells[i], again->cells[i]) == 0;
    for (size_t i = 0; same && i < csv->columns; i++)
        same = strcmp(csv->names[i], again->names[i]) == 0;
    if (!same)
        abort();
}

void fuzz_csv(const char *directory)
{
    rpe_csv csv = {0}, again = {0};
    rpe_error error = {""};
    size_t count;
    rpe_status status = rpe_csv_read(&csv, fuzz_path(directory, "x.csv"), &error);
    fuzz_status_check(status, &error);
    if (status != RPE_OK)
        return;
    for (size_t i = 0; i < csv.rows * csv.columns; i++) {
        (void)rpe_csv_number(&csv, i / csv.columns, i % csv.columns);
        (void)rpe_count_read(csv.cells[i], &count);
    }
    status = rows_write(&csv, fuzz_path(directory, "again.csv"), &error);
    if (status == RPE_OK)
        status = rpe_csv_read(&again, fuzz_path(directory, "again.csv"), &error);
    if (status != RPE_OK)
        abort();
    cells_compare(&csv, &again);
    rpe_csv_destroy(&again);
    rpe_csv_destroy(&csv);
}
