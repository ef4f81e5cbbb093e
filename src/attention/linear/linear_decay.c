/* Linear attention that forgets: in which order tokens are attended, what is between them, and rows from the serial recurrence. */
#include <math.h>
#include <stdint.h>

#include "attention/linear/linear_apply.h"
#include "attention/scan.h"
#include "base/memory.h"

#define LOWEST (-1e30) /* of a step: nothing is left, and sums of steps are finite */

/* ---- spans ---- */

bool rpe_linear_ordered(const rpe_linear *linear)
{
    return linear->shape.causal || linear->decays;
}

rpe_linear_span rpe_linear_span_at(const rpe_linear *linear, size_t begin)
{
    const rpe_attention_shape *shape = &linear->shape;
    const size_t *segment = linear->decays ? linear->decay.segment : NULL;
    rpe_linear_span span = {.begin = begin, .keys = shape->keys - begin, .queries = shape->queries - begin};
    if (segment != NULL) {
        for (span.keys = 1;
             begin + span.keys < shape->keys && segment[begin + span.keys] == segment[begin];) {
            span.keys++;
        }
        span.queries = span.keys;
    }
    return span;
}

rpe_linear_span rpe_linear_span_behind(const rpe_linear_span *span)
{
    size_t keys = span->keys - 1, queries = span->queries < keys ? span->queries : keys;
    return (rpe_linear_span){
        .begin = span->begin, .keys = keys, .queries = keys, .backward = true, .lead = keys - queries};
}

size_t rpe_linear_span_token(const rpe_linear_span *span, rpe_side side, size_t position)
{
    if (!span->backward) {
        return span->begin + position;
    }
    return span->begin + span->keys - position - (side == RPE_SIDE_QUERY ? 1 : 0);
}

/* ---- what is left ---- */

/* log2 of e^g of the step to a token. */
static double step_to(const rpe_linear *linear, size_t head, size_t token)
{
    const rpe_linear_decay *decay = &linear->decay;
    size_t at = decay->tokens == 1 ? head : head * decay->tokens + token;
    return fmax(RPE_UNIT_POWER * decay->logarithms[at], LOWEST);
}

/* Of the step to a position. */
static double step(const rpe_linear *linear, size_t head, const rpe_linear_span *span, size_t position)
{
    return step_to(linear, head,
                   rpe_linear_span_token(span, RPE_SIDE_KEY, span->backward ? position - 1 : position));
}

void rpe_linear_take_falls(const rpe_linear *linear, size_t head, rpe_linear_chunk *chunk)
{
    double fall = 0;
    for (size_t i = 0; linear->decays && i < chunk->count; i++) {
        fall += i > 0 ? step(linear, head, chunk->span, chunk->first + i) : 0;
        chunk->falls[i] = fall;
        chunk->ahead[i] = chunk->span->backward ? step(linear, head, chunk->span, chunk->first + i + 1) : 0;
    }
}

/* mask_m = e^g mask_m-1 + 1; the steps are often the same. */
static void take_masks(const rpe_linear *linear, size_t head, rpe_linear_past *past, rpe_linear_chunk *chunk)
{
    double before = 0, factor = 1;
    for (size_t i = 0; linear->decays && linear->decay.divisor != NULL && i < chunk->count; i++) {
        double fall = chunk->first + i > 0 ? step(linear, head, chunk->span, chunk->first + i) : 0;
        factor = fall != before ? exp2(fall) : factor;
        before = fall;
        chunk->masks[i] = past->mask = past->mask * factor + 1;
    }
}

bool rpe_linear_call_level(const rpe_linear_call *call, size_t pair, bool whole, rpe_linear_past *past,
                           rpe_linear_sums *sums, rpe_linear_chunk *chunk)
{
    const rpe_linear *linear = call->pass.linear;
    chunk->fall = 0;
    for (size_t i = past->first + 1; linear->decays && i <= chunk->first; i++) {
        chunk->fall += step(linear, pair / linear->shape.batch, chunk->span, i);
    }
    if (!call->pass.functions->take_level(linear, whole, sums, chunk)) {
        return false;
    }
    take_masks(linear, pair / linear->shape.batch, past, chunk);
    past->first = chunk->first;
    past->last = chunk->first + chunk->count - 1;
    return true;
}

/* Of the steps behind a position up to another. */
static double steps_between(const rpe_linear *linear, size_t head, const rpe_linear_span *span, size_t from,
                            size_t to)
{
    double sum = 0;
    if (linear->decay.tokens == 1) {
        return (double)(to - from) * step_to(linear, head, 0);
    }
    for (size_t i = from + 1; i <= to; i++) {
        sum += step(linear, head, span, i);
    }
    return sum;
}

void rpe_linear_take_tail(const rpe_linear *linear, size_t head, const rpe_linear_past *past,
                          rpe_linear_chunk *chunk)
{
    for (size_t i = 0; linear->decays && linear->decay.divisor != NULL && i < chunk->count; i++) {
        size_t at = chunk->first + i;
        chunk->falls[i] = steps_between(linear, head, chunk->span, past->first, at);
        chunk->masks[i] = past->mask * exp2(steps_between(linear, head, chunk->span, past->last, at));
    }
}

/* ---- the serial recurrence ---- */

typedef struct serial_call {
    const rpe_linear_call *call;
    int thread;
    double *vector; /* [S] */
} serial_call;

static void token_map(void *context, size_t item, size_t head, rpe_side side, size_t token,
                      rpe_feature_value *features)
{
    const serial_call *serial = context;
    const rpe_linear *linear = serial->call->pass.linear;
    rpe_workspace *workspace = &serial->call->workspaces[serial->thread];
    size_t mark = workspace->used, size = linear->shape.size;
    rpe_linear_rows row = rpe_linear_call_vectors(serial->call, side, head * linear->shape.batch + item,
                                                  token, 1, serial->thread);
    for (size_t s = 0; s < size; s++) {
        serial->vector[s] = linear->precision == RPE_SINGLE ? (double)((const float *)row.values)[s]
                                                            : ((const double *)row.values)[s];
    }
    bool tilted = linear->map->tilt != NULL;
    const rpe_linear_tilted tilt =
        tilted ? rpe_linear_call_tilted(serial->call, head * linear->shape.batch + item)
               : (rpe_linear_tilted){serial->call->projection, NULL};
    rpe_feature_map_evaluate(linear->map, linear->projections, tilt.rows, size, serial->vector,
                             rpe_feature_map_root(linear->map, size), features);
    /* Both factors of a feature are the query's. */
    for (size_t c = 0; c < linear->features && tilted && side == RPE_SIDE_QUERY; c++) {
        features[c].exponent += 2 * tilt.factors[c % linear->projections];
    }
    rpe_workspace_release(workspace, mark);
}

void rpe_linear_serial_attend(const rpe_linear_call *call, size_t pair, int thread)
{
    const rpe_linear *linear = call->pass.linear;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used, batch = linear->shape.batch;
    serial_call serial = {call, thread, rpe_workspace_take(workspace, linear->shape.size, sizeof(double))};
    const rpe_scan_settings settings = {.shape = linear->shape,
                                        .precision = linear->precision,
                                        .features = linear->features,
                                        .decay = &linear->decay,
                                        .marks = call->marks + pair * rpe_linear_tokens(linear),
                                        .context = &serial,
                                        .map = token_map};
    rpe_scan_pair(&settings, pair % batch, pair / batch, call->values, call->outputs, workspace);
    rpe_workspace_release(workspace, mark);
}

size_t rpe_linear_serial_bytes(const rpe_linear *linear)
{
    return rpe_workspace_sum(rpe_scan_bytes(&linear->shape, linear->features),
                             rpe_workspace_bytes(linear->shape.size, sizeof(double)));
}

size_t rpe_linear_tokens(const rpe_linear *linear)
{
    const rpe_attention_shape *shape = &linear->shape;
    return shape->queries > shape->keys ? shape->queries : shape->keys;
}
