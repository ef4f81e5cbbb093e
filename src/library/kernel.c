/* Kernels as a host of the library has them. */
#include "library/library.h"

#include <stdint.h>

#include "base/memory.h"

rpebench_kernel *rpebench_kernel_read(const char *path)
{
    if (rpe_library_there_check(path, "path") != RPE_OK)
        return NULL;
    rpebench_kernel *read = rpe_memory_allocate_zero(1, sizeof *read);
    if (read == NULL) {
        (void)rpe_error_memory(&rpe_library_error, "kernel", 1, sizeof *read);
        return NULL;
    }
    if (rpe_kernel_read(&read->kernel, path, &rpe_library_error) == RPE_OK)
        return read;
    rpe_memory_free(read);
    return NULL;
}

void rpebench_kernel_destroy(rpebench_kernel *kernel)
{
    if (kernel == NULL)
        return;
    rpe_kernel_destroy(kernel->kernel);
    rpe_memory_free(kernel);
}

size_t rpebench_kernel_heads(const rpebench_kernel *kernel)
{
    return kernel->kernel->heads;
}

size_t rpebench_kernel_features(const rpebench_kernel *kernel)
{
    return kernel->kernel->features;
}

size_t rpebench_kernel_axes(const rpebench_kernel *kernel)
{
    return kernel->kernel->axes;
}

static rpe_status kernel_values_fill(const rpe_kernel *kernel, size_t length, double *values)
{
    rpe_positions positions;
    if (kernel->type->family != &rpe_family_product)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                             "%s: expected a kernel for each feature, found %s", kernel->path,
                             kernel->type->title);
    if (kernel->axes != 1)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                             "%s: expected a kernel of 1 axis, found %zu", kernel->path, kernel->axes);
    if (length > PTRDIFF_MAX / 2)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT, "length: expected at most %td, found %zu",
                             PTRDIFF_MAX / 2, length);
    rpe_status status = rpe_positions_make(&positions, 1, &length, "length", &rpe_library_error);
    if (status == RPE_OK)
        status = rpe_kernel_covers(kernel, &positions, &positions, &rpe_library_error);
    if (status != RPE_OK)
        return status;
    ptrdiff_t most = (ptrdiff_t)length - 1;
    for (size_t head = 0; head < kernel->heads; head++)
        for (size_t feature = 0; feature < kernel->features; feature++)
            for (ptrdiff_t lag = -most; lag <= most; lag++)
                *values++ = rpe_kernel_value(kernel, head, feature, &lag);
    return RPE_OK;
}

int rpebench_kernel_values(const rpebench_kernel *kernel, size_t length, double *values)
{
    rpe_status status = rpe_library_there_check(kernel, "kernel");
    if (status == RPE_OK)
        status = rpe_library_there_check(values, "values");
    return (int)(status == RPE_OK ? kernel_values_fill(kernel->kernel, length, values) : status);
}
