#include "file/npy.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "file/path.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "elements are copied as they are stored: a little-endian processor is needed"
#endif

#define PIECE 8192          /* elements read at a time: at most 64 KiB */
#define PIECE_BYTES 4194304 /* written at a time */

static rpe_status read_error(const char *path, int code, rpe_error *error)
{
    return rpe_path_error(path, "a readable file", code, error);
}

static rpe_status length_error(const char *path, const rpe_npy_header *header, uintmax_t found,
                               const char *suffix, rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %zu bytes of data for shape %s, found %ju%s",
                         path, header->count * rpe_npy_type_size(header->type),
                         rpe_shape_text(header->rank, header->shape, text), found, suffix);
}

static rpe_status stream_open(const char *path, FILE **stream, struct stat *file, rpe_error *error)
{
    rpe_status status = RPE_OK;
    FILE *opened = fopen(path, "rbe");
    if (opened == NULL || fstat(fileno(opened), file) != 0)
        status = read_error(path, errno, error);
    else if (S_ISDIR(file->st_mode))
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected an .npy file, found a directory", path);
    if (status == RPE_OK)
        *stream = opened;
    else if (opened != NULL)
        fclose(opened);
    return status;
}

/* Before the allocation, so that a small file which claims a huge shape is called what it is. */
static rpe_status length_check(FILE *stream, const struct stat *file, const char *path,
                               const rpe_npy_header *header, rpe_error *error)
{
    if (!S_ISREG(file->st_mode))
        return RPE_OK;
    const off_t position = ftello(stream);
    if (position < 0)
        return read_error(path, errno, error);
    const uintmax_t found = file->st_size > position ? (uintmax_t)(file->st_size - position) : 0;
    if (found != header->count * rpe_npy_type_size(header->type))
        return length_error(path, header, found, "", error);
    return RPE_OK;
}

static rpe_status value_error(const char *path, const rpe_npy_header *header, size_t flat, double value,
                              rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    rpe_index_text(header->rank, header->shape, flat, text);
    if (isfinite(value))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected numbers that fit in single precision, found %.6g at %s", path,
                             value, text);
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected finite numbers, found %s at %s", path,
                         isnan(value) ? "nan"
                         : value < 0  ? "-inf"
                                      : "inf",
                         text);
}

/* 1 sign, 5 exponent and 10 fraction bits; every number of them is one in single precision. */
static float half_widen(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, fraction = half & 0x3ff,
                   exponent = half >> 10 & 31;
    uint32_t bits = sign | fraction << 13 | (exponent == 31 ? 255 : exponent + 127 - 15) << 23;
    float number;
    if (exponent == 0) /* zero, or below the smallest normal number: fraction 2^-24 */
        return (sign == 0 ? 1.0F : -1.0F) * (float)fraction * 0x1p-24F;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static double half_at(const void *piece, size_t index)
{
    return (double)half_widen(((const uint16_t *)piece)[index]);
}

static double single_at(const void *piece, size_t index)
{
    return (double)((const float *)piece)[index];
}

static double double_at(const void *piece, size_t index)
{
    return ((const double *)piece)[index];
}

static double (*const value_at[RPE_NPY_TYPE_COUNT])(const void *, size_t) = {
    [RPE_NPY_TYPE_HALF] = half_at, [RPE_NPY_TYPE_SINGLE] = single_at, [RPE_NPY_TYPE_DOUBLE] = double_at};

static void piece_convert(rpe_npy_type type, const void *piece, size_t count, rpe_precision precision,
                          void *values)
{
    for (size_t i = 0; i < count; i++)
        if (precision == RPE_SINGLE)
            ((float *)values)[i] = (float)value_at[type](piece, i);
        else
            ((double *)values)[i] = value_at[type](piece, i);
}

/* One piece of the file, whose first element has the flat index `first`, into array->values. */
static rpe_status piece_read(FILE *stream, const char *path, const rpe_npy_header *header, bool finite,
                             size_t first, size_t count, rpe_array *array, rpe_error *error)
{
    double buffer[PIECE];
    const size_t size = rpe_npy_type_size(header->type);
    void *values = (unsigned char *)array->values + first * rpe_precision_size(array->precision);
    const bool stored = array->precision == header->precision && header->type != RPE_NPY_TYPE_HALF;
    void *piece = stored ? values : (void *)buffer;
    size_t bad;

    const size_t found = fread(piece, 1, count * size, stream);
    if (ferror(stream))
        return read_error(path, errno, error);
    if (found != count * size)
        return length_error(path, header, (uintmax_t)first * size + found, "", error);
    if (!stored)
        piece_convert(header->type, piece, count, array->precision, values);
    if (finite && !rpe_values_finite(array->precision, values, count, &bad))
        return value_error(path, header, first + bad, value_at[header->type](piece, bad), error);
    return RPE_OK;
}

/* Room for so many elements; those that are there stay. */
static rpe_status room_make(rpe_array *array, size_t held, size_t room, const char *path, rpe_error *error)
{
    const size_t size = rpe_precision_size(array->precision);
    void *values = rpe_memory_allocate(room, size);
    if (values == NULL)
        return rpe_error_memory(error, path, room, size);
    if (held > 0)
        memcpy(values, array->values, held * size);
    rpe_memory_free(array->values);
    array->values = values;
    return RPE_OK;
}

/* room: elements that are there for sure.  Beyond them it grows as they arrive: of what comes through a pipe the header alone
   says how much that is. */
static rpe_status values_read(FILE *stream, const char *path, const rpe_npy_header *header, bool finite,
                              size_t room, rpe_array *array, rpe_error *error)
{
    rpe_status status = room_make(array, 0, room, path, error);
    for (size_t first = 0; status == RPE_OK && first < header->count; first += PIECE) {
        const size_t left = header->count - first, count = left < PIECE ? left : PIECE;
        status = rpe_interrupt_check(path, error);
        if (status != RPE_OK)
            return status;
        if (room - first < count) {
            room = room < header->count - room ? 2 * room : header->count;
            status = room_make(array, first, room, path, error);
        }
        if (status == RPE_OK)
            status = piece_read(stream, path, header, finite, first, count, array, error);
    }
    if (status == RPE_OK && fgetc(stream) != EOF)
        return length_error(path, header, header->count * rpe_npy_type_size(header->type), " and more",
                            error);
    return status == RPE_OK && ferror(stream) ? read_error(path, errno, error) : status;
}

static rpe_status extents_check(const rpe_npy_header *header, const char *path, rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    if (header->count > 0)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected extents of at least 1, found shape %s", path,
                         rpe_shape_text(header->rank, header->shape, text));
}

/* finite, filled: whether NaN and Inf, or an array without elements, are errors; type may be NULL. */
static rpe_status array_read(const char *path, rpe_npy_precision precision, bool finite, bool filled,
                             rpe_array *array, rpe_npy_type *type, rpe_error *error)
{
    FILE *stream;
    struct stat file = {0};
    rpe_npy_header header;
    rpe_array found = {0};
    rpe_status status = stream_open(path, &stream, &file, error);
    if (status != RPE_OK)
        return status;
    status = rpe_npy_header_read(&header, stream, path, error);
    if (status == RPE_OK && filled)
        status = extents_check(&header, path, error);
    if (status == RPE_OK)
        status = length_check(stream, &file, path, &header, error);
    if (status != RPE_OK)
        goto done;
    found.precision = precision == RPE_NPY_AS_STORED ? header.precision : (rpe_precision)precision;
    found.rank = header.rank;
    memcpy(found.shape, header.shape, sizeof found.shape);
    status = values_read(stream, path, &header, finite,
                         S_ISREG(file.st_mode) || header.count < PIECE ? header.count : PIECE, &found, error);
    if (status != RPE_OK) {
        rpe_array_destroy(&found);
        goto done;
    }
    *array = found;
    if (type != NULL)
        *type = header.type;
done:
    fclose(stream);
    return status;
}

rpe_status rpe_npy_read(const char *path, rpe_npy_precision precision, rpe_array *array, rpe_error *error)
{
    return array_read(path, precision, true, true, array, NULL, error);
}

rpe_status rpe_npy_read_any(const char *path, rpe_npy_precision precision, rpe_array *array, rpe_error *error)
{
    return array_read(path, precision, false, true, array, NULL, error);
}

rpe_status rpe_npy_read_typed(const char *path, rpe_array *array, rpe_npy_type *type, rpe_error *error)
{
    return array_read(path, RPE_NPY_AS_STORED, false, true, array, type, error);
}

rpe_status rpe_npy_read_list(const char *path, rpe_array *array, rpe_error *error)
{
    return array_read(path, RPE_NPY_DOUBLE, true, false, array, NULL, error);
}

static rpe_status values_write(rpe_output *output, const char *path, const rpe_array *array, rpe_error *error)
{
    const size_t bytes = rpe_array_count(array) * rpe_precision_size(array->precision);
    rpe_status status = RPE_OK;
    for (size_t first = 0, count; status == RPE_OK && first < bytes; first += count) {
        count = bytes - first < PIECE_BYTES ? bytes - first : PIECE_BYTES;
        status = rpe_interrupt_check(path, error);
        if (status == RPE_OK)
            status = rpe_output_write(output, (const unsigned char *)array->values + first, count, error);
    }
    return status;
}

rpe_status rpe_npy_store(rpe_output *output, const char *path, const rpe_array *array, rpe_error *error)
{
    unsigned char header[RPE_NPY_HEADER_CAPACITY];
    rpe_output opened = {0};
    rpe_status status = rpe_output_open(&opened, path, error);
    if (status != RPE_OK)
        return status;
    status = rpe_output_write(&opened, header, rpe_npy_header_bytes(array, header), error);
    if (status == RPE_OK)
        status = values_write(&opened, path, array, error);
    if (status == RPE_OK)
        status = rpe_output_finish(&opened, error);
    if (status == RPE_OK)
        *output = opened;
    else
        rpe_output_discard(&opened);
    return status;
}

rpe_status rpe_npy_write(const char *path, const rpe_array *array, rpe_error *error)
{
    rpe_output output = {0};
    const rpe_status status = rpe_npy_store(&output, path, array, error);
    return status == RPE_OK ? rpe_output_commit(&output, error) : status;
}
