/* The schema of result rows: everything after the run reads rows, nothing else. */
#ifndef RPE_ROW_H
#define RPE_ROW_H

#include <stddef.h>

typedef enum rpe_column {
#define RPE_COLUMN(name, meaning) RPE_COLUMN_##name,
#include "columns.def"
#undef RPE_COLUMN
    RPE_COLUMN_COUNT
} rpe_column;

const char *rpe_column_name(rpe_column column);
const char *rpe_column_meaning(rpe_column column);

#endif
