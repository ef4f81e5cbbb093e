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
#include "base/stream.h"
#include "base/workspace.h"
#include "position/kernel.h"
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

/* A position and how rows call it. */
struct position {
    std::string name;
    kernel_pointer kernel;
};

inline std::vector<std::string> kernel_paths()
{
    std::vector<std::string> paths;
    for (const auto &entry : std::filesystem::directory_iterator(options.kernels))
        if (entry.path().extension() == ".json")
            paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

inline kernel_pointer kernel_read(const std::string &path)
{
    rpe_kernel *kernel = nullptr;
    rpe_error error;
    check(rpe_kernel_read(&kernel, path.c_str(), &error), error);
    return kernel_pointer(kernel);
}

/* Of the positions that are a kernel for each feature, the largest of each type in the folder that has one axis, by its type. */
inline std::vector<position> kernels_read()
{
    std::vector<position> found(rpe_kernel_type_count());
    for (const std::string &path : kernel_paths()) {
        kernel_pointer kernel = kernel_read(path);
        size_t type = 0;
        while (kernel->type != rpe_kernel_type_at(type))
            type++;
        if (kernel->type->value != nullptr && kernel->axes == 1 &&
            (!found[type].kernel || parameters_of(*kernel) > parameters_of(*found[type].kernel)))
            found[type] = {kernel->type->name, std::move(kernel)};
    }
    for (size_t type = 0; type < found.size(); type++)
        if (!found[type].kernel && rpe_kernel_type_at(type)->value != nullptr)
            throw std::runtime_error(options.kernels + ": expected a kernel of type " +
                                     rpe_kernel_type_at(type)->name + " with one position axis, found none");
    found.erase(std::remove_if(found.begin(), found.end(), [](const position &none) { return !none.kernel; }),
                found.end());
    return found;
}

/* All others in the folder, by the names of their files: one type has several forms, which differ in speed. */
inline std::vector<position> others_read()
{
    std::vector<position> found;
    for (const std::string &path : kernel_paths())
        if (kernel_pointer kernel = kernel_read(path); kernel->type->value == nullptr)
            found.push_back({std::filesystem::path(path).stem().string(), std::move(kernel)});
    return found;
}

} // namespace rpe_benchmark

#endif
