#include "experiment/plan/point.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/stream.h"

#define COORDINATES_CAPACITY 1024

static size_t trials_of(const rpe_trial_count *trials, size_t realizations, size_t forced)
{
    if (forced > 0)
        return forced;
    size_t wanted = trials->total_realizations / realizations;
    if (wanted > trials->maximum)
        wanted = trials->maximum;
    return wanted > trials->minimum ? wanted : trials->minimum;
}

/* Appends to text; what does not fit is cut, which the caller sees by the length. */
static void text_append(size_t capacity, char *text, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void text_append(size_t capacity, char *text, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, capacity - used, format, arguments);
    va_end(arguments);
}

/* ";NAME=VALUE", where the text of a point names the option. */
static void option_append(const rpe_point *point, rpe_point_option_id id, size_t capacity, char *text)
{
    const rpe_point_option *option = rpe_point_option_at(id);
    const size_t number = point->options[id];
    const bool concerned = rpe_point_has(point, id);
    char value[RPE_CELL_CAPACITY];
    const bool named[] = {[RPE_TEXT_ALWAYS] = true,
                          [RPE_TEXT_WHERE_CONCERNED] = concerned,
                          [RPE_TEXT_WHERE_UNUSUAL] = concerned && number != option->usual};
    if (!named[option->text])
        return;
    option->kind->write(number, value);
    text_append(capacity, text, ";%s=%s", option->name, value);
}

/* An option that is newer than the first ones is there only where it is not as it was before, so that older streams stay. */
static rpe_status write_coordinates(rpe_point *point, const rpe_configuration *configuration,
                                    rpe_error *error)
{
    char text[COORDINATES_CAPACITY] = "";
    rpe_point_option_id order[RPE_OPTION_TOTAL];
    const rpe_input_settings *input = &point->grid->inputs[point->input];
    rpe_point_options_sort(false, order);
    text_append(sizeof text, text, "experiment=%s;input=%s;method=%s", configuration->name, input->name,
                point->method->name);
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        option_append(point, order[i], sizeof text, text);
    text_append(sizeof text, text, "%s", input->coordinates);
    if (input->fit != NULL)
        text_append(sizeof text, text, ";fit=%s;size=%zu", input->fit->name, input->fit_size);
    if (strlen(text) == sizeof text - 1)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shorter names",
                             configuration->document.path);
    point->coordinates = rpe_memory_text(text);
    if (point->coordinates == NULL)
        return rpe_error_memory(error, "coordinates of a point", sizeof text, 1);
    point->hash = rpe_stream_point(text);
    return RPE_OK;
}

bool rpe_point_has(const rpe_point *point, rpe_point_option_id option)
{
    return rpe_point_option_concerns(rpe_point_option_at(option), point->method,
                                     point->grid->inputs[point->input].plain);
}

void rpe_point_option_text(const rpe_point *point, rpe_point_option_id option, char text[RPE_CELL_CAPACITY])
{
    const rpe_point_option *written = rpe_point_option_at(option);
    if (rpe_point_has(point, option))
        written->kind->write(point->options[option], text);
    else
        snprintf(text, RPE_CELL_CAPACITY, "%s", written->absent != NULL ? written->absent : "");
}

bool rpe_points_agree(const rpe_point *a, const rpe_point *b, rpe_point_option_id but)
{
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        if (i != (size_t)but && a->options[i] != b->options[i])
            return false;
    return true;
}

bool rpe_points_agree_for_all(const rpe_point *a, const rpe_point *b)
{
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        if (rpe_point_option_at((rpe_point_option_id)i)->of_method == NULL && a->options[i] != b->options[i])
            return false;
    return true;
}

int rpe_point_text(const rpe_point *point, size_t capacity, char *text)
{
    const char *input = point->grid->inputs[point->input].name;
    char sampler[RPE_CELL_CAPACITY];
    if (!rpe_point_has(point, RPE_OPTION_realizations))
        return snprintf(text, capacity, "%s, %s", input, point->method->name);
    rpe_point_option_text(point, RPE_OPTION_sampler, sampler);
    return snprintf(text, capacity, "%s, %s, %s, R = %zu", input, point->method->name, sampler,
                    point->options[RPE_OPTION_realizations]);
}

/* Whether a method is for the input: for positions of its kernel's family, and for none where it is without. */
static bool is_for(const rpe_method *method, const rpe_input_settings *input, const rpe_family *family)
{
    return rpe_method_takes_family(method, family) &&
           (!input->plain || rpe_method_takes_family(method, NULL));
}

/* A method that is asked for by its name is for every input of its grid. */
static rpe_status check_methods(const rpe_configuration *configuration, const rpe_grid *grid, size_t input,
                                const rpe_kernel_type *type, rpe_error *error)
{
    const rpe_input_settings *settings = &grid->inputs[input];
    for (size_t i = 0; !grid->all_methods && i < grid->method_count; i++) {
        const rpe_method *method = grid->methods[i];
        if (is_for(method, settings, type->family))
            continue;
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: grid \"%s\": expected methods that take the position of input \"%s\", %s%s "
                             "(%s), found \"%s\", which takes %s",
                             configuration->document.path, grid->name, settings->name,
                             settings->plain ? "none, beside " : "", type->name, type->family->title,
                             method->name, method->position == NULL ? "others" : method->position->title);
    }
    return RPE_OK;
}

static rpe_status families_find(const rpe_configuration *configuration, const rpe_grid *grid,
                                const rpe_family **families, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < grid->input_count; i++) {
        const rpe_input_settings *input = &grid->inputs[i];
        const rpe_kernel_type *type = input->type;
        if (type == NULL)
            status = rpe_kernel_type_read(&type, input->kernel, error);
        if (status == RPE_OK)
            status = check_methods(configuration, grid, i, type, error);
        if (status == RPE_OK)
            families[i] = type->family;
    }
    return status;
}

/* A measure is taken with a method unless an earlier method of the grid, for the same input, gives the same numbers. */
static void choose_measures(rpe_point *point, const rpe_configuration *configuration, size_t method,
                            const rpe_family *family)
{
    const rpe_input_settings *input = &point->grid->inputs[point->input];
    for (size_t i = 0; i < configuration->measure_count; i++) {
        point->measures[i] = rpe_measure_concerns(configuration->measures[i], point->method);
        for (size_t earlier = 0; earlier < method; earlier++)
            if (is_for(point->grid->methods[earlier], input, family) &&
                rpe_stage_same_numbers(configuration->measures[i]->stage, point->grid->methods[earlier],
                                       point->grid->methods[method]))
                point->measures[i] = false;
    }
}

/* What a point is, besides its place in the three outer loops. */
static bool point_is_wanted(const rpe_point *point, const rpe_configuration *configuration)
{
    for (size_t i = 0; i < configuration->measure_count; i++)
        if (point->measures[i])
            return true;
    return false;
}

/* A place of a grid: of each axis, which of its values. */
typedef struct grid_cursor {
    size_t input, method, options[RPE_OPTION_TOTAL];
} grid_cursor;

static bool digit_advance(size_t *digit, size_t base)
{
    *digit = *digit + 1 < base ? *digit + 1 : 0;
    return *digit > 0;
}

/* The next place of the grid, the fastest axis first; false at the end. */
static bool cursor_advance(grid_cursor *cursor, const rpe_grid *grid,
                           const rpe_point_option_id order[RPE_OPTION_TOTAL])
{
    for (size_t i = RPE_OPTION_TOTAL; i-- > 0;)
        if (digit_advance(&cursor->options[order[i]], grid->options[order[i]].count))
            return true;
    return digit_advance(&cursor->method, grid->method_count) ||
           digit_advance(&cursor->input, grid->input_count);
}

/* How many points a grid may have; false: more than RPE_POINTS_MAX. */
static bool grid_size(const rpe_grid *grid, size_t *size)
{
    if (!rpe_size_multiply(grid->input_count, grid->method_count, size))
        return false;
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        if (!rpe_size_multiply(*size, grid->options[i].count, size))
            return false;
    return *size <= 8 * RPE_POINTS_MAX;
}

/* Of an option that does not concern the point there is one place, the first; false: it is another. */
static bool option_set(rpe_point *point, const grid_cursor *cursor, rpe_point_option_id id)
{
    const rpe_option_values *values = &point->grid->options[id];
    const bool concerned = rpe_point_has(point, id);
    const bool kept = concerned || rpe_point_option_at(id)->text == RPE_TEXT_ALWAYS;
    point->options[id] = kept ? values->numbers[cursor->options[id]] : 0;
    return concerned || cursor->options[id] == 0;
}

/* Whether there is a point at the place. */
static bool point_make(rpe_point *point, const rpe_grid *grid, const grid_cursor *cursor,
                       const rpe_family *family)
{
    bool is_place = true;
    *point = (rpe_point){.grid = grid, .input = cursor->input, .method = grid->methods[cursor->method]};
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        is_place = option_set(point, cursor, (rpe_point_option_id)i) && is_place;
    return is_place && is_for(point->method, &grid->inputs[cursor->input], family);
}

static rpe_status add_points(rpe_points *points, const rpe_configuration *configuration, const rpe_grid *grid,
                             const rpe_family *const *families, size_t trials, rpe_error *error)
{
    grid_cursor cursor = {0};
    rpe_point_option_id order[RPE_OPTION_TOTAL];
    size_t before = points->count;
    rpe_point_options_sort(true, order);
    do {
        const rpe_family *family = families[cursor.input];
        rpe_point point;
        if (!point_make(&point, grid, &cursor, family))
            continue;
        point.trials = trials_of(&grid->trials, point.options[RPE_OPTION_realizations], trials);
        choose_measures(&point, configuration, cursor.method, family);
        if (!point_is_wanted(&point, configuration))
            continue;
        rpe_status status = write_coordinates(&point, configuration, error);
        if (status != RPE_OK)
            return status;
        points->points[points->count++] = point;
    } while (cursor_advance(&cursor, grid, order));
    if (points->count == before)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: grid \"%s\": expected \"methods\" that the measures apply to, found none",
                             configuration->document.path, grid->name);
    return RPE_OK;
}

static rpe_status add_grid(rpe_points *points, const rpe_configuration *configuration, const rpe_grid *grid,
                           size_t trials, rpe_error *error)
{
    const rpe_family **families = rpe_memory_allocate(grid->input_count, sizeof(rpe_family *));
    if (families == NULL)
        return rpe_error_memory(error, "families of inputs", grid->input_count, sizeof(rpe_family *));
    rpe_status status = families_find(configuration, grid, families, error);
    if (status == RPE_OK)
        status = add_points(points, configuration, grid, families, trials, error);
    rpe_memory_free(families);
    return status;
}

typedef struct hashed_point {
    uint32_t hash;
    size_t index;
} hashed_point;

/* By hash, then as they stand in the grid. */
static int hashes_compare(const void *a, const void *b)
{
    const hashed_point *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

static rpe_status check_collisions(const rpe_points *points, const rpe_configuration *configuration,
                                   rpe_error *error)
{
    hashed_point *sorted = rpe_memory_allocate(points->count, sizeof *sorted);
    rpe_status status = RPE_OK;
    if (sorted == NULL)
        return rpe_error_memory(error, "points of the grid", points->count, sizeof *sorted);
    for (size_t i = 0; i < points->count; i++)
        sorted[i] = (hashed_point){points->points[i].hash, i};
    qsort(sorted, points->count, sizeof *sorted, hashes_compare);
    for (size_t i = 1; status == RPE_OK && i < points->count; i++)
        if (sorted[i - 1].hash == sorted[i].hash)
            status =
                rpe_error_set(error, RPE_ERROR_INPUT,
                              "%s: expected points with streams of their own, found the same for %s and %s",
                              configuration->document.path, points->points[sorted[i - 1].index].coordinates,
                              points->points[sorted[i].index].coordinates);
    rpe_memory_free(sorted);
    return status;
}

rpe_status rpe_points_make(rpe_points *points, const rpe_configuration *configuration, size_t trials,
                           rpe_error *error)
{
    if (configuration->measure_count > RPE_MEASURES_MAX)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"measures\": expected at most %d, found %zu",
                             configuration->document.path, RPE_MEASURES_MAX, configuration->measure_count);
    size_t most = 0, size;
    for (size_t i = 0; i < configuration->grid_count; i++) {
        if (!grid_size(&configuration->grids[i], &size) || size > 8 * RPE_POINTS_MAX - most)
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected at most %zu points, found more",
                                 configuration->document.path, RPE_POINTS_MAX);
        most += size;
    }
    rpe_points made = {.points = rpe_memory_allocate(most, sizeof *made.points)};
    if (made.points == NULL)
        return rpe_error_memory(error, "points of the grid", most, sizeof *made.points);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < configuration->grid_count; i++)
        status = add_grid(&made, configuration, &configuration->grids[i], trials, error);
    if (status == RPE_OK)
        status = check_collisions(&made, configuration, error);
    if (status == RPE_OK)
        *points = made;
    else
        rpe_points_destroy(&made);
    return status;
}

void rpe_points_destroy(rpe_points *points)
{
    for (size_t i = 0; i < points->count; i++)
        rpe_memory_free(points->points[i].coordinates);
    rpe_memory_free(points->points);
    *points = (rpe_points){0};
}
