/* Memory that a call needs besides its inputs and outputs: plan and workspaces of all threads, as counted. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_peak_bytes = {
    .name = "peak_bytes",
    .title = "memory held besides inputs and outputs",
    .unit = "bytes",
    .source = "counted by the program's allocator; closed form: what the method's formula must hold",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_COUNT,
};
