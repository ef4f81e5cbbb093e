/* Codes: how noise becomes Qbar_d(m), Kbar_d(n).  Internal to this layer.  One family each, listed in codes.def and found by
   the name of the kernel's type.  [spec 4] */
#ifndef RPE_CODE_H
#define RPE_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/workspace.h"
#include "position/kernel.h"

struct rpe_encoder;

/* Some positions of one side of one head. */
typedef struct rpe_code_part {
    const rpe_kernel *kernel;
    rpe_side side;
    size_t head;
    const rpe_positions *positions; /* all of that side */
    size_t first, count;            /* flat indices first .. first+count-1 */
    const size_t *noise_extent;     /* of the noise of one feature, one number an axis */
    size_t realizations;            /* R */
} rpe_code_part;

/* A few consecutive positions: rows, and how many elements these are apart in inputs and in U. */
typedef struct rpe_strip {
    size_t rows, input_stride, column_stride;
} rpe_strip;

/* In one precision; noise, codes, inputs and columns are arrays of it. */
typedef struct rpe_code_functions {
    /* Codes of one feature, sqrt(1 - delta) included, the gate noise not: [count,R], rows row_stride elements apart, from
       noise [rows of a feature,R]. */
    void (*make)(const rpe_code_part *part, size_t feature, const void *noise, void *codes,
                 size_t row_stride);
    /* Factored form, NULL without: the position columns of U, x_md omega_dj(m), at the columns that rpe_code.place gives, of
       one strip of positions after another.  start: the state at part->first;  factor: inputs x_m [D] -> columns, and the
       state moves behind the strip. */
    void (*start)(const rpe_code_part *part, double *state);
    void (*factor)(const rpe_kernel *kernel, double *state, const rpe_strip *strip, const void *inputs,
                   void *columns);
} rpe_code_functions;

typedef struct rpe_code {
    const char *name, *title, *source;
    /* Further ways of encoding, chosen when the encoder is made; NULL: none. */
    rpe_status (*plan)(struct rpe_encoder *encoder, rpe_error *error);
    /* Factored form, NULL without: the column of U that belongs to a position row of the stacked noise, and what its noise
       is multiplied by, lambda sqrt(1 - delta). */
    void (*place)(const rpe_kernel *kernel, size_t head, size_t row, size_t *column, double *weight);
    size_t (*state_elements)(const rpe_kernel *kernel);
    const rpe_code_functions *functions[2]; /* by rpe_precision */
} rpe_code;

/* NULL when kernels of that type have no codes. */
const rpe_code *rpe_code_find(const char *kernel_type);

extern const rpe_code_functions rpe_sine_functions_single, rpe_sine_functions_double;
extern const rpe_code_functions rpe_conv_functions_single, rpe_conv_functions_double;

/* What all positions of one sinusoid share. */
typedef struct rpe_sinusoid {
    double frequency, phase, gain;
} rpe_sinusoid;
/* phase is 0 on the key side. */
rpe_sinusoid rpe_sinusoid_get(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature, size_t k);

#endif
