/* Arrays, workspaces and kernels, with what frees them. */
#ifndef RPE_BENCHMARK_OWNERS_HPP
#define RPE_BENCHMARK_OWNERS_HPP

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "rpe_kernel.h"
#include "rpe_stream.h"
#include "rpe_workspace.h"
}

#include "settings.hpp"

namespace rpe_benchmark
{

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
inline double relative_error(const outputs &x, const std::vector<double> &y)
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

inline size_t parameters_of(const rpe_kernel &kernel)
{
    size_t count = 0;
    for (const rpe_parameter_values &own : kernel.own)
        count += own.count;
    return count;
}

/* The largest kernel of each family in the folder that has one axis. */
inline std::vector<kernel_pointer> kernels_read()
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
        if (kernel->type->value != nullptr && kernel->axes == 1 &&
            (!found[type] || parameters_of(*kernel) > parameters_of(*found[type])))
            found[type] = std::move(owned);
    }
    for (size_t type = 0; type < found.size(); type++)
        if (!found[type] && rpe_kernel_type_at(type)->value != nullptr)
            throw std::runtime_error(options.kernels + ": expected a kernel of type " +
                                     rpe_kernel_type_at(type)->name + " with one position axis, found none");
    /* Positions that are no kernel for each feature have no row of their own here. */
    found.erase(std::remove(found.begin(), found.end(), nullptr), found.end());
    return found;
}

} // namespace rpe_benchmark

#endif
