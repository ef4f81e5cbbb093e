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

/* In place on rows of `features` elements, in one precision: the first F hold w_f . x (or x itself without a projection). */
typedef void rpe_feature_expansion(size_t rows, size_t projections, size_t features, void *values);

/* phi(x)_c = scale e^(norm |x|^2) g_c,   g = expand(w_1 . x, ..., w_F . x), or with `exponential` e^expand(...) */
typedef struct rpe_feature_map {
    const char *name, *title, *source;
    const rpe_projection_law *projection;                /* NULL: none, F is not looked at */
    size_t (*features)(size_t projections, size_t size); /* elements of phi; SIZE_MAX when it overflows */
    double (*scale)(size_t projections);                 /* cancels in attention */
    double norm;
    bool exponential;
    rpe_feature_expansion *expand[2]; /* by rpe_precision; NULL: nothing to do */
} rpe_feature_map;

size_t rpe_feature_map_count(void);
const rpe_feature_map *rpe_feature_map_at(size_t index);
const rpe_feature_map *rpe_feature_map_find(const char *name); /* NULL if there is none */

/* The maps by name, for who composes them. */
#define RPE_FEATURE_MAP(name) extern const rpe_feature_map rpe_feature_map_##name;
#include "feature_maps.def"
#undef RPE_FEATURE_MAP

/* Elements of phi. */
size_t rpe_features_once(size_t projections, size_t size);
size_t rpe_features_twice(size_t projections, size_t size);

/* Expansions. */
rpe_feature_expansion rpe_expand_rectified_single, rpe_expand_rectified_double; /* max(x,0) */
rpe_feature_expansion rpe_expand_mirrored_single, rpe_expand_mirrored_double;   /* [x, -x] */
rpe_feature_expansion rpe_expand_circular_single, rpe_expand_circular_double;   /* [cos x, sin x] */

#endif
