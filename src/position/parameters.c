/* Checking parameters, and the maps of raw ones. */
#include "position/kernel_parameters.h"

#include <math.h>

#include "file/csv.h"

double rpe_sigmoid(double x)
{
    double e = exp(-fabs(x)); /* in [0,1] */
    return (x >= 0 ? 1.0 : e) / (1.0 + e);
}

double rpe_softplus(double x)
{
    return fmax(x, 0.0) + log1p(exp(-fabs(x)));
}

static rpe_status range_error(const char *path, const rpe_parameter *parameter,
                              const rpe_parameter_values *values, size_t at, rpe_error *error)
{
    char number[RPE_NUMBER_CAPACITY], index[RPE_SHAPE_CAPACITY];
    rpe_number_text(values->values[at], number);
    rpe_index_text(values->rank, values->extent, at, index);
    if (isinf(parameter->high)) {
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected numbers >= %g, found %s at %s",
                             path, parameter->name, parameter->low, number, index);
    }
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected numbers in [%g,%g], found %s at %s",
                         path, parameter->name, parameter->low, parameter->high, number, index);
}

rpe_status rpe_parameter_range_check(const char *path, const rpe_parameter *parameter,
                                     const rpe_parameter_values *values, rpe_error *error)
{
    for (size_t i = 0; i < values->count; i++) {
        double value = values->values[i];
        if (!(value >= parameter->low && value <= parameter->high)) {
            return range_error(path, parameter, values, i, error);
        }
    }
    return RPE_OK;
}

rpe_status rpe_parameter_power_check(const rpe_kernel *kernel, size_t index, rpe_error *error)
{
    const rpe_parameter_values *own = &kernel->own[index];
    size_t rows = own->extent[0] * own->extent[1], columns = own->count / rows;
    for (size_t row = 0; row < rows; row++) {
        double power = 0;
        for (size_t i = 0; i < columns; i++) {
            power += own->values[row * columns + i] * own->values[row * columns + i];
        }
        if (!isfinite(power)) {
            char at[RPE_SHAPE_CAPACITY];
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: \"%s\": expected a finite sum of squares, found %g at %s", kernel->path,
                                 kernel->type->parameters[index].name, power,
                                 rpe_index_text(2, own->extent, row, at));
        }
    }
    return RPE_OK;
}
