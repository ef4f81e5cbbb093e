/* How much of the codes is looked at: the singular values of a feature's coefficients cost (M+N) min(M+N, rows)^2. */
#include "check/check_subject.h"

#include "base/memory.h"
#include "base/stream.h"

#define WORK_MOST 3e9         /* sum over features of count * least^2 */
#define PRODUCTS_MOST 2e8     /* sum over features of M N, which their theory prepares */
#define COUNT_MOST 16384      /* positions of both sides */
#define ENTRIES_MOST 4194304  /* realizations * positions of one feature */
#define REALIZATIONS_LEAST 64 /* are used however many positions there are */
#define KEPT_MOST 33554432    /* numbers kept to compare features */
#define PAIR_WORK_MOST 4e9    /* products to compare all pairs of features */

size_t rpe_check_gate_rows(const rpe_check_law *law, const rpe_positions *queries, const rpe_positions *keys)
{
    switch (law->gate) {
    case RPE_CHECK_GATE_EACH_SIDE:
        return 2;
    case RPE_CHECK_GATE_EACH_POSITION:
        return queries->count > keys->count ? queries->count : keys->count;
    case RPE_CHECK_GATE_EACH_CODE:
        return queries->count + keys->count;
    case RPE_CHECK_GATE_ONCE:
    default:
        return 1;
    }
}

/* The box of that many positions on each axis, or fewer where a side has fewer. */
static rpe_status box(rpe_check_window *window, const rpe_check_subject *subject, const size_t *most,
                      rpe_error *error)
{
    size_t axes = subject->kernel->axes;
    for (int side = 0; side < 2; side++) {
        size_t extent[RPE_AXES_MAX];
        for (size_t i = 0; i < axes; i++) {
            size_t whole = subject->side[side].positions.extent[i];
            extent[i] = whole < most[i] ? whole : most[i];
        }
        rpe_status status = rpe_positions_make(&window->positions[side], axes, extent, "codes", error);
        if (status != RPE_OK)
            return status;
    }
    for (size_t i = 0; i < axes; i++) {
        size_t queries = subject->side[0].positions.extent[i] - window->positions[0].extent[i];
        size_t keys = subject->side[1].positions.extent[i] - window->positions[1].extent[i];
        window->slack[i] = queries < keys ? queries : keys;
    }
    window->rows = rpe_kernel_noise_rows(subject->kernel, &window->positions[0], &window->positions[1]) + 1;
    if (subject->law.gate != RPE_CHECK_GATE_ONCE)
        window->rows += rpe_check_gate_rows(&subject->law, &window->positions[0], &window->positions[1]);
    return RPE_OK;
}

static bool is_cheap(const rpe_check_window *window, size_t features)
{
    double count = (double)(window->positions[0].count + window->positions[1].count);
    double least = (double)window->rows < count ? (double)window->rows : count;
    double products =
        (double)features * (double)window->positions[0].count * (double)window->positions[1].count;
    return count <= COUNT_MOST && products <= PRODUCTS_MOST &&
           (double)window->rows * count <= 4 * ENTRIES_MOST &&
           (double)features * count * least * least <= WORK_MOST;
}

rpe_status rpe_check_window_choose(rpe_check_window *window, const rpe_check_subject *subject,
                                   rpe_error *error)
{
    size_t most[RPE_AXES_MAX] = {1, 1, 1}, features = subject->kernel->heads * subject->kernel->features;
    for (size_t i = 0; i < subject->kernel->axes; i++) {
        size_t queries = subject->side[0].positions.extent[i], keys = subject->side[1].positions.extent[i];
        most[i] = queries > keys ? queries : keys;
    }
    *window = (rpe_check_window){.realizations = subject->realizations,
                                 .edges = subject->law.padding != RPE_CHECK_PADDING_NONE};
    rpe_status status = box(window, subject, most, error);
    while (status == RPE_OK && !is_cheap(window, features)) {
        size_t longest = 0;
        for (size_t i = 1; i < subject->kernel->axes; i++)
            longest = most[i] > most[longest] ? i : longest;
        if (most[longest] <= 2)
            break;
        most[longest] = most[longest] * 7 / 8;
        status = box(window, subject, most, error);
    }
    if (status != RPE_OK)
        return status;
    size_t count = window->positions[0].count + window->positions[1].count;
    size_t realizations = ENTRIES_MOST / count;
    realizations = realizations < REALIZATIONS_LEAST ? REALIZATIONS_LEAST : realizations;
    if (realizations < window->realizations)
        window->realizations = realizations;
    double kept = (double)KEPT_MOST / ((double)features * (double)window->rows);
    double pairs = 0.5 * (double)features * (double)features * (double)window->rows;
    kept = kept * pairs > PAIR_WORK_MOST ? PAIR_WORK_MOST / pairs : kept;
    window->kept = kept < (double)window->realizations ? (size_t)kept : window->realizations;
    return RPE_OK;
}

void rpe_check_window_start(const rpe_check_window *window, size_t index, size_t start[RPE_AXES_MAX])
{
    double uniform[RPE_AXES_MAX];
    rpe_stream stream = {.seed = 17, .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, 0)};
    rpe_stream_uniforms(stream, (uint64_t)index * RPE_AXES_MAX, RPE_AXES_MAX, uniform);
    for (size_t i = 0; i < RPE_AXES_MAX; i++)
        start[i] = window->edges ? (uniform[i] < 0.5 ? 0 : window->slack[i])
                                 : (size_t)(uniform[i] * (double)(window->slack[i] + 1));
}
