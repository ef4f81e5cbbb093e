/* Reading and checking the parameters of a kernel family. */
#include "rpe_kernel_parameters.h"

#include <math.h>
#include <string.h>

#include "rpe_csv.h"
#include "rpe_memory.h"

double rpe_sigmoid(double x)
{
    double e = exp(-fabs(x)); /* in [0,1] */
    return (x >= 0 ? 1.0 : e) / (1.0 + e);
}

double rpe_softplus(double x)
{
    return fmax(x, 0.0) + log1p(exp(-fabs(x)));
}

static rpe_status shape_fill(const rpe_json *document, const char *key, const rpe_array *array,
                             rpe_parameter_shape *shape, rpe_error *error)
{
    size_t count = 1;
    for (size_t i = 0; i < array->rank; i++) {
        if (array->shape[i] == 0 || !rpe_size_multiply(count, array->shape[i], &count)) {
            char found[RPE_SHAPE_CAPACITY];
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected extents >= 1, found shape %s",
                                 document->path, key, rpe_shape_text(array->rank, array->shape, found));
        }
    }
    *shape = (rpe_parameter_shape){.key = key, .rank = array->rank, .count = count};
    memcpy(shape->extent, array->shape, array->rank * sizeof *array->shape);
    return RPE_OK;
}

static rpe_status shape_check(const rpe_json *document, const char *key, const rpe_array *array,
                              const rpe_parameter_shape *shape, rpe_error *error)
{
    if (array->rank == shape->rank &&
        memcmp(array->shape, shape->extent, array->rank * sizeof *array->shape) == 0) {
        return RPE_OK;
    }
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected shape %s as \"%s\", found %s",
                         document->path, key, rpe_shape_text(shape->rank, shape->extent, expected),
                         shape->key, rpe_shape_text(array->rank, array->shape, found));
}

rpe_status rpe_parameters_read(const rpe_json *document, const char *key, size_t rank_minimum,
                               size_t rank_maximum, rpe_parameter_shape *shape, double **values,
                               rpe_error *error)
{
    rpe_array array = {0};
    rpe_status status =
        rpe_json_array(document, document->root, key, rank_minimum, rank_maximum, &array, error);
    if (status == RPE_OK) {
        status = shape->rank == 0 ? shape_fill(document, key, &array, shape, error)
                                  : shape_check(document, key, &array, shape, error);
    }
    if (status == RPE_OK) {
        *values = array.values;
    } else {
        rpe_array_destroy(&array);
    }
    return status;
}

static rpe_status range_error(const rpe_json *document, const char *key, const rpe_parameter_shape *shape,
                              const double *values, size_t at, double low, double high, rpe_error *error)
{
    char number[RPE_NUMBER_CAPACITY], index[RPE_SHAPE_CAPACITY];
    rpe_number_text(values[at], number);
    rpe_index_text(shape->rank, shape->extent, at, index);
    if (isinf(high)) {
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected numbers >= %g, found %s at %s",
                             document->path, key, low, number, index);
    }
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected numbers in [%g,%g], found %s at %s",
                         document->path, key, low, high, number, index);
}

rpe_status rpe_parameters_range_check(const rpe_json *document, const char *key,
                                      const rpe_parameter_shape *shape, const double *values, double low,
                                      double high, rpe_error *error)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (!(values[i] >= low && values[i] <= high)) {
            return range_error(document, key, shape, values, i, low, high, error);
        }
    }
    return RPE_OK;
}

rpe_status rpe_parameters_power_check(const rpe_json *document, const char *key,
                                      const rpe_parameter_shape *shape, const double *values,
                                      rpe_error *error)
{
    size_t rows = shape->extent[0] * shape->extent[1];
    size_t columns = shape->count / rows;
    for (size_t row = 0; row < rows; row++) {
        double power = 0;
        for (size_t i = 0; i < columns; i++) {
            power += values[row * columns + i] * values[row * columns + i];
        }
        if (!isfinite(power)) {
            char index[RPE_SHAPE_CAPACITY];
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: \"%s\": expected a finite sum of squares, found %g at %s",
                                 document->path, key, power, rpe_index_text(2, shape->extent, row, index));
        }
    }
    return RPE_OK;
}
