/* compare of arrays: which axis is what. */
#include <stdio.h>
#include <string.h>

#include "check/check_subject.h"
#include "cli/command/data.h"
#include "cli/compare/compared_arrays.h"
#include "cli/reading.h"

/* What arrays may be, as the letters of their axes; a b may be added to each. */
static const char *const kinds[] = {RPE_DATA_LAYOUT_USUAL, RPE_CHECK_LAYOUT, "hmn", "mn"};

static bool is_order(const char *layout)
{
    char batched[RPE_LAYOUT_CAPACITY + 1];
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        snprintf(batched, sizeof batched, "b%s", kinds[i]);
        if (rpe_layout_is_order(layout, kinds[i]) || rpe_layout_is_order(layout, batched))
            return true;
    }
    return false;
}

static rpe_status layout_check(const char *layout, rpe_error *error)
{
    if (is_order(layout))
        return RPE_OK;
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "--layout: expected an order of the letters n, h and d (nhd, hnd), of codes n, h, d and r (nhdr), or "
        "of weights m and n (hmn, mn), with or without b, found \"%s\"",
        layout);
}

/* As few axes of positions as the rank allows. */
static rpe_status given_fit(rpe_compared_arrays *compared, const char *layout, rpe_error *error)
{
    char form[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    const rpe_array *reference = &compared->arrays[0];
    rpe_status status = layout_check(layout, error);
    if (status != RPE_OK)
        return status;
    for (compared->axes = 1; compared->axes <= RPE_AXES_MAX; compared->axes++)
        if (rpe_layout_fit(layout, compared->axes, reference->rank, compared->layout))
            return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "%s: expected shape %s, with or without [B] in front, found %s", compared->paths[0],
                         rpe_layout_text(layout, 1, 'N', form),
                         rpe_shape_text(reference->rank, reference->shape, found));
}

static void usual_fit(rpe_compared_arrays *compared)
{
    const rpe_array *reference = &compared->arrays[0];
    const size_t *shape = reference->shape, rank = reference->rank;
    bool weights =
        (rank == 3 || rank == 4) && shape[rank - 1] == shape[rank - 2] && shape[rank - 1] > shape[rank - 3];
    compared->axes = 1;
    compared->layout[0] = '\0';
    rpe_layout_fit(weights ? "hmn" : RPE_DATA_LAYOUT_USUAL, 1, rank, compared->layout);
}

/* Both arrays as check takes queries' and keys' codes: of the same realizations, heads and features as the kernel. */
static rpe_status codes_fit(rpe_compared_arrays *compared, const char *layout, rpe_error *error)
{
    rpe_check_subject subject = {0};
    const rpe_check_settings settings = {.kernel = compared->kernel,
                                         .query_codes = &compared->arrays[0],
                                         .key_codes = &compared->arrays[1],
                                         .query_name = compared->paths[0],
                                         .key_name = compared->paths[1],
                                         .layout = layout};
    rpe_status status = rpe_check_subject_view(&subject, &settings, layout, error);
    if (status != RPE_OK)
        return status;
    compared->axes = compared->kernel->axes;
    compared->positions = subject.side[0].positions;
    compared->realizations = subject.realizations;
    rpe_layout_fit(layout, compared->axes, compared->arrays[0].rank, compared->layout);
    return RPE_OK;
}

/* What a slice of each axis is called, and several. */
static const struct {
    char letter;
    const char *name, *plural;
} things[] = {{'b', "item", "items"}, {'m', "query", "queries"},    {'n', "position", "positions"},
              {'h', "head", "heads"}, {'d', "feature", "features"}, {'r', "realization", "realizations"},
              {'k', "key", "keys"}};

static void letter_name(rpe_compared_arrays *compared, char letter)
{
    size_t first = rpe_layout_axis(compared->layout, letter, compared->axes),
           count = letter == 'n' ? compared->axes : 1, thing = 0;
    char of = letter == 'n' && strchr(compared->layout, 'm') != NULL ? 'k' : letter;
    while (things[thing].letter != of)
        thing++;
    if (letter == 'h')
        compared->names.head = first;
    for (size_t i = 0; i < count; i++) {
        char axis[24] = "";
        if (count > 1)
            snprintf(axis, sizeof axis, "axis-%u ", (unsigned)(i + 1));
        snprintf(compared->names.names[first + i], RPE_CAUSE_SLICE_NAME_CAPACITY, "%s%s", axis,
                 things[thing].name);
        snprintf(compared->names.plurals[first + i], RPE_CAUSE_SLICE_NAME_CAPACITY, "%s%s", axis,
                 things[thing].plural);
    }
}

/* "head", "axis-2 position", without a layout "axis-0 slice". */
static void names_fill(rpe_compared_arrays *compared)
{
    compared->names.head = RPE_RANK_MAX;
    for (size_t axis = 0; axis < compared->arrays[0].rank; axis++) {
        snprintf(compared->names.names[axis], RPE_CAUSE_SLICE_NAME_CAPACITY, "axis-%zu slice", axis);
        snprintf(compared->names.plurals[axis], RPE_CAUSE_SLICE_NAME_CAPACITY, "axis-%zu slices", axis);
    }
    for (const char *letter = compared->layout; *letter != '\0'; letter++)
        letter_name(compared, *letter);
}

rpe_status rpe_compare_axes_read(rpe_compared_arrays *compared, const rpe_option_value *layout,
                                 rpe_error *error)
{
    rpe_status status = RPE_OK;
    if (compared->kernel != NULL)
        status = codes_fit(compared, layout->given ? layout->text : RPE_CHECK_LAYOUT, error);
    else if (layout->given)
        status = given_fit(compared, layout->text, error);
    else
        usual_fit(compared);
    if (status == RPE_OK)
        names_fill(compared);
    return status;
}

void rpe_compare_axes_print(const rpe_compared_arrays *compared, bool given)
{
    const rpe_array *reference = &compared->arrays[0];
    const char *layout = compared->layout;
    if (layout[0] == '\0')
        return;
    rpe_layout_reading_print(compared->paths[0], layout, compared->axes, reference->rank, reference->shape,
                             'N', 'D');
    if (given || compared->names.head == RPE_RANK_MAX || strchr(layout, 'm') != NULL)
        return;
    size_t heads = reference->shape[compared->names.head], positions = 1;
    for (size_t i = 0; i < compared->axes; i++)
        positions *= reference->shape[rpe_layout_axis(layout, 'n', compared->axes) + i];
    if (heads > positions)
        rpe_layout_warn(compared->paths[0], heads, positions,
                        strchr(layout, 'r') != NULL   ? "hndr"
                        : strchr(layout, 'b') != NULL ? "bhnd"
                                                      : "hnd");
}
