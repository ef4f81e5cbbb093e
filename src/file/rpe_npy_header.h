/* The header of an .npy file: magic, version, and a Python dictionary with dtype, order and shape. */
#ifndef RPE_NPY_HEADER_H
#define RPE_NPY_HEADER_H

#include <stdio.h>

#include "rpe_array.h"
#include "rpe_error.h"

typedef struct rpe_npy_header {
    rpe_precision precision;
    size_t rank, shape[RPE_RANK_MAX];
    size_t count; /* elements, which may be none; count times the element size does not overflow */
} rpe_npy_header;

/* Leaves the stream at the first element.  Nothing in the file is trusted; path is for messages. */
rpe_status rpe_npy_header_read(rpe_npy_header *header, FILE *stream, const char *path, rpe_error *error);

/* Format 1.0, padded to 64 bytes as NumPy does; returns the length. */
#define RPE_NPY_HEADER_CAPACITY 512
size_t rpe_npy_header_bytes(const rpe_array *array, unsigned char bytes[RPE_NPY_HEADER_CAPACITY]);

#endif
