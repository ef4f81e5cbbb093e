/* Form 6: noise rows orthogonal within blocks of R consecutive rows over all features of the head. */
#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "theory/theory_rows.h"

#define PANEL_ROWS 256 /* noise rows held at a time */

/* What one block B, and all blocks before it, contribute: |u_B|^2 [M], |w_B|^2 [N], c_B = u_B . w_B [M,N]. */
typedef struct block_sums {
    double *query, *key, *inner;
} block_sums;

typedef struct orthogonal_scratch {
    double *memory;
    double *query_panel, *key_panel; /* [PANEL_ROWS,M], [PANEL_ROWS,N] */
    block_sums block, before;
} orthogonal_scratch;

static rpe_status scratch_create(orthogonal_scratch *scratch, size_t m, size_t n, rpe_error *error)
{
    size_t count = (PANEL_ROWS + 2) * (m + n) + 2 * m * n;
    double *next = scratch->memory = rpe_memory_allocate_zero(count, sizeof *next);
    if (next == NULL)
        return rpe_error_memory(error, "orthogonal blocks", count, sizeof *next);
    scratch->query_panel = next;
    scratch->key_panel = next += PANEL_ROWS * m;
    scratch->block.query = next += PANEL_ROWS * n;
    scratch->block.key = next += m;
    scratch->before.query = next += n;
    scratch->before.key = next += m;
    scratch->block.inner = next += n;
    scratch->before.inner = next + m * n;
    return RPE_OK;
}

static void norms_add(size_t count, size_t positions, const double *panel, double *norms)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t m = 0; m < positions; m++)
            norms[m] += panel[i * positions + m] * panel[i * positions + m];
    }
}

static void block_fill(const rpe_theory *theory, size_t first, size_t count, orthogonal_scratch *scratch)
{
    size_t m = theory->query_positions.count, n = theory->key_positions.count;
    memset(scratch->block.query, 0, m * sizeof(double));
    memset(scratch->block.key, 0, n * sizeof(double));
    for (size_t done = 0; done < count; done += PANEL_ROWS) {
        size_t rows = count - done < PANEL_ROWS ? count - done : PANEL_ROWS;
        rpe_theory_rows_fill(theory, RPE_SIDE_QUERY, first + done, rows, scratch->query_panel);
        rpe_theory_rows_fill(theory, RPE_SIDE_KEY, first + done, rows, scratch->key_panel);
        norms_add(rows, m, scratch->query_panel, scratch->block.query);
        norms_add(rows, n, scratch->key_panel, scratch->block.key);
        rpe_gemm_double(true, false, m, n, rows, 1, scratch->query_panel, m, scratch->key_panel, n,
                        done == 0 ? 0 : 1, scratch->block.inner, n);
    }
}

/* sum over i in B, j in the blocks before (written b) of (u_i w_j + u_j w_i)^2
     = |u_b|^2 |w_B|^2 + |u_B|^2 |w_b|^2 + 2 c_b c_B
   Nothing cancels that is not small itself, and one block alone gives exactly 0. */
static void block_add(size_t m_count, size_t n_count, orthogonal_scratch *scratch, double *sum)
{
    block_sums *block = &scratch->block, *before = &scratch->before;
    for (size_t m = 0; m < m_count; m++) {
        double query_before = before->query[m], query_block = block->query[m];
        double *inner_before = before->inner + m * n_count, *inner_block = block->inner + m * n_count;
        for (size_t n = 0; n < n_count; n++) {
            sum[m * n_count + n] += query_before * block->key[n] + query_block * before->key[n] +
                                    2 * inner_before[n] * inner_block[n];
            inner_before[n] += inner_block[n];
        }
        before->query[m] += query_block;
    }
    for (size_t n = 0; n < n_count; n++)
        before->key[n] += block->key[n];
}

rpe_status rpe_theory_orthogonal_sum(const rpe_theory *theory, size_t realizations, double *sum,
                                     rpe_error *error)
{
    size_t m = theory->query_positions.count, n = theory->key_positions.count;
    orthogonal_scratch scratch = {0};
    rpe_status status = scratch_create(&scratch, m, n, error);
    if (status != RPE_OK)
        return status;
    memset(sum, 0, m * n * sizeof *sum);
    for (size_t first = 0, end; first < theory->rows; first = end) {
        size_t block = rpe_theory_row_place(theory, first) / realizations;
        for (end = first + 1; end < theory->rows; end++) {
            if (rpe_theory_row_place(theory, end) / realizations != block)
                break;
        }
        block_fill(theory, first, end - first, &scratch);
        block_add(m, n, &scratch, sum);
    }
    for (size_t i = 0; i < m * n; i++)
        sum[i] = fmax(sum[i], 0);
    rpe_memory_free(scratch.memory);
    return RPE_OK;
}
