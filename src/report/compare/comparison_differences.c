/* What made two runs, where it is not the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/comparison.h"

/* What changes from one run to the next by itself, and what tells nothing of how the program was made. */
static bool is_passing(const char *name)
{
    static const char *const names[] = {"program", "date", "load", "memory_bytes"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

#define VALUE_CAPACITY 512

static const char *value_text(const json_t *value, char text[VALUE_CAPACITY])
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        snprintf(text, VALUE_CAPACITY, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(text, VALUE_CAPACITY, "%.6g", json_real_value(value));
    else
        snprintf(text, VALUE_CAPACITY, "%s",
                 json_is_true(value)    ? "yes"
                 : json_is_false(value) ? "no"
                                        : "not recorded");
    return text;
}

typedef struct report {
    const rpe_comparison *comparison;
    size_t group; /* whose two results are looked at */
    rpe_difference_writer writer;
    void *context;
} report;

/* The two results of a group of rows. */
static const json_t *root_of(const rpe_comparison *comparison, size_t group, size_t side)
{
    return comparison->groups[group].pair[side]->record.document.root;
}

/* path[0], or path[1] in path[0]; borrowed, NULL where it is not there. */
static const json_t *value_at(const json_t *root, const char *const path[3])
{
    for (size_t i = 0; i < 3 && path[i] != NULL; i++)
        root = json_object_get(root, path[i]);
    return root;
}

/* Whether two results before these differ in the same way. */
static bool is_said(const report *made, const char *const path[3], const json_t *const values[2])
{
    for (size_t group = 0; group < made->group; group++) {
        bool same = true;
        for (size_t side = 0; side < 2; side++) {
            const json_t *value = value_at(root_of(made->comparison, group, side), path);
            same = same && (value == values[side] ||
                            (value != NULL && values[side] != NULL && json_equal(value, values[side])));
        }
        if (same)
            return true;
    }
    return false;
}

static void value_report(const report *made, const char *const path[3], const char *name)
{
    char texts[2][VALUE_CAPACITY];
    const json_t *values[2];
    for (size_t side = 0; side < 2; side++)
        values[side] = value_at(root_of(made->comparison, made->group, side), path);
    if ((values[0] == NULL && values[1] == NULL) ||
        (values[0] != NULL && values[1] != NULL && json_equal(values[0], values[1])) ||
        is_said(made, path, values))
        return;
    made->writer(made->context, name, value_text(values[0], texts[0]), value_text(values[1], texts[1]));
}

/* Members of an object of either side: those of the baseline, then those that only the new run has. */
static void members_report(const report *made, const char *outer, const char *inner)
{
    for (size_t side = 0; side < 2; side++) {
        const char *const at[3] = {outer, inner, NULL};
        const json_t *object = value_at(root_of(made->comparison, made->group, side), at);
        const json_t *other = value_at(root_of(made->comparison, made->group, 0), at);
        const char *name;
        json_t *value;
        json_object_foreach((json_t *)object, name, value)
        {
            const char *const path[3] = {outer, inner == NULL ? name : inner, inner == NULL ? NULL : name};
            if (is_passing(name) || json_is_object(value) || json_is_array(value) ||
                (side == 1 && json_object_get(other, name) != NULL))
                continue;
            value_report(made, path, name);
        }
    }
}

void rpe_comparison_differences(const rpe_comparison *comparison, rpe_difference_writer writer, void *context)
{
    static const char *const threads[3] = {"threads", NULL, NULL};
    report made = {.comparison = comparison, .writer = writer, .context = context};
    for (made.group = 0; made.group < comparison->group_count; made.group++) {
        members_report(&made, "machine", NULL);
        members_report(&made, "machine", "libraries");
        value_report(&made, threads, "threads");
    }
}
