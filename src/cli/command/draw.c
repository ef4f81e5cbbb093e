/* The noise of encode and attend: given, or drawn from a seed. */
#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "cli/command/data.h"
#include "file/npy.h"

const char *rpe_sampler_name(size_t index)
{
    return index < rpe_sampler_count() ? rpe_sampler_at(index)->name : NULL;
}

typedef struct option_pair {
    int option, other;
} option_pair;

static const char *const draw_names[RPE_DATA_OPTION_COUNT] = {
    [RPE_DATA_NOISE] = "noise",
    [RPE_DATA_GATE_NOISE] = "gate-noise",
    [RPE_DATA_realizations] = "realizations",
    [RPE_DATA_SEED] = "seed",
    [RPE_DATA_sampler] = "sampler",
    [RPE_DATA_shared_heads] = "shared-heads",
};

static const option_pair conflicts[] = {
    {RPE_DATA_realizations, RPE_DATA_NOISE},
    {RPE_DATA_SEED, RPE_DATA_NOISE},
    {RPE_DATA_sampler, RPE_DATA_NOISE},
    {RPE_DATA_GATE_NOISE, RPE_DATA_realizations},
};

static const option_pair needs[] = {
    {RPE_DATA_GATE_NOISE, RPE_DATA_NOISE},
    {RPE_DATA_SEED, RPE_DATA_realizations},
    {RPE_DATA_sampler, RPE_DATA_realizations},
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* seeded: the seed draws something besides the noise. */
static rpe_status pairs_check(const rpe_arguments *arguments, bool seeded, rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    for (size_t i = 0; i < COUNT_OF(conflicts); i++) {
        if (seeded && conflicts[i].option == RPE_DATA_SEED)
            continue;
        if (values[conflicts[i].option].given && values[conflicts[i].other].given)
            return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected without --%s, found both",
                                 draw_names[conflicts[i].option], draw_names[conflicts[i].other]);
    }
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        if (seeded && needs[i].option == RPE_DATA_SEED)
            continue;
        if (values[needs[i].option].given && !values[needs[i].other].given)
            return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected together with --%s, found it alone",
                                 draw_names[needs[i].option], draw_names[needs[i].other]);
    }
    return RPE_OK;
}

rpe_status rpe_draw_options_check(const rpe_arguments *arguments, bool encodes, bool projects,
                                  const char *why, rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    for (size_t i = 0; !encodes && i < RPE_DATA_OPTION_COUNT; i++) {
        if (draw_names[i] != NULL && values[i].given && !(projects && i == RPE_DATA_SEED))
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "--%s: expected only with a kernel and a method that encodes, found %s",
                                 draw_names[i], why);
    }
    rpe_status status = pairs_check(arguments, projects, error);
    if (status == RPE_OK && encodes && !values[RPE_DATA_NOISE].given && !values[RPE_DATA_realizations].given)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--realizations: expected --realizations R or --noise z.npy, found "
                             "neither");
    return status;
}

static rpe_status given_read(rpe_draw *draw, const rpe_kernel *kernel, rpe_error *error)
{
    rpe_status status = rpe_npy_read(draw->noise_path, RPE_NPY_DOUBLE, &draw->given, error);
    if (status == RPE_OK && draw->gate_path != NULL)
        status = rpe_npy_read(draw->gate_path, RPE_NPY_DOUBLE, &draw->gate, error);
    if (status != RPE_OK)
        return status;
    draw->noise.given = &draw->given;
    draw->noise.gate = draw->gate_path != NULL ? &draw->gate : NULL;
    /* A wrong rank gives 0: the shape is refused with its reason once there is an encoder. */
    draw->realizations = rpe_noise_realizations(kernel, &draw->given);
    if (draw->realizations == 0)
        draw->realizations = 1;
    return RPE_OK;
}

/* One stream for both commands: attend on encoded vectors is encode, then attend. */
rpe_stream rpe_draw_stream(const rpe_arguments *arguments)
{
    return rpe_encoder_stream(arguments->values[RPE_DATA_SEED].seed);
}

rpe_status rpe_draw_read(rpe_draw *draw, const rpe_arguments *arguments, const rpe_kernel *kernel,
                         rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    *draw = (rpe_draw){.shared_heads = values[RPE_DATA_shared_heads].given,
                       .noise_path = values[RPE_DATA_NOISE].text,
                       .gate_path = values[RPE_DATA_GATE_NOISE].text};
    if (draw->noise_path != NULL) {
        rpe_status status = given_read(draw, kernel, error);
        if (status != RPE_OK)
            rpe_draw_destroy(draw);
        return status;
    }
    draw->sampler = rpe_sampler_at(values[RPE_DATA_sampler].count);
    draw->realizations = values[RPE_DATA_realizations].count;
    draw->noise.stream = rpe_draw_stream(arguments);
    return RPE_OK;
}

void rpe_draw_destroy(rpe_draw *draw)
{
    rpe_array_destroy(&draw->gate);
    rpe_array_destroy(&draw->given);
    *draw = (rpe_draw){0};
}

const char *rpe_draw_text(const rpe_draw *draw, char text[RPE_DRAW_TEXT_CAPACITY])
{
    if (draw->sampler == NULL)
        snprintf(text, RPE_DRAW_TEXT_CAPACITY, "given noise, R = %zu", draw->realizations);
    else
        snprintf(text, RPE_DRAW_TEXT_CAPACITY, "%s noise, R = %zu, seed %" PRIu64, draw->sampler->name,
                 draw->realizations, draw->noise.stream.seed);
    return text;
}
