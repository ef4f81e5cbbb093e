/* convSPE through Fourier transforms, in one precision. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/real.h"
#include "encoding/conv_fourier.h"
#include "encoding/encoder_plan.h"
#include "position/conv.h"

#define AHEAD 8 /* rows of inputs: they lie in different pages, where no processor looks for itself */

/* Some positions, items and realizations of one head. */
typedef struct task {
    const rpe_encoder *encoder;
    const rpe_noise *noise;
    size_t head, first_position, first_item, items, first_pair, pairs;
    size_t count[2];                /* positions by side, from first_position on */
    size_t elements;                /* of a signal */
    real *weights[2];               /* [feature_block][items][elements], 0 beyond the positions */
    real *sums[2];                  /* [pairs][items][2][elements] */
    real *filter[2];                /* spectra of the filters of a feature */
    real *gate;                     /* [2 pairs of all] what the gate adds to the codes of a feature */
    real *signals;                  /* noise in time: [2 pairs][elements], reversed */
    real *spectrum, *work, *signal; /* signal: of the taps */
} task;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

static size_t count_within(size_t count, size_t first, size_t most)
{
    return first >= count ? 0 : smaller(count - first, most);
}

static real *zeros_take(rpe_workspace *workspace, size_t count)
{
    real *values = rpe_workspace_take(workspace, count, sizeof *values);
    memset(values, 0, count * sizeof *values);
    return values;
}

/* What rpe_conv_task_bytes counts. */
static void buffers_take(task *t, rpe_workspace *workspace)
{
    const rpe_conv_plan *plan = &t->encoder->conv;
    for (int side = 0; side < 2; side++) {
        t->weights[side] = zeros_take(workspace, plan->feature_block * t->items * t->elements);
        t->sums[side] = zeros_take(workspace, 2 * t->pairs * t->items * t->elements);
        t->filter[side] = rpe_workspace_take(workspace, 2 * t->elements, sizeof(real));
    }
    t->spectrum = rpe_workspace_take(workspace, 2 * t->elements + RPE_CONV_DRAW, sizeof(real));
    t->work = rpe_workspace_take(workspace, 2 * t->elements, sizeof(real));
    t->signal = zeros_take(workspace, t->elements);
    t->gate = zeros_take(workspace, 2 * plan->pairs);
    if (!plan->spectral)
        t->signals = zeros_take(workspace, 2 * t->pairs * t->elements);
}

static task task_make(const rpe_encoder *encoder, const rpe_noise *noise, size_t index)
{
    const rpe_conv_plan *plan = &encoder->conv;
    const rpe_encoder_settings *settings = &encoder->settings;
    size_t queries = settings->queries.count, keys = settings->keys.count;
    size_t groups = divide_up(plan->pairs, plan->task_pairs);
    size_t windows = divide_up(queries > keys ? queries : keys, plan->task_positions);
    size_t parts = divide_up(settings->batch, plan->task_items);
    task t = {.encoder = encoder, .noise = noise, .elements = rpe_fourier_elements(plan->fourier.length)};
    t.first_pair = index % groups * plan->task_pairs;
    t.pairs = smaller(plan->pairs - t.first_pair, plan->task_pairs);
    index /= groups;
    t.first_position = index % windows * plan->task_positions;
    t.count[RPE_SIDE_QUERY] = count_within(queries, t.first_position, plan->task_positions);
    t.count[RPE_SIDE_KEY] = count_within(keys, t.first_position, plan->task_positions);
    index /= windows;
    t.first_item = index % parts * plan->task_items;
    t.items = smaller(settings->batch - t.first_item, plan->task_items);
    t.head = index / parts;
    return t;
}

/* Row of an input or output array: that item and position, this head. */
static size_t array_row(const task *t, int side, size_t item, size_t position)
{
    const rpe_encoder_settings *settings = &t->encoder->settings;
    size_t count = side == RPE_SIDE_QUERY ? settings->queries.count : settings->keys.count;
    size_t row = (t->first_item + item) * count + t->first_position + position;
    return row * settings->kernel->heads + t->head;
}

/* weights[d][item][n] = q_nd of features first .. first+count-1 */
static void weights_load(const task *t, int side, size_t first, size_t count, const real *inputs)
{
    const rpe_fourier *fourier = &t->encoder->conv.fourier;
    const rpe_kernel *kernel = t->encoder->settings.kernel;
    size_t stride = t->items * t->elements, row = kernel->heads * kernel->features;
    for (size_t item = 0; item < t->items; item++)
        for (size_t start = 0; start < t->count[side]; start += fourier->rows) {
            size_t end = smaller(fourier->rows, t->count[side] - start);
            const real *q = inputs + array_row(t, side, item, start) * kernel->features + first;
            real *weight = t->weights[side] + item * t->elements + rpe_fourier_place(fourier, start);
            for (size_t n = 0; n < end; n++, q += row) {
                __builtin_prefetch(q + AHEAD * row);
                for (size_t d = 0; d < count; d++)
                    weight[d * stride + n] = q[d];
            }
        }
}

/* qhat_n[r] = the sums over all features, r = 2 pair + part */
static void outputs_store(const task *t, int side, real *outputs)
{
    const rpe_fourier *fourier = &t->encoder->conv.fourier;
    size_t size = t->encoder->settings.realizations, first = 2 * t->first_pair;
    size_t pairs = smaller(size - first, 2 * t->pairs) / 2, stride = 2 * t->items * t->elements;
    bool odd = smaller(size - first, 2 * t->pairs) % 2 != 0;
    size_t row = t->encoder->settings.kernel->heads * size;
    for (size_t item = 0; item < t->items; item++)
        for (size_t start = 0; start < t->count[side]; start += fourier->rows) {
            size_t end = smaller(fourier->rows, t->count[side] - start);
            const real *sums = t->sums[side] + 2 * item * t->elements + rpe_fourier_place(fourier, start);
            real *x = outputs + array_row(t, side, item, start) * size + first;
            for (size_t n = 0; n < end; n++, x += row) {
                for (size_t pair = 0; pair < pairs; pair++) {
                    x[2 * pair] = sums[pair * stride + n];
                    x[2 * pair + 1] = sums[pair * stride + t->elements + n];
                }
                if (odd)
                    x[2 * pairs] = sums[pairs * stride + n];
            }
        }
}

/* A(k) = w sum_p a[p] exp(2 pi i p k / L); signal is 0 beyond the taps */
static void filter_transform(const rpe_encoder *encoder, const double *taps, double weight, real *signal,
                             real *filter)
{
    const rpe_fourier *fourier = &encoder->conv.fourier;
    for (size_t p = 0; p < rpe_conv_of(encoder->settings.kernel).taps; p++)
        signal[rpe_fourier_place(fourier, p)] = (real)(weight * taps[p]);
    R(rpe_fourier_analyze)(fourier, signal, NULL, filter);
}

/* sqrt(1 - delta_d) (R D)^(-1/4), and what makes the noise of the transforms one of unit variance. */
static void filters_transform(const task *t, size_t feature)
{
    const rpe_encoder *encoder = t->encoder;
    const rpe_kernel *kernel = encoder->settings.kernel;
    size_t row = t->head * kernel->features + feature;
    double length = (double)encoder->conv.fourier.length;
    double weight = encoder->scale * sqrt(1.0 - rpe_kernel_gate(kernel, t->head, feature)) /
                    (encoder->conv.spectral ? sqrt(length) : length);
    const rpe_conv conv = rpe_conv_of(kernel);
    const double *filters[2] = {conv.query_filter, conv.key_filter};
    for (int side = 0; side < 2; side++)
        filter_transform(encoder, filters[side] + row * conv.taps, weight, t->signal, t->filter[side]);
}

static void normals_draw(rpe_stream stream, uint64_t first, size_t count, real *values)
{
#ifdef RPE_REAL_SINGLE
    rpe_stream_normals_single(stream, first, count, values);
#else
    rpe_stream_normals(stream, first, count, values);
#endif
}

static rpe_stream stream_of(const rpe_encoder *encoder, const rpe_noise *noise, rpe_purpose purpose,
                            size_t head)
{
    rpe_stream stream = noise->stream;
    stream.purpose = rpe_stream_purpose(purpose, encoder->settings.shared_heads ? 0 : head);
    return stream;
}

static void spectrum_draw(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                          size_t pair, real *spectrum)
{
    const rpe_conv_plan *plan = &encoder->conv;
    rpe_stream stream = stream_of(encoder, noise, RPE_PURPOSE_NOISE, head);
    uint64_t number = (uint64_t)feature * plan->pairs + pair;
    normals_draw(stream, number * plan->spectrum, plan->spectrum, spectrum);
}

/* epsilon_d of a gated feature, times weight */
static void gate_draw(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t gate_row,
                      real weight, real *values)
{
    size_t size = encoder->settings.realizations;
    rpe_stream stream = stream_of(encoder, noise, RPE_PURPOSE_GATE, head);
    normals_draw(stream, (uint64_t)gate_row * size, size, values);
    for (size_t r = 0; r < size; r++)
        values[r] *= weight;
}

/* gate[r] = (R D)^(-1/4) sqrt(delta_d) epsilon_d[r] */
static void gate_make(const task *t, size_t feature, rpe_workspace *workspace)
{
    const rpe_encoder *encoder = t->encoder;
    const rpe_kernel *kernel = encoder->settings.kernel;
    size_t gate_row = encoder->gate_row[t->head * kernel->features + feature];
    size_t size = encoder->settings.realizations;
    double weight = encoder->scale * sqrt(rpe_kernel_gate(kernel, t->head, feature));
    if (gate_row == RPE_NO_ROW) {
        memset(t->gate, 0, size * sizeof *t->gate);
    } else if (encoder->conv.spectral) {
        gate_draw(encoder, t->noise, t->head, gate_row, (real)weight, t->gate);
    } else {
        size_t row = kernel->features * encoder->feature_rows + gate_row;
        R(rpe_noise_fill)(encoder, t->noise, t->head, row, row + 1, t->gate, workspace);
        for (size_t r = 0; r < size; r++)
            t->gate[r] *= (real)weight;
    }
}

/* signals[r][n] = z[first_position + n][r], element n at place (L - n) mod L; what lies beyond the noise stays 0 */
static void signals_load(const task *t, size_t feature, rpe_workspace *workspace)
{
    const rpe_encoder *encoder = t->encoder;
    const rpe_fourier *fourier = &encoder->conv.fourier;
    size_t size = encoder->settings.realizations, mark = workspace->used;
    size_t count = smaller(fourier->length, encoder->feature_rows - t->first_position);
    size_t first = feature * encoder->feature_rows + t->first_position;
    real *z = rpe_workspace_take(workspace, RPE_CONV_ROWS * size, sizeof *z);
    for (size_t start = 0; start < count; start += RPE_CONV_ROWS) {
        size_t rows = smaller(RPE_CONV_ROWS, count - start), place[RPE_CONV_ROWS];
        R(rpe_noise_fill)(encoder, t->noise, t->head, first + start, first + start + rows, z, workspace);
        for (size_t i = 0; i < rows; i++)
            place[i] = rpe_fourier_place(fourier, (fourier->length - start - i) % fourier->length);
        for (size_t r = 0; r < size; r++)
            for (size_t i = 0; i < rows; i++)
                t->signals[r * t->elements + place[i]] = z[i * size + r];
    }
    rpe_workspace_release(workspace, mark);
}

/* The spectrum of the noise of a pair: drawn, or of the signals in time. */
static void spectrum_make(const task *t, size_t feature, size_t pair)
{
    const rpe_encoder *encoder = t->encoder;
    const real *signal = t->signals + 2 * pair * t->elements;
    if (encoder->conv.spectral)
        spectrum_draw(encoder, t->noise, t->head, feature, t->first_pair + pair, t->spectrum);
    else
        R(rpe_fourier_analyze)(&encoder->conv.fourier, signal, signal + t->elements, t->spectrum);
}

/* sums += q_d (codes of feature d, the gate's included) */
static void feature_add(const task *t, size_t feature, size_t place, rpe_workspace *workspace)
{
    filters_transform(t, feature);
    gate_make(t, feature, workspace);
    if (!t->encoder->conv.spectral)
        signals_load(t, feature, workspace);
    for (size_t pair = 0; pair < t->pairs && !rpe_interrupt_requested(); pair++) {
        spectrum_make(t, feature, pair);
        for (int side = 0; side < 2; side++) {
            rpe_fourier_sink sink = {.items = t->items};
            sink.weights = t->weights[side] + place * t->items * t->elements;
            sink.sums = t->sums[side] + 2 * pair * t->items * t->elements;
            if (t->count[side] > 0)
                R(rpe_fourier_synthesize)
            (&t->encoder->conv.fourier, t->spectrum, t->filter[side], t->gate + 2 * (t->first_pair + pair),
             &sink, t->work);
        }
    }
}

void R(rpe_conv_task_run)(const rpe_encoder *encoder, const rpe_noise *noise, size_t index,
                          const void *const inputs[2], void *const outputs[2], rpe_workspace *workspace)
{
    size_t mark = workspace->used, features = encoder->settings.kernel->features, count;
    task t = task_make(encoder, noise, index);
    buffers_take(&t, workspace);
    for (size_t first = 0; first < features; first += count) {
        count = smaller(features - first, encoder->conv.feature_block);
        for (int side = 0; side < 2; side++)
            weights_load(&t, side, first, count, inputs[side]);
        for (size_t d = 0; d < count && !rpe_interrupt_requested(); d++)
            feature_add(&t, first + d, d, workspace);
    }
    for (int side = 0; side < 2; side++)
        outputs_store(&t, side, outputs[side]);
    rpe_workspace_release(workspace, mark);
}

/* z(n) of a pair: the spectrum filtered by an impulse, weights of one. */
static void pair_fill(const rpe_encoder *encoder, size_t pair, const real *sums, real *slab)
{
    size_t size = encoder->settings.realizations,
           elements = rpe_fourier_elements(encoder->conv.fourier.length);
    for (size_t n = 0; n < encoder->feature_rows; n++)
        for (size_t r = 2 * pair; r < smaller(size, 2 * pair + 2); r++)
            slab[n * size + r] = sums[r % 2 * elements + rpe_fourier_place(&encoder->conv.fourier, n)];
}

void R(rpe_conv_fill)(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                      real *slab, rpe_workspace *workspace)
{
    const rpe_conv_plan *plan = &encoder->conv;
    const real none[2] = {0, 0};
    size_t mark = workspace->used, elements = rpe_fourier_elements(plan->fourier.length);
    size_t gate_row = encoder->gate_row[head * encoder->settings.kernel->features + feature];
    real *weights = rpe_workspace_take(workspace, elements, sizeof(real));
    real *filter = rpe_workspace_take(workspace, 2 * elements, sizeof(real));
    real *spectrum = rpe_workspace_take(workspace, 2 * elements + RPE_CONV_DRAW, sizeof(real));
    real *work = rpe_workspace_take(workspace, 2 * elements, sizeof(real));
    real *sums = zeros_take(workspace, 2 * elements);
    rpe_fourier_sink sink = {.items = 1, .weights = weights, .sums = sums};
    for (size_t i = 0; i < elements; i++)
        weights[i] = 1;
    sums[0] = (real)(1.0 / sqrt((double)plan->fourier.length));
    R(rpe_fourier_analyze)(&plan->fourier, sums, NULL, filter);
    for (size_t pair = 0; pair < plan->pairs && !rpe_interrupt_requested(); pair++) {
        spectrum_draw(encoder, noise, head, feature, pair, spectrum);
        memset(sums, 0, 2 * elements * sizeof *sums);
        R(rpe_fourier_synthesize)(&plan->fourier, spectrum, filter, none, &sink, work);
        pair_fill(encoder, pair, sums, slab);
    }
    if (gate_row != RPE_NO_ROW)
        gate_draw(encoder, noise, head, gate_row, 1,
                  slab + encoder->feature_rows * encoder->settings.realizations);
    rpe_workspace_release(workspace, mark);
}
