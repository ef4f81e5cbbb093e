#include "attention/scan.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/dispatch.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"

#define COLUMNS ((size_t)4) /* of the values, at a time, where all rows wait for the second pass */

/* Some columns of one head of one item. */
typedef struct scan_head {
    const rpe_scan_settings *settings;
    const void *values;
    void *outputs;
    size_t item, head, first, width;
    double *levels, *sums;     /* [C], [C,W+1]: sums_f e^level_f = sum_n c(m,n) f_f(k_n) [v_n, 1] */
    rpe_feature_value *mapped; /* [C] */
    double *own;               /* [C]: features of a token's key */
    double *value;             /* [W+1]: those columns of a token's value, and 1 */
    double *rows;              /* [M,W+3]: level, W+1 values: times e^level the sums of both passes, mask */
    double mask;               /* sum of c(m,n) over the keys */
    bool seen;                 /* a marked key, by the row in hand */
} scan_head;

static size_t row_size(const scan_head *head)
{
    return head->width + 3;
}

/* Causal, a row is done when it is read, and there is one. */
static double *row_of(const scan_head *head, size_t m)
{
    return head->settings->shape.causal ? head->rows : head->rows + m * row_size(head);
}

static size_t rows_kept(const rpe_attention_shape *shape)
{
    return shape->causal ? 1 : shape->queries;
}

static size_t columns_most(const rpe_attention_shape *shape)
{
    return shape->causal || shape->values < COLUMNS ? shape->values : COLUMNS;
}

static void row_clear(const scan_head *head, size_t m)
{
    double *row = row_of(head, m);
    memset(row, 0, row_size(head) * sizeof *row);
    row[0] = -INFINITY;
}

/* A value or output, by its token. */
static size_t place(const scan_head *head, size_t tokens, size_t token)
{
    const rpe_attention_shape *shape = &head->settings->shape;
    return ((head->item * tokens + token) * shape->heads + head->head) * shape->values + head->first;
}

static void take_value(const scan_head *head, size_t n)
{
    size_t first = place(head, head->settings->shape.keys, n);
    for (size_t i = 0; i < head->width; i++)
        head->value[i] = head->settings->precision == RPE_SINGLE
                             ? (double)((const float *)head->values)[first + i]
                             : ((const double *)head->values)[first + i];
    head->value[head->width] = 1;
}

/* e^x; levels are often the same */
static double power_of(double x)
{
    return x == 0 ? 1 : exp(x);
}

/* y_i <- factor y_i + weight x_i */
RPE_DISPATCH
static void blend(size_t count, double factor, double weight, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] = factor * y[i] + weight * x[i];
}

/* y_i <- y_i + weight x_i */
RPE_DISPATCH
static void add(size_t count, double weight, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++)
        y[i] += weight * x[i];
}

static void take_features(const scan_head *head, rpe_side side, size_t token)
{
    head->settings->map(head->settings->context, head->item, head->head, side, token, head->mapped);
}

static void state_clear(scan_head *head)
{
    for (size_t c = 0; c < head->settings->features; c++)
        head->levels[c] = -INFINITY;
    memset(head->sums, 0, head->settings->features * (head->width + 1) * sizeof(double));
    head->mask = 0;
}

/* S <- e^g S: levels fall, sums stay. */
static void state_decay(scan_head *head, size_t token)
{
    const rpe_linear_decay *decay = head->settings->decay;
    const double *g =
        decay->logarithms + (head->head * decay->tokens + token % decay->tokens) * decay->numbers;
    for (size_t c = 0; c < head->settings->features; c++)
        head->levels[c] += g[c % decay->numbers];
    head->mask *= exp(g[0]);
}

/* S <- S + f(k_n) [v_n, 1] */
static void state_add(scan_head *head, size_t n)
{
    size_t columns = head->width + 1;
    take_features(head, RPE_SIDE_KEY, n);
    take_value(head, n);
    for (size_t c = 0; c < head->settings->features; c++) {
        const rpe_feature_value feature = head->mapped[c];
        double *sums = head->sums + c * columns, *level = &head->levels[c];
        if (head->settings->decay->own != NULL)
            head->own[c] = feature.value * exp(feature.exponent);
        if (feature.value == 0)
            continue;
        if (feature.exponent > *level) {
            blend(columns, exp(*level - feature.exponent), feature.value, head->value, sums);
            *level = feature.exponent;
        } else {
            add(columns, feature.value * power_of(feature.exponent - *level), head->value, sums);
        }
    }
    head->mask += 1;
}

/* Makes the row's level at least `level`. */
static void row_raise(const scan_head *head, double *row, double level)
{
    double factor = level > row[0] ? exp(row[0] - level) : 1;
    for (size_t i = 0; i <= head->width; i++)
        row[1 + i] *= factor;
    row[0] = fmax(row[0], level);
}

/* What the state gives query m is added to its row. */
static void state_read(scan_head *head, size_t m)
{
    size_t width = head->width, features = head->settings->features;
    double *row = row_of(head, m), highest = -INFINITY;
    take_features(head, RPE_SIDE_QUERY, m);
    for (size_t c = 0; c < features; c++)
        if (head->mapped[c].value != 0)
            highest = fmax(highest, head->mapped[c].exponent + head->levels[c]);
    row_raise(head, row, highest);
    for (size_t c = 0; c < features; c++) {
        const double *sums = head->sums + c * (width + 1);
        bool empty = head->mapped[c].value == 0 || head->levels[c] == -INFINITY;
        double power =
            empty ? 0 : head->mapped[c].value * power_of(head->mapped[c].exponent + head->levels[c] - row[0]);
        if (power != 0)
            add(width + 1, power, sums, row + 1);
    }
}

/* The token's own key once more; the query and the key are those of m. */
static void own_add(const scan_head *head, size_t m)
{
    size_t width = head->width, features = head->settings->features;
    const double *own = head->settings->decay->own;
    double *row = row_of(head, m), weight = 0;
    for (size_t c = 0; own != NULL && c < features; c++) {
        double query = head->mapped[c].value * exp(head->mapped[c].exponent);
        weight += own[head->head * features + c] * query * head->own[c];
    }
    if (weight == 0)
        return;
    row_raise(head, row, 0);
    weight *= exp(-row[0]);
    add(width + 1, weight, head->value, row + 1);
}

static bool segment_begins(const scan_head *head, size_t token)
{
    const size_t *segment = head->settings->decay->segment;
    return segment != NULL && token > 0 && segment[token] != segment[token - 1];
}

static void row_divide(const scan_head *head, size_t m)
{
    const rpe_linear_decay *decay = head->settings->decay;
    const double *row = row_of(head, m);
    double scale = 1, sum = row[1 + head->width], mask = row[2 + head->width];
    if (decay->divisor != NULL && row[0] != -INFINITY) {
        scale = exp(row[0]);
        sum = decay->divisor(decay->context, scale * sum, mask);
    }
    size_t first = place(head, head->settings->shape.queries, m);
    for (size_t i = 0; i < head->width; i++) {
        double output = sum == 0 ? 0 : scale * row[1 + i] / sum;
        if (head->settings->precision == RPE_SINGLE)
            ((float *)head->outputs)[first + i] = (float)output;
        else
            ((double *)head->outputs)[first + i] = output;
    }
}

/* Whether a key from `token` on, up to the end of its segment, is marked. */
static bool key_ahead(const scan_head *head, size_t token)
{
    size_t keys = head->settings->shape.keys;
    bool found = false;
    for (size_t n = token; n < keys && !found && (n == token || !segment_begins(head, n)); n++)
        found = (head->settings->marks[n] & RPE_SCAN_KEY) != 0;
    return found;
}

/* The outputs of a row that is wanted: of any, or one that is marked or sees a key that is.  Rows come in order. */
static void row_finish(scan_head *head, size_t m)
{
    const unsigned char *marks = head->settings->marks;
    if (marks != NULL && (m == 0 || segment_begins(head, m)))
        head->seen = !head->settings->shape.causal && key_ahead(head, m);
    if (marks != NULL && m < head->settings->shape.keys)
        head->seen = head->seen || (marks[m] & RPE_SCAN_KEY) != 0;
    if (marks == NULL || head->seen || (marks[m] & RPE_SCAN_ROW) != 0)
        row_divide(head, m);
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
        row_clear(head, m);
        state_read(head, m);
        if (m < shape->keys)
            own_add(head, m);
        row_of(head, m)[head->width + 2] = head->mask;
        if (shape->causal)
            row_finish(head, m);
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

void rpe_scan_pair(const rpe_scan_settings *settings, size_t item, size_t head, const void *values,
                   void *outputs, rpe_workspace *workspace)
{
    const rpe_attention_shape *shape = &settings->shape;
    size_t mark = workspace->used, features = settings->features, most = columns_most(shape);
    scan_head state = {
        .settings = settings, .values = values, .outputs = outputs, .item = item, .head = head};
    state.levels = rpe_workspace_take(workspace, features, sizeof(double));
    state.sums = rpe_workspace_take(workspace, features * (most + 1), sizeof(double));
    state.mapped = rpe_workspace_take(workspace, features, sizeof *state.mapped);
    state.own = rpe_workspace_take(workspace, features, sizeof(double));
    state.value = rpe_workspace_take(workspace, most + 1, sizeof(double));
    state.rows = rpe_workspace_take(workspace, rows_kept(shape) * (most + 3), sizeof(double));
    for (; state.first < shape->values; state.first += state.width) {
        state.width = shape->values - state.first < most ? shape->values - state.first : most;
        pass_forward(&state);
        if (!shape->causal)
            pass_backward(&state);
        for (size_t m = 0; m < shape->queries && !shape->causal; m++)
            row_finish(&state, m);
    }
    rpe_workspace_release(workspace, mark);
}

size_t rpe_scan_bytes(const rpe_attention_shape *shape, size_t features)
{
    size_t sums, rows, most = columns_most(shape);
    if (most > SIZE_MAX - 3 || !rpe_size_multiply(features, most + 1, &sums) ||
        !rpe_size_multiply(rows_kept(shape), most + 3, &rows))
        return SIZE_MAX;
    size_t bytes = rpe_workspace_bytes(sums, sizeof(double));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(rows, sizeof(double)));
    bytes = rpe_workspace_sum(bytes, 2 * rpe_workspace_bytes(features, sizeof(double)));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(most + 1, sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(features, sizeof(rpe_feature_value)));
}
