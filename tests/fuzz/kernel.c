/* Kernels: kernel.json, and the arrays that it names. */
#include "position/kernel.h"
#include "fuzz.h"

void fuzz_kernel(const char *directory)
{
    rpe_kernel *kernel = NULL;
    rpe_error error = {""};
    rpe_status status = rpe_kernel_read(&kernel, fuzz_path(directory, "kernel.json"), &error);
    fuzz_status_check(status, &error);
    if (status == RPE_OK)
        rpe_kernel_destroy(kernel);
}
