/* Rows of encoders: every sampler with every family, by the fast path and by the plain one. */
#ifndef RPE_BENCHMARK_ENCODERS_HPP
#define RPE_BENCHMARK_ENCODERS_HPP

#include <cmath>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "encoding/encoder.h"
#include "method/spe.h"
}

#include "methods.hpp"

namespace rpe_benchmark
{

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
inline double encoding_error(rpe_problem problem, bool plain)
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

inline call encoder_call(const rpe_problem &problem, bool plain)
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

inline void encoder_register(const rpe_kernel *kernel, const rpe_sampler *sampler, rpe_precision precision,
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

inline void encoders_register(const std::vector<position> &kernels)
{
    for (const position &at : kernels)
        for (size_t s = 0; s < rpe_sampler_count(); s++)
            for (rpe_precision precision : precisions)
                for (bool plain : {false, true})
                    encoder_register(at.kernel.get(), rpe_sampler_at(s), precision, plain);
}

} // namespace rpe_benchmark

#endif
