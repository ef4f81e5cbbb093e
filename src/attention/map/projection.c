/* Projections w_f of random features, standard normal each: independent, or in blocks that are orthogonal or a simplex.  [spec 4; 5, form 13] */
#include <math.h>
#include <stdint.h>

#include "attention/feature_map.h"
#include "base/linear.h"
#include "base/memory.h"

enum { DIRECTIONS, NORMS }; /* streams */

static rpe_stream stream_of(rpe_stream stream, size_t index)
{
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_PROJECTION, index);
    return stream;
}

static size_t independent_bytes(size_t projections, size_t size)
{
    (void)projections, (void)size;
    return 0;
}

static void independent_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                             rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_normals(stream_of(stream, DIRECTIONS), 0, projections * size, projection);
}

static size_t orthogonal_bytes(size_t projections, size_t size)
{
    size_t rows = projections < size ? projections : size;
    return rpe_workspace_sum(rpe_haar_workspace_bytes(rows, size), rpe_workspace_bytes(size, sizeof(double)));
}

/* Length of a vector of `size` standard normals: chi with that many degrees of freedom. */
static double norm_draw(rpe_stream stream, size_t row, size_t size, double *normals)
{
    double sum = 0;
    rpe_stream_normals(stream, (uint64_t)row * size, size, normals);
    for (size_t i = 0; i < size; i++) {
        sum += normals[i] * normals[i];
    }
    return sqrt(sum);
}

/* w_f = chi_f h_f, h the rows of Haar frames of S rows each, the last one smaller */
static void orthogonal_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                            rpe_workspace *workspace)
{
    size_t mark = workspace->used;
    double *normals = rpe_workspace_take(workspace, size, sizeof *normals);
    for (size_t first = 0; first < projections; first += size) {
        size_t rows = projections - first < size ? projections - first : size;
        double *block = projection + first * size;
        rpe_stream_normals(stream_of(stream, DIRECTIONS), (uint64_t)first * size, rows * size, block);
        rpe_haar_rows(rows, size, block, workspace);
        for (size_t i = 0; i < rows; i++) {
            double norm = norm_draw(stream_of(stream, NORMS), first + i, size, normals);
            for (size_t s = 0; s < size; s++) {
                block[i * size + s] *= norm;
            }
        }
    }
    rpe_workspace_release(workspace, mark);
}

/* ---- simplex ---- */

/* Row i < S-1 of S is  sqrt(S/(S-1)) e_i - (sqrt(S)+1)/(S-1)^(3/2) (1,...,1,0),  row S-1 is  (1,...,1,0)/sqrt(S-1). */
void rpe_projection_simplex_rows(size_t rows, size_t size, const double *haar, const double *norms,
                                 double *projection)
{
    double others = (double)size - 1, own = sqrt((double)size / others);
    double common = (sqrt((double)size) + 1) / (others * sqrt(others));
    for (size_t s = 0; s < size; s++) {
        double sum = 0;
        for (size_t i = 0; i + 1 < size; i++) {
            sum += haar[i * size + s];
        }
        for (size_t i = 0; i < rows; i++) {
            double last = sum / sqrt(others), inner = own * haar[i * size + s] - common * sum;
            projection[i * size + s] = norms[i] * (i + 1 < size ? inner : last);
        }
    }
}

static size_t simplex_bytes(size_t projections, size_t size)
{
    (void)projections;
    size_t frame, rows = rpe_workspace_bytes(size, sizeof(double));
    if (!rpe_size_multiply(size, size, &frame)) {
        return SIZE_MAX;
    }
    return rpe_workspace_sum(rpe_workspace_sum(rpe_haar_workspace_bytes(size, size), 2 * rows),
                             rpe_workspace_bytes(frame, sizeof(double)));
}

/* Every block has a whole frame, the last one too, whose stream is its own. */
static void simplex_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                         rpe_workspace *workspace)
{
    size_t mark = workspace->used;
    double *normals = rpe_workspace_take(workspace, size, sizeof *normals);
    double *norms = rpe_workspace_take(workspace, size, sizeof *norms);
    double *frame = rpe_workspace_take(workspace, size * size, sizeof *frame);
    for (size_t first = 0; first < projections; first += size) {
        size_t rows = projections - first < size ? projections - first : size;
        rpe_stream_normals(stream_of(stream, DIRECTIONS), (uint64_t)first * size, size * size, frame);
        rpe_haar_rows(size, size, frame, workspace);
        for (size_t i = 0; i < rows; i++) {
            norms[i] = norm_draw(stream_of(stream, NORMS), first + i, size, normals);
        }
        rpe_projection_simplex_rows(rows, size, frame, norms, projection + first * size);
    }
    rpe_workspace_release(workspace, mark);
}

const rpe_projection_law rpe_projection_orthogonal = {
    .workspace_bytes = orthogonal_bytes, .draw = orthogonal_draw, .block = RPE_BLOCK_ORTHOGONAL};
const rpe_projection_law rpe_projection_independent = {
    .workspace_bytes = independent_bytes, .draw = independent_draw, .block = RPE_BLOCK_INDEPENDENT};
const rpe_projection_law rpe_projection_simplex = {
    .workspace_bytes = simplex_bytes, .draw = simplex_draw, .block = RPE_BLOCK_SIMPLEX, .size_least = 2};
