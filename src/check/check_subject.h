/* Inside the layer, and for who compares codes: codes as they lie in memory, and the part of them that is looked at. */
#ifndef RPE_CHECK_SUBJECT_H
#define RPE_CHECK_SUBJECT_H

#include "check/check.h"

enum { RPE_CHECK_POSITION, RPE_CHECK_HEAD, RPE_CHECK_FEATURE, RPE_CHECK_REALIZATION, RPE_CHECK_LETTERS };

/* Codes of one side: the number at (n, h, d, r) is values[map[0][n] stride[0] + map[1][h] stride[1] + ...]. */
typedef struct rpe_check_side {
    const rpe_array *array;
    size_t stride[RPE_CHECK_LETTERS];
    const size_t *map[RPE_CHECK_LETTERS]; /* borrowed; NULL: each index is its own */
    rpe_positions positions;              /* n counts them in C order */
} rpe_check_side;

/* The code at (n, h, d, r), as the file has it. */
double rpe_check_code(const rpe_check_side *side, size_t position, size_t head, size_t feature,
                      size_t realization);
/* Where it lies: the sum over the four letters of what an index adds; and the number there. */
size_t rpe_check_offset(const rpe_check_side *side, int letter, size_t index);
double rpe_check_value(const rpe_check_side *side, size_t at);

/* How often the noise of the gate is drawn: once is right. */
typedef enum rpe_check_gate {
    RPE_CHECK_GATE_ONCE,
    RPE_CHECK_GATE_EACH_SIDE,
    RPE_CHECK_GATE_EACH_POSITION, /* a query and a key at the same position share it */
    RPE_CHECK_GATE_EACH_CODE
} rpe_check_gate;

/* Of a convolution: which samples of the noise there are, counted from the first that position 0 sees. */
typedef enum rpe_check_padding {
    RPE_CHECK_PADDING_NONE,    /* all: right */
    RPE_CHECK_PADDING_ZERO,    /* first .. first + count - 1 on each axis, zeros beyond */
    RPE_CHECK_PADDING_CIRCULAR /* count on each axis, then the first again */
} rpe_check_padding;

/* The law that codes are put to, where it is not the kernel's. */
typedef struct rpe_check_law {
    rpe_check_gate gate;
    rpe_check_padding padding;
    size_t first[RPE_AXES_MAX], count[RPE_AXES_MAX];
} rpe_check_law;

/* Codes and the kernel that they are put to. */
typedef struct rpe_check_subject {
    const rpe_kernel *kernel;
    rpe_check_law law; /* all zero: the kernel's */
    rpe_check_side side[2];
    size_t realizations;
    double factor[2];       /* by side: the codes times this are what the definition gives */
    const double *scale[2]; /* [heads,features]: a further factor; or NULL */
    double unit; /* of the rounding of the numbers, in whatever they are stored: 2^-24 for single precision */
} rpe_check_subject;

/* Fills sides and realizations from the settings' arrays seen in the layout; error may be NULL. */
rpe_status rpe_check_subject_view(rpe_check_subject *subject, const rpe_check_settings *settings,
                                  const char *layout, rpe_error *error);
/* The index-th of the 24 layouts into text [5]. */
const char *rpe_check_layout_text(size_t index, char text[RPE_CHECK_LETTERS + 1]);
#define RPE_CHECK_LAYOUTS 24
/* A format of floating-point numbers: multiples of 2^(e - digits) for numbers in [2^(e-1), 2^e), and of 2^least. */
typedef struct rpe_check_format {
    const char *name;
    int digits, least;
    double largest;
} rpe_check_format;
#define RPE_CHECK_FORMAT_SINGLE                                                                              \
    {                                                                                                        \
        "single precision", 24, -149, 0x1.fffffep127                                                         \
    }

/* Whether every number of the array is one of that format. */
bool rpe_check_is_of(const rpe_array *array, const rpe_check_format *format);

/* The positions and realizations that are looked at: all where that is cheap, else for every feature a box of consecutive
   positions, the same box on both sides, whose law is that of the box at the origin, as the kernels are stationary. */
typedef struct rpe_check_window {
    rpe_positions positions[2];
    size_t slack[RPE_AXES_MAX]; /* the box of a feature starts at 0 .. slack on each axis */
    bool edges;                 /* at 0 or at slack: the law is another at the edges */
    size_t realizations;
    size_t kept; /* realizations that are kept to compare features */
    size_t rows; /* noise rows; the last is the gate's where its noise is drawn once, else unused */
} rpe_check_window;

rpe_status rpe_check_window_choose(rpe_check_window *window, const rpe_check_subject *subject,
                                   rpe_error *error);
/* Where the box of that feature (counted over heads) starts. */
void rpe_check_window_start(const rpe_check_window *window, size_t index, size_t start[RPE_AXES_MAX]);

/* B^T [rows,M+N] of one feature for the positions of the window that starts there, by the definition; returns the rows used:
   those of the gate's only where it is above 0.  [spec 4] */
size_t rpe_check_coefficients(const rpe_check_subject *subject, size_t head, size_t feature,
                              const rpe_check_window *window, const size_t *start, double *matrix);
/* Noise rows of a gate above 0 by that law. */
size_t rpe_check_gate_rows(const rpe_check_law *law, const rpe_positions *queries, const rpe_positions *keys);

#endif
