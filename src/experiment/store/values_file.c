#include "experiment/store/values_file.h"

#include "base/memory.h"
#include "file/npy_header.h"

#define BLOCK_NUMBERS ((size_t)1 << 20) /* held at once */

/* The same length for any number of values. */
static size_t header_bytes(size_t count, unsigned char bytes[RPE_NPY_HEADER_CAPACITY])
{
    const rpe_array array = {.precision = RPE_DOUBLE, .rank = 1, .shape = {count}};
    return rpe_npy_header_bytes(&array, bytes);
}

rpe_status rpe_values_file_open(rpe_values_file *file, const char *path, rpe_error *error)
{
    unsigned char header[RPE_NPY_HEADER_CAPACITY];
    *file = (rpe_values_file){0};
    rpe_status status = rpe_output_open(&file->output, path, error);
    return status == RPE_OK ? rpe_output_write(&file->output, header, header_bytes(0, header), error)
                            : status;
}

rpe_status rpe_values_file_write(rpe_values_file *file, const double *values, size_t count, rpe_error *error)
{
    file->count += count;
    return rpe_output_write(&file->output, values, count * sizeof *values, error);
}

/* Another column of the block; else the block is filled from this column on. */
static rpe_status block_fill(rpe_values_file *file, const rpe_store *store, const rpe_store_place *column,
                             rpe_error *error)
{
    rpe_store_place *held = &file->place;
    if (held->columns > 0 && held->point == column->point && held->width == column->width &&
        held->first == column->first && held->count == column->count && column->column >= held->column &&
        column->column - held->column < held->columns)
        return RPE_OK;
    size_t most = BLOCK_NUMBERS / column->count, left = column->width - column->column;
    *held = *column;
    held->columns = most < left ? most : left;
    size_t numbers = held->columns * held->count;
    if (numbers > file->capacity) {
        rpe_memory_free(file->block);
        file->block = rpe_memory_allocate(numbers, sizeof *file->block);
        file->capacity = file->block == NULL ? 0 : numbers;
    }
    if (file->block == NULL) {
        held->columns = 0;
        return rpe_error_memory(error, "values of rows", numbers, sizeof *file->block);
    }
    held->trial_stride = 1;
    held->value_stride = column->count;
    rpe_status status = rpe_store_read(store, held, file->block, error);
    held->columns = status == RPE_OK ? held->columns : 0;
    return status;
}

rpe_status rpe_values_file_copy(rpe_values_file *file, const rpe_store *store, const rpe_store_place *column,
                                rpe_error *error)
{
    rpe_store_place piece = *column;
    rpe_status status = RPE_OK;
    for (size_t done = 0; status == RPE_OK && done < column->count; done += piece.count) {
        size_t left = column->count - done;
        piece.first = column->first + done;
        piece.count = left < BLOCK_NUMBERS ? left : BLOCK_NUMBERS;
        status = block_fill(file, store, &piece, error);
        if (status == RPE_OK)
            status = rpe_values_file_write(
                file, file->block + (piece.column - file->place.column) * piece.count, piece.count, error);
    }
    return status;
}

rpe_status rpe_values_file_finish(rpe_values_file *file, rpe_error *error)
{
    unsigned char header[RPE_NPY_HEADER_CAPACITY];
    size_t length = header_bytes(file->count, header);
    rpe_memory_free(file->block);
    file->block = NULL;
    if (fseek(file->output.stream, 0, SEEK_SET) != 0)
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a file whose header can be written again",
                             file->output.path);
    rpe_status status = rpe_output_write(&file->output, header, length, error);
    return status == RPE_OK ? rpe_output_finish(&file->output, error) : status;
}

void rpe_values_file_discard(rpe_values_file *file)
{
    rpe_output_discard(&file->output);
    rpe_memory_free(file->block);
    *file = (rpe_values_file){0};
}
