/* convSPE: filtered white noise, on one to three axes. */
#include "encoding/code.h"
#include "encoding/encoder_plan.h"

const rpe_code rpe_code_conv = {
    .name = "conv",
    .title = "convSPE",
    .source = "SPE paper, convSPE",
    .plan = rpe_conv_plan_make,
    .functions = {&rpe_conv_functions_single, &rpe_conv_functions_double},
};
