/* Fourier transforms in one precision.  A row of a spectrum is the same element of eight transforms, one a lane. */
#include "base/dispatch.h"
#include "base/event.h"
#include "base/fourier.h"
#include "base/interrupt.h"
#include "base/real.h"
#include "base/transpose.h"

#define LANES RPE_FOURIER_LANES
#define ROW (2 * LANES)                           /* numbers of a row of a spectrum */
#define WIDTH (RPE_FOURIER_VECTOR / sizeof(real)) /* of a vector: 8 or 4 */
#define INLINE static inline __attribute__((always_inline))
typedef real vector __attribute__((vector_size(RPE_FOURIER_VECTOR)));
/* The same in an array of reals, at any element. */
typedef real vector_stored __attribute__((vector_size(RPE_FOURIER_VECTOR), aligned(sizeof(real)), may_alias));

/* As many complex numbers as a vector has elements. */
typedef struct complex_vector {
    vector re, im;
} complex_vector;

INLINE void load(const real *row, complex_vector *v)
{
    v->re = *(const vector_stored *)row;
    v->im = *(const vector_stored *)(row + LANES);
}

INLINE void store(real *row, const complex_vector *v)
{
    *(vector_stored *)row = v->re;
    *(vector_stored *)(row + LANES) = v->im;
}

/* v *= re + i im */
INLINE void multiply(complex_vector *v, const vector *re, const vector *im)
{
    vector real_part = v->re * *re - v->im * *im;
    v->im = v->re * *im + v->im * *re;
    v->re = real_part;
}

/* v *= the twiddle, the same in all lanes */
INLINE void turn(complex_vector *v, const real *twiddle)
{
    vector real_part = v->re * twiddle[0] - v->im * twiddle[1];
    v->im = v->re * twiddle[1] + v->im * twiddle[0];
    v->re = real_part;
}

/* (a, b) = (a + b, a - b) */
INLINE void butterfly2(complex_vector *a, complex_vector *b)
{
    complex_vector sum = {a->re + b->re, a->im + b->im};
    b->re = a->re - b->re;
    b->im = a->im - b->im;
    *a = sum;
}

/* (a, b) = (a + i b, a - i b) */
INLINE void butterfly2_turned(complex_vector *a, complex_vector *b)
{
    complex_vector sum = {a->re - b->im, a->im + b->re};
    complex_vector difference = {a->re + b->im, a->im - b->re};
    *a = sum;
    *b = difference;
}

/* v[u] = sum_t v[t] exp(2 pi i t u / 3) */
INLINE void butterfly3(complex_vector *v)
{
    const real sine = (real)0.866025403784438646763723170752936183;
    complex_vector sum = {v[1].re + v[2].re, v[1].im + v[2].im};
    complex_vector turned = {sine * (v[1].re - v[2].re), sine * (v[1].im - v[2].im)};
    v[1].re = v[0].re - (real)0.5 * sum.re;
    v[1].im = v[0].im - (real)0.5 * sum.im;
    v[2] = turned;
    v[0].re += sum.re;
    v[0].im += sum.im;
    butterfly2_turned(&v[1], &v[2]);
}

/* v[u] = sum_t v[t] i^(t u) */
INLINE void butterfly4(complex_vector *v0, complex_vector *v1, complex_vector *v2, complex_vector *v3)
{
    butterfly2(v0, v2);
    butterfly2(v1, v3);
    butterfly2(v0, v1);
    butterfly2_turned(v2, v3);
    complex_vector swapped = *v1;
    *v1 = *v2;
    *v2 = swapped;
}

/* v[u] = sum_t v[t] exp(2 pi i t u / 5) */
INLINE void butterfly5(complex_vector *v)
{
    const real c1 = (real)0.309016994374947424102293417182819059;
    const real c2 = (real)-0.809016994374947424102293417182819059;
    const real s1 = (real)0.951056516295153572116439333379382143;
    const real s2 = (real)0.587785252292473129168705954639072769;
    butterfly2(&v[1], &v[4]);
    butterfly2(&v[2], &v[3]);
    complex_vector a = {v[0].re + c1 * v[1].re + c2 * v[2].re, v[0].im + c1 * v[1].im + c2 * v[2].im};
    complex_vector b = {v[0].re + c2 * v[1].re + c1 * v[2].re, v[0].im + c2 * v[1].im + c1 * v[2].im};
    complex_vector c = {s1 * v[4].re + s2 * v[3].re, s1 * v[4].im + s2 * v[3].im};
    complex_vector d = {s2 * v[4].re - s1 * v[3].re, s2 * v[4].im - s1 * v[3].im};
    v[0].re += v[1].re + v[2].re;
    v[0].im += v[1].im + v[2].im;
    butterfly2_turned(&a, &c);
    butterfly2_turned(&b, &d);
    v[1] = a;
    v[2] = b;
    v[3] = d;
    v[4] = c;
}

/* v[u] = sum_t v[t] exp(2 pi i t u / 8) */
INLINE void butterfly8(complex_vector *v)
{
    const real half_root = (real)0.707106781186547524400844362104849039;
    butterfly4(&v[0], &v[2], &v[4], &v[6]);
    butterfly4(&v[1], &v[3], &v[5], &v[7]);
    complex_vector one = {half_root * (v[3].re - v[3].im), half_root * (v[3].re + v[3].im)};
    complex_vector three = {half_root * (v[7].re - v[7].im), half_root * (v[7].re + v[7].im)};
    complex_vector zero = v[1], two = v[5];
    complex_vector even[4] = {v[0], v[2], v[4], v[6]};
    v[0] = even[0];
    v[4] = zero;
    butterfly2(&v[0], &v[4]);
    v[1] = even[1];
    v[5] = one;
    butterfly2(&v[1], &v[5]);
    v[2] = even[2];
    v[6] = two;
    butterfly2_turned(&v[2], &v[6]);
    v[3] = even[3];
    v[7] = three;
    butterfly2_turned(&v[3], &v[7]);
}

INLINE void butterfly(size_t radix, complex_vector *v)
{
    if (radix == 2)
        butterfly2(&v[0], &v[1]);
    else if (radix == 3)
        butterfly3(v);
    else if (radix == 4)
        butterfly4(&v[0], &v[1], &v[2], &v[3]);
    else if (radix == 5)
        butterfly5(v);
}

/* The first stage, on the product of two spectra: it has no twiddles. */
INLINE void product_stage(size_t radix, size_t rows, const real *spectrum, const real *filter, real *x)
{
    complex_vector v[5], factor;
    for (size_t base = 0; base < rows * ROW; base += radix * ROW)
        for (size_t lane = base; lane < base + LANES; lane += WIDTH) {
            for (size_t t = 0; t < radix; t++) {
                load(spectrum + lane + t * ROW, &v[t]);
                load(filter + lane + t * ROW, &factor);
                multiply(&v[t], &factor.re, &factor.im);
            }
            butterfly(radix, v);
            for (size_t t = 0; t < radix; t++)
                store(x + lane + t * ROW, &v[t]);
        }
}

/* x[j + span u] = sum_t exp(2 pi i t j / (radix span)) exp(2 pi i t u / radix) x[j + span t], for every block of radix span */
INLINE void synthesis_stage(size_t radix, size_t rows, size_t span, const real *twiddle, real *x)
{
    complex_vector v[5];
    for (size_t j = 0; j < span; j++, twiddle += 2 * (radix - 1))
        for (size_t base = j * ROW; base < rows * ROW; base += radix * span * ROW)
            for (size_t lane = base; lane < base + LANES; lane += WIDTH) {
                for (size_t t = 0; t < radix; t++)
                    load(x + lane + t * span * ROW, &v[t]);
                for (size_t t = 1; t < radix; t++)
                    turn(&v[t], twiddle + 2 * (t - 1));
                butterfly(radix, v);
                for (size_t t = 0; t < radix; t++)
                    store(x + lane + t * span * ROW, &v[t]);
            }
}

/* x[j + span t] = exp(2 pi i t j / (radix span)) sum_u exp(2 pi i t u / radix) x[j + span u], for every block of radix span */
INLINE void analysis_stage(size_t radix, size_t rows, size_t span, const real *twiddle, real *x)
{
    complex_vector v[5];
    for (size_t j = 0; j < span; j++, twiddle += 2 * (radix - 1))
        for (size_t base = j * ROW; base < rows * ROW; base += radix * span * ROW)
            for (size_t lane = base; lane < base + LANES; lane += WIDTH) {
                for (size_t t = 0; t < radix; t++)
                    load(x + lane + t * span * ROW, &v[t]);
                butterfly(radix, v);
                for (size_t t = 1; t < radix && span > 1; t++)
                    turn(&v[t], twiddle + 2 * (t - 1));
                for (size_t t = 0; t < radix; t++)
                    store(x + lane + t * span * ROW, &v[t]);
            }
}

/* WIDTH rows of eight lanes <-> eight vectors of WIDTH rows: v[group WIDTH + i] holds row i before and lane i after, or the
   other way round */
INLINE void exchange(complex_vector v[LANES])
{
    vector *part[WIDTH];
    for (size_t group = 0; group < LANES; group += WIDTH) {
        for (size_t i = 0; i < WIDTH; i++)
            part[i] = &v[group + i].re;
        rpe_transpose(part);
        for (size_t i = 0; i < WIDTH; i++)
            part[i] = &v[group + i].im;
        rpe_transpose(part);
    }
}

/* sums[part][n] += weights[n] v, the eight vectors of n = first + n2 m */
INLINE void sink_add(const rpe_fourier *fourier, const rpe_fourier_sink *sink, size_t first,
                     const complex_vector v[LANES])
{
    size_t padded = fourier->padded, elements = LANES * padded;
    const real *weights = (const real *)sink->weights + first;
    real *sums = (real *)sink->sums + first;
    for (size_t item = 0; item < sink->items; item++, weights += elements, sums += 2 * elements)
        for (size_t n2 = 0; n2 < LANES; n2++) {
            vector weight = *(const vector_stored *)(weights + n2 * padded);
            *(vector_stored *)(sums + n2 * padded) += weight * v[n2].re;
            *(vector_stored *)(sums + elements + n2 * padded) += weight * v[n2].im;
        }
}

/* x(n1 + m n2) = sum_l exp(2 pi i n1 l / L) exp(2 pi i n2 l / 8) x_l(n1) */
INLINE void join(const rpe_fourier *fourier, const real *x, const real offset[2],
                 const rpe_fourier_sink *sink)
{
    const real *rotation = fourier->rotations;
    for (size_t first = 0; first < fourier->padded; first += WIDTH) {
        complex_vector v[LANES];
        for (size_t group = 0; group < LANES; group += WIDTH)
            for (size_t i = 0; i < WIDTH; i++)
                load(x + (first + i) * ROW + group, &v[group + i]);
        exchange(v);
        for (size_t lane = 1; lane < LANES; lane++, rotation += 2 * WIDTH)
            multiply(&v[lane], (const vector *)rotation, (const vector *)(rotation + WIDTH));
        v[0].re += offset[0];
        v[0].im += offset[1];
        butterfly8(v);
        sink_add(fourier, sink, first, v);
    }
}

INLINE void product(size_t radix, size_t rows, const real *spectrum, const real *filter, real *x)
{
    if (radix == 1)
        product_stage(1, rows, spectrum, filter, x);
    else if (radix == 2)
        product_stage(2, rows, spectrum, filter, x);
    else if (radix == 3)
        product_stage(3, rows, spectrum, filter, x);
    else if (radix == 4)
        product_stage(4, rows, spectrum, filter, x);
    else
        product_stage(5, rows, spectrum, filter, x);
}

/* The stages first .. end-1; twiddle and span are left where they go on. */
INLINE void synthesis_stages(const rpe_fourier *fourier, size_t first, size_t end, size_t rows,
                             const real **twiddle, size_t *span, real *x)
{
    for (size_t stage = first; stage < end && !rpe_interrupt_requested(); stage++) {
        size_t radix = fourier->radix[stage];
        rpe_event_work(LANES * rows);
        if (radix == 2)
            synthesis_stage(2, rows, *span, *twiddle, x);
        else if (radix == 3)
            synthesis_stage(3, rows, *span, *twiddle, x);
        else if (radix == 4)
            synthesis_stage(4, rows, *span, *twiddle, x);
        else
            synthesis_stage(5, rows, *span, *twiddle, x);
        *twiddle += 2 * *span * (radix - 1);
        *span *= radix;
    }
}

/* Block by block the stages within a block, and at last, as one more block of all rows, those beyond.  One place makes the
   stages, as they are most of the code of this file. */
RPE_DISPATCH_FUSED void R(rpe_fourier_synthesize)(const rpe_fourier *fourier, const real *spectrum,
                                                  const real *filter, const real offset[2],
                                                  const rpe_fourier_sink *sink, real *work)
{
    const real *twiddle = fourier->twiddles;
    size_t span = 1, blocks = fourier->rows / fourier->inner_rows;
    for (size_t block = 0; block <= blocks && !rpe_interrupt_requested(); block++) {
        size_t first = 0, begin = fourier->inner_stages, end = fourier->stages, rows = fourier->rows;
        if (block < blocks) {
            rows = fourier->inner_rows;
            first = block * rows * ROW;
            begin = 1;
            end = fourier->inner_stages;
            twiddle = fourier->twiddles;
            span = fourier->radix[0];
            product(span, rows, spectrum + first, filter + first, work + first);
        }
        synthesis_stages(fourier, begin, end, rows, &twiddle, &span, work + first);
    }
    rpe_event_work(fourier->length * (1 + sink->items));
    join(fourier, work, offset, sink);
}

/* x_l(n1) = exp(2 pi i n1 l / L) sum_n2 exp(2 pi i n2 l / 8) x(n1 + m n2) */
INLINE void split(const rpe_fourier *fourier, const real *real_part, const real *imaginary_part, real *x)
{
    const real *rotation = fourier->rotations;
    size_t padded = fourier->padded;
    for (size_t first = 0; first < padded; first += WIDTH) {
        complex_vector v[LANES] = {{{0}, {0}}};
        for (size_t n2 = 0; n2 < LANES; n2++) {
            v[n2].re = *(const vector_stored *)(real_part + n2 * padded + first);
            if (imaginary_part != NULL)
                v[n2].im = *(const vector_stored *)(imaginary_part + n2 * padded + first);
        }
        butterfly8(v);
        for (size_t lane = 1; lane < LANES; lane++, rotation += 2 * WIDTH)
            multiply(&v[lane], (const vector *)rotation, (const vector *)(rotation + WIDTH));
        exchange(v);
        for (size_t group = 0; group < LANES; group += WIDTH)
            for (size_t i = 0; i < WIDTH && first + i < fourier->rows; i++)
                store(x + (first + i) * ROW + group, &v[group + i]);
    }
}

RPE_DISPATCH_FUSED void R(rpe_fourier_analyze)(const rpe_fourier *fourier, const real *real_part,
                                               const real *imaginary_part, real *spectrum)
{
    size_t rows = fourier->rows, span = rows;
    const real *twiddle = (const real *)fourier->twiddles + 2 * (rows - fourier->radix[0]);
    rpe_event_work(fourier->length);
    split(fourier, real_part, imaginary_part, spectrum);
    for (size_t stage = fourier->stages; stage-- > 0 && !rpe_interrupt_requested();) {
        size_t radix = fourier->radix[stage];
        span /= radix;
        rpe_event_work(fourier->length);
        if (stage > 0)
            twiddle -= 2 * span * (radix - 1);
        if (radix == 2)
            analysis_stage(2, rows, span, twiddle, spectrum);
        else if (radix == 3)
            analysis_stage(3, rows, span, twiddle, spectrum);
        else if (radix == 4)
            analysis_stage(4, rows, span, twiddle, spectrum);
        else if (radix == 5)
            analysis_stage(5, rows, span, twiddle, spectrum);
    }
}
