#include "file/npy_header.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "file/foreign.h"
#include "file/path.h"

#define MAGIC "\x93NUMPY"
#define MAGIC_LENGTH 6
#define PREFIX_LENGTH 8 /* magic and the two version bytes */
#define DICTIONARY_MAXIMUM 65536
#define FOUND_LENGTH 24 /* of the file's own text in a message */

/* What is left of the dictionary; keys seen so far. */
typedef struct parser {
    const char *position, *end, *path;
    rpe_error *error;
    bool has_dtype, has_order, has_shape;
    bool fortran; /* the first axis varies fastest */
} parser;

static rpe_status parser_error(const parser *p, const char *expected)
{
    const size_t left = (size_t)(p->end - p->position);
    if (left == 0)
        return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s: expected %s in the .npy header, found its end",
                             p->path, expected);
    return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s: expected %s in the .npy header, found %.*s", p->path,
                         expected, (int)(left < FOUND_LENGTH ? left : FOUND_LENGTH), p->position);
}

static void space_skip(parser *p)
{
    while (p->position < p->end && *p->position != '\0' && strchr(" \t\r\n", *p->position) != NULL)
        p->position++;
}

/* The character, after white space: taken if it is next. */
static bool character_take(parser *p, char character)
{
    space_skip(p);
    if (p->position == p->end || *p->position != character)
        return false;
    p->position++;
    return true;
}

/* 'text' or "text", without escapes. */
static rpe_status string_take(parser *p, const char *expected, const char **text, size_t *length)
{
    space_skip(p);
    if (p->position == p->end || (*p->position != '\'' && *p->position != '"'))
        return parser_error(p, expected);
    const char *first = p->position + 1;
    const char *last = memchr(first, *p->position, (size_t)(p->end - first));
    if (last == NULL)
        return parser_error(p, expected);
    *text = first;
    *length = (size_t)(last - first);
    p->position = last + 1;
    return RPE_OK;
}

static bool text_equal(const char *text, size_t length, const char *other)
{
    return length == strlen(other) && memcmp(text, other, length) == 0;
}

static const struct {
    const char *name;
    size_t size;
    rpe_precision precision;
} types[RPE_NPY_TYPE_COUNT] = {[RPE_NPY_TYPE_HALF] = {"<f2", 2, RPE_SINGLE},
                               [RPE_NPY_TYPE_SINGLE] = {"<f4", 4, RPE_SINGLE},
                               [RPE_NPY_TYPE_DOUBLE] = {"<f8", 8, RPE_DOUBLE}};

size_t rpe_npy_type_size(rpe_npy_type type)
{
    return types[type].size;
}

static rpe_status dtype_take(parser *p, rpe_npy_header *header)
{
    const char *text = "";
    size_t length = 0;
    const rpe_status status = string_take(p, "dtype '<f2', '<f4' or '<f8'", &text, &length);
    if (status != RPE_OK)
        return status;
    for (size_t type = 0; type < RPE_NPY_TYPE_COUNT; type++)
        if (text_equal(text, length, types[type].name)) {
            header->type = (rpe_npy_type)type;
            header->precision = types[type].precision;
            return RPE_OK;
        }
    return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s: expected dtype '<f2', '<f4' or '<f8', found '%.*s'",
                         p->path, (int)(length < FOUND_LENGTH ? length : FOUND_LENGTH), text);
}

static rpe_status order_take(parser *p)
{
    space_skip(p);
    const size_t left = (size_t)(p->end - p->position);
    if (left >= 5 && memcmp(p->position, "False", 5) == 0) {
        p->position += 5;
        return RPE_OK;
    }
    if (left >= 4 && memcmp(p->position, "True", 4) == 0) {
        p->position += 4;
        p->fortran = true;
        return RPE_OK;
    }
    return parser_error(p, "fortran_order False or True");
}

/* With at most one axis of more than one element both orders are the same bytes. */
static rpe_status order_check(const parser *p, const rpe_npy_header *header)
{
    size_t longer = 0;
    for (size_t axis = 0; axis < header->rank; axis++)
        longer += header->shape[axis] > 1;
    if (!p->fortran || longer <= 1)
        return RPE_OK;
    return rpe_error_set(p->error, RPE_ERROR_INPUT,
                         "%s: expected C order (fortran_order False), found Fortran order; in Python: "
                         "np.save(\"x.npy\", np.ascontiguousarray(x))",
                         p->path);
}

static rpe_status extent_take(parser *p, size_t *extent)
{
    space_skip(p);
    if (p->position == p->end || *p->position < '0' || *p->position > '9')
        return parser_error(p, "an extent");
    *extent = 0;
    for (; p->position < p->end && *p->position >= '0' && *p->position <= '9'; p->position++) {
        const size_t digit = (size_t)(*p->position - '0');
        if (*extent > (SIZE_MAX - digit) / 10)
            return rpe_error_set(p->error, RPE_ERROR_INPUT,
                                 "%s: expected a shape that fits in memory, found an extent "
                                 "over %zu",
                                 p->path, (size_t)SIZE_MAX);
        *extent = *extent * 10 + digit;
    }
    if (p->position < p->end && *p->position == 'L') /* written by Python 2 */
        p->position++;
    return RPE_OK;
}

static rpe_status shape_take(parser *p, rpe_npy_header *header)
{
    if (!character_take(p, '('))
        return parser_error(p, "a shape such as (3, 4)");
    bool comma = true;
    size_t rank = 0;
    while (!character_take(p, ')')) {
        size_t extent = 0;
        if (!comma)
            return parser_error(p, "',' or ')'");
        const rpe_status status = extent_take(p, &extent);
        if (status != RPE_OK)
            return status;
        if (rank < RPE_RANK_MAX)
            header->shape[rank] = extent;
        rank++;
        comma = character_take(p, ',');
    }
    if (rank == 1 && !comma)
        return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s: expected a shape such as (3, 4), found a number",
                             p->path);
    if (rank > RPE_RANK_MAX)
        return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s: expected at most %d axes, found %zu", p->path,
                             RPE_RANK_MAX, rank);
    header->rank = rank;
    return RPE_OK;
}

static rpe_status entry_take(parser *p, rpe_npy_header *header)
{
    static const char keys[] = "one each of 'descr', 'fortran_order' and 'shape'";
    const char *start = p->position, *key = "";
    size_t length = 0;
    rpe_status status = string_take(p, keys, &key, &length);
    if (status != RPE_OK)
        return status;
    bool *seen = text_equal(key, length, "descr")           ? &p->has_dtype
                 : text_equal(key, length, "fortran_order") ? &p->has_order
                 : text_equal(key, length, "shape")         ? &p->has_shape
                                                            : NULL;
    if (seen == NULL || *seen) {
        p->position = start;
        return parser_error(p, keys);
    }
    *seen = true;
    if (!character_take(p, ':'))
        return parser_error(p, "':'");
    if (seen == &p->has_dtype)
        return dtype_take(p, header);
    return seen == &p->has_order ? order_take(p) : shape_take(p, header);
}

static rpe_status dictionary_parse(parser *p, rpe_npy_header *header)
{
    bool comma = true;
    if (!character_take(p, '{'))
        return parser_error(p, "'{'");
    while (!character_take(p, '}')) {
        if (!comma)
            return parser_error(p, "',' or '}'");
        const rpe_status status = entry_take(p, header);
        if (status != RPE_OK)
            return status;
        comma = character_take(p, ',');
    }
    space_skip(p);
    if (p->position != p->end)
        return parser_error(p, "nothing after '}'");
    if (!p->has_dtype || !p->has_order || !p->has_shape)
        return rpe_error_set(p->error, RPE_ERROR_INPUT,
                             "%s: expected the key '%s' in the .npy header, found none", p->path,
                             !p->has_dtype   ? "descr"
                             : !p->has_order ? "fortran_order"
                                             : "shape");
    return order_check(p, header);
}

static rpe_status count_set(rpe_npy_header *header, const char *path, rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    size_t bytes = rpe_npy_type_size(header->type);
    header->count = 1;
    for (size_t axis = 0; axis < header->rank; axis++) {
        size_t extent = header->shape[axis] > 0 ? header->shape[axis] : 1;
        if (!rpe_size_multiply(bytes, extent, &bytes) || bytes > PTRDIFF_MAX)
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a shape that fits in memory, found %s",
                                 path, rpe_shape_text(header->rank, header->shape, text));
        header->count *= header->shape[axis];
    }
    return RPE_OK;
}

/* All bytes, or the complaint that the file ends within its header. */
static rpe_status bytes_read(FILE *stream, void *bytes, size_t count, const char *path, rpe_error *error)
{
    const size_t found = fread(bytes, 1, count, stream);
    if (found == count)
        return RPE_OK;
    if (ferror(stream))
        return rpe_path_error(path, "a readable file", errno, error);
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "%s: expected a whole .npy header, found that the file ends in it", path);
}

/* The stream stands behind the prefix of `found` bytes. */
static rpe_status foreign_error(FILE *stream, const unsigned char *prefix, size_t found, const char *path,
                                rpe_error *error)
{
    unsigned char bytes[RPE_FOREIGN_BYTES];
    memcpy(bytes, prefix, found);
    found += fread(bytes + found, 1, sizeof bytes - found, stream);
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected an .npy file, found %s", path,
                         rpe_foreign_text(bytes, found));
}

static rpe_status prefix_read(FILE *stream, unsigned *version, const char *path, rpe_error *error)
{
    unsigned char prefix[PREFIX_LENGTH];
    const size_t found = fread(prefix, 1, sizeof prefix, stream);
    if (ferror(stream))
        return rpe_path_error(path, "a readable file", errno, error);
    if (found == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected an .npy file, found an empty file", path);
    if (found < MAGIC_LENGTH || memcmp(prefix, MAGIC, MAGIC_LENGTH) != 0)
        return foreign_error(stream, prefix, found, path, error);
    if (found < sizeof prefix)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a whole .npy header, found that the file ends in it", path);
    if ((prefix[6] != 1 && prefix[6] != 2) || prefix[7] != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected .npy format 1.0 or 2.0, found %u.%u", path,
                             prefix[6], prefix[7]);
    *version = prefix[6];
    return RPE_OK;
}

static rpe_status length_read(FILE *stream, unsigned version, size_t *length, const char *path,
                              rpe_error *error)
{
    unsigned char bytes[4] = {0};
    const rpe_status status = bytes_read(stream, bytes, version == 1 ? 2 : 4, path, error);
    if (status != RPE_OK)
        return status;
    *length = (size_t)bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
    if (*length > DICTIONARY_MAXIMUM)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected an .npy header of at most %d bytes, found %zu", path,
                             DICTIONARY_MAXIMUM, *length);
    return RPE_OK;
}

rpe_status rpe_npy_header_read(rpe_npy_header *header, FILE *stream, const char *path, rpe_error *error)
{
    unsigned version = 0;
    size_t length = 0;
    rpe_npy_header found = {0};
    rpe_status status = prefix_read(stream, &version, path, error);
    if (status == RPE_OK)
        status = length_read(stream, version, &length, path, error);
    if (status != RPE_OK)
        return status;
    char *text = rpe_memory_allocate(length, 1);
    if (text == NULL)
        return rpe_error_memory(error, path, length, 1);
    status = bytes_read(stream, text, length, path, error);
    if (status == RPE_OK) {
        parser p = {.position = text, .end = text + length, .path = path, .error = error};
        status = dictionary_parse(&p, &found);
    }
    if (status == RPE_OK)
        status = count_set(&found, path, error);
    if (status == RPE_OK)
        *header = found;
    rpe_memory_free(text);
    return status;
}

size_t rpe_npy_header_bytes(const rpe_array *array, unsigned char bytes[RPE_NPY_HEADER_CAPACITY])
{
    char shape[RPE_SHAPE_CAPACITY + 2 * RPE_RANK_MAX] = "";
    size_t used = 0;
    for (size_t axis = 0; axis < array->rank; axis++)
        used += (size_t)snprintf(shape + used, sizeof shape - used, "%zu,%s", array->shape[axis],
                                 axis + 1 < array->rank ? " " : "");
    if (array->rank > 1)
        shape[used - 1] = '\0'; /* (3, 4) but (3,) */
    char *text = (char *)bytes + PREFIX_LENGTH + 2;
    const int length = snprintf(text, RPE_NPY_HEADER_CAPACITY - PREFIX_LENGTH - 2,
                                "{'descr': '<f%zu', 'fortran_order': False, 'shape': (%s), }",
                                rpe_precision_size(array->precision), shape);
    const size_t start = PREFIX_LENGTH + 2 + (size_t)length;
    const size_t end = (start + 1 + 63) / 64 * 64;
    memset(bytes + start, ' ', end - start);
    bytes[end - 1] = '\n';
    memcpy(bytes, MAGIC "\x01", MAGIC_LENGTH + 2); /* the closing zero is the minor version */
    bytes[8] = (unsigned char)((end - PREFIX_LENGTH - 2) & 0xff);
    bytes[9] = (unsigned char)((end - PREFIX_LENGTH - 2) >> 8);
    return end;
}
