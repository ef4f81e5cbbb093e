/* Pairs of realizations and pairs of features. */
#include "check/check_independence.h"

#include <math.h>

#include "base/linear.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "check/check_score.h"

#define GRAM_MOST 512       /* realizations that are compared with each other */
#define STUDENT_LEAST 16    /* realizations for a mean over its own standard error */
#define CORRELATION_LEAST 8 /* realizations for a correlation about means */
#define SCORE_MOST 40.0     /* of one norm: keeps products finite */

/* Two of them, compared: their correlation and its normal score. */
typedef struct comparison {
    double correlation, score; /* NaN: there is nothing to compare */
} comparison;

static const comparison NOTHING = {NAN, NAN};

static comparison comparison_of(double correlation, double freedom)
{
    return (comparison){correlation, rpe_check_score_correlation(correlation, freedom)};
}

static void pair_add(rpe_check_pairs *pairs, comparison found, size_t first, size_t second, double dimension)
{
    if (isnan(found.score))
        return;
    pairs->sum += found.score * found.score;
    pairs->count++;
    pairs->dimension = pairs->count > 1 ? fmin(pairs->dimension, dimension) : dimension;
    if (fabs(found.score) > pairs->largest) {
        pairs->largest = fabs(found.score);
        pairs->correlation = found.correlation;
        pairs->first = first;
        pairs->second = second;
    }
}

static void pairs_join(rpe_check_pairs *pairs, const rpe_check_pairs *more)
{
    if (more->count == 0)
        return;
    pairs->dimension = pairs->count > 0 ? fmin(pairs->dimension, more->dimension) : more->dimension;
    pairs->sum += more->sum;
    pairs->count += more->count;
    if (more->largest > pairs->largest) {
        pairs->largest = more->largest;
        pairs->correlation = more->correlation;
        pairs->first = more->first;
        pairs->second = more->second;
    }
}

/* Gram matrix of the realizations over the noise of all features; B^+ g has the length of w. */
static rpe_status realizations_measure(rpe_check_pairs *pairs, const rpe_check_feature *features,
                                       size_t count, const rpe_check_window *window, rpe_error *error)
{
    size_t most = window->kept < GRAM_MOST ? window->kept : GRAM_MOST, rows = window->rows;
    double dimension = 0;
    for (size_t f = 0; f < count; f++)
        dimension += (double)features[f].rank;
    if (most < 2 || dimension < 2)
        return RPE_OK;
    double *gram = rpe_memory_allocate_zero(most * most, sizeof *gram);
    if (gram == NULL)
        return rpe_error_memory(error, "products of realizations", most, most * sizeof *gram);
    for (size_t f = 0; f < count; f++)
        rpe_gemm_double(false, true, most, most, rows, 1, features[f].noise, rows, features[f].noise, rows, 1,
                        gram, most);
    for (size_t r = 0; r < most; r++) {
        for (size_t s = 0; s < r; s++) {
            double scale = sqrt(gram[r * most + r] * gram[s * most + s]);
            if (scale > 0)
                pair_add(pairs, comparison_of(gram[r * most + s] / scale, dimension - 1), s, r, dimension);
        }
    }
    rpe_memory_free(gram);
    return RPE_OK;
}

static double clamped(double score)
{
    return fmax(-SCORE_MOST, fmin(SCORE_MOST, score));
}

/* The correlation of x and y about their means; nothing where one does not vary. */
static comparison about_means(size_t count, const double *x, const double *y)
{
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    if (count < CORRELATION_LEAST)
        return NOTHING;
    for (size_t i = 0; i < count; i++) {
        mean_x += clamped(x[i]) / (double)count;
        mean_y += clamped(y[i]) / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        double a = clamped(x[i]) - mean_x, b = clamped(y[i]) - mean_y;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    double least = 1e-12 * (double)count; /* norms that do not vary, as of signs, have nothing to correlate */
    return xx > least && yy > least ? comparison_of(xy / sqrt(xx * yy), (double)count - 2) : NOTHING;
}

/* Sum of the features' scores over the square root of their number: standard normal again. */
static rpe_status norms_measure(rpe_check_independence *independence, const rpe_check_feature *features,
                                size_t count, size_t realizations, rpe_error *error)
{
    size_t used = 0;
    double *total = rpe_memory_allocate_zero(realizations, sizeof *total);
    if (total == NULL)
        return rpe_error_memory(error, "norms of realizations", realizations, sizeof *total);
    for (size_t f = 0; f < count; f++) {
        used += features[f].rank > 0;
        for (size_t r = 0; features[f].rank > 0 && r < realizations; r++)
            total[r] += clamped(features[f].norms[r]);
    }
    for (size_t r = 0; used > 0 && r < realizations; r++) {
        total[r] /= sqrt((double)used);
        independence->spread += total[r] * total[r];
    }
    independence->spread_freedom = used > 0 ? (double)realizations : 0;
    independence->neighbours = realizations > 1 ? about_means(realizations - 1, total, total + 1).score : NAN;
    rpe_memory_free(total);
    return RPE_OK;
}

typedef struct feature_pairs {
    const rpe_check_feature *features;
    size_t count;
    const rpe_check_window *window;
    rpe_check_independence *parts; /* [count]: what the pairs with a later feature give */
} feature_pairs;

/* Rows left of the gate's: where all noise is determined the whole of it is spherical; else each realization's product is a
   variable of mean zero. */
static comparison noise_compare(const rpe_check_feature *a, const rpe_check_feature *b,
                                const rpe_check_window *window)
{
    size_t rows = window->rows, kept = window->kept;
    double sum = 0, squares = 0, aa = 0, bb = 0;
    bool full = a->rank == a->rows && b->rank == b->rows;
    for (size_t r = 0; r < kept; r++) {
        double product = 0;
        for (size_t j = 0; j + 1 < rows; j++) {
            double x = a->noise[r * rows + j], y = b->noise[r * rows + j];
            product += x * y;
            aa += x * x;
            bb += y * y;
        }
        sum += product;
        squares += product * product;
    }
    if (!(aa > 0 && bb > 0))
        return NOTHING;
    double n = (double)kept, freedom = n * (double)(rows - 1) - 1;
    if (full && freedom >= 1)
        return comparison_of(sum / sqrt(aa * bb), freedom);
    if (kept < STUDENT_LEAST)
        return NOTHING;
    double variance = (squares - sum * sum / n) / (n - 1);
    if (!(variance > 0))
        return NOTHING;
    return (comparison){sum / sqrt(aa * bb), rpe_check_score_student(sum / sqrt(n * variance), n - 1)};
}

static comparison gate_compare(const rpe_check_feature *a, const rpe_check_feature *b,
                               const rpe_check_window *window)
{
    size_t rows = window->rows, kept = window->kept, last = window->rows - 1;
    double ab = 0, aa = 0, bb = 0;
    if (!a->gated || !b->gated || kept < 3)
        return NOTHING;
    for (size_t r = 0; r < kept; r++) {
        double x = a->noise[r * rows + last], y = b->noise[r * rows + last];
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return aa > 0 && bb > 0 ? comparison_of(ab / sqrt(aa * bb), (double)kept - 1) : NOTHING;
}

static void pairs_of(void *context, size_t first, int thread)
{
    feature_pairs *work = context;
    rpe_check_independence *part = &work->parts[first];
    const rpe_check_feature *a = &work->features[first];
    double realizations = (double)work->window->realizations, kept = (double)work->window->kept;
    (void)thread;
    for (size_t second = first + 1; second < work->count; second++) {
        const rpe_check_feature *b = &work->features[second];
        rpe_check_pairs *pairs = a->head == b->head ? &part->features : &part->heads;
        if (a->rank == 0 || b->rank == 0)
            continue;
        pair_add(pairs, noise_compare(a, b, work->window), first, second,
                 kept * (double)(work->window->rows - 1));
        pair_add(&part->gates, gate_compare(a, b, work->window), first, second, kept);
        pair_add(&part->norms, about_means(work->window->realizations, a->norms, b->norms), first, second,
                 realizations);
    }
}

rpe_status rpe_check_independence_measure(rpe_check_independence *independence,
                                          const rpe_check_feature *features, size_t count,
                                          const rpe_check_window *window, int threads, rpe_error *error)
{
    rpe_check_independence made = {.neighbours = NAN};
    feature_pairs work = {.features = features, .count = count, .window = window};
    rpe_status status = realizations_measure(&made.realizations, features, count, window, error);
    if (status == RPE_OK)
        status = norms_measure(&made, features, count, window->realizations, error);
    if (status != RPE_OK)
        return status;
    work.parts = rpe_memory_allocate_zero(count, sizeof *work.parts);
    if (work.parts == NULL)
        return rpe_error_memory(error, "pairs of features", count, sizeof *work.parts);
    rpe_parallel_for(count, threads, pairs_of, &work);
    for (size_t f = 0; f < count; f++) {
        pairs_join(&made.features, &work.parts[f].features);
        pairs_join(&made.heads, &work.parts[f].heads);
        pairs_join(&made.gates, &work.parts[f].gates);
        pairs_join(&made.norms, &work.parts[f].norms);
    }
    rpe_memory_free(work.parts);
    status = rpe_interrupt_check("check", error);
    if (status == RPE_OK)
        *independence = made;
    return status;
}

typedef struct sharing {
    const rpe_check_feature *features;
    const rpe_check_window *window;
    double level, pairs;
    bool gate;
    size_t *earlier;
} sharing;

static void sharing_of(void *context, size_t index, int thread)
{
    sharing *work = context;
    const rpe_check_feature *b = &work->features[index];
    (void)thread;
    work->earlier[index] = index;
    for (size_t first = 0; first < index && work->earlier[index] == index; first++) {
        const rpe_check_feature *a = &work->features[first];
        if (a->rank == 0 || b->rank == 0)
            continue;
        comparison found = work->gate ? gate_compare(a, b, work->window) : noise_compare(a, b, work->window);
        if (fabs(found.correlation) >= RPE_CHECK_SHARED &&
            rpe_check_p_largest(found.score, work->pairs) < work->level)
            work->earlier[index] = first;
    }
}

void rpe_check_sharing_find(size_t *earlier, const rpe_check_feature *features, size_t count,
                            const rpe_check_window *window, bool gate, double level, int threads)
{
    sharing work = {.features = features,
                    .window = window,
                    .level = level,
                    .pairs = 0.5 * (double)count * (double)(count - 1),
                    .gate = gate};
    work.earlier = earlier;
    rpe_parallel_for(count, threads, sharing_of, &work);
}
