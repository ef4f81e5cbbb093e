/* Causes that are undone in the kernel: codes made with the error are draws for the kernel with it.  First come the usual mistakes
   with kernels of the type at hand (rpe_kernel_type.mistakes). */
#include <math.h>

#include "check/cause/check_correction.h"

static size_t features_of(const rpe_kernel *kernel)
{
    return kernel->heads * kernel->features;
}

/* values <- values * factor; whether any is another then */
static bool scale(double *values, size_t count, double factor)
{
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        double scaled = values[i] * factor;
        changed = changed || scaled != values[i];
        values[i] = scaled;
    }
    return changed;
}

/* The variant is the mistake. */
bool rpe_check_undo_mistake(rpe_check_correction *correction)
{
    const rpe_kernel_mistake *mistake = &correction->kernel->type->mistakes[correction->variant];
    rpe_check_detail(correction, "%s", mistake->sentence);
    return mistake->make(correction->kernel);
}

/* The same change of a kernel, as a cause. */
#define CHANGE(name)                                                                                         \
    static bool name(rpe_kernel *kernel);                                                                    \
    bool rpe_check_undo_##name(rpe_check_correction *correction)                                             \
    {                                                                                                        \
        return name(correction->kernel);                                                                     \
    }                                                                                                        \
    static bool name(rpe_kernel *kernel)

/* The variant is the axis. */
static bool shift(rpe_check_correction *correction, bool ahead)
{
    rpe_kernel *kernel = correction->kernel;
    size_t axis = correction->variant;
    if (axis >= kernel->axes)
        return false;
    rpe_check_detail(correction, "%s", rpe_check_axis_text(axis));
    correction->status = kernel->type->codes->shift(kernel, axis, ahead, correction->error);
    return correction->status == RPE_OK;
}

bool rpe_check_undo_ahead(rpe_check_correction *correction)
{
    return shift(correction, true);
}

bool rpe_check_undo_behind(rpe_check_correction *correction)
{
    return shift(correction, false);
}

CHANGE(gate_inverted)
{
    bool changed = false;
    for (size_t i = 0; kernel->gate != NULL && i < features_of(kernel); i++) {
        changed = changed || kernel->gate[i] != 0.5;
        kernel->gate[i] = 1 - kernel->gate[i];
    }
    return changed;
}

CHANGE(gate_dropped)
{
    return kernel->gate != NULL && scale(kernel->gate, features_of(kernel), 0);
}

/* (1 - delta) X + delta eps: a gate of delta^2 on X (1 - delta)/sqrt(1 - delta^2) */
CHANGE(gate_not_rooted)
{
    bool changed = false;
    for (size_t f = 0; kernel->gate != NULL && f < features_of(kernel); f++) {
        double delta = kernel->gate[f], factor = delta < 1 ? sqrt((1 - delta) / (1 + delta)) : 1;
        changed = changed || (delta > 0 && delta < 1);
        kernel->gate[f] = delta * delta;
        kernel->type->codes->scale(kernel, f, factor);
    }
    return changed;
}
