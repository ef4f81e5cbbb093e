#include "method/position_rows.h"

size_t rpe_position_rows_bytes(size_t size)
{
    size_t bytes = 3 * rpe_workspace_bytes(size, sizeof(double)); /* z and a row's cosines and sines */
    return rpe_workspace_sum(bytes, 4 * rpe_workspace_bytes(size, sizeof(double)));
}
