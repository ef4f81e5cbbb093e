/* Rows of kernels: P_d at every lag of every feature. */
#ifndef RPE_BENCHMARK_KERNELS_HPP
#define RPE_BENCHMARK_KERNELS_HPP

#include <algorithm>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

extern "C" {
#include "position/kernel.h"
#include "position/kernel_fit.h"
}

#include "owners.hpp"
#include "row.hpp"

namespace rpe_benchmark
{

inline double kernel_sum(const rpe_kernel *kernel, ptrdiff_t last)
{
    double sum = 0;
    for (size_t h = 0; h < kernel->heads; h++)
        for (size_t d = 0; d < kernel->features; d++)
            for (ptrdiff_t lag = -last; lag <= last; lag++)
                sum += rpe_kernel_value(kernel, h, d, &lag);
    return sum;
}

inline call kernel_call(const rpe_kernel *kernel)
{
    const size_t known =
        kernel->type->table != nullptr ? kernel->type->table(kernel).zero + 1 : options.length;
    const auto last = static_cast<ptrdiff_t>(std::min(known, options.length)) - 1;
    call made;
    made.run = [=](uint32_t) { benchmark::DoNotOptimize(kernel_sum(kernel, last)); };
    made.items = static_cast<double>(kernel->heads * kernel->features) * static_cast<double>(2 * last + 1);
    return made;
}

inline void kernels_register(const std::vector<position> &kernels)
{
    for (const position &at : kernels) {
        const rpe_kernel *kernel = at.kernel.get();
        row_register({std::string("kernel/") + kernel->type->name, [=] { return kernel_call(kernel); }});
    }
}

} // namespace rpe_benchmark

#endif
