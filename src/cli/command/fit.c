/* rpebench fit: a kernel with codes for a kernel given as a table. */
#include <math.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/files.h"
#include "file/npy.h"
#include "position/kernel_fit.h"

enum { TABLE, TYPE, SIZE, MINIMAL, OUTPUT, OPTION_COUNT };

#define SIZE_LARGEST ((size_t)1 << 32)

static const char *type_name(size_t index)
{
    const rpe_kernel_type *type = rpe_kernel_fit_type_at(index);
    return type == NULL ? NULL : type->name;
}

static const rpe_option options[OPTION_COUNT] = {
    [TABLE] = {.name = "table",
               .placeholder = "P.npy",
               .help = "values [H,D,2N-1] at the lags -(N-1) .. N-1",
               .type = RPE_OPTION_PATH,
               .required = true},
    [TYPE] = {.name = "type",
              .placeholder = "NAME",
              .help = "family of the fit",
              .type = RPE_OPTION_CHOICE,
              .required = true,
              .choice = type_name},
    [SIZE] = {.name = "size",
              .placeholder = "K|P",
              .help = "sinusoids (sine) or taps (conv) per feature; without it as many as are exact",
              .type = RPE_OPTION_COUNT,
              .minimum = 1,
              .maximum = SIZE_LARGEST},
    [MINIMAL] = {.name = "minimal",
                 .help =
                     "sine with ceil(N/2) sinusoids and no phases, for symmetric positive definite tables",
                 .type = RPE_OPTION_FLAG},
    [OUTPUT] = {.name = "output",
                .placeholder = "K.json",
                .help = "the kernel",
                .type = RPE_OPTION_PATH,
                .written = true,
                .required = true},
};

static rpe_status options_check(const rpe_arguments *arguments, rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    const rpe_kernel_type *type = rpe_kernel_fit_type_at(values[TYPE].count);
    if (values[MINIMAL].given && type->fit_minimal == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--minimal: expected --type sine with it, found %s",
                             type->name);
    if (values[MINIMAL].given && values[SIZE].given)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--size: expected no size with --minimal, whose size is ceil(N/2), found %s",
                             values[SIZE].text);
    return rpe_files_path_check(values[OUTPUT].text, error);
}

static rpe_status kernel_fit(rpe_kernel **kernel, const rpe_arguments *arguments, rpe_fit_result *result,
                             rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    const rpe_kernel_type *type = rpe_kernel_fit_type_at(values[TYPE].count);
    rpe_array array = {0};
    rpe_fit_table table;
    rpe_status status = rpe_npy_read(values[TABLE].text, RPE_NPY_DOUBLE, &array, error);
    if (status == RPE_OK)
        status = rpe_fit_table_make(&table, &array, values[TABLE].text, error);
    if (status == RPE_OK && values[MINIMAL].given)
        status = type->fit_minimal(kernel, &table, arguments->threads, result, error);
    else if (status == RPE_OK)
        status = type->fit(kernel, &table, values[SIZE].count, arguments->threads, result, error);
    rpe_array_destroy(&array);
    return status;
}

/* A fit beyond its bound is a fault of the program; it is not handed out. */
static rpe_status bound_check(const rpe_fit_result *result, const char *table, rpe_error *error)
{
    if (isnan(result->bound) || result->error <= result->bound + result->rounding)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_NUMERIC,
                         "%s: expected a fit within its bound of %.3g, found an error of %.3g", table,
                         result->bound, result->error);
}

static void result_print(const rpe_arguments *arguments, const rpe_fit_result *result)
{
    const rpe_kernel_type *type = rpe_kernel_fit_type_at(arguments->values[TYPE].count);
    printf("fit: wrote %s, %s with %zu %s per feature\n", arguments->values[OUTPUT].text, type->name,
           result->size, type->size);
    printf("largest error   %.6g  (%.3g of the largest value, %.6g)\n", result->error,
           result->largest > 0 ? result->error / result->largest : 0.0, result->largest);
    if (isnan(result->bound))
        printf("bound           none: the minimal form is exact up to rounding\n");
    else if (result->bound > 0)
        printf("bound           %.6g  (what was left out; honoured)\n", result->bound);
    else
        printf("bound           0  (nothing was left out: exact up to rounding; honoured)\n");
}

static rpe_status fit_run(const rpe_arguments *arguments, rpe_error *error)
{
    rpe_kernel *kernel = NULL;
    rpe_fit_result result;
    rpe_status status = options_check(arguments, error);
    if (status == RPE_OK)
        status = kernel_fit(&kernel, arguments, &result, error);
    if (status == RPE_OK)
        status = bound_check(&result, arguments->values[TABLE].text, error);
    if (status == RPE_OK)
        status = rpe_kernel_write(kernel, arguments->values[OUTPUT].text, error);
    if (status == RPE_OK && !arguments->quiet)
        result_print(arguments, &result);
    rpe_kernel_destroy(kernel);
    return status;
}

const rpe_command rpe_command_fit = {
    .name = "fit",
    .title = "a kernel with codes for a table of values",
    .description =
        "A table of values P(lag), learned elsewhere or without codes, as a sine or conv kernel that can be\n"
        "encoded.  Without --size the fit is exact.  sine: the lags' discrete Fourier transform, of which "
        "the\n"
        "K largest sinusoids are kept; the error is at most the sum of the others.  conv: P taps, exact on\n"
        "lags 0 .. P-1 of a causal table (no value before lag 0) or |lag| <= (P-1)/2 of any other, and 0\n"
        "beyond.  Both tables and kernels have one position axis.\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = fit_run,
};
