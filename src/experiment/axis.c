#include "rpe_axis.h"

#include <stddef.h>
#include <string.h>

static const rpe_axis axes[] = {
    {"R", "realizations R", RPE_COLUMN_realizations, true, true, false},
    {"F", "random projections F", RPE_COLUMN_projections, true, true, false},
    {"D", "features per head D", RPE_COLUMN_features, true, false, false},
    {"size", "size of the kernel: sinusoids K or taps P of a feature", RPE_COLUMN_size, true, false, false},
    {"N", "keys N", RPE_COLUMN_keys, true, false, false},
    {"M", "queries M", RPE_COLUMN_queries, true, false, false},
    {"H", "heads H", RPE_COLUMN_heads, true, false, false},
    {"V", "features of a value V", RPE_COLUMN_values, true, false, false},
    {"T", "threads T", RPE_COLUMN_threads, true, false, false},
    {"gate", "gate δ (0: only positions, 1: none)", RPE_COLUMN_gate, false, false, false},
    {"head", "head", RPE_COLUMN_head, false, false, false},
    {"lag", "lag τ = m − n (positions)", RPE_COLUMN_lag, false, false, true},
    {"position", "position", RPE_COLUMN_position, true, false, true},
};

const rpe_axis *rpe_axis_of(rpe_column column)
{
    for (size_t i = 0; i < sizeof axes / sizeof axes[0]; i++)
        if (axes[i].column == column)
            return &axes[i];
    return NULL;
}

const rpe_axis *rpe_axis_find(const char *name)
{
    for (size_t i = 0; i < sizeof axes / sizeof axes[0]; i++)
        if (strcmp(rpe_column_name(axes[i].column), name) == 0)
            return &axes[i];
    return NULL;
}
