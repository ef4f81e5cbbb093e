/* Rows of feature maps. */
#ifndef RPE_BENCHMARK_FEATURE_MAPS_HPP
#define RPE_BENCHMARK_FEATURE_MAPS_HPP

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

extern "C" {
#include "attention/attention.h"
#include "attention/feature_map.h"
}

#include "owners.hpp"
#include "row.hpp"

namespace rpe_benchmark
{

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
inline double mapping_error(const rpe_feature_map *map, rpe_precision precision)
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

inline call mapping_call(const rpe_feature_map *map, rpe_precision precision)
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

inline void feature_maps_register()
{
    for (size_t i = 0; i < rpe_feature_map_count(); i++)
        for (rpe_precision precision : precisions) {
            const rpe_feature_map *map = rpe_feature_map_at(i);
            row_register({std::string("features/") + map->name + "/" + rpe_precision_name(precision),
                          [=] { return mapping_call(map, precision); },
                          [=] { return mapping_error(map, precision); }});
        }
}

} // namespace rpe_benchmark

#endif
