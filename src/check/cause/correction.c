/* What is common to all causes: the table, and the codes without one of them. */
#include "check/cause/check_correction.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "statistic/hypothesis.h"

static const rpe_check_cause causes[] = {
#define RPE_CHECK_CAUSE(name, turn, variants, sentence) {turn, variants, rpe_check_undo_##name, sentence},
#include "check/cause/causes.def"
#undef RPE_CHECK_CAUSE
};

size_t rpe_check_cause_count(void)
{
    return sizeof causes / sizeof causes[0];
}

const rpe_check_cause *rpe_check_cause_at(size_t index)
{
    return &causes[index];
}

size_t rpe_check_cause_variants(const rpe_check_cause *cause, const rpe_kernel *kernel)
{
    const rpe_kernel_mistake *mistakes = kernel->type->mistakes;
    size_t count = 0;
    if (cause->variants != RPE_CHECK_MISTAKES)
        return cause->variants;
    while (mistakes != NULL && mistakes[count].name != NULL)
        count++;
    return count;
}

rpe_status rpe_check_correction_begin(rpe_check_correction *correction)
{
    correction->subject = *correction->read;
    correction->any_noise = correction->settings->any_noise;
    correction->detail[0] = '\0';
    correction->status = RPE_OK;
    rpe_status status = rpe_kernel_copy(&correction->kernel, correction->settings->kernel, correction->error);
    correction->subject.kernel = correction->kernel;
    return status;
}

void rpe_check_correction_end(rpe_check_correction *correction)
{
    for (int side = 0; side < 2; side++) {
        for (size_t letter = 0; letter < RPE_CHECK_LETTERS; letter++)
            rpe_memory_free(correction->map[side][letter]);
        rpe_memory_free(correction->scale[side]);
        rpe_array_destroy(&correction->codes[side]);
    }
    rpe_memory_free(correction->left_out);
    rpe_kernel_destroy(correction->kernel);
}

size_t *rpe_check_map_make(rpe_check_correction *correction, int side, int letter, size_t count)
{
    size_t *map = rpe_memory_allocate(count, sizeof *map);
    if (map == NULL)
        correction->status = rpe_error_memory(correction->error, "an order of codes", count, sizeof *map);
    rpe_memory_free(correction->map[side][letter]);
    correction->map[side][letter] = map;
    correction->subject.side[side].map[letter] = map;
    return map;
}

void rpe_check_detail(rpe_check_correction *correction, const char *format, ...)
{
    size_t used = strlen(correction->detail);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(correction->detail + used, sizeof correction->detail - used, format, arguments);
    va_end(arguments);
}

const char *rpe_check_axis_text(size_t axis)
{
    static const char *const texts[RPE_AXES_MAX] = {"", " on the second axis", " on the third axis"};
    return texts[axis];
}

rpe_status rpe_check_screen(const rpe_check_correction *correction, const rpe_check_feature *features,
                            size_t count, double *p, rpe_error *error)
{
    rpe_check_window window;
    rpe_check_feature measured[RPE_CHECK_SCREENED];
    double each[RPE_CHECK_SCREENED];
    rpe_status status = rpe_check_window_choose(&window, &correction->subject, error);
    if (status != RPE_OK)
        return status;
    for (size_t f = 0; f < count; f++)
        measured[f] = (rpe_check_feature){.head = features[f].head, .feature = features[f].feature};
    status = rpe_check_features_measure(measured, count, &correction->subject, &window,
                                        correction->settings->threads, error);
    if (status != RPE_OK)
        return status;
    double inflation = rpe_check_inflation(correction->evidence, correction->any_noise);
    for (size_t f = 0; f < count; f++)
        each[f] = rpe_check_feature_p(&measured[f], window.realizations, inflation);
    *p = rpe_holm_smallest(count, each);
    return RPE_OK;
}
