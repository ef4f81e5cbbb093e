/* Position kernels P_d(lag), exact, in double.  [spec 3; SPE paper and 3] */
#ifndef RPE_KERNEL_H
#define RPE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "rpe_array.h"
#include "rpe_error.h"
#include "rpe_json.h"

#define RPE_AXES_MAX 3

/* A set of positions: 0 .. extent-1 on each axis, in C order.  [spec 1] */
typedef struct rpe_positions {
    size_t axes; /* 1 to 3 */
    size_t extent[RPE_AXES_MAX];
    size_t count; /* product of the extents */
} rpe_positions;

/* RPE_ERROR_INPUT when axes is out of range, an extent is 0 or the product overflows; name is for the message. */
rpe_status rpe_positions_make(rpe_positions *positions, size_t axes, const size_t *extent, const char *name,
                              rpe_error *error);
/* Coordinates of the flat index. */
void rpe_positions_coordinates(const rpe_positions *positions, size_t index,
                               ptrdiff_t coordinates[RPE_AXES_MAX]);

typedef enum rpe_side { RPE_SIDE_QUERY = 0, RPE_SIDE_KEY = 1 } rpe_side;

typedef struct rpe_kernel rpe_kernel;

/* One family of kernels; one file each, listed in kernels.def. */
typedef struct rpe_kernel_type {
    const char *name, *title, *source;
    /* Fills the family's arrays and heads, features, axes from the document; the gate is read by rpe_kernel_read. */
    rpe_status (*read)(rpe_kernel *kernel, const rpe_json *document, bool raw, rpe_error *error);
    /* P_d(lag), without the gate. */
    double (*value)(const rpe_kernel *kernel, size_t head, size_t feature, const ptrdiff_t *lag);
    /* Auto-covariance of the codes of one side, without the gate; NULL: the family has no codes. */
    double (*autocovariance)(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                             const ptrdiff_t *lag);
    /* Whether P_d is known for every lag between the two position sets; NULL: always. */
    rpe_status (*covers)(const rpe_kernel *kernel, const rpe_positions *queries, const rpe_positions *keys,
                         rpe_error *error);
} rpe_kernel_type;

/* Registered families, in the order of kernels.def. */
size_t rpe_kernel_type_count(void);
const rpe_kernel_type *rpe_kernel_type_at(size_t index);

/* Parameters are canonical (raw ones are mapped when read) and finite.  Read-only for users of the library. */
struct rpe_kernel {
    const rpe_kernel_type *type;
    char *path; /* where it was read from, for messages */
    size_t heads, features, axes;
    double *gate; /* [heads,features], in [0,1], or NULL: no gate */

    size_t sinusoids; /* sine: K */
    double *frequency, *phase,
        *gain; /* sine: [heads,features,K]; cycles per position in [0,1/2], radians, >= 0 */

    size_t tap_extent[RPE_AXES_MAX]; /* conv: P on each axis */
    size_t taps;                     /* conv: their product */
    /* conv: [heads,features,taps]; of the authors' ConvSPE conv_k and conv_q, in this order: its conv_q makes codes of keys */
    double *query_filter, *key_filter;

    size_t lags;    /* table: 2N-1, lag 0 in the middle */
    double *values; /* table: [heads,features,lags] */
};

/* Reads the JSON of spec 7.  Unknown keys, wrong shapes, negative gains, frequencies out of [0,1/2], gates out of [0,1]
   and non-finite numbers are errors.  Extreme raw values do not overflow.  The caller owns *kernel. */
rpe_status rpe_kernel_read(rpe_kernel **kernel, const char *path, rpe_error *error);
void rpe_kernel_destroy(rpe_kernel *kernel);

/* Writes the kernel as canonical JSON, atomically: read again, it has the same parameters bit for bit. */
rpe_status rpe_kernel_write(const rpe_kernel *kernel, const char *path, rpe_error *error);

/* Position kernel of one feature at a lag (query position minus key position, one number an axis, any sign), the gate
   included.  The lag must be covered (rpe_kernel_covers).  Finite; cannot fail.  [spec 3; SPE paper, convSPE and eq. 18] */
double rpe_kernel_value(const rpe_kernel *kernel, size_t head, size_t feature, const ptrdiff_t *lag);

/* Auto-covariance of the codes of one side at a lag, the gate included: P^qq, P^kk of spec 5.  The family must have codes. */
double rpe_kernel_autocovariance(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                                 const ptrdiff_t *lag);

/* delta_d in [0,1]; 0 without a gate. */
double rpe_kernel_gate(const rpe_kernel *kernel, size_t head, size_t feature);

/* Axes of both sets equal the kernel's, and every lag between them is known. */
rpe_status rpe_kernel_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                             const rpe_positions *keys, rpe_error *error);

#endif
