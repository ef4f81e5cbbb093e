/* Inside compare: two arrays, how their axes are read, and where and how they differ. */
#ifndef RPE_COMPARED_ARRAYS_H
#define RPE_COMPARED_ARRAYS_H

#include "base/layout.h"
#include "cli/compare/compare.h"
#include "difference/cause.h"
#include "file/npy.h"
#include "position/kernel.h"

typedef struct rpe_compared_arrays {
    const char *paths[2]; /* reference, mine */
    rpe_array arrays[2];
    rpe_npy_type types[2];            /* of the files */
    rpe_kernel *kernel;               /* the arrays are its codes; NULL: any arrays */
    char layout[RPE_LAYOUT_CAPACITY]; /* "": the axes have no names */
    size_t axes;                      /* of positions */
    rpe_positions positions;          /* of codes, and how many realizations */
    size_t realizations;
    double *bound; /* of codes: [positions,H,D]; owned */
    rpe_axis_names names;
} rpe_compared_arrays;

/* Takes the layout: that of --layout; of codes RPE_CHECK_LAYOUT; else what the shape suggests: [N,H,D] or [B,N,H,D], or weights
   [H,M,N] or [B,H,M,N] where the last two axes are equal and longer.  Codes must have the kernel's heads and features. */
rpe_status rpe_compare_axes_read(rpe_compared_arrays *compared, const rpe_option_value *layout,
                                 rpe_error *error);
/* How they were read, with a warning where there are more heads than positions and nobody said so. */
void rpe_compare_axes_print(const rpe_compared_arrays *compared, bool given);

/* The bound of codes in these types, as rpe_compare_type_name counts them, and its limit.  RPE_ERROR_MEMORY, RPE_ERROR_INPUT. */
rpe_status rpe_compare_codes_limit(rpe_compared_arrays *compared, const size_t types[2], rpe_limit *limit,
                                   rpe_error *error);

/* Where the elements beyond the limit are, by head and position, and what explains them. */
rpe_status rpe_compare_where_print(const rpe_compared_arrays *compared, const rpe_limit *limit,
                                   rpe_error *error);

/* "at [0,1]: expected 2, found 2.5" */
void rpe_compare_element_print(const rpe_compared_arrays *compared, size_t flat);

#endif
