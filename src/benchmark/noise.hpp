/* Rows of noise: the stream itself, and every sampler. */
#ifndef RPE_BENCHMARK_NOISE_HPP
#define RPE_BENCHMARK_NOISE_HPP

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

extern "C" {
#include "base/stream.h"
#include "encoding/sampler.h"
}

#include "owners.hpp"
#include "row.hpp"

namespace rpe_benchmark
{

inline constexpr size_t noise_rows = 4096;

using drawing = std::function<void(rpe_stream stream, double *values)>;

inline call drawing_call(const drawing &draw)
{
    const size_t count = noise_rows * options.realizations;
    auto values = std::make_shared<std::vector<double>>(count);
    call made;
    made.run = [=](uint32_t trial) {
        draw({seed, point, trial, rpe_stream_purpose(RPE_PURPOSE_NOISE, 0)}, values->data());
        benchmark::DoNotOptimize(values->data());
    };
    made.bytes = static_cast<double>(count * sizeof(double));
    made.items = static_cast<double>(count);
    return made;
}

inline void streams_register()
{
    using stream_function = void (*)(rpe_stream, uint64_t, size_t, double *);
    const std::pair<const char *, stream_function> streams[] = {
        {"normals", rpe_stream_normals}, {"signs", rpe_stream_signs}, {"uniforms", rpe_stream_uniforms}};
    for (const auto &[name, function] : streams) {
        const drawing draw = [function = function](rpe_stream stream, double *values) {
            function(stream, 0, noise_rows * options.realizations, values);
        };
        row_register({std::string("stream/") + name, [=] { return drawing_call(draw); }});
    }
}

inline call sampler_call(const rpe_sampler *sampler, const rpe_noise_shape &shape)
{
    const size_t bytes = sampler->workspace_bytes != nullptr ? sampler->workspace_bytes(&shape) : 0;
    auto scratch = std::make_shared<workspaces>(1, bytes);
    return drawing_call([=](rpe_stream stream, double *values) {
        sampler->draw(&shape, stream, 0, shape.rows, values, scratch->each.data());
    });
}

inline void samplers_register()
{
    const rpe_noise_shape shape = {noise_rows, 0, options.realizations, true};
    for (size_t i = 0; i < rpe_sampler_count(); i++) {
        const rpe_sampler *sampler = rpe_sampler_at(i);
        if (rpe_sampler_supports(sampler, &shape, nullptr) == RPE_OK)
            row_register(
                {std::string("noise/") + sampler->name, [=] { return sampler_call(sampler, shape); }});
    }
}

} // namespace rpe_benchmark

#endif
