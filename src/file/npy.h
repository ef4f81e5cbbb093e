/* NumPy's .npy: reads format 1.0 and 2.0, writes 1.0; C order, '<f4' or '<f8'; reads '<f2' too, as single precision.  [spec 7]
   Reading and writing poll the interrupt before each piece: RPE_ERROR_INTERRUPTED. */
#ifndef RPE_NPY_H
#define RPE_NPY_H

#include "base/array.h"
#include "base/error.h"
#include "file/npy_header.h"
#include "file/output.h"

typedef enum rpe_npy_precision {
    RPE_NPY_SINGLE = 0,
    RPE_NPY_DOUBLE = 1,
    RPE_NPY_AS_STORED = 2 /* half precision: as single, which holds each of its numbers */
} rpe_npy_precision;

/* Reads the whole array, converting in pieces while reading, so that one copy is held.  Every element must be finite (and
   stay finite in single precision).  Errors name path, what was expected and found: missing file, wrong magic, version,
   header, Fortran order, big-endian or other dtype, rank over RPE_RANK_MAX, zero or overflowing extents, file shorter or
   longer than its shape says, NaN or Inf with its index. */
rpe_status rpe_npy_read(const char *path, rpe_npy_precision precision, rpe_array *array, rpe_error *error);

/* As rpe_npy_read, but NaN and Inf are let through: for results, where a moment may not exist. */
rpe_status rpe_npy_read_any(const char *path, rpe_npy_precision precision, rpe_array *array,
                            rpe_error *error);

/* As rpe_npy_read_any in the precision that is stored; *type is that of the file. */
rpe_status rpe_npy_read_typed(const char *path, rpe_array *array, rpe_npy_type *type, rpe_error *error);

/* As rpe_npy_read in double precision, but there may be no element: the trials of rows, of which none may have a value. */
rpe_status rpe_npy_read_list(const char *path, rpe_array *array, rpe_error *error);

/* Opens, writes and finishes under the temporary name; the caller commits or discards (several files appear together). */
rpe_status rpe_npy_store(rpe_output *output, const char *path, const rpe_array *array, rpe_error *error);

/* Store and commit. */
rpe_status rpe_npy_write(const char *path, const rpe_array *array, rpe_error *error);

#endif
