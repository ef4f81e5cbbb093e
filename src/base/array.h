/* Arrays as they are exchanged: row-major (C order), single or double precision. */
#ifndef RPE_ARRAY_H
#define RPE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define RPE_RANK_MAX 8

typedef enum rpe_precision {
    RPE_SINGLE = 0,
    RPE_DOUBLE = 1
} rpe_precision; /* also the index into tables [2] */

/* Bytes of one element. */
size_t rpe_precision_size(rpe_precision precision);
/* "single" or "double". */
const char *rpe_precision_name(rpe_precision precision);

typedef struct rpe_array {
    rpe_precision precision;
    size_t rank; /* 0: a scalar, one element */
    size_t shape[RPE_RANK_MAX];
    void *values; /* float or double, C order; owned */
} rpe_array;

/* Uninitialized elements; what names the array in the message.  rpe_array_destroy is safe on a zeroed struct. */
rpe_status rpe_array_create(rpe_array *array, rpe_precision precision, size_t rank, const size_t *shape,
                            const char *what, rpe_error *error);
void rpe_array_destroy(rpe_array *array);

size_t rpe_array_count(const rpe_array *array);

/* "[512,8,64]" into text of the given capacity; returns text. */
#define RPE_SHAPE_CAPACITY 192
const char *rpe_shape_text(size_t rank, const size_t *shape, char text[RPE_SHAPE_CAPACITY]);

/* True if every element is finite; otherwise *first is the (flat, C order) index of the first that is not. */
bool rpe_values_finite(rpe_precision precision, const void *values, size_t count, size_t *first);

/* "[3,0,17]": flat index -> index text. */
const char *rpe_index_text(size_t rank, const size_t *shape, size_t flat, char text[RPE_SHAPE_CAPACITY]);

#endif
