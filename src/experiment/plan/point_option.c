#include "experiment/point_option.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/plan/named_registry.h"

#define COUNT_MAX (1 << 24)

/* ---- kinds ---- */

static rpe_status values_make(rpe_option_values *values, size_t count, const char *key, rpe_error *error)
{
    values->numbers = rpe_memory_allocate(count, sizeof *values->numbers);
    values->count = values->numbers == NULL ? 0 : count;
    return values->numbers == NULL ? rpe_error_memory(error, key, count, sizeof *values->numbers) : RPE_OK;
}

static rpe_status usual_take(const rpe_point_option *option, rpe_option_values *values, rpe_error *error)
{
    rpe_status status = values_make(values, 1, option->key, error);
    if (status == RPE_OK)
        values->numbers[0] = option->usual;
    return status;
}

/* A list of integers >= 1. */
static rpe_status count_read(const rpe_point_option *option, const rpe_json *document, const json_t *list,
                             rpe_option_values *values, rpe_error *error)
{
    if (list == NULL && !option->asked)
        return usual_take(option, values, error);
    if (!json_is_array(list) || json_array_size(list) == 0)
        return rpe_json_value_error(document, option->key, "a list of integers", list, error);
    rpe_status status = values_make(values, json_array_size(list), option->key, error);
    for (size_t i = 0; status == RPE_OK && i < values->count; i++) {
        const json_t *value = json_array_get(list, i);
        json_int_t number = json_integer_value(value);
        if (number < 1 || number > COUNT_MAX)
            return rpe_json_value_error(document, option->key, "integers from 1 to 16777216", value, error);
        values->numbers[i] = (size_t)number;
    }
    return status;
}

static void count_write(size_t number, char text[RPE_CELL_CAPACITY])
{
    snprintf(text, RPE_CELL_CAPACITY, "%zu", number);
}

static rpe_status pair_error(const rpe_point_option *option, const rpe_json *document,
                             const char *const names[2], const json_t *found, rpe_error *error)
{
    char expected[64];
    snprintf(expected, sizeof expected, "a list of %s or %s", names[0], names[1]);
    return rpe_json_value_error(document, option->key, expected, found, error);
}

/* Which of two names are in the list: the first of them comes first. */
static rpe_status pair_read(const rpe_point_option *option, const rpe_json *document, const json_t *list,
                            const char *const names[2], rpe_option_values *values, rpe_error *error)
{
    bool chosen[2] = {false};
    size_t i;
    const json_t *value;
    if (list == NULL)
        return usual_take(option, values, error);
    if (!json_is_array(list) || json_array_size(list) == 0)
        return pair_error(option, document, names, list, error);
    json_array_foreach(list, i, value)
    {
        const char *name =
            json_is_boolean(value) ? (json_is_true(value) ? "true" : "false") : json_string_value(value);
        size_t which = 0;
        while (which < 2 && (name == NULL || strcmp(name, names[which]) != 0))
            which++;
        if (which == 2)
            return pair_error(option, document, names, value, error);
        chosen[which] = true;
    }
    rpe_status status = values_make(values, (size_t)chosen[0] + chosen[1], option->key, error);
    for (size_t which = 0, next = 0; status == RPE_OK && which < 2; which++)
        if (chosen[which])
            values->numbers[next++] = which;
    return status;
}

static rpe_status flag_read(const rpe_point_option *option, const rpe_json *document, const json_t *list,
                            rpe_option_values *values, rpe_error *error)
{
    static const char *const names[2] = {"false", "true"};
    return pair_read(option, document, list, names, values, error);
}

static void flag_write(size_t number, char text[RPE_CELL_CAPACITY])
{
    snprintf(text, RPE_CELL_CAPACITY, "%s", number != 0 ? "yes" : "no");
}

static rpe_status precision_read(const rpe_point_option *option, const rpe_json *document, const json_t *list,
                                 rpe_option_values *values, rpe_error *error)
{
    const char *const names[2] = {rpe_precision_name(RPE_SINGLE), rpe_precision_name(RPE_DOUBLE)};
    return pair_read(option, document, list, names, values, error);
}

static void precision_write(size_t number, char text[RPE_CELL_CAPACITY])
{
    snprintf(text, RPE_CELL_CAPACITY, "%s", rpe_precision_name((rpe_precision)number));
}

static rpe_status sampler_read(const rpe_point_option *option, const rpe_json *document, const json_t *list,
                               rpe_option_values *values, rpe_error *error)
{
    const void **samplers = NULL;
    size_t count = 0;
    rpe_status status =
        rpe_named_read(document, list, option->key, &rpe_named_samplers, &samplers, &count, error);
    if (status == RPE_OK)
        status = values_make(values, count, option->key, error);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        size_t place = 0;
        while (rpe_sampler_at(place) != samplers[i])
            place++;
        values->numbers[i] = place;
    }
    rpe_memory_free(samplers);
    return status;
}

static void sampler_write(size_t number, char text[RPE_CELL_CAPACITY])
{
    snprintf(text, RPE_CELL_CAPACITY, "%s", rpe_sampler_at(number)->name);
}

static const rpe_option_kind kind_COUNT = {count_read, count_write}, kind_FLAG = {flag_read, flag_write},
                             kind_PRECISION = {precision_read, precision_write},
                             kind_SAMPLER = {sampler_read, sampler_write};

/* What a number of a kind is in a problem. */
#define FROM_COUNT(number) (number)
#define FROM_FLAG(number) ((number) != 0)
#define FROM_PRECISION(number) ((rpe_precision)(number))
#define FROM_SAMPLER(number) rpe_sampler_at(number)

/* ---- options ---- */

static const rpe_point_option options[RPE_OPTION_TOTAL] = {
#define RPE_POINT_OPTION(identifier, is, cell, meaning, who, command, ...)                                   \
    {.name = #identifier,                                                                                    \
     .column = RPE_COLUMN_##identifier,                                                                      \
     .kind = &kind_##is,                                                                                     \
     .axis.column = RPE_COLUMN_##identifier,                                                                 \
     __VA_ARGS__},
#define RPE_ROW_OPTION(identifier, ...)
#include "experiment/options.def"
#undef RPE_POINT_OPTION
#undef RPE_ROW_OPTION
};

/* What a row has of its input and of timings. */
static const rpe_point_option row_options[] = {
#define RPE_POINT_OPTION(identifier, ...)
#define RPE_ROW_OPTION(identifier, cell, meaning, ...)                                                       \
    {.name = #identifier,                                                                                    \
     .column = RPE_COLUMN_##identifier,                                                                      \
     .axis.column = RPE_COLUMN_##identifier,                                                                 \
     __VA_ARGS__},
#include "experiment/options.def"
#undef RPE_POINT_OPTION
#undef RPE_ROW_OPTION
};

const rpe_point_option *rpe_point_option_at(rpe_point_option_id id)
{
    return &options[id];
}

const rpe_point_option *rpe_point_option_of(rpe_column column)
{
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        if (options[i].column == column)
            return &options[i];
    for (size_t i = 0; i < sizeof row_options / sizeof row_options[0]; i++)
        if (row_options[i].column == column)
            return &row_options[i];
    return NULL;
}

/* The larger is later; a place of 0 is the last. */
static int rank_of(bool by_speed, const rpe_point_option *option)
{
    return by_speed ? option->speed : option->text_place > 0 ? option->text_place : RPE_OPTION_TOTAL + 1;
}

void rpe_point_options_sort(bool by_speed, rpe_point_option_id order[RPE_OPTION_TOTAL])
{
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++) {
        size_t place = i;
        for (; place > 0 && rank_of(by_speed, &options[order[place - 1]]) > rank_of(by_speed, &options[i]);
             place--)
            order[place] = order[place - 1];
        order[place] = (rpe_point_option_id)i;
    }
}

bool rpe_point_option_concerns(const rpe_point_option *option, const rpe_method *method, bool plain)
{
    return (option->of_method == NULL || option->of_method(method)) && !(option->of_position && plain);
}

void rpe_problem_options_set(rpe_problem *problem, const size_t numbers[RPE_OPTION_TOTAL])
{
#define RPE_POINT_OPTION(name, is, ...) problem->name = FROM_##is(numbers[RPE_OPTION_##name]);
#define RPE_ROW_OPTION(name, ...)
#include "experiment/options.def"
#undef RPE_POINT_OPTION
#undef RPE_ROW_OPTION
}
