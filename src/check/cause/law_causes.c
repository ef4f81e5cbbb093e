/* Causes that give the codes a law that is no kernel's: they are put to that law. */
#include "check/cause/check_correction.h"

/* The variant is how often. */
bool rpe_check_undo_gate_redrawn(rpe_check_correction *correction)
{
    static const struct {
        rpe_check_gate gate;
        const char *text;
    } kinds[] = {{RPE_CHECK_GATE_EACH_SIDE, "for each side"},
                 {RPE_CHECK_GATE_EACH_POSITION, "for each position"},
                 {RPE_CHECK_GATE_EACH_CODE, "for each position and side"}};
    const rpe_kernel *kernel = correction->kernel;
    const rpe_check_side *side = correction->subject.side;
    bool gated = false;
    for (size_t f = 0; f < kernel->heads * kernel->features; f++)
        gated = gated || rpe_kernel_gate(kernel, f / kernel->features, f % kernel->features) > 0;
    rpe_check_gate gate = kinds[correction->variant].gate;
    for (size_t i = 0; gate == RPE_CHECK_GATE_EACH_POSITION && i < kernel->axes; i++)
        gated = gated && side[0].positions.extent[i] == side[1].positions.extent[i];
    correction->subject.law.gate = gate;
    rpe_check_detail(correction, "%s", kinds[correction->variant].text);
    return gated;
}

/* A convolution of max(M,N) samples on each axis. */
static void samples_count(rpe_check_correction *correction)
{
    const rpe_check_side *side = correction->subject.side;
    for (size_t i = 0; i < correction->kernel->axes; i++) {
        size_t m = side[0].positions.extent[i], n = side[1].positions.extent[i];
        correction->subject.law.count[i] = m > n ? m : n;
    }
}

/* The variant is where the padding of P - 1 zeros is. */
bool rpe_check_undo_padded(rpe_check_correction *correction)
{
    static const char *const texts[] = {"at both ends ('same')",
                                        "at both ends ('same', the longer end first)",
                                        "before the sequence (causal)", "after the sequence"};
    const rpe_kernel *kernel = correction->kernel;
    size_t variant = correction->variant;
    bool other = false;
    size_t window[RPE_AXES_MAX];
    rpe_kernel_size(kernel, window);
    for (size_t i = 0; kernel->type->codes->along && i < kernel->axes; i++) {
        size_t zeros = window[i] - 1;
        const size_t before[] = {zeros / 2, zeros - zeros / 2, zeros, 0};
        correction->subject.law.first[i] = before[variant];
        /* of one zero the middle is an end */
        other = other || (variant == 1 ? zeros % 2 == 1 : zeros > (variant == 0 ? 0 : 1));
    }
    correction->subject.law.padding = RPE_CHECK_PADDING_ZERO;
    samples_count(correction);
    rpe_check_detail(correction, "%s", texts[variant]);
    return other;
}

bool rpe_check_undo_circular(rpe_check_correction *correction)
{
    correction->subject.law.padding = RPE_CHECK_PADDING_CIRCULAR;
    samples_count(correction);
    return correction->kernel->type->codes->along && rpe_kernel_code_terms(correction->kernel) > 1;
}
