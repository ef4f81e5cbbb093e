/* Rows of methods. */
#ifndef RPE_BENCHMARK_METHODS_HPP
#define RPE_BENCHMARK_METHODS_HPP

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "method/method.h"
}

#include "owners.hpp"
#include "row.hpp"

namespace rpe_benchmark
{

inline rpe_problem problem_make(const rpe_kernel *kernel, const rpe_sampler *sampler, size_t length,
                                rpe_precision precision, bool causal)
{
    rpe_problem problem = {};
    rpe_error error;
    check(rpe_positions_make(&problem.queries, 1, &length, "positions", &error), error);
    problem.keys = problem.queries;
    problem.batch = 1;
    problem.heads = kernel != nullptr && kernel->heads != 0 ? kernel->heads : 1;
    problem.features = kernel != nullptr && kernel->features != 0 ? kernel->features : plain_features;
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

/* Where weights are e^S, o_m = sum_n e^S(m,n) v_n / sum_n e^S(m,n) from the oracle's scores, with the whole matrix: not the oracle's own way. */
inline std::vector<double> softmax_outputs(const planned &p)
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

inline std::vector<double> reference_outputs(const planned &p)
{
    const rpe_kernel *kernel = p.problem.kernel;
    if (kernel == nullptr || kernel->type->family->exponential)
        return softmax_outputs(p);
    const rpe_inputs inputs = p.inputs(RPE_DOUBLE);
    std::vector<double> result(p.result.count);
    rpe_error error;
    check(p.method->oracle->attend(&p.problem, &inputs, result.data(), 1, &error), error);
    return result;
}

inline double method_error(const rpe_method *method, rpe_problem problem)
{
    problem.queries = problem.keys =
        problem_make(nullptr, nullptr, small_length, problem.precision, false).queries;
    planned p(method, problem);
    p.attend(0);
    return relative_error(p.result, reference_outputs(p));
}

inline call method_call(const rpe_method *method, const rpe_problem &problem)
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

inline void method_register(const rpe_method *method, const rpe_kernel *kernel, const std::string &position,
                            rpe_precision precision, bool causal)
{
    const rpe_problem problem = problem_make(kernel, rpe_sampler_at(0), options.length, precision, causal);
    if (method->attend == nullptr ||
        (method->supports != nullptr && method->supports(&problem, nullptr) != RPE_OK))
        return;
    const std::string name = std::string("attend/") + method->name + "/" + position + "/" +
                             rpe_precision_name(precision) + (causal ? "/causal" : "/full");
    row_register(
        {name, [=] { return method_call(method, problem); }, [=] { return method_error(method, problem); }});
}

inline void position_register(const rpe_kernel *kernel, const std::string &name)
{
    for (size_t m = 0; m < rpe_method_count(); m++)
        for (rpe_precision precision : precisions)
            for (bool causal : {false, true})
                if (rpe_method_takes(rpe_method_at(m), kernel))
                    method_register(rpe_method_at(m), kernel, name, precision, causal);
}

inline void methods_register(const std::vector<position> &kernels, const std::vector<position> &others)
{
    position_register(nullptr, "none");
    for (const position &at : kernels)
        position_register(at.kernel.get(), at.name);
    for (const position &at : others)
        position_register(at.kernel.get(), at.name);
}

} // namespace rpe_benchmark

#endif
