/* The codes of one feature, whitened.  [spec 5, form 17] */
#include "check/check_feature.h"

#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "check/check_score.h"
#include "statistic/hypothesis.h"
#include "theory/theory_codes.h"

static const double TWO_PI = 6.283185307179586476925286766559;

#define LARGEST_NORMAL 6.0 /* what the largest of a billion normals is */
#define RESOLVED 32.0      /* a direction is looked at when the errors of the file are that much smaller */
#define EXACT                                                                                                \
    (1 - 1e-6) /* share of a noise row that the codes must determine for the row to be seen on its own */
#define SHAPE 1.5

typedef struct scratch {
    double *stacked, *residual; /* [R,count] */
    double *whitened;           /* [R,rank] */
    double *matrix;             /* B^T [rows,count] */
    double *inverse;            /* V [rows,rank]: noise = V w */
    double *noise;              /* [R,rows] */
    double *product;            /* [rank,rank] */
    bool *exact;                /* [rows] */
} scratch;

static void scratch_free(scratch *s)
{
    rpe_memory_free(s->exact);
    rpe_memory_free(s->product);
    rpe_memory_free(s->noise);
    rpe_memory_free(s->inverse);
    rpe_memory_free(s->matrix);
    rpe_memory_free(s->whitened);
    rpe_memory_free(s->residual);
    rpe_memory_free(s->stacked);
}

static bool scratch_make(scratch *s, size_t realizations, size_t count, size_t rows, size_t rank)
{
    s->stacked = rpe_memory_allocate(realizations * count, sizeof(double));
    s->residual = rpe_memory_allocate(realizations * count, sizeof(double));
    s->whitened = rpe_memory_allocate(realizations * rank, sizeof(double));
    s->matrix = rpe_memory_allocate(rows * count, sizeof(double));
    s->inverse = rpe_memory_allocate(rows * rank, sizeof(double));
    s->noise = rpe_memory_allocate(realizations * rows, sizeof(double));
    s->product = rpe_memory_allocate(rank * rank, sizeof(double));
    s->exact = rpe_memory_allocate_zero(rows, sizeof(bool));
    return s->stacked != NULL && s->residual != NULL && s->whitened != NULL && s->matrix != NULL &&
           s->inverse != NULL && s->noise != NULL && s->product != NULL && s->exact != NULL;
}

/* Relative error of a code: rounding, and float32 phases, 4u 2 pi f m; and what is lost here, where the range of B is found in
   double precision.  [spec 5, form 17; released code] */
static double relative_error(const rpe_check_feature *feature, const rpe_check_subject *subject,
                             const rpe_check_window *window, const size_t *start)
{
    const rpe_kernel *kernel = subject->kernel;
    double unit = fmin(subject->unit, 0x1p-24), largest = 0;
    size_t sinusoids;
    const double *frequency = rpe_kernel_frequencies(kernel, &sinusoids);
    double m = (double)(start[0] + window->positions[0].extent[0]);
    double n = (double)(start[0] + window->positions[1].extent[0]);
    size_t size = frequency == NULL ? 0 : sinusoids / (kernel->heads * kernel->features);
    size_t first = (feature->head * kernel->features + feature->feature) * size;
    for (size_t k = 0; k < size; k++)
        largest = fmax(largest, frequency[first + k]);
    double terms = (double)rpe_kernel_code_terms(kernel);
    double count = (double)(window->positions[0].count + window->positions[1].count);
    /* half precision is what codes are rounded to, not what they are computed in */
    double rounding = subject->unit > unit ? subject->unit : 0;
    return rounding + unit * (16 + terms + 4 * TWO_PI * largest * fmax(m, n)) + 2 * count * 0x1p-52;
}

void rpe_check_gather(const rpe_check_feature *feature, const rpe_check_subject *subject,
                      const rpe_check_window *window, const size_t *start, double *stacked)
{
    size_t count = window->positions[0].count + window->positions[1].count, column = 0;
    for (int s = 0; s < 2; s++) {
        const rpe_check_side *side = &subject->side[s];
        double factor =
            subject->factor[s] *
            (subject->scale[s] == NULL
                 ? 1
                 : subject->scale[s][feature->head * subject->kernel->features + feature->feature]);
        size_t base = rpe_check_offset(side, RPE_CHECK_HEAD, feature->head) +
                      rpe_check_offset(side, RPE_CHECK_FEATURE, feature->feature);
        for (size_t p = 0; p < window->positions[s].count; p++, column++) {
            ptrdiff_t place[RPE_AXES_MAX];
            size_t flat = 0;
            rpe_positions_coordinates(&window->positions[s], p, place);
            for (size_t i = 0; i < side->positions.axes; i++)
                flat = flat * side->positions.extent[i] + (size_t)place[i] + start[i];
            size_t at = base + rpe_check_offset(side, RPE_CHECK_POSITION, flat);
            for (size_t r = 0; r < window->realizations; r++)
                stacked[r * count + column] =
                    factor * rpe_check_value(side, at + rpe_check_offset(side, RPE_CHECK_REALIZATION, r));
        }
    }
}

static void outside(rpe_check_feature *feature, const scratch *s, size_t entries, double allowed)
{
    double largest = 0;
    feature->outside_squares = 0;
    for (size_t i = 0; i < entries; i++) {
        largest = fmax(largest, fabs(s->residual[i]));
        feature->outside_squares += s->residual[i] * s->residual[i];
    }
    feature->excess = largest == 0 ? 0 : largest / allowed;
}

/* mean and squares, and the scores of the squared norms */
static void moments(rpe_check_feature *feature, const scratch *s, size_t realizations)
{
    size_t rank = feature->rank;
    feature->mean = feature->squares = 0;
    for (size_t i = 0; i < rank; i++) {
        double sum = 0;
        for (size_t r = 0; r < realizations; r++)
            sum += s->whitened[r * rank + i];
        feature->mean += sum * sum / (double)realizations;
    }
    for (size_t r = 0; r < realizations; r++) {
        double norm = 0;
        for (size_t i = 0; i < rank; i++)
            norm += s->whitened[r * rank + i] * s->whitened[r * rank + i];
        feature->squares += norm;
        if (feature->norms != NULL)
            feature->norms[r] = rank > 0 ? rpe_check_score_chi_squared(norm, (double)rank) : 0;
    }
}

/* S = sum_r w_r w_r^T: correlations of all pairs of directions about their mean of zero */
static void correlations(rpe_check_feature *feature, const scratch *s, size_t realizations)
{
    size_t rank = feature->rank;
    feature->pair_sum = feature->pairs = feature->pair = 0;
    if (rank == 0)
        return;
    rpe_gemm_double(true, false, rank, rank, realizations, 1, s->whitened, rank, s->whitened, rank, 0,
                    s->product, rank);
    if (realizations < 3)
        return;
    for (size_t i = 0; i < rank; i++) {
        for (size_t j = 0; j < i; j++) {
            double scale = sqrt(s->product[i * rank + i] * s->product[j * rank + j]);
            if (!(scale > 0))
                continue;
            double score =
                rpe_check_score_correlation(s->product[i * rank + j] / scale, (double)realizations - 1);
            feature->pair_sum += score * score;
            feature->pair = fmax(feature->pair, fabs(score));
            feature->pairs++;
        }
    }
}

/* noise = B^+ g = V w with V = B^T U Sigma^-1, and the rows of it that the codes determine */
static void noise_find(const rpe_check_feature *feature, const rpe_theory_codes *codes, scratch *s,
                       size_t realizations)
{
    size_t rank = feature->rank, rows = feature->rows, count = codes->count;
    if (rank == 0) {
        memset(s->noise, 0, realizations * rows * sizeof *s->noise);
        return;
    }
    rpe_gemm_double(false, true, rows, rank, count, 1, s->matrix, count, codes->basis, count, 0, s->inverse,
                    rank);
    for (size_t j = 0; j < rows; j++) {
        double share = 0;
        for (size_t i = 0; i < rank; i++) {
            s->inverse[j * rank + i] /= codes->singular[i];
            share += s->inverse[j * rank + i] * s->inverse[j * rank + i];
        }
        s->exact[j] = share >= EXACT;
    }
    rpe_gemm_double(false, true, realizations, rows, rank, 1, s->whitened, rank, s->inverse, rank, 0,
                    s->noise, rows);
}

static void direction_add(rpe_check_feature *feature, double squares, double freedom)
{
    feature->direction = fmax(feature->direction, fabs(rpe_check_score_chi_squared(squares, freedom)));
    feature->directions++;
}

/* The variance of each noise row that is determined, the two of a sinusoid together; of each direction where not all are. */
static void variances(rpe_check_feature *feature, const scratch *s, size_t group, size_t realizations)
{
    size_t rows = feature->rows, rank = feature->rank, exact = 0;
    feature->direction = 0;
    feature->directions = 0;
    for (size_t first = 0; first < rows; first += group) {
        double squares = 0, freedom = 0;
        for (size_t j = first; j < first + group && j < rows; j++) {
            for (size_t r = 0; s->exact[j] && r < realizations; r++)
                squares += s->noise[r * rows + j] * s->noise[r * rows + j];
            freedom += s->exact[j] ? (double)realizations : 0;
            exact += s->exact[j];
        }
        if (freedom > 0)
            direction_add(feature, squares, freedom);
    }
    for (size_t i = 0; exact < rank && i < rank; i++)
        direction_add(feature, s->product[i * rank + i], (double)realizations);
}

/* h(x) = cos(tx) - exp(-t^2/2) + (t^2/2) exp(-t^2/2) (x^2 - 1): bounded against heavy tails but for the square, which makes it
   blind to a wrong variance; E h = t^4/24 exp(-t^2/2) * excess kurtosis to first order */
static double shape_of(double x)
{
    double e = exp(-0.5 * SHAPE * SHAPE);
    return cos(SHAPE * x) - e + 0.5 * SHAPE * SHAPE * e * (x * x - 1);
}

double rpe_check_shape_variance(void)
{
    double t = SHAPE * SHAPE, e = exp(-0.5 * t);
    return 0.5 * (1 + exp(-2 * t)) - e * e - 0.5 * t * t * e * e;
}

double rpe_check_shape_slope(void)
{
    double t = SHAPE * SHAPE;
    return t * t / 24 * exp(-0.5 * t);
}

/* x: the noise rows where half of the directions or more are such rows, else the directions; by their standard deviation */
static void shapes(rpe_check_feature *feature, const scratch *s, size_t realizations)
{
    size_t rows = feature->rows, exact = 0;
    for (size_t j = 0; j < rows; j++)
        exact += s->exact[j];
    bool by_rows = 2 * exact >= feature->rank;
    const double *values = by_rows ? s->noise : s->whitened;
    size_t width = by_rows ? rows : feature->rank, entries = (by_rows ? exact : feature->rank) * realizations;
    double squares = 0;
    for (size_t i = 0; i < realizations * width; i++)
        squares += !by_rows || s->exact[i % width] ? values[i] * values[i] : 0;
    feature->entries = squares > 0 ? entries : 0;
    feature->shape = feature->fourth = 0;
    feature->sample_count = 0;
    double scale = squares > 0 ? sqrt((double)entries / squares) : 0;
    for (size_t i = 0; feature->entries > 0 && i < realizations * width; i++) {
        if (by_rows && !s->exact[i % width])
            continue;
        double x = scale * values[i];
        feature->shape += shape_of(x);
        feature->fourth += x * x * x * x;
        if (feature->sample != NULL && feature->sample_count < feature->sample_most)
            feature->sample[feature->sample_count++] = x;
    }
}

static rpe_status measure(rpe_check_feature *feature, const rpe_check_subject *subject,
                          const rpe_check_window *window, const rpe_theory_codes *codes, const size_t *start,
                          double error_size, rpe_error *error)
{
    static const ptrdiff_t origin[RPE_AXES_MAX];
    const rpe_kernel *kernel = subject->kernel;
    scratch s = {0};
    size_t realizations = window->realizations, count = codes->count;
    rpe_status status = RPE_OK;
    if (!scratch_make(&s, realizations, count, window->rows, codes->rank)) {
        status = rpe_error_memory(error, "codes of a feature", realizations * count, sizeof(double));
        goto done;
    }
    feature->rank = codes->rank;
    feature->unresolved = codes->range - codes->rank;
    feature->codes = count;
    feature->range = codes->range;
    feature->gated = rpe_kernel_gate(kernel, feature->head, feature->feature) > 0 &&
                     subject->law.gate == RPE_CHECK_GATE_ONCE;
    feature->rows = rpe_check_coefficients(subject, feature->head, feature->feature, window, start, s.matrix);
    rpe_check_gather(feature, subject, window, start, s.stacked);
    status = rpe_theory_codes_whiten(codes, realizations, s.stacked, s.whitened, s.residual, error);
    if (status != RPE_OK)
        goto done;
    double power =
        fmax(rpe_kernel_autocovariance(kernel, RPE_SIDE_QUERY, feature->head, feature->feature, origin),
             rpe_kernel_autocovariance(kernel, RPE_SIDE_KEY, feature->head, feature->feature, origin));
    outside(feature, &s, realizations * count, LARGEST_NORMAL * error_size * sqrt(power));
    if (feature->excess > 1)
        status = rpe_check_outside_find(&feature->outside, codes, window->positions[0].count, realizations,
                                        s.residual, error);
    if (status != RPE_OK)
        goto done;
    moments(feature, &s, realizations);
    correlations(feature, &s, realizations);
    noise_find(feature, codes, &s, realizations);
    variances(feature, &s, kernel->type->codes->paired ? 2 : 1, realizations);
    shapes(feature, &s, realizations);
    for (size_t r = 0; feature->noise != NULL && r < window->kept; r++) {
        memset(feature->noise + r * window->rows, 0, window->rows * sizeof(double));
        memcpy(feature->noise + r * window->rows, s.noise + r * feature->rows,
               feature->rows * sizeof(double));
    }
done:
    scratch_free(&s);
    return status;
}

/* The range of B, from what theory says of the kernel; where the law is another, from the coefficients themselves. */
static rpe_status codes_find(rpe_theory_codes *codes, const rpe_check_feature *feature,
                             const rpe_check_subject *subject, const rpe_check_window *window,
                             const size_t *start, double resolution, rpe_error *error)
{
    const rpe_positions *queries = &window->positions[0], *keys = &window->positions[1];
    if (subject->law.gate == RPE_CHECK_GATE_ONCE && subject->law.padding == RPE_CHECK_PADDING_NONE)
        return rpe_theory_codes_create(codes, subject->kernel, feature->head, feature->feature, queries, keys,
                                       resolution, error);
    size_t count = queries->count + keys->count;
    double *matrix = rpe_memory_allocate(window->rows, count * sizeof *matrix);
    if (matrix == NULL)
        return rpe_error_memory(error, "coefficients of codes", window->rows, count * sizeof *matrix);
    size_t rows = rpe_check_coefficients(subject, feature->head, feature->feature, window, start, matrix);
    rpe_status status =
        rpe_theory_codes_decompose(codes, queries->count, keys->count, rows, matrix, resolution, error);
    rpe_memory_free(matrix);
    return status;
}

rpe_status rpe_check_feature_measure(rpe_check_feature *feature, const rpe_check_subject *subject,
                                     const rpe_check_window *window, rpe_error *error)
{
    size_t start[RPE_AXES_MAX];
    rpe_theory_codes codes = {0};
    rpe_check_window_start(window, feature->head * subject->kernel->features + feature->feature, start);
    double size = relative_error(feature, subject, window, start);
    rpe_status status =
        codes_find(&codes, feature, subject, window, start, fmin(0.5, RESOLVED * size), error);
    if (status == RPE_OK)
        status = measure(feature, subject, window, &codes, start, size, error);
    rpe_theory_codes_destroy(&codes);
    return status;
}

double rpe_check_feature_p(const rpe_check_feature *feature, size_t realizations, double inflation)
{
    double rank = (double)feature->rank, p[5];
    if (feature->excess > 1)
        return 0;
    if (feature->rank == 0)
        return 1;
    double score = rpe_check_score_chi_squared(feature->squares, (double)realizations * rank);
    p[0] = rpe_p_chi_squared(feature->mean, rank);
    p[1] = rpe_p_normal(score / sqrt(inflation));
    p[2] = rpe_check_p_largest(feature->direction / sqrt(inflation), (double)feature->directions);
    p[3] = feature->pairs > 0 ? rpe_p_chi_squared(feature->pair_sum, feature->pairs) : NAN;
    p[4] = feature->pairs > 0 ? rpe_check_p_largest(feature->pair, feature->pairs) : NAN;
    return rpe_holm_smallest(5, p);
}
