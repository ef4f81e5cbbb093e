#include "base/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

bool rpe_layout_is_order(const char *layout, const char *letters)
{
    size_t count = strlen(letters);
    if (strlen(layout) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strchr(layout, letters[i]) == NULL)
            return false;
    return true;
}

const char *rpe_layout_text(const char *layout, size_t axes, char positions, char text[RPE_SHAPE_CAPACITY])
{
    size_t used = 0;
    for (; *layout != '\0'; layout++) {
        size_t count = *layout == 'n' ? axes : 1;
        char letter = *layout == 'n' ? positions : (char)(*layout - 'a' + 'A');
        for (size_t i = 0; i < count; i++) {
            used += (size_t)snprintf(text + used, RPE_SHAPE_CAPACITY - used, "%c%c", used == 0 ? '[' : ',',
                                     letter);
            if (count > 1)
                used += (size_t)snprintf(text + used, RPE_SHAPE_CAPACITY - used, "%zu", i + 1);
        }
    }
    snprintf(text + used, RPE_SHAPE_CAPACITY - used, "]");
    return text;
}

bool rpe_layout_fit(const char *layout, size_t axes, size_t rank, char fitted[RPE_LAYOUT_CAPACITY])
{
    size_t own = strlen(layout) + axes - 1;
    bool batched = rank == own + 1 && strchr(layout, 'b') == NULL;
    if (rank != own && !batched)
        return false;
    snprintf(fitted, RPE_LAYOUT_CAPACITY, "%s%s", batched ? "b" : "", layout);
    return true;
}

size_t rpe_layout_axis(const char *layout, char letter, size_t axes)
{
    size_t axis = 0;
    for (; *layout != letter; layout++)
        axis += *layout == 'n' ? axes : 1;
    return axis;
}

/* Axis i of the target is axis source[i] of the array. */
static void sources_find(const char *from, const char *to, size_t axes, size_t source[RPE_RANK_MAX])
{
    size_t axis = 0;
    for (; *to != '\0'; to++)
        for (size_t i = 0; i < (*to == 'n' ? axes : 1); i++)
            source[axis++] = rpe_layout_axis(from, *to, axes) + i;
}

void rpe_layout_shape(const char *from, const char *to, size_t axes, const size_t *shape,
                      size_t changed[RPE_RANK_MAX])
{
    size_t source[RPE_RANK_MAX] = {0};
    sources_find(from, to, axes, source);
    for (size_t axis = 0; axis + 1 < strlen(to) + axes; axis++)
        changed[axis] = shape[source[axis]];
}

/* The elements of the target in its order; each step is one of its index, which goes along in the source by the stride. */
static void elements_copy(const rpe_array *array, rpe_array *target, const size_t stride[RPE_RANK_MAX])
{
    size_t index[RPE_RANK_MAX] = {0}, at = 0, size = rpe_precision_size(array->precision);
    size_t count = rpe_array_count(target), last = target->rank - 1;
    size_t run = stride[last] == 1 ? target->shape[last] : 1; /* elements that lie together in both */
    for (size_t i = 0; i < count; i += run) {
        memcpy((char *)target->values + i * size, (const char *)array->values + at * size, run * size);
        for (size_t axis = run > 1 ? last : target->rank; axis-- > 0;) {
            at += stride[axis];
            if (++index[axis] < target->shape[axis])
                break;
            at -= stride[axis] * index[axis];
            index[axis] = 0;
        }
    }
}

rpe_status rpe_layout_change(rpe_array *array, const char *from, const char *to, size_t axes,
                             const char *what, rpe_error *error)
{
    size_t source[RPE_RANK_MAX] = {0}, shape[RPE_RANK_MAX] = {0};
    size_t steps[RPE_RANK_MAX] = {0}, stride[RPE_RANK_MAX] = {0};
    rpe_array changed = {0};
    if (strcmp(from, to) == 0)
        return RPE_OK;
    sources_find(from, to, axes, source);
    for (size_t axis = array->rank, step = 1; axis-- > 0; step *= array->shape[axis])
        steps[axis] = step;
    for (size_t axis = 0; axis < array->rank; axis++)
        stride[axis] = steps[source[axis]];
    rpe_layout_shape(from, to, axes, array->shape, shape);
    rpe_status status = rpe_array_create(&changed, array->precision, array->rank, shape, what, error);
    if (status != RPE_OK)
        return status;
    elements_copy(array, &changed, stride);
    rpe_array_destroy(array);
    *array = changed;
    return RPE_OK;
}
