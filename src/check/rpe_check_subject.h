/* Inside the layer: codes as they lie in memory, and the part of them that is looked at. */
#ifndef RPE_CHECK_SUBJECT_H
#define RPE_CHECK_SUBJECT_H

#include "rpe_check.h"

enum { RPE_CHECK_POSITION, RPE_CHECK_HEAD, RPE_CHECK_FEATURE, RPE_CHECK_REALIZATION, RPE_CHECK_LETTERS };

/* Codes of one side: the number at (n, h, d, r) is values[n stride[0] + h stride[1] + ...]. */
typedef struct rpe_check_side {
    const rpe_array *array;
    size_t stride[RPE_CHECK_LETTERS];
    rpe_positions positions;
} rpe_check_side;

/* Codes and the kernel that they are put to. */
typedef struct rpe_check_subject {
    const rpe_kernel *kernel;
    rpe_check_side side[2];
    size_t realizations;
    double factor[2]; /* by side: the codes times this are what the definition gives */
    bool single;      /* whether the numbers have single precision, in whatever they are stored */
} rpe_check_subject;

/* Fills sides and realizations from the settings' arrays seen in the layout; error may be NULL. */
rpe_status rpe_check_subject_view(rpe_check_subject *subject, const rpe_check_settings *settings,
                                  const char *layout, rpe_error *error);
/* The index-th of the 24 layouts into text [5]. */
const char *rpe_check_layout_text(size_t index, char text[RPE_CHECK_LETTERS + 1]);
#define RPE_CHECK_LAYOUTS 24
/* Whether every number of the array is one in single precision. */
bool rpe_check_is_single(const rpe_array *array);

/* The positions and realizations that are looked at: all where that is cheap, else for every feature a box of consecutive
   positions, the same box on both sides, whose law is that of the box at the origin, as the kernels are stationary. */
typedef struct rpe_check_window {
    rpe_positions positions[2];
    size_t slack[RPE_AXES_MAX]; /* the box of a feature starts at 0 .. slack on each axis */
    size_t realizations;
    size_t kept; /* realizations that are kept to compare features */
    size_t rows; /* noise rows, the gate's included */
} rpe_check_window;

rpe_status rpe_check_window_choose(rpe_check_window *window, const rpe_check_subject *subject,
                                   rpe_error *error);
/* Where the box of that feature (counted over heads) starts. */
void rpe_check_window_start(const rpe_check_window *window, size_t index, size_t start[RPE_AXES_MAX]);

/* B^T [rows,M+N] of one feature for the positions of the window, by the definition; returns the rows used: those of the
   gate's only where it is above 0.  [spec 4] */
size_t rpe_check_coefficients(const rpe_kernel *kernel, size_t head, size_t feature,
                              const rpe_check_window *window, double *matrix);
/* Noise rows of one feature, the gate's not included. */
size_t rpe_check_noise_rows(const rpe_kernel *kernel, const rpe_positions *queries,
                            const rpe_positions *keys);

#endif
