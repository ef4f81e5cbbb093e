/* Relative positions, exact, in double: what the score of a query and a key owes to where they stand.  [spec 3] */
#ifndef RPE_KERNEL_H
#define RPE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/error.h"
#include "file/json.h"

#define RPE_AXES_MAX 3

/* A set of positions: 0 .. extent-1 on each axis, in C order, or given ones.  [spec 1; families J] */
typedef struct rpe_positions {
    size_t axes; /* 1 to 3 */
    size_t extent[RPE_AXES_MAX];
    size_t count;        /* product of the extents */
    const double *given; /* [count,axes], borrowed; NULL: those of the grid */
    const size_t
        *segment; /* [count], borrowed: tokens see those of their own segment alone; NULL: one segment */
} rpe_positions;

/* Where a token stands. */
typedef struct rpe_place {
    size_t index;            /* of the token in its sequence */
    double at[RPE_AXES_MAX]; /* its position, 0 on axes that there are not */
} rpe_place;

/* RPE_ERROR_INPUT when axes is out of range, an extent is 0 or the product overflows; name is for the message. */
rpe_status rpe_positions_make(rpe_positions *positions, size_t axes, const size_t *extent, const char *name,
                              rpe_error *error);
/* The place of the flat index. */
rpe_place rpe_positions_place(const rpe_positions *positions, size_t index);
/* Whether query m sees key n: of its segment and, causal, not behind it (by index on a grid, else by position). */
bool rpe_positions_sees(const rpe_positions *queries, size_t m, const rpe_positions *keys, size_t n,
                        bool causal);
/* Coordinates of the flat index on the grid. */
void rpe_positions_coordinates(const rpe_positions *positions, size_t index,
                               ptrdiff_t coordinates[RPE_AXES_MAX]);

typedef enum rpe_side { RPE_SIDE_QUERY = 0, RPE_SIDE_KEY = 1 } rpe_side;

typedef struct rpe_kernel rpe_kernel;
typedef struct rpe_parameter rpe_parameter;
typedef struct rpe_feature_weight rpe_feature_weight; /* of the feature family alone */
typedef struct rpe_fit_table rpe_fit_table;
typedef struct rpe_fit_result rpe_fit_result;

/* What is the same for all positions of a family.  Errors of methods of different families are never compared. */
typedef struct rpe_family {
    const char *name, *title;
    bool exponential; /* weights are e^score; or else the score is the weight, of either sign */
    /* Numbers that the two places of a pair make, whatever its vectors, of `size` elements.  Product family: P_d of each feature;
       bias family: one, the bias b. */
    size_t (*terms)(const rpe_kernel *kernel, size_t size);
    /* The definition: the score of a query q and a key k [size], plainly. */
    double (*score)(const rpe_kernel *kernel, size_t head, const double *q, const double *k, size_t size,
                    const double *terms);
    /* What a row is divided by; NULL: by the sum of its weights.  mask: sum over the keys that are seen of e to the sum of
       log_decay (feature 0) between them and the query. */
    double (*divisor)(const rpe_kernel *kernel, double sum, double mask);
    /* Of every head and feature, besides the type's parameters; files of the family say "parameterization", too.  NULL: none. */
    const rpe_parameter *gate;
} rpe_family;

extern const rpe_family rpe_family_product, rpe_family_bias, rpe_family_rotary, rpe_family_feature,
    rpe_family_decay;

/* Distributions that experiments draw kernels from; what each is stands in experiment/plan/kernel_draw.h. */
typedef enum rpe_distribution {
    RPE_DISTRIBUTION_AUTHORS,
    RPE_DISTRIBUTION_UNIT,
    RPE_DISTRIBUTION_COUNT
} rpe_distribution;

/* How a parameter is drawn: numbers from N(0,1), or uniform in (0,1), which `map` makes parameters of. */
typedef struct rpe_parameter_law {
    bool normal;
    void (*map)(double *values, size_t count); /* those of one head and feature; NULL: as they are drawn */
} rpe_parameter_law;

/* A parameter of a position: reading, writing, range checks and drawing follow from its line. */
struct rpe_parameter {
    const char *name; /* key in files */
    /* A letter an axis, equal letters have equal extents; h: heads, d: features; "": one number; "h|hd": either. */
    const char *axes;
    const char *file_axes; /* of an array in a file of its own; NULL: the same */
    /* Range, ends included; above 0: from DBL_MIN, without an end: INFINITY.  Not looked at for words and flags. */
    double low, high;
    bool optional; /* may be left out */
    bool whole;    /* whole numbers */
    bool flag;     /* true or false: 1 or 0 */
    bool neutral;  /* where all such parameters are 0, the position changes nothing */
    const char *const
        *words; /* one of these texts in the place of a number; NULL-terminated; the value is its index */
    const char *same; /* the parameter before it whose whole shape it has; NULL: letters decide */
    /* The parameter that a raw number stands for; extent: of the last axis.  NULL: the number itself. */
    double (*raw)(double number, size_t extent);
    const rpe_parameter_law *laws; /* [RPE_DISTRIBUTION_COUNT]; NULL: it cannot be drawn */
};

typedef struct rpe_parameter_values {
    double *values;   /* in C order of the axes; NULL: left out */
    const char *axes; /* of those that the parameter may have; ends at '|' too */
    size_t rank, extent[2 + RPE_AXES_MAX], count;
} rpe_parameter_values;

#define RPE_PARAMETERS_MAX 8

/* Features made of numbers that turn with the position, for who makes many at a time: z_j = re + i im of elements of the vector
   that are mapped, reflected and scaled; the features are Re z_j e^(i angle position) for all j, then the imaginary parts. */
typedef struct rpe_feature_form {
    enum { RPE_FORM_PLAIN, RPE_FORM_RECTIFIED, RPE_FORM_ELU } map; /* x; max(x,0); elu(x) + 1 */
    double offset;                                                 /* then it is added */
    const double *reflected; /* u [S]: z - 2 u (u . z) / (u . u); NULL: it is not */
    double scale[2];         /* by rpe_side */
    /* Elements of z_j: (j, none), (2j, 2j+1) or (j, S/2 + j). */
    enum { RPE_FORM_ALONE, RPE_FORM_PAIRS, RPE_FORM_HALVES } layout;
    bool turns;           /* false: elements that are alone are the features */
    double angle;         /* radians a position, of all j */
    const double *angles; /* [J] instead; NULL: they are the same */
    /* pi [S], whole numbers: at position n feature d is element pi^n(d), where none turns; NULL: they stay where they are */
    const double *permutation;
} rpe_feature_form;

#define RPE_EXAMPLE_FEATURES 4

/* A score worked by hand, or taken from a paper: of a query and a key of few features, of whole positions.  It is all that the
   family's score returns: D^(-1/2) q . k + b of a bias.  All digits of a double: it is compared to rounding. */
typedef struct rpe_position_example {
    const char *text; /* the kernel, as a file has it */
    size_t head;
    size_t size; /* of both vectors; of a family of pairs, one example at least has two pairs */
    double q[RPE_EXAMPLE_FEATURES], k[RPE_EXAMPLE_FEATURES];
    size_t query, key; /* positions */
    double score;
} rpe_position_example;

/* One of them; and the members examples and example_count of the type. */
#define RPE_EXAMPLE(...)                                                                                     \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define RPE_POSITION_EXAMPLES(...)                                                                           \
    .examples = (const rpe_position_example[]){__VA_ARGS__},                                                 \
    .example_count = sizeof((const rpe_position_example[]){__VA_ARGS__}) / sizeof(rpe_position_example)

/* A small kernel that claims are put to, and the positions: one number an axis. */
typedef struct rpe_position_case {
    const char *name; /* of the case, in verdicts */
    size_t axes, queries[RPE_AXES_MAX], keys[RPE_AXES_MAX];
    size_t realizations; /* of methods that have them */
    const char *text;    /* the kernel, as a file has it */
} rpe_position_case;

/* One of them; and the member cases of the type. */
#define RPE_CASE(...)                                                                                        \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define RPE_POSITION_CASES(...)                                                                              \
    .cases = (const rpe_position_case[])                                                                     \
    {                                                                                                        \
        __VA_ARGS__,                                                                                         \
        {                                                                                                    \
            0                                                                                                \
        }                                                                                                    \
    }

/* How codes are made of noise:  X_d(m) = sum_j u_j(m) z_j,  without the gate.  [spec 4]
   A row j of the noise is either seen by all codes, or it lies at a place of its own and is seen by the codes whose window
   it is in: as many samples from their position on, on each axis, as the kernel's size says. */
typedef struct rpe_kernel_codes {
    bool along;  /* the rows lie along the positions; else there are 2K or K of them, K the kernel's size */
    bool paired; /* 2K: rows 2k and 2k+1 are the cosine and the sine of one oscillation */
    /* u_j(m) of a row and a place, one number an axis; 0 out of the window. */
    double (*coefficient)(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                          const ptrdiff_t *row, const ptrdiff_t *place);
    /* Bound on the rounding of a code of [head,feature] `index` at a position, over the largest noise: every term errs by gamma,
       phases by the roundoff of what they are computed in. */
    double (*rounding)(const rpe_kernel *kernel, size_t index, double position, double gamma,
                       double roundoff);
    /* [heads,features,K] cycles a position, whose products with positions are the phases of the codes; NULL: no phases. */
    const double *(*frequencies)(const rpe_kernel *kernel);
    /* The kernel becomes the one whose value is sum_k of the products of a cosine row and the sine row beside it; NULL: no pairs. */
    void (*quadrature)(rpe_kernel *kernel);
    /* The kernel becomes the one whose value is sum_j u_j(m)^2 w_j(n)^2; NULL: that is no function of the lag. */
    void (*square)(rpe_kernel *kernel);
    /* Codes of [head,feature] `index` are to be `factor` times as large. */
    void (*scale)(rpe_kernel *kernel, size_t index, double factor);
    /* Queries are to stand one position further on this axis (ahead), or keys are. */
    rpe_status (*shift)(rpe_kernel *kernel, size_t axis, bool ahead, rpe_error *error);
} rpe_kernel_codes;

/* A usual mistake of those who make the codes: what they make are the right codes of another kernel. */
typedef struct rpe_kernel_mistake {
    const char *name, *sentence;
    bool (*make)(rpe_kernel *kernel); /* the kernel becomes that one; false: it is the same */
} rpe_kernel_mistake;

/* A relative position; one file each, listed in positions.def beside the others of its family.  A bias is made by name, title,
   source, form, family, parameters, terms, three examples and a case; all else may be left out. */
typedef struct rpe_kernel_type {
    const char *name, *title, *source; /* key in lists and results; in words; what is cited */
    const char *form; /* "form" in files of the family's type; NULL: the name is the "type" */
    const rpe_family *family;
    /* NULL-terminated by name; kernel->own has their values in this order. */
    const rpe_parameter *parameters;
    /* Refuses keys by which others call the parameters, before any is read; NULL: none is known. */
    rpe_status (*foreign)(const rpe_json *document, rpe_error *error);
    /* Beyond the ranges; fills what follows from the parameters.  NULL: nothing. */
    rpe_status (*check)(rpe_kernel *kernel, rpe_error *error);
    /* What the size of a kernel counts, and the key that it is drawn by: the extents of the first parameter beyond heads and
       features.  NULL: kernels of the type have no size. */
    const char *size;
    /* What the places of a query and a key make: the family's terms. */
    void (*terms)(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                  const rpe_place *key, double *terms);
    const rpe_feature_weight *feature; /* feature family */
    /* What lets a recurrence do with it: the weight of a pair is the product of features of the query and of the key, times e to
       the sum of a number <= 0 a token between them.  Bias family: the number alone, of both sides of the query alike unless it is
       causal.  NULL: it is no such sum, and the methods scan-MAP refuse it.  feature: among `width`. */
    double (*log_decay)(const rpe_kernel *kernel, size_t head, size_t token, size_t feature);
    size_t (*width)(const rpe_kernel *kernel,
                    size_t size); /* features of a vector of `size`; NULL: not of these families */
    void (*features)(const rpe_kernel *kernel, size_t head, rpe_side side, const rpe_place *place,
                     const double *x, size_t size, double *features);
    /* The same features, in any order that is one for queries and keys; false, of all heads: they have no such form.  NULL: never. */
    bool (*feature_form)(const rpe_kernel *kernel, size_t head, rpe_feature_form *form);
    /* What log_decay depends on besides the head; NULL: on the token if it is `absolute`, and not on the feature. */
    void (*decay_axes)(const rpe_kernel *kernel, bool *token, bool *feature);
    /* What a token's own key weighs more by: the product of this feature of its query and of its key times this; NULL: nothing. */
    double (*own)(const rpe_kernel *kernel, size_t head, size_t feature);
    /* Bias family: e^b = (1 + a |lag|)^(-p), a, p > 0.  NULL: it is no such power, and the methods sum-MAP refuse it. */
    void (*power)(const rpe_kernel *kernel, size_t head, double *a, double *p);
    bool absolute; /* the terms are no function of the difference of the positions */
    /* Whether there is causal attention alone; NULL: there is both. */
    bool (*causal)(const rpe_kernel *kernel);
    bool whole; /* positions are whole numbers */
    /* Product family: P_d(lag), without the gate. */
    double (*value)(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag);
    const rpe_kernel_codes *codes; /* NULL: there are no codes */
    /* Auto-covariance of the codes of one side, without the gate; where there are codes. */
    double (*autocovariance)(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                             const double *lag);
    const rpe_kernel_mistake *mistakes; /* ends with a NULL name; NULL: none is known */
    /* A kernel of this type for a table: position/kernel_fit.h.  size 0: what is exact.  NULL: there is no such fit. */
    rpe_status (*fit)(rpe_kernel **kernel, const rpe_fit_table *table, size_t size, int threads,
                      rpe_fit_result *result, rpe_error *error);
    /* With the smallest size that is exact, for the tables that have one. */
    rpe_status (*fit_minimal)(rpe_kernel **kernel, const rpe_fit_table *table, int threads,
                              rpe_fit_result *result, rpe_error *error);
    /* The table that the kernel is given by, to be fitted; NULL: it is no table. */
    rpe_fit_table (*table)(const rpe_kernel *kernel);
    /* Whether every pair of the two position sets is known, of vectors of `size` elements; NULL: always. */
    rpe_status (*covers)(const rpe_kernel *kernel, const rpe_positions *queries, const rpe_positions *keys,
                         rpe_error *error);
    const rpe_position_example *examples; /* at least three; checked by the test position_definitions */
    size_t example_count;
    const rpe_position_case *cases; /* end with a NULL name; at least one */
} rpe_kernel_type;

/* Registered positions, in the order of positions.def. */
size_t rpe_kernel_type_count(void);
const rpe_kernel_type *rpe_kernel_type_at(size_t index);
const rpe_kernel_type *rpe_kernel_type_find(const char *name); /* NULL if there is none */

/* Parameters are canonical (raw ones are mapped when read) and finite.  Read-only for users of the library. */
struct rpe_kernel {
    const rpe_kernel_type *type;
    char *path;                                   /* where it was read from, for messages */
    size_t heads, features, axes;                 /* 0: any number of heads, of features */
    size_t least_features;                        /* of vectors, where any number from this on will do */
    rpe_parameter_values own[RPE_PARAMETERS_MAX]; /* in the order of the type's parameters */
    double *gate;                                 /* [heads,features], in [0,1], or NULL: no gate */
};

/* Reads the JSON of spec 7.  Unknown keys, wrong shapes, negative gains, frequencies out of [0,1/2], gates out of [0,1]
   and non-finite numbers are errors.  Extreme raw values do not overflow.  The caller owns *kernel. */
rpe_status rpe_kernel_read(rpe_kernel **kernel, const char *path, rpe_error *error);
void rpe_kernel_destroy(rpe_kernel *kernel);
/* The same from text; name is for messages. */
rpe_status rpe_kernel_parse(rpe_kernel **kernel, const char *text, const char *name, rpe_error *error);

/* The type alone, of a file as rpe_kernel_read reads it. */
rpe_status rpe_kernel_type_read(const rpe_kernel_type **type, const char *path, rpe_error *error);

/* Tokens that parameters have a number for, each; 0: none has. */
size_t rpe_kernel_tokens(const rpe_kernel *kernel);
/* Of such parameters, those of the first `count` tokens are kept; fewer stay as they are. */
void rpe_kernel_tokens_keep(rpe_kernel *kernel, size_t count);
/* One of `count` tokens, more or fewer: its parameters begin again after the last token.  The caller owns *made. */
rpe_status rpe_kernel_tokens_repeat(rpe_kernel **made, const rpe_kernel *kernel, size_t count,
                                    rpe_error *error);

/* A kernel on one axis whose parameters are all [heads,features,size], and 0; without a gate.  path is for messages.
   RPE_ERROR_MEMORY also where the sizes overflow.  The caller owns *kernel. */
rpe_status rpe_kernel_create(rpe_kernel **kernel, const rpe_kernel_type *type, const char *path, size_t heads,
                             size_t features, size_t size, rpe_error *error);
/* One whose parameters may be changed; the caller owns *copy. */
rpe_status rpe_kernel_copy(rpe_kernel **copy, const rpe_kernel *kernel, rpe_error *error);

/* What the type calls size: the product, and one number an axis, 1 on axes that there are not.  0 and an extent of 0: it has none. */
size_t rpe_kernel_size(const rpe_kernel *kernel, size_t extent[RPE_AXES_MAX]);
/* Extents of the noise of one feature and realization, for a kernel with codes: 2K or K, or max(M,N)+P-1 on each axis.  Returns the
   number of axes; 0: an extent overflows. */
size_t rpe_kernel_noise_extent(const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, size_t extent[RPE_AXES_MAX]);
/* Their product: noise rows of one feature; 0: it overflows. */
size_t rpe_kernel_noise_rows(const rpe_kernel *kernel, const rpe_positions *queries,
                             const rpe_positions *keys);
/* Frequencies of the phases of the codes, [heads,features,K], and how many: rpe_kernel_codes.frequencies; NULL: there are none. */
const double *rpe_kernel_frequencies(const rpe_kernel *kernel, size_t *count);
/* Terms of the sum that a code of one feature is: rows that it sees. */
size_t rpe_kernel_code_terms(const rpe_kernel *kernel);

/* Writes the kernel as canonical JSON, atomically: read again, it has the same parameters bit for bit. */
rpe_status rpe_kernel_write(const rpe_kernel *kernel, const char *path, rpe_error *error);

/* Position kernel of one feature at a lag (query position minus key position, one number an axis, any sign), the gate
   included.  The lag must be covered (rpe_kernel_covers).  Finite; cannot fail.  [spec 3; SPE paper, convSPE and eq. 18] */
double rpe_kernel_value(const rpe_kernel *kernel, size_t head, size_t feature, const ptrdiff_t *lag);
/* The same at any lag that the type takes. */
double rpe_kernel_value_at(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag);

/* Auto-covariance of the codes of one side at a lag, the gate included: P^qq, P^kk of spec 5.  The family must have codes. */
double rpe_kernel_autocovariance(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                                 const ptrdiff_t *lag);

/* delta_d in [0,1]; 0 without a gate. */
double rpe_kernel_gate(const rpe_kernel *kernel, size_t head, size_t feature);

/* Axes of both sets equal the kernel's, positions are of its kind, and every lag between them is known. */
rpe_status rpe_kernel_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                             const rpe_positions *keys, rpe_error *error);

#endif
