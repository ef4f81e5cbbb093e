#include "quantity/claim/variation.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

rpe_status rpe_kernel_with_gate(const rpe_kernel *kernel, double delta, rpe_kernel *varied, rpe_error *error)
{
    size_t count = kernel->heads * kernel->features;
    double *gate = rpe_memory_allocate(count, sizeof *gate);
    if (gate == NULL)
        return rpe_error_memory(error, "gate", count, sizeof *gate);
    for (size_t i = 0; i < count; i++)
        gate[i] = delta;
    *varied = *kernel;
    varied->gate = gate;
    return RPE_OK;
}

double rpe_relative_difference(size_t count, const double *x, const double *y)
{
    double difference = 0.0, largest = 0.0;
    for (size_t i = 0; i < count; i++) {
        difference = fmax(difference, fabs(x[i] - y[i]));
        largest = fmax(largest, fabs(y[i]));
    }
    return largest > 0.0 ? difference / largest : difference;
}

size_t rpe_bits_different(size_t count, const double *x, const double *y)
{
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t x_bits, y_bits;
        memcpy(&x_bits, &x[i], sizeof x_bits);
        memcpy(&y_bits, &y[i], sizeof y_bits);
        different += x_bits != y_bits;
    }
    return different;
}
