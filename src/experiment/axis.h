/* What may stand along a picture's abscissa, and what numbers of a column are called in titles. */
#ifndef RPE_AXIS_H
#define RPE_AXIS_H

#include <stdbool.h>

#include "experiment/row.h"

typedef struct rpe_axis {
    const char *symbol; /* "R" */
    const char *title;  /* "realizations R" */
    rpe_column column;
    bool logarithmic; /* base 2 */
    bool root_guide;  /* errors are expected to fall as its square root */
    bool label;       /* rows that have it are values at one place: drawn only along it */
} rpe_axis;

/* NULL for a column that is no axis. */
const rpe_axis *rpe_axis_of(rpe_column column);
const rpe_axis *rpe_axis_find(const char *name);

#endif
