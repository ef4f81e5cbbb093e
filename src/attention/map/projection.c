/* Projections w_f of random features, standard normal each: independent, or in orthogonal blocks.  [spec 4; 5, form 13] */
#include <math.h>
#include <stdint.h>

#include "attention/feature_map.h"
#include "base/linear.h"

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

const rpe_projection_law rpe_projection_orthogonal = {orthogonal_bytes, orthogonal_draw};
const rpe_projection_law rpe_projection_independent = {independent_bytes, independent_draw};
