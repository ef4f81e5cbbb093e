/* rpebench compare REF.npy MINE.npy: how far apart two arrays are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/compare/compared_arrays.h"

#define RMS_RATIO_LIMIT 0.005

/* Defaults of torch.testing.assert_close, by rpe_npy_type, and of a type that has no .npy.

   A type of t significant bits (the leading one included) has the unit roundoff u = 2^-t: the numbers between 2^e and 2^(e+1)
   are 2 u 2^e apart, and rounding to the nearest moves x by at most u 2^e <= u |x|.  Two programs that each round the same x
   once, one up and one down, are one step apart: 2 u 2^e, at most 2 u of the smaller.
     float16   t = 11, u = 2^-11: 2 u = 9.77e-4, and the relative tolerance of 1e-3 is that one step; results rounded twice
               on the way may be beyond it
     bfloat16  t = 8,  u = 2^-8:  2 u = 7.81e-3, and the tolerance of 1.6e-2 is two steps, 4 u = 2^-6 = 1.5625e-2
   The absolute part is above the step among the numbers without a leading one: 2^-24 = 6e-8 in float16, 2^-133 in bfloat16. */
enum { BFLOAT16 = RPE_NPY_TYPE_COUNT, TYPE_COUNT };
static const rpe_limit torch_tolerances[TYPE_COUNT] = {
    [RPE_NPY_TYPE_HALF] = {.absolute = 1e-5, .relative = 1e-3},
    [RPE_NPY_TYPE_SINGLE] = {.absolute = 1e-5, .relative = 1.3e-6},
    [RPE_NPY_TYPE_DOUBLE] = {.absolute = 1e-7, .relative = 1e-7},
    [BFLOAT16] = {.absolute = 1e-5, .relative = 1.6e-2}};
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
    rpe_compared_arrays files;
    size_t count, undefined;    /* elements; those that are not finite, and the same */
    largest absolute, relative; /* relative: over elements whose reference is not 0 */
    size_t zeros;               /* elements that differ from a reference of 0 */
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

/* "; with axes 0 and 1 swapped it has that shape", or "" */
static void shape_hint(const rpe_array *reference, const rpe_array *mine, char *text, size_t capacity)
{
    text[0] = '\0';
    for (size_t i = 0; reference->rank == mine->rank && i < mine->rank; i++)
        for (size_t j = 0; j < i; j++) {
            size_t shape[RPE_RANK_MAX];
            memcpy(shape, mine->shape, sizeof shape);
            shape[i] = mine->shape[j];
            shape[j] = mine->shape[i];
            if (memcmp(shape, reference->shape, mine->rank * sizeof shape[0]) == 0)
                snprintf(text, capacity, "; with axes %zu and %zu swapped it has that shape", j, i);
        }
}

static rpe_status shapes_check(const rpe_compared_arrays *files, rpe_error *error)
{
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY], hint[96];
    const rpe_array *reference = &files->arrays[0], *mine = &files->arrays[1];
    if (reference->rank == mine->rank &&
        memcmp(reference->shape, mine->shape, reference->rank * sizeof reference->shape[0]) == 0)
        return RPE_OK;
    shape_hint(reference, mine, hint, sizeof hint);
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s as %s, found %s%s", files->paths[1],
                         rpe_shape_text(reference->rank, reference->shape, expected), files->paths[0],
                         rpe_shape_text(mine->rank, mine->shape, found), hint);
}

static rpe_status arrays_read(rpe_compared_arrays *files, const rpe_arguments *arguments, rpe_error *error)
{
    const char *kernel = arguments->values[RPE_COMPARE_KERNEL].text;
    rpe_status status = kernel == NULL ? RPE_OK : rpe_kernel_read(&files->kernel, kernel, error);
    for (size_t i = 0; status == RPE_OK && i < 2; i++)
        status = rpe_npy_read_typed(files->paths[i], &files->arrays[i], &files->types[i], error);
    if (status == RPE_OK)
        status = shapes_check(files, error);
    if (status == RPE_OK)
        status = rpe_compare_axes_read(files, &arguments->values[RPE_COMPARE_LAYOUT], error);
    return status;
}

/* ---- differences ---- */

static void larger(largest *kept, double value, size_t index)
{
    if (value > kept->value)
        *kept = (largest){value, index};
}

static double element(const comparison *compared, size_t side, size_t index)
{
    return rpe_element(&compared->files.arrays[side], index);
}

/* Numbers that are not finite must be so in both, and the same. */
static rpe_status finite_check(const comparison *compared, size_t index, rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    const rpe_compared_arrays *files = &compared->files;
    const rpe_array *reference = &files->arrays[0];
    double wanted = element(compared, 0, index), mine = element(compared, 1, index);
    rpe_index_text(reference->rank, reference->shape, index, text);
    if (isfinite(wanted) && isfinite(mine))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected finite differences, found an overflow at %s", files->paths[1],
                             text);
    size_t side = isfinite(wanted) ? 1 : 0;
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "%s: expected finite numbers, or the same as in %s, found %s at %s",
                         files->paths[side], files->paths[1 - side],
                         isnan(side == 0 ? wanted : mine)          ? "nan"
                         : signbit(side == 0 ? wanted : mine) != 0 ? "-inf"
                                                                   : "inf",
                         text);
}

static rpe_status largest_find(comparison *compared, rpe_error *error)
{
    const rpe_pair pair = {.arrays = {&compared->files.arrays[0], &compared->files.arrays[1]}};
    for (size_t i = 0; i < compared->count; i++) {
        double wanted = element(compared, 0, i), mine = element(compared, 1, i),
               difference = fabs(mine - wanted);
        if (!isfinite(wanted) && rpe_is_within(&pair, mine, i)) {
            compared->undefined++;
            continue;
        }
        if (!isfinite(difference))
            return finite_check(compared, i, error);
        larger(&compared->absolute, difference, i);
        if (wanted != 0.0)
            larger(&compared->relative, difference / fabs(wanted), i);
        else if (difference > 0.0)
            compared->zeros++;
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
        double wanted = element(compared, 0, i), part = (element(compared, 1, i) - wanted) / difference;
        if (!isfinite(wanted))
            continue;
        squares[0] += wanted / reference * (wanted / reference);
        squares[1] += part * part;
    }
    compared->rms_ratio = difference / reference * sqrt(squares[1] / squares[0]);
}

/* Elements beyond the limit. */
static size_t beyond_count(const comparison *compared, const rpe_limit *limit)
{
    const rpe_pair pair = {.arrays = {&compared->files.arrays[0], &compared->files.arrays[1]},
                           .limit = *limit};
    size_t beyond = 0;
    for (size_t i = 0; i < compared->count; i++)
        beyond += !rpe_is_within(&pair, element(compared, 1, i), i);
    return beyond;
}

/* ---- the answer ---- */

static void largest_print(const comparison *compared, const char *title, const largest *found)
{
    printf("%-30s %-11.5g ", title, found->value);
    if (found->value > 0.0)
        rpe_compare_element_print(&compared->files, found->index);
    printf("\n");
}

static void ratio_print(const char *title, double ratio)
{
    if (isnan(ratio))
        printf("%-30s undefined: the reference is 0\n", title);
    else
        printf("%-30s %.5g\n", title, ratio);
}

static void differences_print(const comparison *compared, bool layout_given)
{
    char shape[RPE_SHAPE_CAPACITY];
    const rpe_compared_arrays *files = &compared->files;
    printf("compare: %s (%s) with %s (%s), shape %s\n", files->paths[1], torch_names[files->types[1]],
           files->paths[0], torch_names[files->types[0]],
           rpe_shape_text(files->arrays[0].rank, files->arrays[0].shape, shape));
    rpe_compare_axes_print(files, layout_given);
    largest_print(compared, "largest absolute difference", &compared->absolute);
    if (compared->reference > 0.0 || compared->zeros == 0)
        largest_print(compared, "largest relative difference", &compared->relative);
    else
        ratio_print("largest relative difference", NAN);
    if (compared->zeros > 0 && compared->reference > 0.0)
        printf("%-30s %zu of %zu elements, whose reference is 0, are left out of it\n", "", compared->zeros,
               compared->count);
    if (compared->undefined > 0)
        printf("%-30s %zu of %zu elements, the same in both\n", "not finite", compared->undefined,
               compared->count);
    double difference = compared->absolute.value, reference = compared->reference;
    ratio_print("RMS error / RMS of reference", compared->rms_ratio);
    ratio_print("largest / largest reference", difference == 0.0  ? 0.0
                                               : reference == 0.0 ? NAN
                                                                  : difference / reference);
}

static void verdict_print(const comparison *compared, const char *title, const rpe_limit *limit,
                          size_t beyond, bool decides)
{
    printf("%-30s %s: %zu of %zu elements beyond %.3g + %.3g |reference|%s\n", title,
           beyond == 0 ? "within" : "BEYOND", beyond, compared->count, limit->absolute, limit->relative,
           decides ? "  (decides)" : "");
}

/* The type that is asked for, or the coarser of the two. */
static size_t type_find(const comparison *compared, const rpe_option_value *asked)
{
    const rpe_npy_type *types = compared->files.types;
    if (asked->given)
        return asked->count;
    return types[0] < types[1] ? types[0] : types[1];
}

/* The largest |difference| over its bound. */
static double bound_share(const comparison *compared, const rpe_limit *limit)
{
    const rpe_pair pair = {.arrays = {&compared->files.arrays[0], &compared->files.arrays[1]},
                           .limit = *limit};
    double share = 0.0;
    for (size_t i = 0; i < compared->count; i++) {
        double difference = fabs(element(compared, 1, i) - element(compared, 0, i)),
               bound = rpe_limit_at(&pair, i);
        if (difference > 0.0)
            share = fmax(share, difference / bound);
    }
    return share;
}

/* What decides, if not the tolerance of the type. */
typedef struct decision {
    const char *title; /* NULL: that of the type */
    rpe_limit limit;
    bool codes;
} decision;

static void decision_print(const comparison *compared, const decision *own, size_t beyond)
{
    if (own->codes)
        printf("%-30s %s: %zu of %zu elements beyond it, largest |difference| / bound %.3g  (decides)\n",
               own->title, beyond == 0 ? "within" : "BEYOND", beyond, compared->count,
               bound_share(compared, &own->limit));
    else
        verdict_print(compared, own->title, &own->limit, beyond, true);
}

static rpe_status verdict_find(const comparison *compared, const rpe_arguments *arguments,
                               const decision *own, rpe_outcome *outcome, rpe_error *error)
{
    char title[64];
    size_t type = type_find(compared, &arguments->values[RPE_COMPARE_DTYPE]);
    const rpe_limit *torch = &torch_tolerances[type], *decides = own->title != NULL ? &own->limit : torch;
    size_t beyond = beyond_count(compared, decides);
    *outcome = beyond == 0 ? RPE_OUTCOME_FAVOURABLE : RPE_OUTCOME_UNFAVOURABLE;
    if (arguments->quiet)
        return RPE_OK;
    snprintf(title, sizeof title, "torch.testing, %s", torch_names[type]);
    differences_print(compared, arguments->values[RPE_COMPARE_LAYOUT].given);
    verdict_print(compared, title, torch, decides == torch ? beyond : beyond_count(compared, torch),
                  decides == torch);
    printf("%-30s %s\n", "RMS ratio < 0.005", compared->rms_ratio < RMS_RATIO_LIMIT ? "within" : "BEYOND");
    if (decides != torch)
        decision_print(compared, own, beyond);
    return beyond == 0 ? RPE_OK : rpe_compare_where_print(&compared->files, decides, error);
}

/* Whether --tolerance or --relative is given: they decide, and a kernel's bound does not. */
static rpe_status own_read(const rpe_arguments *arguments, decision *own, rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    bool given = values[RPE_COMPARE_TOLERANCE].given || values[RPE_COMPARE_RELATIVE].given;
    if (given && values[RPE_COMPARE_KERNEL].given)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--%s: expected without --kernel, whose bound decides, found both",
                             values[RPE_COMPARE_TOLERANCE].given ? "tolerance" : "relative");
    own->title = given ? "your tolerance" : NULL;
    rpe_status status =
        tolerance_read(arguments, RPE_COMPARE_TOLERANCE, "tolerance", &own->limit.absolute, error);
    if (status == RPE_OK)
        status = tolerance_read(arguments, RPE_COMPARE_RELATIVE, "relative", &own->limit.relative, error);
    return status;
}

/* MINE is made in the type of its file, or in --dtype. */
static rpe_status codes_limit(comparison *compared, const rpe_arguments *arguments, decision *own,
                              rpe_error *error)
{
    const rpe_option_value *asked = &arguments->values[RPE_COMPARE_DTYPE];
    const size_t types[2] = {compared->files.types[0],
                             asked->given ? asked->count : compared->files.types[1]};
    own->title = "bound of codes (form 15)";
    own->codes = true;
    return rpe_compare_codes_limit(&compared->files, types, &own->limit, error);
}

static rpe_status arrays_compare(comparison *compared, const rpe_arguments *arguments, rpe_outcome *outcome,
                                 rpe_error *error)
{
    decision own = {0};
    rpe_status status = own_read(arguments, &own, error);
    if (status == RPE_OK)
        status = arrays_read(&compared->files, arguments, error);
    if (status != RPE_OK)
        return status;
    compared->count = rpe_array_count(&compared->files.arrays[0]);
    if (compared->files.kernel != NULL)
        status = codes_limit(compared, arguments, &own, error);
    if (status == RPE_OK)
        status = largest_find(compared, error);
    if (status != RPE_OK)
        return status;
    rms_find(compared);
    return verdict_find(compared, arguments, &own, outcome, error);
}

rpe_status rpe_compare_arrays(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error)
{
    comparison compared = {.files = {.paths = {arguments->operands[0], arguments->operands[1]}}};
    rpe_status status = arrays_compare(&compared, arguments, outcome, error);
    for (size_t i = 0; i < 2; i++)
        rpe_array_destroy(&compared.files.arrays[i]);
    rpe_memory_free(compared.files.bound);
    rpe_kernel_destroy(compared.files.kernel);
    return status;
}
