/* Kernels that are made, and how large they and their noise are. */
#include <string.h>

#include "base/memory.h"
#include "position/kernel.h"

static bool kernel_shape_values_make(rpe_parameter_values *values, const rpe_parameter *parameter,
                                     const size_t extent[3], size_t count)
{
    *values = (rpe_parameter_values){.values = rpe_memory_allocate_zero(count, sizeof(double)),
                                     .axes = parameter->axes,
                                     .rank = 3,
                                     .extent = {extent[0], extent[1], extent[2]},
                                     .count = count};
    return values->values != NULL;
}

rpe_status rpe_kernel_create(rpe_kernel **kernel, const rpe_kernel_type *type, const char *path, size_t heads,
                             size_t features, size_t size, rpe_error *error)
{
    const size_t extent[] = {heads, features, size};
    size_t count;
    rpe_kernel *made = rpe_memory_allocate_zero(1, sizeof *made);
    bool complete =
        made != NULL && rpe_size_multiply(heads, features, &count) && rpe_size_multiply(count, size, &count);
    if (complete) {
        made->type = type;
        made->path = rpe_memory_text(path);
        made->heads = heads;
        made->features = features;
        made->axes = 1;
        complete = made->path != NULL;
    }
    for (size_t i = 0; complete && type->parameters[i].name != NULL; i++)
        complete = kernel_shape_values_make(&made->own[i], &type->parameters[i], extent, count);
    if (!complete) {
        rpe_kernel_destroy(made);
        return rpe_error_memory(error, path, heads * features, size * sizeof(double));
    }
    *kernel = made;
    return RPE_OK;
}

/* Of an array that there may not be; false without memory. */
static bool values_copy(double **copy, const double *values, size_t count)
{
    if (values == NULL)
        return true;
    *copy = rpe_memory_allocate(count, sizeof **copy);
    if (*copy != NULL)
        memcpy(*copy, values, count * sizeof **copy);
    return *copy != NULL;
}

rpe_status rpe_kernel_copy(rpe_kernel **copy, const rpe_kernel *kernel, rpe_error *error)
{
    rpe_kernel *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "a copy of the kernel", 1, sizeof *made);
    *made = *kernel;
    made->path = NULL;
    made->gate = NULL;
    for (size_t i = 0; i < RPE_PARAMETERS_MAX; i++)
        made->own[i].values = NULL;
    bool complete = values_copy(&made->gate, kernel->gate, kernel->heads * kernel->features);
    if (complete && kernel->path != NULL) {
        made->path = rpe_memory_text(kernel->path);
        complete = made->path != NULL;
    }
    for (size_t i = 0; complete && i < RPE_PARAMETERS_MAX; i++)
        complete = values_copy(&made->own[i].values, kernel->own[i].values, kernel->own[i].count);
    if (!complete) {
        rpe_kernel_destroy(made);
        return rpe_error_memory(error, "a copy of the kernel", kernel->own[0].count, sizeof(double));
    }
    *copy = made;
    return RPE_OK;
}

size_t rpe_kernel_size(const rpe_kernel *kernel, size_t extent[RPE_AXES_MAX])
{
    const rpe_parameter_values *first = &kernel->own[0];
    size_t size = 1;
    for (size_t i = 0; i < RPE_AXES_MAX; i++) {
        extent[i] = kernel->type->size == NULL ? 0 : 2 + i < first->rank ? first->extent[2 + i] : 1;
        size *= extent[i];
    }
    return size;
}

size_t rpe_kernel_noise_extent(const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, size_t extent[RPE_AXES_MAX])
{
    const rpe_kernel_codes *codes = kernel->type->codes;
    size_t size[RPE_AXES_MAX], count = rpe_kernel_size(kernel, size);
    if (!codes->along)
        return rpe_size_multiply(count, codes->paired ? 2 : 1, &extent[0]) ? 1 : 0;
    for (size_t i = 0; i < RPE_AXES_MAX && i < kernel->axes; i++) { /* max(M_i,N_i) + P_i - 1 */
        size_t longest = queries->extent[i] > keys->extent[i] ? queries->extent[i] : keys->extent[i];
        extent[i] = longest + (size[i] - 1);
        if (extent[i] < longest)
            return 0;
    }
    return kernel->axes;
}

size_t rpe_kernel_noise_rows(const rpe_kernel *kernel, const rpe_positions *queries,
                             const rpe_positions *keys)
{
    size_t extent[RPE_AXES_MAX] = {0}, rows = 1;
    size_t axes = rpe_kernel_noise_extent(kernel, queries, keys, extent);
    for (size_t i = 0; i < axes; i++)
        if (!rpe_size_multiply(rows, extent[i], &rows))
            return 0;
    return axes > 0 ? rows : 0;
}

const double *rpe_kernel_frequencies(const rpe_kernel *kernel, size_t *count)
{
    const rpe_kernel_codes *codes = kernel->type->codes;
    size_t extent[RPE_AXES_MAX];
    if (codes == NULL || codes->frequencies == NULL)
        return NULL;
    *count = kernel->heads * kernel->features * rpe_kernel_size(kernel, extent);
    return codes->frequencies(kernel);
}

size_t rpe_kernel_code_terms(const rpe_kernel *kernel)
{
    size_t size[RPE_AXES_MAX], count = rpe_kernel_size(kernel, size);
    return kernel->type->codes->paired ? 2 * count : count;
}
