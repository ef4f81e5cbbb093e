/* Noise rows that are orthogonal: a Haar frame Q, times what makes it Gaussian.  A matrix of independent standard normals is
   T Q with Q a Haar frame and T the triangle of another such matrix: so rows L Q, whatever L is, become T Q, which passes
   everything where Q is Haar.  That L is diagonal, and what its diagonal is, is seen. */
#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "base/stream.h"
#include "check/cause/check_correction.h"

#define ORTHOGONAL 0.01 /* of the squared correlations that independent rows have */
#define CONSTANT 0.1    /* of the variance of squared norms that independent rows have */
#define CLOSE 0.02

/* What L of all blocks is like. */
typedef struct triangle {
    double pairs, correlations;  /* number; sum of R times their squares: 1 each where rows are independent */
    double rows, norms, squares; /* number; sums of squared norms, and of their squares */
} triangle;

/* rows [count,size] = L Q: Q into rows, L into lower [count,count].  Modified Gram-Schmidt, as rows are nearly orthogonal or
   few; a row that the others span is left 0. */
static void triangle_take(size_t count, size_t size, double *rows, double *lower)
{
    memset(lower, 0, count * count * sizeof *lower);
    for (size_t i = 0; i < count; i++) {
        double *row = rows + i * size, norm = 0;
        for (size_t j = 0; j < i; j++) {
            const double *earlier = rows + j * size;
            double product = 0;
            for (size_t r = 0; r < size; r++)
                product += row[r] * earlier[r];
            for (size_t r = 0; r < size; r++)
                row[r] -= product * earlier[r];
            lower[i * count + j] = product;
        }
        for (size_t r = 0; r < size; r++)
            norm += row[r] * row[r];
        lower[i * count + i] = sqrt(norm);
        for (size_t r = 0; norm > 0 && r < size; r++)
            row[r] /= sqrt(norm);
    }
}

static void triangle_add(triangle *seen, size_t count, size_t size, const double *lower)
{
    for (size_t i = 0; i < count; i++) {
        double norm = 0;
        for (size_t j = 0; j <= i; j++)
            norm += lower[i * count + j] * lower[i * count + j];
        for (size_t j = 0; j < i && norm > 0; j++) {
            seen->correlations += (double)size * lower[i * count + j] * lower[i * count + j] / norm;
            seen->pairs++;
        }
        seen->rows++;
        seen->norms += norm;
        seen->squares += norm * norm;
    }
}

typedef struct frames {
    rpe_check_correction *correction;
    double
        *noise; /* [features][R,rows of the window], as the evidence has it: of the frames, then Gaussian */
    double *rows, *product;         /* [total,R] */
    double *lower, *normal, *fresh; /* of a block: [R,R] */
    uint64_t drawn;
    triangle seen;
} frames;

static void frames_free(frames *f)
{
    rpe_memory_free(f->fresh);
    rpe_memory_free(f->normal);
    rpe_memory_free(f->lower);
    rpe_memory_free(f->product);
    rpe_memory_free(f->rows);
    rpe_memory_free(f->noise);
}

static bool frames_make(frames *f, size_t features)
{
    const rpe_check_evidence *evidence = f->correction->evidence;
    size_t size = evidence->window.kept, rows = evidence->window.rows;
    size_t whole = evidence->count * size * rows, total = features * rows;
    f->noise = rpe_memory_allocate(whole, sizeof(double));
    f->rows = rpe_memory_allocate(total * size, sizeof(double));
    f->product = rpe_memory_allocate(total * size, sizeof(double));
    f->lower = rpe_memory_allocate(size * size, sizeof(double));
    f->normal = rpe_memory_allocate(size * size, sizeof(double));
    f->fresh = rpe_memory_allocate(size * size, sizeof(double));
    if (f->noise == NULL || f->rows == NULL || f->product == NULL || f->lower == NULL || f->normal == NULL ||
        f->fresh == NULL) {
        f->correction->status =
            rpe_error_memory(f->correction->error, "orthogonal rows", whole, sizeof(double));
        return false;
    }
    memcpy(f->noise, evidence->noise, whole * sizeof(double));
    return true;
}

/* Rows [total,R] of features first .. first+count-1 out of the noise, or back into it: those of positions feature by feature,
   then those of gates, as the samplers have them.  Returns their number. */
static size_t rows_copy(frames *f, size_t first, size_t count, double *rows, bool back)
{
    const rpe_check_evidence *evidence = f->correction->evidence;
    size_t size = evidence->window.kept, width = evidence->window.rows, total = 0;
    for (int gate = 0; gate < 2; gate++)
        for (size_t i = first; i < first + count; i++) {
            double *noise = f->noise + i * size * width;
            size_t from = gate ? width - 1 : 0, to = gate ? from + evidence->features[i].gated : width - 1;
            for (size_t j = from; j < to; j++, total++)
                for (size_t r = 0; r < size; r++)
                    if (back)
                        noise[r * width + j] = rows[total * size + r];
                    else
                        rows[total * size + r] = noise[r * width + j];
        }
    return total;
}

/* L Q -> T Q, in blocks of at most R rows */
static void group_turn(frames *f, size_t first, size_t count)
{
    rpe_stream stream = {.seed = 18, .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, 0)};
    size_t size = f->correction->evidence->window.kept, total = rows_copy(f, first, count, f->rows, false);
    for (size_t start = 0; start < total; start += size) {
        size_t block = total - start < size ? total - start : size;
        double *rows = f->rows + start * size;
        triangle_take(block, size, rows, f->lower);
        triangle_add(&f->seen, block, size, f->lower);
        rpe_stream_normals(stream, f->drawn, block * size, f->normal);
        f->drawn += block * size;
        triangle_take(block, size, f->normal, f->fresh);
        rpe_gemm_double(false, false, block, size, block, 1, f->fresh, block, rows, size, 0,
                        f->product + start * size, size);
    }
    rows_copy(f, first, count, f->product, true);
}

/* Codes of the window, made of the noise. */
static void codes_fill(frames *f, double *matrix, double *made)
{
    rpe_check_correction *correction = f->correction;
    const rpe_check_evidence *evidence = correction->evidence;
    const rpe_check_window *window = &evidence->window;
    static const size_t origin[RPE_AXES_MAX];
    size_t queries = window->positions[0].count, count = queries + window->positions[1].count;
    size_t size = window->kept;
    for (size_t i = 0; i < evidence->count; i++) {
        const rpe_check_feature *feature = &evidence->features[i];
        size_t rows =
            rpe_check_coefficients(correction->read, feature->head, feature->feature, window, origin, matrix);
        rpe_gemm_double(false, false, size, count, rows, 1, f->noise + i * size * window->rows, window->rows,
                        matrix, count, 0, made, count);
        for (size_t p = 0; p < count; p++) {
            double *values = correction->codes[p < queries ? 0 : 1].values;
            for (size_t r = 0; r < size; r++)
                values[((p < queries ? p : p - queries) * evidence->count + i) * size + r] =
                    made[r * count + p];
        }
    }
}

/* The subject becomes these codes. */
static bool codes_make(frames *f)
{
    rpe_check_correction *correction = f->correction;
    const rpe_check_window *window = &correction->evidence->window;
    rpe_check_subject *subject = &correction->subject;
    size_t count = window->positions[0].count + window->positions[1].count;
    double *matrix = rpe_memory_allocate(window->rows * count, sizeof *matrix);
    double *made = rpe_memory_allocate(window->kept * count, sizeof *made);
    for (int side = 0; side < 2 && correction->status == RPE_OK; side++) {
        size_t shape[RPE_CHECK_LETTERS] = {window->positions[side].count, subject->kernel->heads,
                                           subject->kernel->features, window->kept};
        correction->status = rpe_array_create(&correction->codes[side], RPE_DOUBLE, RPE_CHECK_LETTERS, shape,
                                              "codes", correction->error);
        subject->side[side] =
            (rpe_check_side){.array = &correction->codes[side],
                             .stride = {shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1},
                             .positions = window->positions[side]};
        subject->factor[side] = 1;
    }
    subject->realizations = window->kept;
    if (correction->status == RPE_OK && (matrix == NULL || made == NULL))
        correction->status =
            rpe_error_memory(correction->error, "codes of a feature", window->kept, count * sizeof *made);
    if (correction->status == RPE_OK)
        codes_fill(f, matrix, made);
    rpe_memory_free(made);
    rpe_memory_free(matrix);
    return correction->status == RPE_OK;
}

/* Whether the noise is known, row by row, and could be orthogonal. */
static bool may_be_orthogonal(const rpe_check_evidence *evidence)
{
    double pairs = 0, sum = 0;
    for (size_t f = 0; f < evidence->count; f++) {
        if (evidence->features[f].rank != evidence->features[f].rows)
            return false;
        pairs += evidence->features[f].pairs;
        sum += evidence->features[f].pair_sum;
    }
    return evidence->window.kept == evidence->window.realizations && pairs >= 3 && sum < 0.7 * pairs;
}

static bool frames_say(rpe_check_correction *correction, const triangle *seen, size_t size)
{
    double mean = seen->norms / seen->rows, spread = seen->squares / seen->rows - mean * mean;
    bool constant = spread < CONSTANT * 2 / (double)size * mean * mean;
    if (!(seen->correlations < ORTHOGONAL * seen->pairs))
        return false;
    if (constant && fabs(mean / (double)size - 1) < CLOSE)
        rpe_check_detail(correction, ", as an orthogonal sampler makes them");
    else if (constant)
        rpe_check_detail(correction, " with norm %.4g, where an orthogonal sampler has sqrt(R) = %.4g",
                         sqrt(mean), sqrt((double)size));
    else
        rpe_check_detail(correction, " with norms of their own");
    return true;
}

/* The variant: blocks of R rows of all features of a head, or of each feature. */
bool rpe_check_undo_orthogonal(rpe_check_correction *correction)
{
    const rpe_check_evidence *evidence = correction->evidence;
    size_t features = correction->variant == 0 ? correction->kernel->features : 1;
    frames f = {.correction = correction};
    bool found = false;
    if (!may_be_orthogonal(evidence))
        return false;
    if (frames_make(&f, features)) {
        for (size_t first = 0; first < evidence->count; first += features)
            group_turn(&f, first, features);
        found = frames_say(correction, &f.seen, evidence->window.kept) && codes_make(&f);
    }
    frames_free(&f);
    return found;
}
