/* Timings of every registered method, encoder, feature map, kernel and sampler by Google Benchmark, which wants C++: the one
   C++ file.  It loops over the registries and calls the C functions as they are, so that a new entry is timed from its line in
   the .def file alone.  Each row says what the formula needs beside what it took: operations, bytes, the share of what a
   product of matrices and a copy reach in the same process, counted memory, and the error on a small problem. */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <jansson.h>

extern "C" {
#include "rpe_attention.h"
#include "rpe_clock.h"
#include "rpe_json.h"
#include "rpe_linear.h"
#include "rpe_machine.h"
#include "rpe_memory.h"
#include "rpe_method.h"
#include "rpe_output.h"
#include "rpe_parallel.h"
#include "rpe_provenance.h"
#include "rpe_spe.h"
}

namespace
{

struct settings {
    size_t length = 1024, realizations = 64, projections = 256;
    int threads = 1;
    std::string output, kernels = RPE_SOURCE_DIRECTORY "/experiments/kernels";
};
settings options;

constexpr size_t plain_features = 64, value_features = 64; /* where no kernel says how many */
constexpr size_t small_length = 48;                        /* of the problems that errors are measured on */
constexpr uint64_t seed = 1;
constexpr rpe_precision precisions[] = {RPE_SINGLE, RPE_DOUBLE};
const uint32_t point = rpe_stream_point("benchmark");

void check(rpe_status status, const rpe_error &error)
{
    if (status != RPE_OK)
        throw std::runtime_error(error.message);
}

/* ---- the unit of shares ---- */

constexpr double rates_valid = 2.0; /* seconds after which they are measured again */
rpe_machine_rates rates;            /* the last ones */
double rates_time = 0;

const rpe_machine_rates &rates_now()
{
    rpe_error error;
    if (rates.threads == 0 || rpe_clock_seconds() - rates_time > rates_valid) {
        check(rpe_machine_rates_measure(&rates, options.threads, &error), error);
        rates_time = rpe_clock_seconds();
    }
    return rates;
}

/* ---- values and owners ---- */

/* Standard normals in one precision. */
struct normals {
    std::vector<double> doubles;
    std::vector<float> floats;

    normals(size_t count, rpe_purpose purpose) : doubles(count), floats(count)
    {
        rpe_stream stream = {seed, point, 0, rpe_stream_purpose(purpose, 0)};
        rpe_stream_normals(stream, 0, count, doubles.data());
        std::copy(doubles.begin(), doubles.end(), floats.begin());
    }
    const void *in(rpe_precision precision) const
    {
        return precision == RPE_DOUBLE ? static_cast<const void *>(doubles.data()) : floats.data();
    }
};

/* Outputs in either precision, uninitialized as far as the C functions are concerned. */
struct outputs {
    rpe_precision precision;
    size_t count;
    std::vector<double> storage;

    outputs(rpe_precision in, size_t elements) : precision(in), count(elements), storage(elements)
    {
    }
    void *data()
    {
        return storage.data();
    }
    double operator[](size_t i) const
    {
        float single;
        std::memcpy(&single, reinterpret_cast<const char *>(storage.data()) + i * sizeof single,
                    sizeof single);
        return precision == RPE_DOUBLE ? storage[i] : single;
    }
};

/* sqrt(sum (x - y)^2 / sum y^2) */
double relative_error(const outputs &x, const std::vector<double> &y)
{
    double difference = 0, square = 0;
    for (size_t i = 0; i < y.size(); i++) {
        difference += (x[i] - y[i]) * (x[i] - y[i]);
        square += y[i] * y[i];
    }
    return std::sqrt(difference / square);
}

struct workspaces {
    std::vector<rpe_workspace> each;

    workspaces(int threads, size_t bytes) : each(static_cast<size_t>(threads))
    {
        rpe_error error;
        for (rpe_workspace &workspace : each)
            check(rpe_workspace_create(&workspace, bytes, &error), error);
    }
    ~workspaces()
    {
        for (rpe_workspace &workspace : each)
            rpe_workspace_destroy(&workspace);
    }
    workspaces(const workspaces &) = delete;
    workspaces &operator=(const workspaces &) = delete;
};

struct kernel_deleter {
    void operator()(rpe_kernel *kernel) const
    {
        rpe_kernel_destroy(kernel);
    }
};
using kernel_pointer = std::unique_ptr<rpe_kernel, kernel_deleter>;

size_t parameters_of(const rpe_kernel &kernel)
{
    return kernel.heads * kernel.features * (kernel.sinusoids + kernel.taps + kernel.lags);
}

/* The largest kernel of each family in the folder that has one axis. */
std::vector<kernel_pointer> kernels_read()
{
    std::vector<std::string> paths;
    for (const auto &entry : std::filesystem::directory_iterator(options.kernels))
        if (entry.path().extension() == ".json")
            paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    std::vector<kernel_pointer> found(rpe_kernel_type_count());
    for (const std::string &path : paths) {
        rpe_kernel *kernel = nullptr;
        rpe_error error;
        check(rpe_kernel_read(&kernel, path.c_str(), &error), error);
        kernel_pointer owned(kernel);
        size_t type = 0;
        while (kernel->type != rpe_kernel_type_at(type))
            type++;
        if (kernel->axes == 1 && (!found[type] || parameters_of(*kernel) > parameters_of(*found[type])))
            found[type] = std::move(owned);
    }
    for (size_t type = 0; type < found.size(); type++)
        if (!found[type])
            throw std::runtime_error(options.kernels + ": expected a kernel of type " +
                                     rpe_kernel_type_at(type)->name + " with one position axis, found none");
    return found;
}

/* ---- one row ---- */

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

void counter_set(benchmark::State &state, const char *name, double value)
{
    if (!std::isnan(value))
        state.counters[name] = value;
}

/* Returns the allocations inside the loop. */
uint64_t call_time(benchmark::State &state, const call &timed, const rpe_machine_rates &unit)
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

void row_time(benchmark::State &state, const row &timed, double error)
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

void row_register(const row &timed)
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

/* ---- methods ---- */

rpe_problem problem_make(const rpe_kernel *kernel, const rpe_sampler *sampler, size_t length,
                         rpe_precision precision, bool causal)
{
    rpe_problem problem = {};
    rpe_error error;
    check(rpe_positions_make(&problem.queries, 1, &length, "positions", &error), error);
    problem.keys = problem.queries;
    problem.batch = 1;
    problem.heads = kernel != nullptr ? kernel->heads : 1;
    problem.features = kernel != nullptr ? kernel->features : plain_features;
    problem.value_features = value_features;
    problem.kernel = kernel;
    problem.sampler = sampler;
    problem.realizations = options.realizations;
    problem.projections = options.projections;
    problem.precision = precision;
    problem.causal = causal;
    return problem;
}

/* A method planned for a problem, with inputs of its shape. */
struct planned {
    const rpe_method *method;
    rpe_problem problem;
    normals queries, keys, values;
    void *plan = nullptr;
    std::unique_ptr<workspaces> scratch;
    outputs result;

    planned(const rpe_method *m, const rpe_problem &p)
        : method(m), problem(p), queries(p.queries.count * p.heads * p.features, RPE_PURPOSE_QUERIES),
          keys(p.keys.count * p.heads * p.features, RPE_PURPOSE_KEYS),
          values(p.keys.count * p.heads * p.value_features, RPE_PURPOSE_VALUES),
          result(p.precision, p.queries.count * p.heads * p.value_features)
    {
        rpe_error error;
        check(method->plan(&plan, &problem, &error), error);
        scratch = std::make_unique<workspaces>(options.threads, method->workspace_bytes(plan));
    }
    ~planned()
    {
        method->plan_destroy(plan);
    }
    planned(const planned &) = delete;
    planned &operator=(const planned &) = delete;

    rpe_inputs inputs(rpe_precision precision) const
    {
        return {queries.in(precision), keys.in(precision), values.in(precision)};
    }
    void attend(uint32_t trial)
    {
        const rpe_noise noise = {{seed, point, trial, 0}, nullptr, nullptr, nullptr, nullptr};
        const rpe_inputs in = inputs(problem.precision);
        method->attend(plan, &noise, &in, result.data(), options.threads, scratch->each.data());
    }
};

/* o_m = sum_n e^S(m,n) v_n / sum_n e^S(m,n) from the oracle's scores, with the whole matrix: not the oracle's own way. */
std::vector<double> reference_outputs(const planned &p)
{
    const size_t rows = p.problem.queries.count, keys = p.problem.keys.count, heads = p.problem.heads;
    const size_t width = p.problem.value_features;
    const rpe_inputs inputs = p.inputs(RPE_DOUBLE);
    std::vector<double> scores(rows * keys), result(rows * heads * width, 0.0);
    rpe_error error;
    for (size_t h = 0; h < heads; h++) {
        check(p.method->oracle->scores(&p.problem, &inputs, 0, h, scores.data(), &error), error);
        for (size_t m = 0; m < rows; m++) {
            const double *s = &scores[m * keys];
            double *o = &result[(m * heads + h) * width];
            const size_t visible = p.problem.causal ? std::min(m + 1, keys) : keys;
            const double largest = *std::max_element(s, s + visible);
            double sum = 0;
            for (size_t n = 0; n < visible; n++)
                sum += std::exp(s[n] - largest);
            for (size_t n = 0; n < visible; n++)
                for (size_t v = 0; v < width; v++)
                    o[v] += std::exp(s[n] - largest) / sum * p.values.doubles[(n * heads + h) * width + v];
        }
    }
    return result;
}

double method_error(const rpe_method *method, rpe_problem problem)
{
    problem.queries = problem.keys =
        problem_make(nullptr, nullptr, small_length, problem.precision, false).queries;
    planned p(method, problem);
    p.attend(0);
    return relative_error(p.result, reference_outputs(p));
}

call method_call(const rpe_method *method, const rpe_problem &problem)
{
    auto p = std::make_shared<planned>(method, problem);
    call made;
    made.run = [p](uint32_t trial) { p->attend(trial); };
    made.precision = problem.precision;
    if (method->cost != nullptr) {
        const rpe_cost cost = method->cost(&problem);
        made.flops = cost.flops;
        made.bytes = cost.bytes_moved;
    }
    return made;
}

void method_register(const rpe_method *method, const rpe_kernel *kernel, rpe_precision precision, bool causal)
{
    const rpe_problem problem = problem_make(kernel, rpe_sampler_at(0), options.length, precision, causal);
    if (method->attend == nullptr ||
        (method->supports != nullptr && method->supports(&problem, nullptr) != RPE_OK))
        return;
    const std::string name = std::string("attend/") + method->name + "/" +
                             (kernel ? kernel->type->name : "none") + "/" + rpe_precision_name(precision) +
                             (causal ? "/causal" : "/full");
    row_register(
        {name, [=] { return method_call(method, problem); }, [=] { return method_error(method, problem); }});
}

void methods_register(const std::vector<kernel_pointer> &kernels)
{
    for (size_t m = 0; m < rpe_method_count(); m++)
        for (rpe_precision precision : precisions)
            for (bool causal : {false, true}) {
                method_register(rpe_method_at(m), nullptr, precision, causal);
                for (const kernel_pointer &kernel : kernels)
                    method_register(rpe_method_at(m), kernel.get(), precision, causal);
            }
}

/* ---- encoders: every sampler with every family, by the fast path and by the plain one ---- */

struct encoding {
    rpe_problem problem;
    normals queries, keys;
    rpe_encoder *encoder = nullptr;
    std::unique_ptr<workspaces> scratch;
    outputs encoded_queries, encoded_keys;

    encoding(const rpe_problem &p, bool plain)
        : problem(p), queries(p.queries.count * p.heads * p.features, RPE_PURPOSE_QUERIES),
          keys(p.keys.count * p.heads * p.features, RPE_PURPOSE_KEYS),
          encoded_queries(p.precision, p.queries.count * p.heads * p.realizations),
          encoded_keys(p.precision, p.keys.count * p.heads * p.realizations)
    {
        rpe_encoder_settings wanted = {};
        wanted.kernel = p.kernel;
        wanted.sampler = p.sampler;
        wanted.queries = p.queries;
        wanted.keys = p.keys;
        wanted.batch = p.batch;
        wanted.realizations = p.realizations;
        wanted.precision = p.precision;
        wanted.plain = plain;
        rpe_error error;
        check(rpe_encoder_create(&encoder, &wanted, &error), error);
        scratch = std::make_unique<workspaces>(options.threads, rpe_encoder_workspace_bytes(encoder));
    }
    ~encoding()
    {
        rpe_encoder_destroy(encoder);
    }
    encoding(const encoding &) = delete;
    encoding &operator=(const encoding &) = delete;

    void apply(uint32_t trial)
    {
        const rpe_noise noise = {{seed, point, trial, 0}, nullptr, nullptr, nullptr, nullptr};
        rpe_encoder_apply(encoder, &noise, queries.in(problem.precision), keys.in(problem.precision),
                          encoded_queries.data(), encoded_keys.data(), options.threads, scratch->each.data());
    }
};

/* Relative error of q^ . k^ / sqrt(R) against the oracle's scores, all heads together. */
double encoding_error(rpe_problem problem, bool plain)
{
    problem.queries = problem.keys =
        problem_make(nullptr, nullptr, small_length, problem.precision, false).queries;
    encoding e(problem, plain);
    e.apply(0);
    const size_t rows = problem.queries.count, keys = problem.keys.count, size = problem.realizations;
    const rpe_inputs inputs = {e.queries.in(RPE_DOUBLE), e.keys.in(RPE_DOUBLE), nullptr};
    std::vector<double> exact(problem.heads * rows * keys);
    outputs scores(RPE_DOUBLE, exact.size());
    rpe_error error;
    for (size_t h = 0; h < problem.heads; h++) {
        check(rpe_oracle_explicit.scores(&problem, &inputs, 0, h, &exact[h * rows * keys], &error), error);
        for (size_t m = 0; m < rows; m++)
            for (size_t n = 0; n < keys; n++) {
                double sum = 0;
                for (size_t r = 0; r < size; r++)
                    sum += e.encoded_queries[(m * problem.heads + h) * size + r] *
                           e.encoded_keys[(n * problem.heads + h) * size + r];
                scores.storage[(h * rows + m) * keys + n] = sum / std::sqrt(static_cast<double>(size));
            }
    }
    return relative_error(scores, exact);
}

call encoder_call(const rpe_problem &problem, bool plain)
{
    auto e = std::make_shared<encoding>(problem, plain);
    const auto vectors = static_cast<double>(2 * problem.queries.count * problem.heads);
    const auto width = static_cast<double>(problem.features + problem.realizations);
    call made;
    made.run = [e](uint32_t trial) { e->apply(trial); };
    made.precision = problem.precision;
    made.flops = rpe_spe_cost(&problem).flops;
    made.bytes = vectors * width * static_cast<double>(rpe_precision_size(problem.precision));
    made.items = vectors;
    return made;
}

void encoder_register(const rpe_kernel *kernel, const rpe_sampler *sampler, rpe_precision precision,
                      bool plain)
{
    const rpe_problem problem = problem_make(kernel, sampler, options.length, precision, false);
    if (rpe_spe_supports(&problem, nullptr) != RPE_OK)
        return;
    row_register({std::string("encode/") + kernel->type->name + "/" + sampler->name + "/" +
                      rpe_precision_name(precision) + (plain ? "/plain" : "/fast"),
                  [=] { return encoder_call(problem, plain); },
                  [=] { return encoding_error(problem, plain); }});
}

void encoders_register(const std::vector<kernel_pointer> &kernels)
{
    for (const kernel_pointer &kernel : kernels)
        for (size_t s = 0; s < rpe_sampler_count(); s++)
            for (rpe_precision precision : precisions)
                for (bool plain : {false, true})
                    encoder_register(kernel.get(), rpe_sampler_at(s), precision, plain);
}

/* ---- feature maps ---- */

struct linear_deleter {
    void operator()(rpe_linear *linear) const
    {
        rpe_linear_destroy(linear);
    }
};

/* The features of rows of queries. */
struct mapping {
    rpe_linear_settings settings;
    std::unique_ptr<rpe_linear, linear_deleter> linear;
    normals vectors;
    std::unique_ptr<workspaces> scratch;
    std::unique_ptr<outputs> features;

    mapping(const rpe_feature_map *map, rpe_precision precision, size_t rows)
        : settings{{1, 1, rows, rows, plain_features, value_features, false},
                   map,
                   options.projections,
                   precision},
          vectors(rows * plain_features, RPE_PURPOSE_QUERIES)
    {
        rpe_error error;
        rpe_linear *made = nullptr;
        check(rpe_linear_create(&made, &settings, &error), error);
        linear.reset(made);
        scratch = std::make_unique<workspaces>(1, rpe_linear_workspace_bytes(made));
        features = std::make_unique<outputs>(precision, rows * rpe_linear_features_count(made));
    }
    void apply(uint32_t trial)
    {
        const rpe_projection projection = {{seed, point, trial, 0}, nullptr};
        rpe_linear_features(linear.get(), &projection, settings.shape.queries, vectors.in(settings.precision),
                            features->data(), scratch->each.data());
    }
};

/* Largest difference to the same features in double, relative to the largest feature. */
double mapping_error(const rpe_feature_map *map, rpe_precision precision)
{
    mapping measured(map, precision, small_length), exact(map, RPE_DOUBLE, small_length);
    double difference = 0, largest = 0;
    measured.apply(0);
    exact.apply(0);
    for (size_t i = 0; i < exact.features->count; i++) {
        difference = std::max(difference, std::abs((*measured.features)[i] - (*exact.features)[i]));
        largest = std::max(largest, std::abs((*exact.features)[i]));
    }
    return difference / largest;
}

call mapping_call(const rpe_feature_map *map, rpe_precision precision)
{
    auto m = std::make_shared<mapping>(map, precision, options.length);
    const auto rows = static_cast<double>(options.length), size = static_cast<double>(plain_features);
    const auto projections = static_cast<double>(map->projection != nullptr ? options.projections : 0);
    call made;
    made.run = [m](uint32_t trial) { m->apply(trial); };
    made.precision = precision;
    made.flops = projections > 0 ? 2 * rows * projections * size : NAN;
    made.bytes = static_cast<double>(rpe_precision_size(precision)) *
                 (rows * size + static_cast<double>(m->features->count));
    made.items = rows;
    return made;
}

void feature_maps_register()
{
    for (size_t i = 0; i < rpe_feature_map_count(); i++)
        for (rpe_precision precision : precisions) {
            const rpe_feature_map *map = rpe_feature_map_at(i);
            row_register({std::string("features/") + map->name + "/" + rpe_precision_name(precision),
                          [=] { return mapping_call(map, precision); },
                          [=] { return mapping_error(map, precision); }});
        }
}

/* ---- kernels: P_d at every lag of every feature ---- */

double kernel_sum(const rpe_kernel *kernel, ptrdiff_t last)
{
    double sum = 0;
    for (size_t h = 0; h < kernel->heads; h++)
        for (size_t d = 0; d < kernel->features; d++)
            for (ptrdiff_t lag = -last; lag <= last; lag++)
                sum += rpe_kernel_value(kernel, h, d, &lag);
    return sum;
}

call kernel_call(const rpe_kernel *kernel)
{
    const size_t known = kernel->lags > 0 ? (kernel->lags + 1) / 2 : options.length;
    const auto last = static_cast<ptrdiff_t>(std::min(known, options.length)) - 1;
    call made;
    made.run = [=](uint32_t) { benchmark::DoNotOptimize(kernel_sum(kernel, last)); };
    made.items = static_cast<double>(kernel->heads * kernel->features) * static_cast<double>(2 * last + 1);
    return made;
}

void kernels_register(const std::vector<kernel_pointer> &kernels)
{
    for (const kernel_pointer &owned : kernels) {
        const rpe_kernel *kernel = owned.get();
        row_register({std::string("kernel/") + kernel->type->name, [=] { return kernel_call(kernel); }});
    }
}

/* ---- noise: the stream itself, and every sampler ---- */

constexpr size_t noise_rows = 4096;

using drawing = std::function<void(rpe_stream stream, double *values)>;

call drawing_call(const drawing &draw)
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

void streams_register()
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

call sampler_call(const rpe_sampler *sampler, const rpe_noise_shape &shape)
{
    const size_t bytes = sampler->workspace_bytes != nullptr ? sampler->workspace_bytes(&shape) : 0;
    auto scratch = std::make_shared<workspaces>(1, bytes);
    return drawing_call([=](rpe_stream stream, double *values) {
        sampler->draw(&shape, stream, 0, shape.rows, values, scratch->each.data());
    });
}

void samplers_register()
{
    const rpe_noise_shape shape = {noise_rows, 0, options.realizations, true};
    for (size_t i = 0; i < rpe_sampler_count(); i++) {
        const rpe_sampler *sampler = rpe_sampler_at(i);
        if (rpe_sampler_supports(sampler, &shape, nullptr) == RPE_OK)
            row_register(
                {std::string("noise/") + sampler->name, [=] { return sampler_call(sampler, shape); }});
    }
}

/* ---- reports ---- */

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

json_t *context_json(const rpe_machine_noise &noise)
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

void report_write(json_t *rows, const rpe_machine_noise &noise)
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

/* ---- options: ours are taken out, the rest is the library's ---- */

const char usage[] =
    "usage: rpebench-benchmark [--output FILE.json] [--length N] [--realizations R] [--projections F] "
    "[--threads T] [--kernels FOLDER] [--benchmark_filter=REGEX] [--benchmark_min_time=SECONDS] "
    "[--benchmark_list_tests] [--benchmark_repetitions=n] ...\n";

[[noreturn]] void wrong_option(const std::string &message)
{
    throw std::invalid_argument(message + "; see --help");
}

size_t count_read(const std::string &name, const std::string &text, size_t most)
{
    char *end = nullptr;
    const unsigned long long number = std::strtoull(text.c_str(), &end, 10);
    if (text.empty() || !std::isdigit(static_cast<unsigned char>(text[0])) || *end != '\0' || number < 1 ||
        number > most)
        wrong_option(name + ": expected a number from 1 to " + std::to_string(most) + ", found \"" + text +
                     "\"");
    return static_cast<size_t>(number);
}

/* False: help was asked for. */
bool options_read(int argc, char **argv, std::vector<char *> &rest)
{
    rest = {argv[0]};
    for (int i = 1; i < argc; i++) {
        const std::string name = argv[i];
        if (name == "--help" || name == "-h")
            return false;
        if (name.rfind("--benchmark_out", 0) == 0 || name.rfind("--benchmark_format", 0) == 0)
            wrong_option(name + ": expected --output FILE.json, which holds the provenance too");
        if (name.rfind("--benchmark_", 0) == 0 || name.rfind("--v=", 0) == 0) {
            rest.push_back(argv[i]);
            continue;
        }
        if (i + 1 == argc)
            wrong_option(name + ": expected an option with a value, found none");
        const std::string value = argv[++i];
        if (name == "--output")
            options.output = value;
        else if (name == "--kernels")
            options.kernels = value;
        else if (name == "--length")
            options.length = count_read(name, value, 1 << 24);
        else if (name == "--realizations")
            options.realizations = count_read(name, value, 1 << 20);
        else if (name == "--projections")
            options.projections = count_read(name, value, 1 << 20);
        else if (name == "--threads")
            options.threads = static_cast<int>(count_read(name, value, 1024));
        else
            wrong_option("unknown option " + name);
    }
    return true;
}

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
    const std::vector<kernel_pointer> kernels = kernels_read();
    methods_register(kernels);
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

int main(int argc, char **argv)
{
    try {
        rpe_json_memory_install();
        return run(argc, argv);
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "rpebench-benchmark: %s\n", failure.what());
        return 2;
    }
}
