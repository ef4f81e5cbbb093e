/* Feature maps of linear attention: phi(x_m) . phi(y_n) in the place of exp(x_m . y_n), x = q / S^(1/4), y = k / S^(1/4).
   One file each, listed in feature_maps.def.  [spec 4] */
#ifndef RPE_FEATURE_MAP_H
#define RPE_FEATURE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/stream.h"
#include "base/workspace.h"

/* What the directions of a block of S projections have to do with each other. */
typedef enum rpe_projection_block {
    RPE_BLOCK_INDEPENDENT,
    RPE_BLOCK_ORTHOGONAL,
    RPE_BLOCK_SIMPLEX,
    RPE_BLOCK_COUNT
} rpe_projection_block;

/* How F projections of size S are drawn. */
typedef struct rpe_projection_law {
    size_t (*workspace_bytes)(size_t projections, size_t size);
    /* Rows w_f, [F,S]; the purpose of the stream is set here. */
    void (*draw)(size_t projections, size_t size, rpe_stream stream, double *projection,
                 rpe_workspace *workspace);
    rpe_projection_block block;
    size_t size_least; /* S; 0: any */
} rpe_projection_law;

extern const rpe_projection_law rpe_projection_orthogonal; /* blocks of S Haar directions, chi_S norms */
extern const rpe_projection_law rpe_projection_independent;
extern const rpe_projection_law
    rpe_projection_simplex; /* blocks of S directions, any two of cosine -1/(S-1), chi_S norms */

/* One block of it, from a Haar frame [S,S] and norms [rows], rows <= S, S >= 2: projection [rows,S]. */
void rpe_projection_simplex_rows(size_t rows, size_t size, const double *haar, const double *norms,
                                 double *projection);

/* How projections are stretched: along orthonormal axes, the rows of axes [S,S], by rho [S] > 0; 1 leaves them as they are. */
typedef struct rpe_tilt {
    double *rho, *axes;
} rpe_tilt;

/* How the tilt follows from the vectors of a head: from the mean of u u^T, u = x + y, over all pairs of a query and a key. */
typedef struct rpe_tilt_law {
    bool products; /* all of the matrix [S,S] is asked for, and not its diagonal alone; it is room too */
    void (*fit)(size_t size, double *matrix, const rpe_tilt *tilt);
} rpe_tilt_law;

extern const rpe_tilt_law rpe_tilt_alike;    /* one rho for all axes, from the mean of |u|^2 */
extern const rpe_tilt_law rpe_tilt_diagonal; /* one for each element */
extern const rpe_tilt_law rpe_tilt_axes;     /* along the eigenvectors */

/* The rho of the smallest error of `size` elements, |u|^2 = sigma; sigma is taken as 1e12 at most. */
double rpe_tilt_best(size_t size, double sigma);

/* One feature from one number: an element of x, or its product with a projection. */
typedef double rpe_feature_function(double u);

/* In place on `rows` rows of `count` elements, `stride` elements apart, in one precision: unit u in, the map out; what maps
   that make two of one make second goes `second` elements behind the first. */
typedef void rpe_feature_expansion(size_t rows, size_t count, size_t stride, size_t second, void *values);

/* phi(x)_component, apart from the scale, of S = 2 and F = 1, worked by hand or taken from a paper.  x is what phi takes, and not
   divided any more; without projections the component is that of x.  value has all digits of a double: it is compared to rounding. */
typedef struct rpe_feature_example {
    double x[2], projection[2];
    size_t component;
    double value;
    double rho; /* of both axes, where the map tilts; 0: 1 */
} rpe_feature_example;

/* Random features of exp(x . y) whose moments have a closed form. */
typedef enum rpe_feature_law_name {
    RPE_FEATURE_LAW_NONE,
    RPE_FEATURE_LAW_POSITIVE,
    RPE_FEATURE_LAW_HYPERBOLIC,
    RPE_FEATURE_LAW_TRIGONOMETRIC,
    RPE_FEATURE_LAW_COUNT
} rpe_feature_law_name;

/* phi(x)_c = scale e^(norm |x|^2) g(u_c),  or with `exponential`  scale e^(norm |x|^2 + g(u_c)),
   u_c = x_c, c < S, or with projections u_f = w_f . x, f < F.

   name, source, the first function of `define` and three examples make a map, with `logarithm` where g falls towards 0.  All else
   may be left out: an expansion is the loop over the definition then.  A new map is a file, and a line of feature_maps.def, which
   makes the methods NAME, rope-NAME, scan-NAME, sum-NAME and sine-exact-NAME of it. */
typedef struct rpe_feature_map {
    const char *name, *source;            /* the name of its line; what is cited in lists */
    const rpe_projection_law *projection; /* NULL: none, F is not looked at */
    rpe_feature_law_name law;             /* of the projected features */
    const rpe_tilt_law *tilt;             /* of the projections, with `exponential` alone; NULL: none */
    /* g.  The first NULL: u itself.  With a second, the features that it makes follow those of the first. */
    rpe_feature_function *define[2];
    /* ln g of the first function where it is positive: asked where g itself is too small for a double.  NULL: such a feature is 0,
       and so is the output of a row that sees no other. */
    rpe_feature_function *logarithm;
    double norm;
    bool exponential;
    bool
        products; /* behind the features of the elements come 1, and x_i x_j, i <= j, squares over sqrt(2): no projections */
    bool given;        /* x is the vector itself, not divided by S^(1/4) */
    bool proportional; /* phi(c x) = c phi(x), c > 0: features can be as small as the vector */
    double (*scale)(size_t projections); /* cancels in attention; NULL: F^(-1/2), or 1 without projections */
    /* Fast expansions by rpe_precision, to the same numbers as `define`; NULL: there is none. */
    rpe_feature_expansion *expand[2];
    /* What u is multiplied by for them; 0: log2(e) with `exponential`, as features are powers of 2 then, 1 without. */
    double unit;
    const rpe_feature_example *examples;
    size_t example_count;
} rpe_feature_map;

/* The members examples and example_count. */
#define RPE_FEATURE_EXAMPLES(...)                                                                            \
    .examples = (const rpe_feature_example[]){__VA_ARGS__},                                                  \
    .example_count = sizeof((const rpe_feature_example[]){__VA_ARGS__}) / sizeof(rpe_feature_example)

size_t rpe_feature_map_count(void);
const rpe_feature_map *rpe_feature_map_at(size_t index);
const rpe_feature_map *rpe_feature_map_find(const char *name); /* NULL if there is none */

#define RPE_UNIT_POWER 1.4426950408889634073599246810018921    /* log2(e) */
#define RPE_UNIT_QUARTER 0.63661977236758134307553505349005745 /* 2/pi */

/* The maps by identifier, for who composes them.  A line has the identifier, the map's name, and the title of its methods, which
   lists follow by "on SPE", "on rotated vectors", "that forgets", "with a sum of decays" or "on exact features". */
#define RPE_FEATURE_MAP(identifier, name, title) extern const rpe_feature_map rpe_feature_map_##identifier;
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP

/* phi(x) = x, the features are given: for who makes them. */
extern const rpe_feature_map rpe_features_given;

/* ---- what follows from the members ---- */

/* What vectors of S elements are divided by. */
double rpe_feature_map_root(const rpe_feature_map *map, size_t size);

/* Elements of phi; SIZE_MAX when it overflows. */
size_t rpe_feature_map_features(const rpe_feature_map *map, size_t projections, size_t size);
/* Whether feature c of `size` elements is a product x_i x_j, with its factor. */
bool rpe_feature_map_product(const rpe_feature_map *map, size_t size, size_t c, size_t *i, size_t *j,
                             double *factor);
double rpe_feature_map_scale(const rpe_feature_map *map, size_t projections);
double rpe_feature_map_unit(const rpe_feature_map *map);
/* The fast expansion of the precision, or else the loop over the definition. */
void rpe_feature_map_expand_single(const rpe_feature_map *map, size_t rows, size_t count, size_t stride,
                                   size_t second, float *values);
void rpe_feature_map_expand_double(const rpe_feature_map *map, size_t rows, size_t count, size_t stride,
                                   size_t second, double *values);

/* phi(x / root) in double, all elements, apart from the scale; projection [F,S]. */
struct rpe_feature_value;
void rpe_feature_map_evaluate(const rpe_feature_map *map, size_t projections, const double *projection,
                              size_t size, const double *x, double root, struct rpe_feature_value *features);

/* ---- the definition, with what rounding may make of it ---- */

/* A vector x [S] of which each element is known to within its error, and projections w [F,S].  rounding: the unit roundoff of
   who computes with them. */
typedef struct rpe_known_vector {
    size_t projections, size;
    const double *projection, *values, *errors;
    double rounding;
    /* Of maps that tilt, with what its rho are known to within, relative; NULL: rho = 1. */
    const rpe_tilt *tilt;
    double tilt_error;
} rpe_known_vector;

/* phi(x)_c = scale e^exponent value, where value is known to within error. */
typedef struct rpe_feature_value {
    double exponent, value, error;
} rpe_feature_value;

/* phi(x)_c from `define`, `norm` and `exponential` alone, plainly and in double, apart from the scale: what the expansions are
   judged by. */
rpe_feature_value rpe_feature_map_define(const rpe_feature_map *map, const rpe_known_vector *x, size_t c);

/* What it gives of an example. */
double rpe_feature_map_example(const rpe_feature_map *map, const rpe_feature_example *example);

/* ---- fast expansions ---- */

rpe_feature_expansion rpe_expand_rectified_single, rpe_expand_rectified_double;     /* max(x,0) */
rpe_feature_expansion rpe_expand_elu_and_one_single, rpe_expand_elu_and_one_double; /* x > 0 ? x + 1 : e^x */
rpe_feature_expansion rpe_expand_mirrored_single, rpe_expand_mirrored_double;       /* [x, -x] */
rpe_feature_expansion rpe_expand_circular_single,
    rpe_expand_circular_double; /* [cos, sin], x in quarters of a turn */

#endif
