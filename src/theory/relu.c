/* Form 12: ReLU features, arc-cosine kernels of the angle v between u_m and w_n. */
#include "theory/theory_relu.h"

#include <math.h>

#include "theory/theory_rows.h"

#define PI 3.1415926535897932384626433832795
#define SERIES_BELOW 0.5 /* pi - v under which J1 and J2 are summed as series: their closed forms cancel */

typedef struct arc_cosine {
    double s, first, second; /* s, J1, J2 */
} arc_cosine;

/* With w = pi - v:  J1 = sin w - w cos w = sum_k>=1 (-1)^(k+1) 2k w^(2k+1)/(2k+1)!
                     J2 = w (1 + 2 cos^2 w) - 3 sin w cos w = sum_k>=2 (-4)^k (2k-2) w^(2k+1)/(2k+1)! */
static void arc_cosine_series(double w, arc_cosine *value)
{
    double power = w, scaled = w; /* (-1)^k w^(2k+1)/(2k+1)!, (-4)^k w^(2k+1)/(2k+1)! */
    value->first = value->second = 0;
    for (int k = 1; k <= 12; k++) {
        double ratio = -w * w / (2.0 * k * (2.0 * k + 1));
        power *= ratio;
        scaled *= 4 * ratio;
        value->first -= 2 * k * power;
        value->second += (2 * k - 2) * scaled;
    }
}

static arc_cosine arc_cosine_at(const rpe_theory *theory, size_t m, size_t n)
{
    double c = theory->inner[m * theory->key_positions.count + n];
    arc_cosine value = {.s = sqrt(theory->query_norms[m] * theory->key_norms[n])};
    if (!(value.s > 0))
        return value;
    /* cos v = c/s, J1 = sin v + (pi - v) cos v, J2 = 3 sin v cos v + (pi - v)(1 + 2 cos^2 v)           [form 12] */
    double cosine = fmax(-1, fmin(1, c / value.s));
    double sine = sqrt((1 - cosine) * (1 + cosine));
    double rest = atan2(sine, -cosine); /* pi - v */
    if (rest < SERIES_BELOW) {
        arc_cosine_series(rest, &value);
    } else {
        value.first = sine + rest * cosine;
        value.second = 3 * sine * cosine + rest * (1 + 2 * cosine * cosine);
    }
    return value;
}

void rpe_theory_relu_mean(const rpe_theory *theory, double *mean)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    double root = sqrt((double)theory->features);
    for (size_t i = 0; i < queries * keys; i++) {
        /* s J1 / (2 pi sqrt(D))                                                             [form 12] */
        arc_cosine at = arc_cosine_at(theory, i / keys, i % keys);
        mean[i] = at.s * at.first / (2 * PI * root);
    }
}

rpe_status rpe_theory_relu_variance(const rpe_theory *theory, size_t realizations, double *variance,
                                    rpe_error *error)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    if (realizations == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    double scale = (double)realizations * (double)theory->features;
    for (size_t i = 0; i < queries * keys; i++) {
        /* (s^2/(RD)) [J2/(2 pi) - (J1/(2 pi))^2]                                            [form 12] */
        arc_cosine at = arc_cosine_at(theory, i / keys, i % keys);
        double first = at.first / (2 * PI);
        variance[i] = at.s * at.s * fmax(0, at.second / (2 * PI) - first * first) / scale;
    }
    return RPE_OK;
}

void rpe_theory_relu_attention(const rpe_theory *theory, bool causal, double *attention)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    rpe_theory_relu_mean(theory, attention);
    for (size_t m = 0; m < queries; m++) {
        double *row = attention + m * keys, total = 0;
        for (size_t n = 0; n < keys; n++) {
            if (causal && n > m)
                row[n] = 0;
            total += row[n];
        }
        for (size_t n = 0; n < keys && total > 0; n++)
            row[n] /= total;
    }
}
