/* Codes in any layout: strides, and what to say when the shape is wrong. */
#include "check/check_subject.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/layout.h"

static const char LETTERS[] = "nhdr";

const char *rpe_check_layout_text(size_t index, char text[RPE_CHECK_LETTERS + 1])
{
    char left[] = "nhdr";
    size_t count = RPE_CHECK_LETTERS, used = 0;
    for (; count > 0; count--) {
        size_t pick = index % count;
        index /= count;
        text[used++] = left[pick];
        memmove(left + pick, left + pick + 1, count - pick);
    }
    text[used] = '\0';
    return text;
}

size_t rpe_check_offset(const rpe_check_side *side, int letter, size_t index)
{
    return (side->map[letter] == NULL ? index : side->map[letter][index]) * side->stride[letter];
}

double rpe_check_value(const rpe_check_side *side, size_t at)
{
    return side->array->precision == RPE_SINGLE ? (double)((const float *)side->array->values)[at]
                                                : ((const double *)side->array->values)[at];
}

double rpe_check_code(const rpe_check_side *side, size_t position, size_t head, size_t feature,
                      size_t realization)
{
    size_t at = rpe_check_offset(side, RPE_CHECK_POSITION, position) +
                rpe_check_offset(side, RPE_CHECK_HEAD, head) +
                rpe_check_offset(side, RPE_CHECK_FEATURE, feature) +
                rpe_check_offset(side, RPE_CHECK_REALIZATION, realization);
    return rpe_check_value(side, at);
}

static bool is_representable(double value, const rpe_check_format *format)
{
    int exponent;
    if (value == 0)
        return true;
    frexp(value, &exponent);
    int quantum = exponent - format->digits > format->least ? exponent - format->digits : format->least;
    double multiple = ldexp(value, -quantum);
    return multiple == nearbyint(multiple) && fabs(value) <= format->largest;
}

bool rpe_check_is_of(const rpe_array *array, const rpe_check_format *format)
{
    const rpe_check_side side = {.array = array};
    if (array->precision == RPE_SINGLE && format->digits >= 24)
        return true;
    for (size_t i = 0, count = rpe_array_count(array); i < count; i++)
        if (!is_representable(rpe_check_value(&side, i), format))
            return false;
    return true;
}

/* Extents and strides of the letters; false when the rank does not fit. */
static bool axes_read(rpe_check_side *side, const rpe_array *array, const char *layout, size_t axes,
                      size_t extent[RPE_CHECK_LETTERS], size_t position_extent[RPE_AXES_MAX])
{
    size_t rank = axes + 3;
    size_t first = array->rank == rank + 1 && array->shape[0] == 1 ? 1 : 0;
    if (array->rank != rank + first)
        return false;
    size_t axis = array->rank, stride = 1;
    for (size_t i = RPE_CHECK_LETTERS; i-- > 0;) {
        size_t letter = (size_t)(strchr(LETTERS, layout[i]) - LETTERS);
        size_t width = letter == RPE_CHECK_POSITION ? axes : 1;
        side->stride[letter] = stride;
        extent[letter] = 1;
        axis -= width;
        for (size_t j = 0; j < width; j++) {
            extent[letter] *= array->shape[axis + j];
            if (letter == RPE_CHECK_POSITION)
                position_extent[j] = array->shape[axis + j];
        }
        stride *= extent[letter];
    }
    side->array = array;
    return true;
}

/* "[N,H,D,R] = [*,2,4,*]" */
static void expected_print(const char *layout, const rpe_kernel *kernel, size_t realizations, char *text,
                           size_t capacity)
{
    char names[64] = "", values[128] = "";
    for (size_t i = 0; i < RPE_CHECK_LETTERS; i++) {
        char letter = layout[i];
        size_t axes = letter == 'n' ? kernel->axes : 1;
        for (size_t j = 0; j < axes; j++) {
            size_t used = strlen(names), filled = strlen(values);
            const char *comma = i == 0 && j == 0 ? "" : ",";
            if (axes > 1)
                snprintf(names + used, sizeof names - used, "%sN%zu", comma, j + 1);
            else
                snprintf(names + used, sizeof names - used, "%s%c", comma, letter - 'a' + 'A');
            size_t value = letter == 'h' ? kernel->heads : letter == 'd' ? kernel->features : realizations;
            if (letter == 'n' || (letter == 'r' && realizations == 0))
                snprintf(values + filled, sizeof values - filled, "%s*", comma);
            else
                snprintf(values + filled, sizeof values - filled, "%s%zu", comma, value);
        }
    }
    snprintf(text, capacity, "[%s] = [%s]", names, values);
}

static bool side_view(rpe_check_side *side, const rpe_array *array, const char *layout,
                      const rpe_kernel *kernel, size_t *realizations)
{
    size_t extent[RPE_CHECK_LETTERS], position_extent[RPE_AXES_MAX];
    if (!axes_read(side, array, layout, kernel->axes, extent, position_extent) ||
        extent[RPE_CHECK_HEAD] != kernel->heads || extent[RPE_CHECK_FEATURE] != kernel->features ||
        (*realizations != 0 && extent[RPE_CHECK_REALIZATION] != *realizations) ||
        extent[RPE_CHECK_REALIZATION] == 0)
        return false;
    *realizations = extent[RPE_CHECK_REALIZATION];
    return rpe_positions_make(&side->positions, kernel->axes, position_extent, "codes", NULL) == RPE_OK;
}

/* "; is this [H,N,D,R]? try --layout hndr", or "" */
static void hint_print(const rpe_check_settings *settings, char *text, size_t capacity)
{
    static const char *const usual[] = {"nhdr", "hndr", "hdnr", "ndhr", "nhrd", "hnrd", "rnhd", "rhnd"};
    text[0] = '\0';
    for (size_t i = 0; i < sizeof usual / sizeof usual[0] + RPE_CHECK_LAYOUTS; i++) {
        char letters[RPE_CHECK_LETTERS + 1], names[RPE_CHECK_LETTERS * 2 + 1] = "";
        rpe_check_side side;
        size_t realizations = 0, number = i - sizeof usual / sizeof usual[0];
        const char *layout =
            i < sizeof usual / sizeof usual[0] ? usual[i] : rpe_check_layout_text(number, letters);
        if (strcmp(layout, settings->layout) == 0 ||
            !side_view(&side, settings->query_codes, layout, settings->kernel, &realizations) ||
            !side_view(&side, settings->key_codes, layout, settings->kernel, &realizations))
            continue;
        for (size_t j = 0; j < RPE_CHECK_LETTERS; j++) {
            names[2 * j] = (char)(layout[j] - 'a' + 'A');
            names[2 * j + 1] = j + 1 < RPE_CHECK_LETTERS ? ',' : '\0';
        }
        snprintf(text, capacity, "; is this [%s]? try --layout %s", names, layout);
        return;
    }
}

static rpe_status shape_error(const rpe_check_settings *settings, bool query, const char *layout,
                              size_t realizations, rpe_error *error)
{
    char expected[256], found[RPE_SHAPE_CAPACITY], hint[96];
    const rpe_array *array = query ? settings->query_codes : settings->key_codes;
    expected_print(layout, settings->kernel, realizations, expected, sizeof expected);
    hint_print(settings, hint, sizeof hint);
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s as %s%s%s, found %s%s",
                         query ? settings->query_name : settings->key_name, expected, settings->kernel->path,
                         query ? "" : " and ", query ? "" : settings->query_name,
                         rpe_shape_text(array->rank, array->shape, found), hint);
}

rpe_status rpe_check_subject_view(rpe_check_subject *subject, const rpe_check_settings *settings,
                                  const char *layout, rpe_error *error)
{
    size_t realizations = 0;
    rpe_check_side side[2] = {{0}};
    if (!rpe_layout_is_order(layout, LETTERS))
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "--layout: expected an order of the letters n, h, d and r (nhdr, hndr), found \"%s\"", layout);
    if (!side_view(&side[0], settings->query_codes, layout, settings->kernel, &realizations))
        return shape_error(settings, true, layout, 0, error);
    if (!side_view(&side[1], settings->key_codes, layout, settings->kernel, &realizations))
        return shape_error(settings, false, layout, realizations, error);
    memcpy(subject->side, side, sizeof side);
    subject->realizations = realizations;
    return RPE_OK;
}
