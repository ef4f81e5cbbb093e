/* Elements beyond the limit, counted by slice. */
#include "difference/difference.h"

#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"

#define BLOCK 1048576 /* elements between two looks at the interrupt */

double rpe_element(const rpe_array *array, size_t flat)
{
    return array->precision == RPE_DOUBLE ? ((const double *)array->values)[flat]
                                          : (double)((const float *)array->values)[flat];
}

static double bound_at(const rpe_pair *pair, size_t flat)
{
    const rpe_array *array = pair->arrays[RPE_REFERENCE];
    size_t at = 0;
    for (size_t axis = array->rank; axis-- > 0; flat /= array->shape[axis])
        at += flat % array->shape[axis] * pair->limit.bound_stride[axis];
    return pair->limit.bound[at];
}

double rpe_limit_at(const rpe_pair *pair, size_t flat)
{
    const rpe_limit *limit = &pair->limit;
    return limit->absolute + limit->relative * fabs(rpe_element(pair->arrays[RPE_REFERENCE], flat)) +
           (limit->bound == NULL ? 0.0 : bound_at(pair, flat));
}

bool rpe_is_within(const rpe_pair *pair, double number, size_t flat)
{
    double reference = rpe_element(pair->arrays[RPE_REFERENCE], flat);
    if (!isfinite(reference) || !isfinite(number))
        return (isnan(reference) && isnan(number)) ||
               (isinf(reference) && isinf(number) && signbit(reference) == signbit(number));
    return fabs(number - reference) <= rpe_limit_at(pair, flat);
}

/* Counts and slices of all axes in one block, the largest in another. */
static rpe_status space_make(rpe_difference *found, const rpe_array *array, rpe_error *error)
{
    size_t extents = 0;
    for (size_t axis = 0; axis < array->rank; axis++)
        extents += array->shape[axis];
    found->slices = rpe_memory_allocate_zero(3 * extents, sizeof *found->slices);
    found->sizes = rpe_memory_allocate_zero(extents, sizeof *found->sizes);
    if (found->slices == NULL || found->sizes == NULL) {
        rpe_difference_destroy(found);
        return rpe_error_memory(error, "differences by slice", 3 * extents, sizeof(size_t));
    }
    double *largest = found->sizes;
    size_t *next = found->slices;
    for (size_t axis = 0; axis < array->rank; axis++) {
        size_t extent = array->shape[axis];
        found->tally[axis] = next;
        found->largest[axis] = largest;
        found->whole.slices[axis] = next + extent;
        found->differing.slices[axis] = next + 2 * extent;
        for (size_t i = 0; i < extent; i++)
            next[extent + i] = i;
        next += 3 * extent;
        largest += extent;
    }
    return RPE_OK;
}

static rpe_region region_of(const rpe_array *array)
{
    rpe_region region = {.rank = array->rank, .shape = array->shape};
    for (size_t axis = array->rank, stride = 1; axis-- > 0; stride *= array->shape[axis]) {
        region.stride[axis] = stride;
        region.count[axis] = array->shape[axis];
    }
    return region;
}

static void element_count(rpe_difference *found, const rpe_pair *pair, const rpe_difference_place *place)
{
    double reference = rpe_element(pair->arrays[RPE_REFERENCE], place->flat),
           mine = rpe_element(pair->arrays[RPE_MINE], place->flat);
    if (rpe_is_within(pair, mine, place->flat)) {
        found->undefined += !isfinite(reference);
        return;
    }
    if (found->beyond++ == 0)
        found->first = place->flat;
    for (size_t axis = 0; axis < found->whole.rank; axis++) {
        size_t slice = place->index[axis];
        found->tally[axis][slice]++;
        found->largest[axis][slice] = fmax(found->largest[axis][slice], fabs(mine - reference));
    }
}

/* The slices whose counts are not 0. */
static void differing_list(rpe_difference *found)
{
    for (size_t axis = 0; axis < found->whole.rank; axis++) {
        size_t *slices = found->tally[axis] + 2 * found->whole.count[axis], count = 0;
        for (size_t i = 0; i < found->whole.count[axis]; i++)
            if (found->tally[axis][i] > 0)
                slices[count++] = i;
        found->differing.count[axis] = count;
    }
}

rpe_status rpe_difference_find(rpe_difference *found, const rpe_pair *pair, rpe_error *error)
{
    const rpe_array *array = pair->arrays[RPE_REFERENCE];
    *found = (rpe_difference){.whole = region_of(array), .differing = region_of(array)};
    rpe_status status = space_make(found, array, error);
    if (status != RPE_OK)
        return status;
    rpe_difference_place place;
    size_t seen = 0;
    rpe_region_first(&found->whole, &place);
    do {
        if (seen++ % BLOCK == 0)
            status = rpe_interrupt_check("compare", error);
        element_count(found, pair, &place);
    } while (status == RPE_OK && rpe_region_next(&found->whole, &place));
    differing_list(found);
    if (status != RPE_OK)
        rpe_difference_destroy(found);
    return status;
}

void rpe_difference_destroy(rpe_difference *found)
{
    rpe_memory_free(found->sizes);
    rpe_memory_free(found->slices);
    *found = (rpe_difference){0};
}
