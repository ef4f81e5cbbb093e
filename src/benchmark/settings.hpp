/* What all rows share: the sizes, the seed, and the rates that times are shares of. */
#ifndef RPE_BENCHMARK_SETTINGS_HPP
#define RPE_BENCHMARK_SETTINGS_HPP

#include <cmath>
#include <stdexcept>
#include <string>

extern "C" {
#include "base/clock.h"
#include "base/stream.h"
#include "machine/machine.h"
}

namespace rpe_benchmark
{

struct settings {
    size_t length = 1024, realizations = 64, projections = 256;
    int threads = 1;
    std::string output, kernels = RPE_SOURCE_DIRECTORY "/experiments/kernels";
};
inline settings options;

inline constexpr size_t plain_features = 64, value_features = 64; /* where no kernel says how many */
inline constexpr size_t small_length = 48; /* of the problems that errors are measured on */
inline constexpr uint64_t seed = 1;
inline constexpr rpe_precision precisions[] = {RPE_SINGLE, RPE_DOUBLE};
inline const uint32_t point = rpe_stream_point("benchmark");

inline void check(rpe_status status, const rpe_error &error)
{
    if (status != RPE_OK)
        throw std::runtime_error(error.message);
}

inline constexpr double rates_valid = 2.0; /* seconds after which they are measured again */
inline rpe_machine_rates rates;            /* the last ones */
inline double rates_time = 0;

inline const rpe_machine_rates &rates_now()
{
    rpe_error error;
    if (rates.threads == 0 || rpe_clock_seconds() - rates_time > rates_valid) {
        check(rpe_machine_rates_measure(&rates, options.threads, &error), error);
        rates_time = rpe_clock_seconds();
    }
    return rates;
}

} // namespace rpe_benchmark

#endif
