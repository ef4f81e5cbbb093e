/* Inputs of a grid, as the JSON describes them. */
#ifndef RPE_INPUT_SETTINGS_H
#define RPE_INPUT_SETTINGS_H

#include "experiment/configuration.h"

#define RPE_INPUT_LAYOUT "nhd" /* of arrays in memory, and in files that do not say otherwise */

/* A grid, the overrides of a quick run in front of it. */
typedef struct rpe_grid_layers {
    const rpe_json *document;
    const json_t *quick, *grid; /* quick: NULL where there is none */
} rpe_grid_layers;

/* The value of key in the layer that has it; NULL where none has. */
const json_t *rpe_grid_layers_get(const rpe_grid_layers *layers, const char *key);

/* The inputs of a grid's JSON into the grid, each once a combination of its axes.  On failure they may be filled in part:
   destroy them either way. */
rpe_status rpe_inputs_read(rpe_grid *grid, const rpe_grid_layers *layers, rpe_error *error);

/* Keys of the axes of inputs; NULL after the last. */
const char *rpe_input_axis_key(size_t index);

/* One input, without the grid's axes.  settings is zeroed before. */
rpe_status rpe_input_settings_read(rpe_input_settings *settings, const rpe_json *document,
                                   const json_t *object, rpe_error *error);
/* The same input with at most `most` positions on an axis, for who tries something on a small problem; problem: its shapes as
   loaded.  What small points to is that of settings: it is not destroyed. */
rpe_status rpe_input_settings_shorten(const rpe_input_settings *settings, const rpe_problem *problem,
                                      size_t most, rpe_input_settings *small, rpe_error *error);
void rpe_input_settings_destroy(rpe_input_settings *settings);

#endif
