/* One input of a grid, as the JSON describes it. */
#ifndef RPE_INPUT_SETTINGS_H
#define RPE_INPUT_SETTINGS_H

#include "rpe_configuration.h"

/* settings is zeroed before; on failure it may be filled in part: destroy it either way. */
rpe_status rpe_input_settings_read(rpe_input_settings *settings, const rpe_json *document,
                                   const json_t *object, rpe_error *error);
void rpe_input_settings_destroy(rpe_input_settings *settings);

#endif
