/* compare of arrays: where they differ, and how one comes from the other. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/compare/compared_arrays.h"

#define SLICES_SHOWN 8
#define TITLE "%-30s "

/* What tells two numbers apart. */
static const int digits[] = {[RPE_SINGLE] = 9, [RPE_DOUBLE] = 17};

void rpe_compare_element_print(const rpe_compared_arrays *compared, size_t flat)
{
    char index[RPE_SHAPE_CAPACITY];
    const rpe_array *arrays = compared->arrays;
    printf("at %s: expected %.*g, found %.*g", rpe_index_text(arrays[0].rank, arrays[0].shape, flat, index),
           digits[arrays[0].precision], rpe_element(&arrays[0], flat), digits[arrays[1].precision],
           rpe_element(&arrays[1], flat));
}

/* "positions 0 to 3 of 4, head 1 of 2, features 0 to 2 of 3" */
static void box_print(const rpe_compared_arrays *compared, const rpe_difference *found)
{
    if (found->whole.rank == 0)
        return;
    printf(TITLE, "beyond it are");
    for (size_t axis = 0; axis < found->whole.rank; axis++) {
        char slices[RPE_CAUSE_TEXT_CAPACITY];
        rpe_region_slices_print(&found->differing, axis, &compared->names, slices, sizeof slices);
        printf("%s%s", axis == 0 ? "" : ", ", slices);
    }
    printf("\n");
}

/* "head 1: 12 of 24 elements, the largest difference 0.5", one line a slice, the first ones. */
static void slices_print(const rpe_compared_arrays *compared, const rpe_difference *found, size_t axis)
{
    const rpe_region *differing = &found->differing;
    size_t each = rpe_region_size(&found->whole) / found->whole.count[axis], count = differing->count[axis];
    for (size_t i = 0; i < count && i < SLICES_SHOWN; i++) {
        char title[RPE_CAUSE_SLICE_NAME_CAPACITY + 8] = "";
        size_t slice = differing->slices[axis][i];
        if (i == 0)
            snprintf(title, sizeof title, "by %s", compared->names.names[axis]);
        printf(TITLE "%zu: %zu of %zu elements, largest difference %.5g\n", title, slice,
               found->tally[axis][slice], each, found->largest[axis][slice]);
    }
    if (count > SLICES_SHOWN)
        printf(TITLE "and %zu more\n", "", count - SLICES_SHOWN);
}

/* By head, and by position or query; of arrays whose axes have no names by each axis. */
static void tallies_print(const rpe_compared_arrays *compared, const rpe_difference *found)
{
    static const char told[] = "hnm";
    for (size_t i = 0; i < sizeof told - 1; i++) {
        if (strchr(compared->layout, told[i]) == NULL)
            continue;
        size_t first = rpe_layout_axis(compared->layout, told[i], compared->axes);
        for (size_t axis = first; axis < first + (told[i] == 'n' ? compared->axes : 1); axis++)
            slices_print(compared, found, axis);
    }
    for (size_t axis = 0; compared->layout[0] == '\0' && axis < found->whole.rank; axis++)
        slices_print(compared, found, axis);
}

/* "none of the usual errors (zero, ...)" */
static void no_cause_print(const char *title, const char *where)
{
    printf(TITLE "%snone of the usual errors (", title, where);
    for (size_t i = 0; i < rpe_cause_count(); i++)
        printf("%s%s", i == 0 ? "" : ", ", rpe_cause_at(i)->name);
    printf(")\n");
}

static void causes_print(const rpe_causes *causes)
{
    for (size_t i = 0; i < causes->count; i++)
        printf(TITLE "%s\n", i == 0 ? "explained by" : "", causes->text[i]);
    if (causes->count == 0)
        no_cause_print("explained by", "");
    else if (causes->count < causes->heads)
        no_cause_print("", "in the other heads that differ: ");
}

rpe_status rpe_compare_where_print(const rpe_compared_arrays *compared, const rpe_limit *limit,
                                   rpe_error *error)
{
    rpe_difference found = {0};
    rpe_causes causes = {0};
    const rpe_pair pair = {.arrays = {&compared->arrays[0], &compared->arrays[1]}, .limit = *limit};
    rpe_status status = rpe_difference_find(&found, &pair, error);
    if (status == RPE_OK)
        status = rpe_causes_find(&causes, &pair, &found, &compared->names, error);
    if (status == RPE_OK && found.beyond > 0) {
        printf(TITLE, "first beyond it");
        rpe_compare_element_print(compared, found.first);
        printf("\n");
        box_print(compared, &found);
        tallies_print(compared, &found);
        causes_print(&causes);
    }
    rpe_difference_destroy(&found);
    return status;
}
