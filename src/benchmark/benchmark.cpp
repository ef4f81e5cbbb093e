/* Timings of every registered method, encoder, feature map, kernel and sampler by Google Benchmark, which wants C++: the one
   C++ file, whose subjects are the headers beside it.  It loops over the registries and calls the C functions as they are, so that a new entry is timed from its line in
   the .def file alone.  Each row says what the formula needs beside what it took: operations, bytes, the share of what a
   product of matrices and a copy reach in the same process, counted memory, and the error on a small problem. */
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <vector>

#include <benchmark/benchmark.h>
#include <jansson.h>

extern "C" {
#include "file/json.h"
#include "machine/machine.h"
}

#include "command_line.hpp"
#include "encoders.hpp"
#include "feature_maps.hpp"
#include "kernels.hpp"
#include "methods.hpp"
#include "noise.hpp"
#include "reporter.hpp"

namespace rpe_benchmark
{
namespace
{

int run(int argc, char **argv)
{
    std::vector<char *> rest;
    if (!options_read(argc, argv, rest)) {
        std::fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    int count = static_cast<int>(rest.size());
    rest.push_back(nullptr);
    benchmark::Initialize(&count, rest.data());
    if (benchmark::ReportUnrecognizedArguments(count, rest.data()))
        return 2;
    const std::vector<position> kernels = kernels_read(), others = others_read();
    methods_register(kernels, others);
    encoders_register(kernels);
    feature_maps_register();
    kernels_register(kernels);
    streams_register();
    samplers_register();

    reporter report;
    const rpe_machine_rates rates_before = rates_now();
    const rpe_machine_state before = rpe_machine_state_now();
    const size_t matched = benchmark::RunSpecifiedBenchmarks(&report);
    const rpe_machine_state after = rpe_machine_state_now();
    if (matched == 0)
        throw std::invalid_argument(
            "--benchmark_filter: expected a pattern that matches a benchmark, found none that does; "
            "see --benchmark_list_tests");
    if (json_array_size(report.rows) == 0)
        return EXIT_SUCCESS; /* they were listed */
    rates_time = -INFINITY;
    const rpe_machine_noise noise = rpe_machine_noise_between(&before, &rates_before, &after, &rates_now());
    std::printf(
        "GEMM 1024^3: single %.1f before, %.1f after; double %.1f, %.1f GFLOP/s; copy %.1f, %.1f GB/s%s%s\n",
        1e-9 * rates_before.gemm[RPE_SINGLE], 1e-9 * rates.gemm[RPE_SINGLE],
        1e-9 * rates_before.gemm[RPE_DOUBLE], 1e-9 * rates.gemm[RPE_DOUBLE], 1e-9 * rates_before.copy,
        1e-9 * rates.copy, noise.noisy ? "; noisy: " : "", noise.reason);
    if (!options.output.empty()) {
        report_write(report.rows, noise);
        std::printf("results are in %s\n", options.output.c_str());
    }
    if (report.failed > 0)
        std::fprintf(stderr, "rpebench-benchmark: %zu of %zu rows failed\n", report.failed,
                     json_array_size(report.rows));
    return report.failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace
} // namespace rpe_benchmark

int main(int argc, char **argv)
{
    try {
        rpe_json_memory_install();
        return rpe_benchmark::run(argc, argv);
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "rpebench-benchmark: %s\n", failure.what());
        return 2;
    }
}
