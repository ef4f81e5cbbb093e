#include "encoding/sampler.h"

#include <stdint.h>
#include <string.h>

#define RPE_SAMPLER(name) extern const rpe_sampler rpe_sampler_##name;
#include "encoding/sampler/samplers.def"
#undef RPE_SAMPLER

static const rpe_sampler *const samplers[] = {
#define RPE_SAMPLER(name) &rpe_sampler_##name,
#include "encoding/sampler/samplers.def"
#undef RPE_SAMPLER
};

size_t rpe_sampler_count(void)
{
    return sizeof samplers / sizeof samplers[0];
}

const rpe_sampler *rpe_sampler_at(size_t index)
{
    return samplers[index];
}

const rpe_sampler *rpe_sampler_find(const char *name)
{
    for (size_t i = 0; i < rpe_sampler_count(); i++)
        if (strcmp(samplers[i]->name, name) == 0)
            return samplers[i];
    return NULL;
}

rpe_status rpe_sampler_supports(const rpe_sampler *sampler, const rpe_noise_shape *shape, rpe_error *error)
{
    size_t rows = shape->rows + shape->gate_rows;
    if (shape->realizations == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    if (rows < shape->rows || rows > RPE_STREAM_LENGTH / shape->realizations)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "sampler %s: expected at most 2^33 random numbers a head, found %zu noise rows of %zu "
            "realizations",
            sampler->name, rows, shape->realizations);
    return sampler->supports != NULL ? sampler->supports(shape, error) : RPE_OK;
}
