/* Faults of simplex directions.  [families D] */
#include <math.h>
#include <string.h>

#include "fault/fault.h"

static size_t simplex_bytes(size_t projections, size_t size)
{
    return rpe_projection_simplex.workspace_bytes(projections, size);
}

/* Orthogonal directions in the place of a simplex. */
static void orthogonal_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                            rpe_workspace *workspace)
{
    rpe_projection_orthogonal.draw(projections, size, stream, projection, workspace);
}

/* The simplex as it stands, turned by nothing. */
static void unturned_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                          rpe_workspace *workspace)
{
    size_t mark = workspace->used;
    double *frame = rpe_workspace_take(workspace, size * size, sizeof *frame);
    double *norms = rpe_workspace_take(workspace, size, sizeof *norms);
    memset(frame, 0, size * size * sizeof *frame);
    for (size_t i = 0; i < size; i++)
        frame[i * size + i] = 1;
    rpe_projection_simplex.draw(projections, size, stream, projection, workspace);
    for (size_t first = 0; first < projections; first += size) {
        size_t rows = projections - first < size ? projections - first : size;
        for (size_t i = 0; i < rows; i++) {
            const double *row = projection + (first + i) * size;
            double square = 0;
            for (size_t s = 0; s < size; s++)
                square += row[s] * row[s];
            norms[i] = sqrt(square);
        }
        rpe_projection_simplex_rows(rows, size, frame, norms, projection + first * size);
    }
    rpe_workspace_release(workspace, mark);
}

static size_t unturned_bytes(size_t projections, size_t size)
{
    size_t frame = rpe_workspace_bytes(size * size, sizeof(double));
    return rpe_workspace_sum(rpe_workspace_sum(frame, rpe_workspace_bytes(size, sizeof(double))),
                             simplex_bytes(projections, size));
}

/* Tools whose feature map draws its projections by another law. */
#define DRAW_TOOLS(key, bytes, drawn)                                                                        \
    static const rpe_feature_map *key##_map(const rpe_feature_map *honest)                                   \
    {                                                                                                        \
        static const rpe_projection_law law = {.workspace_bytes = bytes, .draw = drawn};                     \
        static rpe_feature_map map;                                                                          \
        map = *honest;                                                                                       \
        map.projection = &law;                                                                               \
        return &map;                                                                                         \
    }                                                                                                        \
    static const rpe_claim_tools key##_tools = {.trial = rpe_claim_trial_honest,                             \
                                                .standard_error = rpe_sample_standard_error,                 \
                                                .feature_map = key##_map};

DRAW_TOOLS(simplex_orthogonal, simplex_bytes, orthogonal_draw)

const rpe_planting rpe_planting_simplex_orthogonal = {
    .case_name = "sine", .method = "favor-simplex", .tools = &simplex_orthogonal_tools};

DRAW_TOOLS(simplex_unturned, unturned_bytes, unturned_draw)

const rpe_planting rpe_planting_simplex_unturned = {
    .case_name = "sine", .method = "favor-simplex", .tools = &simplex_unturned_tools};
