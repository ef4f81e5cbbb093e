/* One row: what is called, what a call does by its formula, and how it is timed. */
#ifndef RPE_BENCHMARK_ROW_HPP
#define RPE_BENCHMARK_ROW_HPP

#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <benchmark/benchmark.h>

extern "C" {
#include "base/clock.h"
#include "base/memory.h"
#include "machine/machine.h"
}

#include "settings.hpp"

namespace rpe_benchmark
{

/* What one call does; NaN: not known. */
struct call {
    std::function<void(uint32_t trial)> run; /* owns what it needs */
    rpe_precision precision = RPE_DOUBLE;
    double flops = NAN, bytes = NAN, items = NAN;
};

struct row {
    std::string name;
    std::function<call()> make;                         /* in counted memory */
    std::function<double()> error = [] { return NAN; }; /* on a small problem */
};

inline void counter_set(benchmark::State &state, const char *name, double value)
{
    if (!std::isnan(value))
        state.counters[name] = value;
}

/* Returns the allocations inside the loop. */
inline uint64_t call_time(benchmark::State &state, const call &timed, const rpe_machine_rates &unit)
{
    uint32_t trial = 0;
    timed.run(trial++); /* caches, and the pages of the workspaces */
    const uint64_t allocations = rpe_memory_usage_now().allocations;
    const double start = rpe_clock_seconds();
    while (state.KeepRunning())
        timed.run(trial++);
    const double seconds = (rpe_clock_seconds() - start) / static_cast<double>(state.iterations());
    const uint64_t inside = rpe_memory_usage_now().allocations - allocations;
    counter_set(state, "flops", timed.flops);
    counter_set(state, "bytes_moved", timed.bytes);
    counter_set(state, "gigaflops_per_second", 1e-9 * timed.flops / seconds);
    counter_set(state, "items_per_second", timed.items / seconds);
    counter_set(state, "share_of_gemm", timed.flops / seconds / unit.gemm[timed.precision]);
    counter_set(state, "share_of_copy", timed.bytes / seconds / unit.copy);
    counter_set(state, "allocations", static_cast<double>(inside));
    return inside;
}

inline void row_time(benchmark::State &state, const row &timed, double error)
{
    const rpe_machine_rates unit = rates_now();
    rpe_memory_peak_reset();
    const size_t held = rpe_memory_usage_now().current;
    const uint64_t inside = call_time(state, timed.make(), unit);
    counter_set(state, "peak_bytes", static_cast<double>(rpe_memory_usage_now().peak - held));
    counter_set(state, "error", error);
    if (inside > 0)
        state.SkipWithError((std::to_string(inside) + " allocations inside the timed loop").c_str());
}

inline void row_register(const row &timed)
{
    /* The library calls this several times to find its number of iterations: the error is measured at the first. */
    auto error = std::make_shared<std::optional<double>>();
    auto body = [timed, error](benchmark::State &state) {
        try {
            if (!error->has_value())
                *error = timed.error();
            row_time(state, timed, **error);
        } catch (const std::exception &failure) {
            state.SkipWithError(failure.what());
        }
    };
#ifndef __clang_analyzer__ /* it does not see that the library keeps what is registered */
    benchmark::RegisterBenchmark(timed.name.c_str(), body)->UseRealTime()->Unit(benchmark::kMicrosecond);
#endif
}

} // namespace rpe_benchmark

#endif
