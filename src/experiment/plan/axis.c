#include "experiment/axis.h"

#include <stddef.h>
#include <string.h>

#include "experiment/point_option.h"

/* Besides the options. */
static const rpe_axis axes[] = {
    {"gate", "gate δ (0: only positions, 1: none)", RPE_COLUMN_gate, false, false, false},
    {"head", "head", RPE_COLUMN_head, false, false, false},
    {"lag", "lag τ = m − n (positions)", RPE_COLUMN_lag, false, false, true},
    {"position", "position", RPE_COLUMN_position, true, false, true},
};

const rpe_axis *rpe_axis_of(rpe_column column)
{
    const rpe_point_option *option = rpe_point_option_of(column);
    if (option != NULL)
        return option->axis.symbol != NULL ? &option->axis : NULL;
    for (size_t i = 0; i < sizeof axes / sizeof axes[0]; i++)
        if (axes[i].column == column)
            return &axes[i];
    return NULL;
}

const rpe_axis *rpe_axis_find(const char *name)
{
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        if (strcmp(rpe_column_name((rpe_column)column), name) == 0)
            return rpe_axis_of((rpe_column)column);
    return NULL;
}
