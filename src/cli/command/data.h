/* What encode and attend share: the options of inputs and noise, their arrays, and the check that all of it fits together. */
#ifndef RPE_DATA_H
#define RPE_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/error.h"
#include "base/layout.h"
#include "cli/options.h"
#include "encoding/encoder.h"
#include "position/kernel.h"

/* Places in the tables of both commands; their own options follow from RPE_DATA_OPTION_COUNT on. */
enum {
    RPE_DATA_KERNEL,
    RPE_DATA_QUERIES,
    RPE_DATA_KEYS,
    RPE_DATA_NOISE,
    RPE_DATA_GATE_NOISE,
    RPE_DATA_SEED,
    RPE_DATA_LAYOUT,
/* Of options.def, RPE_DATA_name: what both have. */
#define RPE_DATA_PLACE_BOTH(name) RPE_DATA_##name,
#define RPE_DATA_PLACE_ATTEND(name)
#define RPE_POINT_OPTION(name, kind, cell, meaning, who, ...) RPE_DATA_PLACE_##who(name)
#define RPE_ROW_OPTION(name, ...)
#include "experiment/options.def"
#undef RPE_POINT_OPTION
#undef RPE_ROW_OPTION
    RPE_DATA_OPTION_COUNT
};

#define RPE_REALIZATIONS_MAX 1048576
#define RPE_DATA_LAYOUT_USUAL "nhd"

/* clang-format off */
#define RPE_DATA_OPTIONS(kernel_required)                                                                              \
    [RPE_DATA_KERNEL] = {.name = "kernel", .placeholder = "K.json", .help = "position kernel",                         \
                          .type = RPE_OPTION_PATH, .required = (kernel_required)},                                      \
    [RPE_DATA_QUERIES] = {.name = "queries", .placeholder = "q.npy", .help = "queries [M,H,D] or [B,M,H,D]",           \
                           .type = RPE_OPTION_PATH, .required = true},                                                  \
    [RPE_DATA_KEYS] = {.name = "keys", .placeholder = "k.npy", .help = "keys [N,H,D] or [B,N,H,D]",                    \
                        .type = RPE_OPTION_PATH, .required = true},                                                     \
    [RPE_DATA_NOISE] = {.name = "noise", .placeholder = "z.npy",                                                       \
                         .help = "noise instead of a sampler: sine [H,D,2K,R], conv [R,H,D,max(M,N)+P-1]",              \
                         .type = RPE_OPTION_PATH},                                                                      \
    [RPE_DATA_GATE_NOISE] = {.name = "gate-noise", .placeholder = "e.npy",                                             \
                              .help = "noise [H,D,R] of a gated kernel, with --noise", .type = RPE_OPTION_PATH},        \
    [RPE_DATA_SEED] = {.name = "seed", .placeholder = "S", .help = "seed of the draw", .type = RPE_OPTION_SEED,        \
                        .fallback = "1"},                                                                               \
    [RPE_DATA_LAYOUT] = {.name = "layout", .placeholder = "ORDER",                                                     \
                          .help = "order of the axes, read and written: n positions (images: an axis each), h heads, d features, "  \
                                  "b items (bhnd; without b they lead)",                                                            \
                          .type = RPE_OPTION_TEXT, .fallback = RPE_DATA_LAYOUT_USUAL}
/* clang-format on */

/* The line of an option of options.def, by its kind. */
#define RPE_DATA_LINE_COUNT(named, value, words)                                                             \
    {                                                                                                        \
        .name = (named), .placeholder = (value), .help = (words), .type = RPE_OPTION_COUNT, .minimum = 1,    \
        .maximum = RPE_REALIZATIONS_MAX                                                                      \
    }
#define RPE_DATA_LINE_FLAG(named, value, words)                                                              \
    {                                                                                                        \
        .name = (named), .help = (words), .type = RPE_OPTION_FLAG                                            \
    }
#define RPE_DATA_LINE_CHOICE(named, value, words, choices, usual)                                            \
    {                                                                                                        \
        .name = (named), .placeholder = (value), .help = (words), .type = RPE_OPTION_CHOICE,                 \
        .choice = (choices), .fallback = (usual)                                                             \
    }
#define RPE_DATA_LINE_PRECISION(named, value, words)                                                         \
    RPE_DATA_LINE_CHOICE(named, value, words, rpe_precision_choice, "double")
#define RPE_DATA_LINE_SAMPLER(named, value, words)                                                           \
    RPE_DATA_LINE_CHOICE(named, value, words, rpe_sampler_name, "gaussian")

const char *rpe_sampler_name(size_t index);
const char *rpe_precision_choice(size_t index); /* the index is the rpe_precision */

typedef struct rpe_data {
    rpe_kernel *kernel; /* NULL: none */
    rpe_array queries, keys, values;
    rpe_positions query_positions, key_positions;
    bool batched; /* whether the arrays have the batch axis */
    size_t batch, heads, features, value_features;
    char layout[RPE_LAYOUT_CAPACITY]; /* of the files; the arrays here are [M,H,D] or [B,M,H,D] */
} rpe_data;

/* Reads kernel, queries, keys and, if values_path is not NULL, values, and checks that heads, features, batch and positions
   agree.  The caller owns it: rpe_data_destroy, safe on a zeroed struct. */
rpe_status rpe_data_read(rpe_data *data, const rpe_arguments *arguments, const char *values_path,
                         rpe_error *error);
void rpe_data_destroy(rpe_data *data);
/* How the axes were read, a line a file unless quiet: "q.npy: [4,8,64] read as M = 4 positions, H = 8 heads, D = 64".
   Warns where there are more heads than positions and nobody said that the axes are in that order. */
void rpe_data_print(const rpe_data *data, const rpe_arguments *arguments, const char *values_path);
/* Shape of an output: the batch and position axes of like, then heads and last.  Returns its rank. */
size_t rpe_data_output_shape(const rpe_data *data, const rpe_positions *positions, size_t last,
                             size_t shape[RPE_RANK_MAX]);

/* That shape as it is written, "[2,8,64]". */
const char *rpe_data_output_text(const rpe_data *data, const rpe_positions *positions, size_t last,
                                 char text[RPE_SHAPE_CAPACITY]);
/* An output of that shape in the layout of the inputs. */
rpe_status rpe_data_output_lay_out(const rpe_data *data, const rpe_positions *positions, rpe_array *output,
                                   rpe_error *error);

typedef struct rpe_draw {
    const rpe_sampler *sampler; /* NULL: the noise is given */
    size_t realizations;
    bool shared_heads;
    const char *noise_path, *gate_path; /* NULL: not given */
    rpe_array given, gate;
    rpe_noise noise; /* points to given and gate: do not copy the draw */
} rpe_draw;

/* Options that contradict each other, or that stand alone.  encodes: whether there will be codes; if not, why says what is
   missing ("method explicit"), and the options of the draw are refused.  projects: projections are drawn too, by the seed. */
rpe_status rpe_draw_options_check(const rpe_arguments *arguments, bool encodes, bool projects,
                                  const char *why, rpe_error *error);
/* The stream of all that the seed draws. */
rpe_stream rpe_draw_stream(const rpe_arguments *arguments);
/* Reads the given noise or takes the sampler. */
rpe_status rpe_draw_read(rpe_draw *draw, const rpe_arguments *arguments, const rpe_kernel *kernel,
                         rpe_error *error);
void rpe_draw_destroy(rpe_draw *draw);
/* "gaussian noise, R = 64, seed 1" */
#define RPE_DRAW_TEXT_CAPACITY 160
const char *rpe_draw_text(const rpe_draw *draw, char text[RPE_DRAW_TEXT_CAPACITY]);

#endif
