/* CSV (RFC 4180 quoting, comma, LF, header line first). */
#ifndef RPE_CSV_H
#define RPE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "file/output.h"
#include "file/provenance.h"

/* One line of text fields, quoted where needed. */
rpe_status rpe_csv_write_line(rpe_output *output, size_t count, const char *const *fields, rpe_error *error);

/* Number -> shortest text that reads back to the same double (%.17g at most); "" when it is not finite. */
#define RPE_NUMBER_CAPACITY 32
const char *rpe_number_text(double number, char text[RPE_NUMBER_CAPACITY]);

/* The whole text as a number: decimal and finite; else false, and *number is as it was.  A count: digits alone, up to
   SIZE_MAX. */
bool rpe_number_read(const char *text, double *number);
bool rpe_count_read(const char *text, size_t *count);

typedef struct rpe_csv {
    size_t columns, rows;         /* rows without the header */
    char **names;                 /* [columns] */
    char **cells;                 /* [rows*columns]; never NULL, "" when empty */
    char *text;                   /* owns all strings */
    char hash[RPE_HASH_CAPACITY]; /* of the file's bytes: what was made of it says so */
} rpe_csv;

/* Every line must have as many fields as the header. */
rpe_status rpe_csv_read(rpe_csv *csv, const char *path, rpe_error *error);
void rpe_csv_destroy(rpe_csv *csv);

/* Column of that name; csv->columns when there is none. */
size_t rpe_csv_column(const rpe_csv *csv, const char *name);
const char *rpe_csv_cell(const rpe_csv *csv, size_t row, size_t column);
/* NaN when the cell is empty or not a number. */
double rpe_csv_number(const rpe_csv *csv, size_t row, size_t column);

#endif
