#include "rpe_row.h"

const char *rpe_column_name(rpe_column column)
{
    static const char *const names[RPE_COLUMN_COUNT] = {
#define RPE_COLUMN(name, meaning) #name,
#include "columns.def"
#undef RPE_COLUMN
    };
    return names[column];
}

const char *rpe_column_meaning(rpe_column column)
{
    static const char *const meanings[RPE_COLUMN_COUNT] = {
#define RPE_COLUMN(name, meaning) meaning,
#include "columns.def"
#undef RPE_COLUMN
    };
    return meanings[column];
}
