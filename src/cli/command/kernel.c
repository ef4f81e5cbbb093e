/* rpebench kernel: the position kernels as a table over lags. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/files.h"
#include "position/kernel.h"
#include "position/lag_table.h"

enum { KERNEL, LENGTH, OUTPUT, OPTION_COUNT };

#define LENGTH_MAX ((size_t)1 << 40)

static const rpe_option options[OPTION_COUNT] = {
    [KERNEL] = {.name = "kernel",
                .placeholder = "K.json",
                .help = "position kernel",
                .type = RPE_OPTION_PATH,
                .required = true},
    [LENGTH] = {.name = "length",
                .placeholder = "N[,N2[,N3]]",
                .help = "positions on each axis of the kernel",
                .type = RPE_OPTION_EXTENTS,
                .required = true,
                .minimum = 1,
                .maximum = LENGTH_MAX},
    [OUTPUT] = {.name = "output",
                .placeholder = "P.npy",
                .help = "double, [H,D,2N-1] (a lag axis for each axis)",
                .type = RPE_OPTION_PATH,
                .written = true,
                .required = true},
};

static rpe_status matrix_make(rpe_array *matrix, const rpe_arguments *arguments, rpe_error *error)
{
    rpe_kernel *kernel = NULL;
    rpe_positions positions;
    const rpe_option_value *length = &arguments->values[LENGTH];
    rpe_status status = rpe_kernel_read(&kernel, arguments->values[KERNEL].text, error);
    if (status == RPE_OK && kernel->axes != length->count)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "--length: expected %zu number%s, one for each axis of %s, found \"%s\"",
                               kernel->axes, kernel->axes == 1 ? "" : "s", kernel->path, length->text);
    if (status == RPE_OK)
        status = rpe_positions_make(&positions, length->count, length->extent, "--length", error);
    if (status == RPE_OK)
        status = rpe_kernel_covers(kernel, &positions, &positions, error);
    if (status == RPE_OK)
        status = rpe_kernel_matrix(matrix, kernel, &positions, arguments->threads, error);
    rpe_kernel_destroy(kernel);
    return status;
}

static rpe_status kernel_run(const rpe_arguments *arguments, rpe_error *error)
{
    char shape[RPE_SHAPE_CAPACITY];
    const char *path = arguments->values[OUTPUT].text;
    rpe_array matrix = {0};
    rpe_files files = {0};
    rpe_status status = rpe_files_path_check(path, error);
    if (status == RPE_OK)
        status = matrix_make(&matrix, arguments, error);
    if (status == RPE_OK)
        status = rpe_files_store(&files, NULL, path, &matrix, error);
    if (status == RPE_OK)
        status = rpe_files_commit(&files, error);
    if (status == RPE_OK && !arguments->quiet)
        printf("kernel: wrote %s %s\n", path, rpe_shape_text(matrix.rank, matrix.shape, shape));
    rpe_files_discard(&files);
    rpe_array_destroy(&matrix);
    return status;
}

const rpe_command rpe_command_kernel = {
    .name = "kernel",
    .title = "values P_d(lag) of the position kernels",
    .description = "Writes P_d(lag), gate included, for the lags -(N-1) .. N-1 of every head and feature.\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = kernel_run,
};
