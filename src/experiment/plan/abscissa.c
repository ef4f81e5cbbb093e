#include "experiment/plan/abscissa.h"

#include <math.h>
#include <stdlib.h>

#include "experiment/axis.h"
#include "experiment/run/result_file.h"

/* Labels are the measures': of a lag, a position or a head. */
static bool is_labelled(const rpe_configuration *configuration)
{
    for (size_t i = 0; i < configuration->measure_count; i++)
        if (configuration->measures[i]->label != NULL)
            return true;
    return false;
}

static bool is_label(rpe_column column)
{
    return column > RPE_COLUMN_measure && column < RPE_COLUMN_unit;
}

/* A number, above 0 where the axis is logarithmic. */
static bool is_place(const char *cell, const rpe_axis *axis)
{
    char *end;
    const double number = strtod(cell, &end);
    return end != cell && *end == '\0' && isfinite(number) && (number > 0 || !axis->logarithmic);
}

rpe_status rpe_abscissa_check(const rpe_configuration *configuration, const rpe_points *points,
                              rpe_input *const *input_of, const rpe_plan *plan, const rpe_identity *identity,
                              rpe_error *error)
{
    const rpe_axis *axis = rpe_axis_find(configuration->axis);
    const rpe_result_file file = {.configuration = configuration, .identity = identity};
    bool found = configuration->picture[0] == '\0' || plan->applicable == 0 ||
                 (is_label(axis->column) && is_labelled(configuration));
    for (size_t i = 0; !found && !is_label(axis->column) && i < points->count; i++) {
        rpe_row row;
        rpe_result_file_row(&file, &points->points[i], input_of[i], &row);
        found = plan->points[i].reason[0] == '\0' && is_place(row.cells[axis->column], axis);
    }
    if (found)
        return RPE_OK;
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "%s: \"axis\": expected a column in which the results of this experiment have numbers, "
        "for the picture \"%s\", found \"%s\"",
        configuration->document.path, configuration->picture, configuration->axis);
}
