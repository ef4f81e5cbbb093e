/* A line a row on the terminal, and all rows for the JSON file. */
#ifndef RPE_BENCHMARK_REPORTER_HPP
#define RPE_BENCHMARK_REPORTER_HPP

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <jansson.h>

extern "C" {
#include "file/json.h"
#include "file/output.h"
#include "file/provenance.h"
#include "machine/machine.h"
}

#include "settings.hpp"

namespace rpe_benchmark
{

/* A line a row, and all rows for the JSON file.  Not the library's own reporter: on Debian that one warns of a debug build,
   which the library is not. */
class reporter : public benchmark::BenchmarkReporter
{
  public:
    json_t *rows = json_array();
    size_t failed = 0;

    reporter() = default;
    reporter(const reporter &) = delete;
    reporter &operator=(const reporter &) = delete;
    ~reporter() override
    {
        json_decref(rows);
    }

    bool ReportContext(const Context &context) override
    {
        width = static_cast<int>(context.name_field_width);
        std::printf(
            "rpebench %s %s: N = %zu, R = %zu, F = %zu, threads = %d\n%-*s %12s %10s %8s %8s %12s %10s\n",
            rpe_version(), rpe_revision(), options.length, options.realizations, options.projections,
            options.threads, width, "", "microseconds", "GFLOP/s", "of GEMM", "of copy", "bytes held",
            "error");
        return true;
    }
    void ReportRuns(const std::vector<Run> &runs) override
    {
        for (const Run &run : runs) {
            row_add(run);
            row_print(run);
        }
    }

  private:
    int width = 0;

    static double counter(const Run &run, const char *name)
    {
        const auto found = run.counters.find(name);
        return found == run.counters.end() ? NAN : found->second.value;
    }
    static std::string cell(const Run &run, const char *name, int decimals)
    {
        char text[32] = "";
        if (const double value = counter(run, name); !std::isnan(value))
            std::snprintf(text, sizeof text, "%.*f", decimals, value);
        return text;
    }
    void row_print(const Run &run) const
    {
        std::printf("%-*s ", width, run.benchmark_name().c_str());
        if (run.error_occurred)
            std::printf("FAILED: %s\n", run.error_message.c_str());
        else
            std::printf("%12.2f %10s %8s %8s %12s %10s\n", run.GetAdjustedRealTime(),
                        cell(run, "gigaflops_per_second", 2).c_str(), cell(run, "share_of_gemm", 3).c_str(),
                        cell(run, "share_of_copy", 3).c_str(), cell(run, "peak_bytes", 0).c_str(),
                        cell(run, "error", 6).c_str());
        std::fflush(stdout);
    }
    /* The keys of the library's own JSON. */
    void row_add(const Run &run)
    {
        json_t *added = json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:s}", "name", run.benchmark_name().c_str(),
                                  "run_type", run.run_type == Run::RT_Iteration ? "iteration" : "aggregate",
                                  "repetition_index", static_cast<json_int_t>(run.repetition_index),
                                  "iterations", static_cast<json_int_t>(run.iterations), "real_time",
                                  rpe_json_real(run.GetAdjustedRealTime()), "cpu_time",
                                  rpe_json_real(run.GetAdjustedCPUTime()), "time_unit",
                                  benchmark::GetTimeUnitString(run.time_unit));
        if (run.run_type == Run::RT_Aggregate)
            json_object_set_new(added, "aggregate_name", json_string(run.aggregate_name.c_str()));
        if (run.error_occurred) {
            json_object_set_new(added, "error_occurred", json_true());
            json_object_set_new(added, "error_message", json_string(run.error_message.c_str()));
            failed++;
        }
        for (const auto &[name, value] : run.counters)
            json_object_set_new(added, name.c_str(), rpe_json_real(value.value));
        json_array_append_new(rows, added);
    }
};

inline json_t *context_json(const rpe_machine_noise &noise)
{
    json_t *context = rpe_provenance_machine();
    json_object_set_new(context, "timing_library", json_string("Google Benchmark " RPE_BENCHMARK_VERSION));
    json_object_set_new(
        context, "timing_library_note",
        json_string(
            "Debian builds this library with optimization but without NDEBUG, so that it calls itself a "
            "debug "
            "build and warns of timings.  The timed loop is in its header, compiled with this program; the "
            "warning is left out."));
    json_object_set_new(
        context, "units",
        json_string("share_of_gemm: flops of the formula per second over the rate of a product 1024^3 of the "
                    "same precision, share_of_copy likewise; peak_bytes: plan and workspaces; error: see the "
                    "source, on a small problem"));
    json_object_set_new(context, "length", json_integer(static_cast<json_int_t>(options.length)));
    json_object_set_new(context, "realizations", json_integer(static_cast<json_int_t>(options.realizations)));
    json_object_set_new(context, "projections", json_integer(static_cast<json_int_t>(options.projections)));
    json_object_set_new(context, "threads", json_integer(options.threads));
    json_object_set_new(context, "noise", rpe_machine_noise_json(&noise));
    return context;
}

inline void report_write(json_t *rows, const rpe_machine_noise &noise)
{
    rpe_error error;
    json_t *report = json_pack("{s:o, s:O}", "context", context_json(noise), "benchmarks", rows);
    const std::string folder = std::filesystem::path(options.output).parent_path().string();
    rpe_status status = folder.empty() ? RPE_OK : rpe_directory_create(folder.c_str(), &error);
    if (status == RPE_OK)
        status = rpe_json_write(report, options.output.c_str(), &error);
    json_decref(report);
    check(status, error);
}

} // namespace rpe_benchmark

#endif
