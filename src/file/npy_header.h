/* The header of an .npy file: magic, version, and a Python dictionary with dtype, order and shape. */
#ifndef RPE_NPY_HEADER_H
#define RPE_NPY_HEADER_H

#include <stdio.h>

#include "base/array.h"
#include "base/error.h"

/* Types of elements that are read. */
typedef enum rpe_npy_type {
    RPE_NPY_TYPE_HALF, /* '<f2' */
    RPE_NPY_TYPE_SINGLE,
    RPE_NPY_TYPE_DOUBLE,
    RPE_NPY_TYPE_COUNT
} rpe_npy_type;

/* Bytes of one element in the file. */
size_t rpe_npy_type_size(rpe_npy_type type);

typedef struct rpe_npy_header {
    rpe_npy_type type;
    rpe_precision precision; /* in memory: the least that holds every number of the type */
    size_t rank, shape[RPE_RANK_MAX];
    size_t
        count; /* elements, which may be none; count times the size of an element in the file does not overflow */
} rpe_npy_header;

/* Leaves the stream at the first element.  Nothing in the file is trusted; path is for messages. */
rpe_status rpe_npy_header_read(rpe_npy_header *header, FILE *stream, const char *path, rpe_error *error);

/* Format 1.0, padded to 64 bytes as NumPy does; returns the length. */
#define RPE_NPY_HEADER_CAPACITY 512
size_t rpe_npy_header_bytes(const rpe_array *array, unsigned char bytes[RPE_NPY_HEADER_CAPACITY]);

#endif
