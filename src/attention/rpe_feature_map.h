/* Feature maps of linear attention: phi(x_m) . phi(y_n) in the place of exp(x_m . y_n), x = q / S^(1/4), y = k / S^(1/4).
   One file each, listed in feature_maps.def.  [spec 4] */
#ifndef RPE_FEATURE_MAP_H
#define RPE_FEATURE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "rpe_array.h"
#include "rpe_stream.h"
#include "rpe_workspace.h"

/* How F projections of size S are drawn. */
typedef struct rpe_projection_law {
    size_t (*workspace_bytes)(size_t projections, size_t size);
    /* Rows w_f, [F,S]; the purpose of the stream is set here. */
    void (*draw)(size_t projections, size_t size, rpe_stream stream, double *projection,
                 rpe_workspace *workspace);
} rpe_projection_law;

extern const rpe_projection_law rpe_projection_orthogonal; /* blocks of S Haar directions, chi_S norms */
extern const rpe_projection_law rpe_projection_independent;

/* In place on `rows` rows of `count` elements, `stride` elements apart, in one precision: unit w_f . x in (or x itself without
   a projection), the map out; what maps that make two of one make second goes `second` elements behind the first. */
typedef void rpe_feature_expansion(size_t rows, size_t count, size_t stride, size_t second, void *values);

/* A vector x [S] of which each element is known to within its error, and projections w [F,S].  rounding: the unit roundoff of
   who computes with them. */
typedef struct rpe_known_vector {
    size_t projections, size;
    const double *projection, *values, *errors;
    double rounding;
} rpe_known_vector;

/* phi(x)_c = scale e^exponent value, where value is known to within error. */
typedef struct rpe_feature_value {
    double exponent, value, error;
} rpe_feature_value;

/* phi(x)_c = scale e^(norm |x|^2) g_c,   g = expand(w_1 . x, ..., w_F . x), or with `exponential` e^expand(...) */
typedef struct rpe_feature_map {
    const char *name, *title, *source;
    const rpe_projection_law *projection;                /* NULL: none, F is not looked at */
    size_t (*features)(size_t projections, size_t size); /* elements of phi; SIZE_MAX when it overflows */
    double (*scale)(size_t projections);                 /* cancels in attention */
    double norm;
    bool exponential;
    bool proportional; /* phi(c x) = c phi(x), c > 0: features can be as small as the vector */
    double
        unit; /* what projections are multiplied by: log2(e) for powers of 2, 2/pi for quarters of a turn */
    rpe_feature_expansion *expand[2]; /* by rpe_precision; NULL: nothing to do */
    /* phi(x)_c by its definition, apart from the scale, plainly and in double: what the rest of this struct is judged by. */
    rpe_feature_value (*define)(const rpe_known_vector *x, size_t c);
} rpe_feature_map;

size_t rpe_feature_map_count(void);
const rpe_feature_map *rpe_feature_map_at(size_t index);
const rpe_feature_map *rpe_feature_map_find(const char *name); /* NULL if there is none */

#define RPE_UNIT_POWER 1.4426950408889634073599246810018921    /* log2(e) */
#define RPE_UNIT_QUARTER 0.63661977236758134307553505349005745 /* 2/pi */

/* The maps by name, for who composes them. */
#define RPE_FEATURE_MAP(name) extern const rpe_feature_map rpe_feature_map_##name;
#include "feature_maps.def"
#undef RPE_FEATURE_MAP

/* Elements of phi. */
size_t rpe_features_once(size_t projections, size_t size);
size_t rpe_features_twice(size_t projections, size_t size);

/* Definitions. */
rpe_feature_value rpe_define_rectified(const rpe_known_vector *x, size_t c); /* max(x_c,0) */
rpe_feature_value rpe_define_positive(const rpe_known_vector *x, size_t c);  /* exp(w_c . x - |x|^2/2) */
rpe_feature_value rpe_define_mirrored(const rpe_known_vector *x, size_t c);  /* both signs of w_c . x */
rpe_feature_value rpe_define_circular(const rpe_known_vector *x,
                                      size_t c); /* exp(|x|^2/2) [cos w . x, sin w . x] */

/* Expansions. */
rpe_feature_expansion rpe_expand_rectified_single, rpe_expand_rectified_double; /* max(x,0) */
rpe_feature_expansion rpe_expand_mirrored_single, rpe_expand_mirrored_double;   /* [x, -x] */
rpe_feature_expansion rpe_expand_circular_single,
    rpe_expand_circular_double; /* [cos, sin], x in quarters of a turn */

#endif
