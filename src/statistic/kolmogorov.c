/* Kolmogorov's statistic: its distance and its p-value. */
#include "statistic/hypothesis.h"

#include <math.h>
#include <string.h>

#define EXACT_VALUES_MAX 500 /* the matrix method up to here */
#define EXACT_TAIL_MAX 100000
/* n d^2 from which twice the one-sided tail is taken, which counts the overlap of the two twice: relative error
   exp(-6 n d^2), below 1e-10 after the exact distribution and 1e-5 after the asymptotic one. */
#define TAIL_START_EXACT 4.0
#define TAIL_START_ASYMPTOTIC 2.0
#define MATRIX_MAX                                                                                           \
    91 /* 2 ceil(n d) - 1 for n = EXACT_VALUES_MAX and n d^2 < TAIL_START_EXACT, and some more */

/* A number value * 10^exponent for each entry: powers overflow otherwise. */
typedef struct matrix {
    size_t size;
    int exponent;
    double values[MATRIX_MAX * MATRIX_MAX];
} matrix;

static void matrix_multiply(const matrix *a, const matrix *b, matrix *c)
{
    size_t size = a->size;
    c->size = size;
    c->exponent = a->exponent + b->exponent;
    for (size_t i = 0; i < size; i++) {
        double *row = c->values + i * size;
        memset(row, 0, size * sizeof *row);
        for (size_t k = 0; k < size; k++) {
            for (size_t j = 0; j < size; j++)
                row[j] += a->values[i * size + k] * b->values[k * size + j];
        }
    }
    if (c->values[(size / 2) * size + size / 2] > 1e140) {
        for (size_t i = 0; i < size * size; i++)
            c->values[i] *= 1e-140;
        c->exponent += 140;
    }
}

/* power = base^n, by squaring; both scratch matrices are overwritten. */
static void matrix_power(matrix *base, size_t n, matrix *power, matrix *scratch)
{
    size_t size = base->size;
    power->size = size;
    power->exponent = 0;
    memset(power->values, 0, size * size * sizeof *power->values);
    for (size_t i = 0; i < size; i++)
        power->values[i * size + i] = 1;
    for (; n > 0; n /= 2) {
        if (n % 2 == 1) {
            matrix_multiply(power, base, scratch);
            *power = *scratch;
        }
        if (n > 1) {
            matrix_multiply(base, base, scratch);
            *base = *scratch;
        }
    }
}

/* n d = k - h with integer k and 0 <= h < 1: H[i][j] = 1/(i-j+1)! for i-j+1 >= 0, the first column and the last row
   corrected by powers of h.  [Marsaglia, Tsang, Wang, J. Stat. Softw. 8(18), 2003] */
static void matrix_fill(matrix *base, size_t size, double h)
{
    base->size = size;
    base->exponent = 0;
    double *values = base->values;
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++)
            values[i * size + j] = i + 1 < j ? 0 : 1;
    }
    for (size_t i = 0; i < size; i++) {
        double power = pow(h, (double)(i + 1));
        values[i * size] -= power;
        values[(size - 1) * size + (size - 1 - i)] -= power;
    }
    if (2 * h - 1 > 0)
        values[(size - 1) * size] += pow(2 * h - 1, (double)size);
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j <= i; j++) {
            for (size_t g = 1; g <= i - j + 1; g++)
                values[i * size + j] /= (double)g;
        }
    }
}

/* P(D_n < d) = n!/n^n (H^n)[k-1][k-1] */
static double distribution_exact(double d, size_t n)
{
    static _Thread_local matrix base, power, scratch;
    size_t k = (size_t)((double)n * d) + 1;
    matrix_fill(&base, 2 * k - 1, (double)k - (double)n * d);
    matrix_power(&base, n, &power, &scratch);
    double value = power.values[(k - 1) * power.size + k - 1];
    int exponent = power.exponent;
    for (size_t i = 1; i <= n; i++) {
        value *= (double)i / (double)n;
        if (value < 1e-140) {
            value *= 1e140;
            exponent -= 140;
        }
    }
    return value * pow(10, exponent);
}

/* P(D+_n >= d) = d sum_{j <= n(1-d)} C(n,j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j), all terms positive.
   [Birnbaum, Tingey, Ann. Math. Stat. 22, 1951] */
static double tail_one_sided(double d, size_t n)
{
    double size = (double)n, total = 0;
    for (size_t j = 0; j < n; j++) {
        double i = (double)j, rest = 1 - d - i / size;
        if (rest <= 0)
            break;
        double choose = lgamma(size + 1) - lgamma(i + 1) - lgamma(size - i + 1);
        total += exp(choose + (i - 1) * log(d + i / size) + (size - i) * log(rest));
    }
    return d * total;
}

/* P(sup|B| >= t) of a Brownian bridge, t corrected for n.  [Vrbik, Pioneer J. Theor. Appl. Stat. 15, 2018] */
static double tail_asymptotic(double d, size_t n)
{
    double root = sqrt((double)n);
    double t = d * root + 1 / (6 * root) + (d * root - 1) / (4 * (double)n);
    double total = 0;
    if (t < 0.2) /* P < 1 by less than 1e-12 */
        return 1;
    for (int i = 1; i <= 60; i++)
        total += (i % 2 == 1 ? 2 : -2) * exp(-2 * (double)i * (double)i * t * t);
    return fmin(1, fmax(0, total));
}

double rpe_p_kolmogorov(double d, size_t n)
{
    if (isnan(d) || n == 0)
        return NAN;
    double size = (double)n;
    if (d <= 1 / (2 * size))
        return 1;
    if (d >= 1)
        return 0;
    double tail_start = n <= EXACT_VALUES_MAX ? TAIL_START_EXACT : TAIL_START_ASYMPTOTIC;
    if (size * d * d >= tail_start && n <= EXACT_TAIL_MAX)
        return fmin(1, 2 * tail_one_sided(d, n));
    if (n <= EXACT_VALUES_MAX)
        return fmin(1, fmax(0, 1 - distribution_exact(d, n)));
    return tail_asymptotic(d, n);
}

double rpe_kolmogorov_distance(size_t n, const double *sorted_probabilities)
{
    double distance = 0;
    for (size_t i = 0; i < n; i++) {
        double above = (double)(i + 1) / (double)n - sorted_probabilities[i];
        double below = sorted_probabilities[i] - (double)i / (double)n;
        distance = fmax(distance, fmax(above, below));
    }
    return distance;
}
