/* rpebench compare REF.npy MINE.npy: how far apart two arrays are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpe_compare.h"
#include "rpe_npy.h"

#define RMS_RATIO_LIMIT 0.005

/* |x - reference| <= absolute + relative |reference| */
typedef struct tolerance {
    double absolute, relative;
} tolerance;

/* Defaults of torch.testing.assert_close, by rpe_npy_type, and of a type that has no .npy.

   A type of t significant bits (the leading one included) has the unit roundoff u = 2^-t: the numbers between 2^e and 2^(e+1)
   are 2 u 2^e apart, and rounding to the nearest moves x by at most u 2^e <= u |x|.  Two programs that each round the same x
   once, one up and one down, are one step apart: 2 u 2^e, at most 2 u of the smaller.
     float16   t = 11, u = 2^-11: 2 u = 9.77e-4, and the relative tolerance of 1e-3 is that one step; results rounded twice
               on the way may be beyond it
     bfloat16  t = 8,  u = 2^-8:  2 u = 7.81e-3, and the tolerance of 1.6e-2 is two steps, 4 u = 2^-6 = 1.5625e-2
   The absolute part is above the step among the numbers without a leading one: 2^-24 = 6e-8 in float16, 2^-133 in bfloat16. */
enum { BFLOAT16 = RPE_NPY_TYPE_COUNT, TYPE_COUNT };
static const tolerance torch_tolerances[TYPE_COUNT] = {[RPE_NPY_TYPE_HALF] = {1e-5, 1e-3},
                                                       [RPE_NPY_TYPE_SINGLE] = {1e-5, 1.3e-6},
                                                       [RPE_NPY_TYPE_DOUBLE] = {1e-7, 1e-7},
                                                       [BFLOAT16] = {1e-5, 1.6e-2}};
static const char *const torch_names[TYPE_COUNT] = {[RPE_NPY_TYPE_HALF] = "float16",
                                                    [RPE_NPY_TYPE_SINGLE] = "float32",
                                                    [RPE_NPY_TYPE_DOUBLE] = "float64",
                                                    [BFLOAT16] = "bfloat16"};

const char *rpe_compare_type_name(size_t index)
{
    return index < TYPE_COUNT ? torch_names[index] : NULL;
}

/* Where something is largest. */
typedef struct largest {
    double value;
    size_t index;
} largest;

typedef struct comparison {
    const char *paths[2]; /* reference, mine */
    rpe_array arrays[2];
    rpe_npy_type types[2]; /* of the files */
    size_t count;
    largest absolute, relative; /* relative: over elements whose reference is not 0 */
    size_t undefined;           /* elements that differ from a reference of 0 */
    double reference;           /* largest |reference| */
    double rms_ratio; /* |x - reference| / |reference|, Euclidean; NaN: the reference is 0 and x is not */
} comparison;

/* ---- input ---- */

/* Digits, a point and an exponent, at least 0. */
static rpe_status tolerance_read(const rpe_arguments *arguments, size_t which, const char *name,
                                 double *number, rpe_error *error)
{
    const char *text = arguments->values[which].text;
    char *end = NULL;
    if (text == NULL)
        return RPE_OK;
    bool plain = strspn(text, "0123456789.eE+-") == strlen(text);
    *number = plain ? strtod(text, &end) : -1.0;
    if (plain && end != text && *end == '\0' && *number >= 0.0 && isfinite(*number))
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected a number of at least 0, found \"%s\"", name,
                         text);
}

static rpe_status arrays_read(comparison *compared, rpe_error *error)
{
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    const rpe_array *reference = &compared->arrays[0], *mine = &compared->arrays[1];
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < 2; i++)
        status = rpe_npy_read_typed(compared->paths[i], &compared->arrays[i], &compared->types[i], error);
    if (status != RPE_OK)
        return status;
    compared->count = rpe_array_count(reference);
    if (reference->rank != mine->rank ||
        memcmp(reference->shape, mine->shape, reference->rank * sizeof reference->shape[0]) != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s as %s, found %s",
                             compared->paths[1], rpe_shape_text(reference->rank, reference->shape, expected),
                             compared->paths[0], rpe_shape_text(mine->rank, mine->shape, found));
    return RPE_OK;
}

/* ---- differences ---- */

static double element(const rpe_array *array, size_t index)
{
    return array->precision == RPE_DOUBLE ? ((const double *)array->values)[index]
                                          : (double)((const float *)array->values)[index];
}

static void larger(largest *kept, double value, size_t index)
{
    if (value > kept->value)
        *kept = (largest){value, index};
}

static rpe_status largest_find(comparison *compared, rpe_error *error)
{
    char index[RPE_SHAPE_CAPACITY];
    const rpe_array *reference = &compared->arrays[0];
    for (size_t i = 0; i < compared->count; i++) {
        double wanted = element(reference, i), difference = fabs(element(&compared->arrays[1], i) - wanted);
        if (!isfinite(difference))
            return rpe_error_set(
                error, RPE_ERROR_INPUT, "%s: expected finite differences, found an overflow at %s",
                compared->paths[1], rpe_index_text(reference->rank, reference->shape, i, index));
        larger(&compared->absolute, difference, i);
        if (wanted != 0.0)
            larger(&compared->relative, difference / fabs(wanted), i);
        else if (difference > 0.0)
            compared->undefined++;
        compared->reference = fmax(compared->reference, fabs(wanted));
    }
    return RPE_OK;
}

/* Norms are taken of values divided by the largest, so that no square overflows. */
static void rms_find(comparison *compared)
{
    double squares[2] = {0.0, 0.0}, difference = compared->absolute.value, reference = compared->reference;
    if (difference == 0.0 || reference == 0.0) {
        compared->rms_ratio = difference == 0.0 ? 0.0 : NAN;
        return;
    }
    for (size_t i = 0; i < compared->count; i++) {
        double wanted = element(&compared->arrays[0], i),
               part = (element(&compared->arrays[1], i) - wanted) / difference;
        squares[0] += wanted / reference * (wanted / reference);
        squares[1] += part * part;
    }
    compared->rms_ratio = difference / reference * sqrt(squares[1] / squares[0]);
}

/* Elements beyond the tolerance. */
static size_t beyond_count(const comparison *compared, const tolerance *limit)
{
    size_t beyond = 0;
    for (size_t i = 0; i < compared->count; i++) {
        double wanted = element(&compared->arrays[0], i),
               difference = fabs(element(&compared->arrays[1], i) - wanted);
        beyond += !(difference <= limit->absolute + limit->relative * fabs(wanted));
    }
    return beyond;
}

/* ---- the answer ---- */

/* What tells two numbers apart. */
static const int digits[] = {[RPE_SINGLE] = 9, [RPE_DOUBLE] = 17};

static void largest_print(const comparison *compared, const char *title, const largest *found)
{
    char index[RPE_SHAPE_CAPACITY];
    const rpe_array *arrays = compared->arrays;
    printf("%-30s %-11.5g", title, found->value);
    if (found->value > 0.0)
        printf(" at %s: expected %.*g, found %.*g",
               rpe_index_text(arrays[0].rank, arrays[0].shape, found->index, index),
               digits[arrays[0].precision], element(&arrays[0], found->index), digits[arrays[1].precision],
               element(&arrays[1], found->index));
    printf("\n");
}

static void ratio_print(const char *title, double ratio)
{
    if (isnan(ratio))
        printf("%-30s undefined: the reference is 0\n", title);
    else
        printf("%-30s %.5g\n", title, ratio);
}

static void differences_print(const comparison *compared)
{
    char shape[RPE_SHAPE_CAPACITY];
    const rpe_array *arrays = compared->arrays;
    printf("compare: %s (%s) with %s (%s), shape %s\n", compared->paths[1], torch_names[compared->types[1]],
           compared->paths[0], torch_names[compared->types[0]],
           rpe_shape_text(arrays[0].rank, arrays[0].shape, shape));
    largest_print(compared, "largest absolute difference", &compared->absolute);
    if (compared->reference > 0.0 || compared->undefined == 0)
        largest_print(compared, "largest relative difference", &compared->relative);
    else
        ratio_print("largest relative difference", NAN);
    if (compared->undefined > 0 && compared->reference > 0.0)
        printf("%-30s %zu of %zu elements, whose reference is 0, are left out of it\n", "",
               compared->undefined, compared->count);
    double difference = compared->absolute.value, reference = compared->reference;
    ratio_print("RMS error / RMS of reference", compared->rms_ratio);
    ratio_print("largest / largest reference", difference == 0.0  ? 0.0
                                               : reference == 0.0 ? NAN
                                                                  : difference / reference);
}

static void verdict_print(const comparison *compared, const char *title, const tolerance *limit,
                          size_t beyond, bool decides)
{
    printf("%-30s %s: %zu of %zu elements beyond %.3g + %.3g |reference|%s\n", title,
           beyond == 0 ? "within" : "BEYOND", beyond, compared->count, limit->absolute, limit->relative,
           decides ? "  (decides)" : "");
}

/* The type that is asked for, or the coarser of the two. */
static size_t type_find(const comparison *compared, const rpe_option_value *asked)
{
    if (asked->given)
        return asked->count;
    return compared->types[0] < compared->types[1] ? compared->types[0] : compared->types[1];
}

static bool verdict_find(const comparison *compared, size_t type, const tolerance *own, bool quiet)
{
    const tolerance *torch = &torch_tolerances[type];
    size_t beyond_torch = beyond_count(compared, torch), beyond = beyond_torch;
    if (own != NULL)
        beyond = beyond_count(compared, own);
    if (quiet)
        return beyond == 0;
    char title[64];
    snprintf(title, sizeof title, "torch.testing, %s", torch_names[type]);
    differences_print(compared);
    verdict_print(compared, title, torch, beyond_torch, own == NULL);
    printf("%-30s %s\n", "RMS ratio < 0.005", compared->rms_ratio < RMS_RATIO_LIMIT ? "within" : "BEYOND");
    if (own != NULL)
        verdict_print(compared, "your tolerance", own, beyond, true);
    return beyond == 0;
}

rpe_status rpe_compare_arrays(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error)
{
    bool given =
        arguments->values[RPE_COMPARE_TOLERANCE].given || arguments->values[RPE_COMPARE_RELATIVE].given;
    tolerance own = {0.0, 0.0};
    comparison compared = {.paths = {arguments->operands[0], arguments->operands[1]}};
    rpe_status status = tolerance_read(arguments, RPE_COMPARE_TOLERANCE, "tolerance", &own.absolute, error);
    if (status == RPE_OK)
        status = tolerance_read(arguments, RPE_COMPARE_RELATIVE, "relative", &own.relative, error);
    if (status == RPE_OK)
        status = arrays_read(&compared, error);
    if (status == RPE_OK)
        status = largest_find(&compared, error);
    if (status == RPE_OK) {
        rms_find(&compared);
        if (!verdict_find(&compared, type_find(&compared, &arguments->values[RPE_COMPARE_DTYPE]),
                          given ? &own : NULL, arguments->quiet))
            *outcome = RPE_OUTCOME_UNFAVOURABLE;
    }
    for (size_t i = 0; i < 2; i++)
        rpe_array_destroy(&compared.arrays[i]);
    return status;
}
