/* Inputs of a grid, as the JSON describes them. */
#ifndef RPE_INPUT_SETTINGS_H
#define RPE_INPUT_SETTINGS_H

#include "rpe_configuration.h"

/* The inputs of a grid's JSON into the grid, each once a size of its "fit".  On failure they may be filled in part: destroy
   them either way. */
rpe_status rpe_inputs_read(rpe_grid *grid, const rpe_json *document, const json_t *object, rpe_error *error);
void rpe_input_settings_destroy(rpe_input_settings *settings);

#endif
