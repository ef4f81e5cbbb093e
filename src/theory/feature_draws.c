/* The law of the squared error of random features, drawn: of each projection w the estimate over SM is
     positive        z = e^(-|x+y|^2/2) e^(w.x) e^(w.y)
     hyperbolic      z = e^(-|x+y|^2/2) [e^(w.x) e^(w.y) + e^(-w.x) e^(-w.y)] / 2
     trigonometric   z = e^(+|x-y|^2/2) [cos(w.x) cos(w.y) + sin(w.x) sin(w.y)]
   with a tilt rho     e^(w.x) becomes ((1+rho)/(2 rho))^(S/4) e^(-(1-rho)/(8 rho) |w|^2 + ((1+rho)/(2 rho))^(1/2) w.x), all its like too,
   and of F of them their mean. */
#include <math.h>
#include <string.h>

#include "base/event.h"
#include "base/interrupt.h"
#include "base/linear.h"
#include "base/memory.h"
#include "base/stream.h"
#include "theory/theory_features.h"

#define SEED 0x6c61772066656174u
#define EXPONENTIAL 16 /* steps that one takes */

/* The one or two features of a projection, of u = w.x. */
typedef void feature_function(double u, double features[2]);

static void positive(double u, double features[2])
{
    features[0] = exp(u);
}

static void hyperbolic(double u, double features[2])
{
    features[0] = exp(u);
    features[1] = 1 / features[0];
}

static void trigonometric(double u, double features[2])
{
    features[0] = cos(u);
    features[1] = sin(u);
}

typedef struct draw_map {
    feature_function *function;
    size_t features; /* of a projection */
    double share;    /* of each product */
    double sign;     /* e^(-sign/2 |x + sign y|^2) */
} draw_map;

static const draw_map maps[] = {[RPE_THEORY_POSITIVE] = {positive, 1, 1, 1},
                                [RPE_THEORY_HYPERBOLIC] = {hyperbolic, 2, 0.5, 1},
                                [RPE_THEORY_TRIGONOMETRIC] = {trigonometric, 2, 1, -1}};

/* One block of memory. */
typedef struct draw_space {
    double *directions; /* [F,S] */
    double *rows;       /* [S,S]: the orthonormal rows of a block */
    double *block;      /* [S,S]: directions of a simplex, of which the last block takes some */
    double *tilts;      /* [F]: what a tilt multiplies the features of a projection by */
    double *weights;    /* [M,N]: e^(-sign/2 |x + sign y|^2) share/F */
    double *products;   /* [M or N,F]: w.x of one side */
    double *left;       /* [M,F,features] */
    double *right;      /* [N,F,features] */
    double *estimates;  /* [M,N] */
} draw_space;

static double dot(size_t count, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Rows of a Gaussian matrix by Gram and Schmidt; each keeps its length, which does not depend on the direction that is left. */
static void orthogonalize(size_t count, size_t size, double *directions, double *rows)
{
    for (size_t i = 0; i < count; i++) {
        double *row = rows + i * size, *direction = directions + i * size;
        memcpy(row, direction, size * sizeof *row);
        for (size_t j = 0; j < i; j++) {
            double part = dot(size, row, rows + j * size);
            for (size_t s = 0; s < size; s++)
                row[s] -= part * rows[j * size + s];
        }
        double length = sqrt(dot(size, direction, direction)), left = sqrt(dot(size, row, row));
        for (size_t s = 0; s < size; s++) {
            row[s] /= left;
            direction[s] = length * row[s];
        }
    }
}

/* From Gaussian rows: sqrt(S/(S-1)) (h_i - sum_j h_j / S) of orthonormal h, of length 1 and any two of cosine -1/(S-1), each with the
   length of its row. */
static void simplex_draw(size_t count, size_t size, const draw_space *space, double *directions)
{
    double share = sqrt((double)size / ((double)size - 1));
    orthogonalize(size, size, space->block, space->rows);
    for (size_t s = 0; s < size; s++) {
        double mean = 0;
        for (size_t i = 0; i < size; i++)
            mean += space->rows[i * size + s] / (double)size;
        for (size_t i = 0; i < count; i++) {
            const double *direction = space->block + i * size;
            directions[i * size + s] =
                share * sqrt(dot(size, direction, direction)) * (space->rows[i * size + s] - mean);
        }
    }
}

/* The normals of a block, whole or not, are the first of its own. */
static void coupled_draw(rpe_theory_projection projection, size_t first, rpe_stream stream,
                         const draw_space *space)
{
    const size_t size = projection.size, left = projection.count - first, count = left < size ? left : size;
    double *directions = space->directions + first * size;
    if (projection.directions == RPE_THEORY_SIMPLEX) {
        rpe_stream_normals(stream, first * size, size * size, space->block);
        simplex_draw(count, size, space, directions);
    } else {
        orthogonalize(count, size, directions, space->rows);
    }
}

static double tilt_of(rpe_theory_projection projection)
{
    return projection.rho > 0 ? projection.rho : 1;
}

static double stretch_of(rpe_theory_projection projection)
{
    return (1 + tilt_of(projection)) / (2 * tilt_of(projection));
}

static void tilts_fill(rpe_theory_projection projection, const draw_space *space)
{
    const double rho = tilt_of(projection);
    const double common = (double)projection.size / 4 * log(stretch_of(projection));
    for (size_t f = 0; f < projection.count; f++) {
        const double *w = space->directions + f * projection.size;
        space->tilts[f] = exp(common - (1 - rho) / (8 * rho) * dot(projection.size, w, w));
    }
}

static void directions_draw(rpe_theory_projection projection, size_t number, const draw_space *space)
{
    const size_t size = projection.size;
    const rpe_stream stream = {
        .seed = SEED, .trial = (uint32_t)number, .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, 0)};
    rpe_stream_normals(stream, 0, projection.count * size, space->directions);
    for (size_t first = 0; projection.directions != RPE_THEORY_INDEPENDENT && first < projection.count;
         first += size)
        coupled_draw(projection, first, stream, space);
    tilts_fill(projection, space);
}

static void weights_fill(const draw_map *map, rpe_theory_projection projection,
                         const rpe_theory_vectors *vectors, double *weights)
{
    for (size_t m = 0; m < vectors->queries; m++)
        for (size_t n = 0; n < vectors->keys; n++) {
            double square = 0;
            for (size_t s = 0; s < projection.size; s++) {
                double sum =
                    vectors->x[m * projection.size + s] + map->sign * vectors->y[n * projection.size + s];
                square += sum * sum;
            }
            weights[m * vectors->keys + n] =
                exp(-map->sign * square / 2) * map->share / (double)projection.count;
        }
}

static void features_fill(const draw_map *map, rpe_theory_projection projection, size_t count,
                          const double *vectors, const draw_space *space, double *features)
{
    const size_t size = projection.size, width = projection.count;
    rpe_gemm_double(false, true, count, width, size, sqrt(stretch_of(projection)), vectors, size,
                    space->directions, size, 0, space->products, width);
    for (size_t i = 0; i < count * width; i++) {
        double pair[2];
        map->function(space->products[i], pair);
        for (size_t j = 0; j < map->features; j++)
            features[i * map->features + j] = space->tilts[i % width] * pair[j];
    }
}

static double draw(const draw_map *map, rpe_theory_projection projection, const rpe_theory_vectors *vectors,
                   size_t number, const draw_space *space)
{
    const size_t queries = vectors->queries, keys = vectors->keys, width = projection.count * map->features;
    double sum = 0;
    directions_draw(projection, number, space);
    features_fill(map, projection, queries, vectors->x, space, space->left);
    features_fill(map, projection, keys, vectors->y, space, space->right);
    rpe_gemm_double(false, true, queries, keys, width, 1, space->left, width, space->right, width, 0,
                    space->estimates, keys);
    for (size_t i = 0; i < queries * keys; i++) {
        double error = space->weights[i] * space->estimates[i] - 1;
        sum += error * error;
    }
    return sum;
}

static rpe_status space_make(draw_space *space, const draw_map *map, rpe_theory_projection projection,
                             const rpe_theory_vectors *vectors, rpe_error *error)
{
    const size_t size = projection.size, count = projection.count, m = vectors->queries, n = vectors->keys;
    const size_t longer = m > n ? m : n, width = count * map->features;
    size_t elements = count * size + 2 * size * size + count + 2 * m * n + longer * count + (m + n) * width;
    double *block = rpe_memory_allocate(elements, sizeof *block);
    if (block == NULL)
        return rpe_error_memory(error, "draws of random features", elements, sizeof *block);
    *space = (draw_space){.directions = block};
    space->rows = space->directions + count * size;
    space->block = space->rows + size * size;
    space->tilts = space->block + size * size;
    space->weights = space->tilts + count;
    space->products = space->weights + m * n;
    space->left = space->products + longer * count;
    space->right = space->left + m * width;
    space->estimates = space->right + n * width;
    return RPE_OK;
}

double rpe_theory_feature_draw_work(rpe_theory_projection projection, size_t queries, size_t keys)
{
    double size = (double)projection.size, count = (double)projection.count, m = (double)queries,
           n = (double)keys;
    return 2 * count * (m * n + (m + n) * (size + EXPONENTIAL)) +
           count * size * (projection.directions != RPE_THEORY_INDEPENDENT ? 2 * size : 1);
}

rpe_status rpe_theory_feature_draws(rpe_theory_map map, rpe_theory_projection projection,
                                    const rpe_theory_vectors *vectors, size_t count, double *sums,
                                    rpe_error *error)
{
    draw_space space;
    rpe_status status = space_make(&space, &maps[map], projection, vectors, error);
    if (status != RPE_OK)
        return status;
    const double work = rpe_theory_feature_draw_work(projection, vectors->queries, vectors->keys);
    weights_fill(&maps[map], projection, vectors, space.weights);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        sums[i] += draw(&maps[map], projection, vectors, i, &space);
        rpe_event_work((uint64_t)work);
        status = rpe_interrupt_check("law of random features", error);
    }
    rpe_memory_free(space.directions);
    return status;
}
