#include "rpe_scan.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "rpe_interrupt.h"
#include "rpe_memory.h"
#include "rpe_parallel.h"

typedef struct scan_call {
    const rpe_scan_settings *settings;
    const void *queries, *keys, *values;
    void *outputs;
    rpe_workspace *workspaces;
} scan_call;

/* One head of one item, and what its thread works with. */
typedef struct scan_head {
    const scan_call *call;
    const rpe_scan_settings *settings;
    size_t item, head;
    double *levels, *sums;     /* [C], [C,V+1]: sums_f e^level_f = sum_n c(m,n) f_f(k_n) [v_n, 1] */
    double *query, *key;       /* [S] */
    rpe_feature_value *mapped; /* [C] */
    double *rows;              /* [M,V+2]: level, then V+1 values: times e^level the sums of both passes */
    double mask, *masks;       /* [M] */
} scan_head;

static double element(const scan_head *head, const void *array, size_t index)
{
    return head->settings->precision == RPE_SINGLE ? (double)((const float *)array)[index]
                                                   : ((const double *)array)[index];
}

/* The vector of the head's token among `count` positions. */
static void vector_take(const scan_head *head, const void *array, size_t count, size_t index, double *x)
{
    size_t size = head->settings->shape.size, heads = head->settings->shape.heads;
    size_t first = ((head->item * count + index) * heads + head->head) * size;
    for (size_t s = 0; s < size; s++)
        x[s] = element(head, array, first + s);
}

static void state_clear(scan_head *head)
{
    size_t features = head->settings->features;
    for (size_t c = 0; c < features; c++)
        head->levels[c] = -INFINITY;
    memset(head->sums, 0, features * (head->settings->shape.values + 1) * sizeof(double));
    head->mask = 0;
}

/* S <- e^g S: levels fall, sums stay. */
static void state_decay(scan_head *head, size_t token)
{
    const rpe_scan_settings *settings = head->settings;
    const double *g =
        settings->log_decays + (head->head * settings->tokens + token % settings->tokens) * settings->numbers;
    for (size_t c = 0; c < settings->features; c++)
        head->levels[c] += g[c % settings->numbers];
    head->mask *= exp(g[0]);
}

/* S <- S + f(k_n) [v_n, 1] */
static void state_add(scan_head *head, size_t n)
{
    const rpe_attention_shape *shape = &head->settings->shape;
    size_t width = shape->values,
           first = ((head->item * shape->keys + n) * shape->heads + head->head) * width;
    vector_take(head, head->call->keys, shape->keys, n, head->key);
    head->settings->map(head->settings->context, head->head, RPE_SIDE_KEY, n, head->key, head->mapped);
    for (size_t c = 0; c < head->settings->features; c++) {
        const rpe_feature_value feature = head->mapped[c];
        double *sums = head->sums + c * (width + 1), *level = &head->levels[c];
        if (feature.value == 0)
            continue;
        if (feature.exponent > *level) {
            double factor = exp(*level - feature.exponent);
            for (size_t i = 0; i <= width; i++)
                sums[i] *= factor;
            *level = feature.exponent;
        }
        double power = feature.value * exp(feature.exponent - *level);
        for (size_t i = 0; i < width; i++)
            sums[i] += power * element(head, head->call->values, first + i);
        sums[width] += power;
    }
    head->mask += 1;
}

/* Makes the row's level at least `level`. */
static void row_raise(const scan_head *head, double *row, double level)
{
    if (level <= row[0])
        return;
    double factor = exp(row[0] - level);
    for (size_t i = 0; i <= head->settings->shape.values; i++)
        row[1 + i] *= factor;
    row[0] = level;
}

/* What the state gives query m is added to its row. */
static void state_read(scan_head *head, size_t m)
{
    const rpe_attention_shape *shape = &head->settings->shape;
    size_t width = shape->values, features = head->settings->features;
    double *row = head->rows + m * (width + 2), highest = -INFINITY;
    vector_take(head, head->call->queries, shape->queries, m, head->query);
    head->settings->map(head->settings->context, head->head, RPE_SIDE_QUERY, m, head->query, head->mapped);
    for (size_t c = 0; c < features; c++)
        if (head->mapped[c].value != 0)
            highest = fmax(highest, head->mapped[c].exponent + head->levels[c]);
    row_raise(head, row, highest);
    for (size_t c = 0; c < features; c++) {
        const double *sums = head->sums + c * (width + 1);
        bool empty = head->mapped[c].value == 0 || head->levels[c] == -INFINITY;
        double power =
            empty ? 0 : head->mapped[c].value * exp(head->mapped[c].exponent + head->levels[c] - row[0]);
        for (size_t i = 0; power != 0 && i <= width; i++)
            row[1 + i] += power * sums[i];
    }
}

/* The token's own key once more; query and key are those of m. */
static void own_add(const scan_head *head, size_t m)
{
    const rpe_attention_shape *shape = &head->settings->shape;
    size_t width = shape->values,
           first = ((head->item * shape->keys + m) * shape->heads + head->head) * width;
    double *row = head->rows + m * (width + 2);
    double weight = head->settings->own_weight(head->settings->context, head->head, head->query, head->key);
    if (weight == 0)
        return;
    row_raise(head, row, 0);
    for (size_t i = 0; i < width; i++)
        row[1 + i] += weight * exp(-row[0]) * element(head, head->call->values, first + i);
    row[1 + width] += weight * exp(-row[0]);
}

static bool segment_begins(const scan_head *head, size_t token)
{
    const size_t *segment = head->settings->segment;
    return segment != NULL && token > 0 && segment[token] != segment[token - 1];
}

/* Keys up to the query's own. */
static void pass_forward(scan_head *head)
{
    const rpe_attention_shape *shape = &head->settings->shape;
    state_clear(head);
    for (size_t m = 0; m < shape->queries && !rpe_interrupt_requested(); m++) {
        if (segment_begins(head, m))
            state_clear(head);
        state_decay(head, m);
        if (m < shape->keys)
            state_add(head, m);
        state_read(head, m);
        if (m < shape->keys && head->settings->own_weight != NULL)
            own_add(head, m);
        head->masks[m] = head->mask;
    }
}

/* Keys behind it. */
static void pass_backward(scan_head *head)
{
    const rpe_attention_shape *shape = &head->settings->shape;
    state_clear(head);
    for (size_t n = shape->keys; n-- > 1 && !rpe_interrupt_requested();) {
        state_add(head, n);
        state_decay(head, n);
        if (segment_begins(head, n))
            state_clear(head);
        if (n - 1 < shape->queries)
            state_read(head, n - 1);
    }
}

static void rows_divide(const scan_head *head)
{
    const rpe_scan_settings *settings = head->settings;
    const rpe_attention_shape *shape = &settings->shape;
    size_t width = shape->values;
    for (size_t m = 0; m < shape->queries; m++) {
        const double *row = head->rows + m * (width + 2);
        double scale = 1, sum = row[1 + width];
        if (settings->divisor != NULL && row[0] != -INFINITY) {
            scale = exp(row[0]);
            sum = settings->divisor(settings->context, scale * sum, head->masks[m]);
        }
        size_t first = ((head->item * shape->queries + m) * shape->heads + head->head) * width;
        for (size_t i = 0; i < width; i++) {
            double output = sum == 0 ? 0 : scale * row[1 + i] / sum;
            if (settings->precision == RPE_SINGLE)
                ((float *)head->call->outputs)[first + i] = (float)output;
            else
                ((double *)head->call->outputs)[first + i] = output;
        }
    }
}

static void head_scan(void *context, size_t index, int thread)
{
    const scan_call *call = context;
    const rpe_scan_settings *settings = call->settings;
    const rpe_attention_shape *shape = &settings->shape;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used, width = shape->values;
    scan_head head = {
        .call = call, .settings = settings, .item = index / shape->heads, .head = index % shape->heads};
    head.levels = rpe_workspace_take(workspace, settings->features, sizeof(double));
    head.sums = rpe_workspace_take(workspace, settings->features * (width + 1), sizeof(double));
    head.query = rpe_workspace_take(workspace, shape->size, sizeof(double));
    head.key = rpe_workspace_take(workspace, shape->size, sizeof(double));
    head.mapped = rpe_workspace_take(workspace, settings->features, sizeof *head.mapped);
    head.rows = rpe_workspace_take(workspace, shape->queries * (width + 2), sizeof(double));
    head.masks = rpe_workspace_take(workspace, shape->queries, sizeof(double));
    for (size_t i = 0; i < shape->queries * (width + 2); i++)
        head.rows[i] = i % (width + 2) == 0 ? -INFINITY : 0;
    pass_forward(&head);
    if (!shape->causal)
        pass_backward(&head);
    rows_divide(&head);
    rpe_workspace_release(workspace, mark);
}

size_t rpe_scan_workspace_bytes(const rpe_scan_settings *settings)
{
    const rpe_attention_shape *shape = &settings->shape;
    size_t sums, rows;
    if (shape->values > SIZE_MAX - 2 || !rpe_size_multiply(settings->features, shape->values + 1, &sums) ||
        !rpe_size_multiply(shape->queries, shape->values + 2, &rows))
        return SIZE_MAX;
    size_t bytes = rpe_workspace_bytes(sums, sizeof(double));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(rows, sizeof(double)));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(settings->features, sizeof(double)));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(settings->features, sizeof(rpe_feature_value)));
    bytes = rpe_workspace_sum(bytes, 2 * rpe_workspace_bytes(shape->size, sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(shape->queries, sizeof(double)));
}

void rpe_scan_apply(const rpe_scan_settings *settings, const void *queries, const void *keys,
                    const void *values, void *outputs, int threads, rpe_workspace *workspaces)
{
    scan_call call = {settings, queries, keys, values, outputs, workspaces};
    rpe_parallel_for(settings->shape.batch * settings->shape.heads, threads, head_scan, &call);
}
