#include "report/picture/picture_form.h"

#include <string.h>

static const rpe_picture_form forms[] = {
    {.script = "kernel", .panels = 12, .one_page = true, .axis = "lag"},
    {.script = "families", .panels = 6, .one_page = true, .by_family = true, .axis = "size"},
    {.script = "map", .panels = 2, .by_number = true},
    {.script = "budget", .panels = 2, .fronts = true},
    {.script = "", .panels = 4}};

const rpe_picture_form *rpe_picture_form_find(const char *script)
{
    const rpe_picture_form *form = forms;
    while (form->script[0] != '\0' && strcmp(form->script, script) != 0)
        form++;
    return form;
}

rpe_status rpe_picture_form_axis_check(const rpe_picture_form *form, const rpe_axis *axis, const char *path,
                                       rpe_error *error)
{
    if (form->axis != NULL && strcmp(form->axis, rpe_column_name(axis->column)) != 0)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected rows with a %s for the picture \"%s\" (\"axis\": \"%s\"), found the "
            "axis \"%s\"",
            path, form->axis, form->script, form->axis, rpe_column_name(axis->column));
    if (form->by_number && !axis->logarithmic)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a number of something along the picture \"%s\" (\"axis\": "
                             "\"realizations\", \"keys\", ...), found the axis \"%s\"",
                             path, form->script, rpe_column_name(axis->column));
    return RPE_OK;
}

static bool has_fronts(const rpe_configuration *configuration)
{
    for (size_t i = 0; i < configuration->measure_count; i++)
        if (configuration->measures[i]->front_of != NULL)
            return true;
    return false;
}

static bool has_timings(const rpe_configuration *configuration)
{
    for (size_t i = 0; i < configuration->measure_count; i++)
        if (configuration->measures[i]->stage == RPE_STAGE_CALL)
            return true;
    return false;
}

static bool has_projections(const rpe_configuration *configuration)
{
    for (size_t g = 0; g < configuration->grid_count; g++)
        for (size_t i = 0; i < configuration->grids[g].method_count; i++)
            if (rpe_method_projects(configuration->grids[g].methods[i]))
                return true;
    return false;
}

/* The number that a map has upwards, as rpe_picture_create finds it: the first of "series", else R, else F. */
static const rpe_axis *upward(const rpe_configuration *configuration)
{
    const json_t *series = json_object_get(configuration->document.root, "series"), *name;
    size_t i;
    json_array_foreach(series, i, name)
    {
        if (rpe_axis_find(json_string_value(name)) != NULL)
            return rpe_axis_find(json_string_value(name));
    }
    bool along = strcmp(configuration->axis, rpe_column_name(RPE_COLUMN_realizations)) == 0;
    return rpe_axis_of(along ? RPE_COLUMN_projections : RPE_COLUMN_realizations);
}

static rpe_status map_check(const rpe_picture_form *form, const rpe_configuration *configuration,
                            rpe_error *error)
{
    const rpe_axis *up = upward(configuration);
    if (up->logarithmic && (up->column != RPE_COLUMN_projections || has_projections(configuration)))
        return RPE_OK;
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "%s: \"series\": expected a number of something that the results have, up the picture "
        "\"%s\", found \"%s\"",
        configuration->document.path, form->script, rpe_column_name(up->column));
}

rpe_status rpe_picture_form_check(const rpe_picture_form *form, const rpe_configuration *configuration,
                                  rpe_error *error)
{
    const char *path = configuration->document.path;
    const rpe_axis *axis = rpe_axis_find(configuration->axis);
    if (form->fronts && !has_fronts(configuration))
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: \"picture\": expected a measure of a front (front_flops, ...) in \"measures\" for "
            "the picture \"%s\", found none",
            path, form->script);
    if (axis->column == RPE_COLUMN_threads && !has_timings(configuration))
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: \"axis\": expected measures of whole calls (runtime, ...) for \"threads\", found "
            "none",
            path);
    rpe_status status = form->by_number ? map_check(form, configuration, error) : RPE_OK;
    return status == RPE_OK ? rpe_picture_form_axis_check(form, axis, path, error) : status;
}
