#include "report/compare/change.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "statistic/mann_whitney.h"
#include "statistic/two_means.h"

const char *rpe_change_test_name(rpe_change_test test)
{
    static const char *const names[] = {
        [RPE_CHANGE_UNTESTED] = "none",      [RPE_CHANGE_IDENTICAL] = "identical",
        [RPE_CHANGE_ROUNDING] = "rounding",  [RPE_CHANGE_EXACT] = "exact",
        [RPE_CHANGE_PAIRED] = "paired",      [RPE_CHANGE_WELCH] = "Welch",
        [RPE_CHANGE_RANKS] = "Mann-Whitney", [RPE_CHANGE_POOLED] = "pooled",
        [RPE_CHANGE_NOISY] = "none",         [RPE_CHANGE_POWERLESS] = "none",
        [RPE_CHANGE_LOST] = "lost",          [RPE_CHANGE_GAINED] = "gained",
    };
    return names[test];
}

/* What rounding may leave between two relative errors that are the same number. */
static double rounding_of(rpe_precision precision)
{
    static const double rounding[] = {[RPE_SINGLE] = 1e-6, [RPE_DOUBLE] = 1e-11};
    return rounding[precision];
}

/* ---- one trial with one trial ---- */

/* Trials that can be held against each other: with one seed as far as the shorter run goes, else all or none. */
static size_t common_trials(const rpe_change_question *question)
{
    size_t x = question->sides[0].count, y = question->sides[1].count;
    return question->paired ? (x < y ? x : y) : (x == y ? x : 0);
}

static bool is_same(double x, double y)
{
    return !(x < y) && !(x > y);
}

static double on_estimate_scale(const rpe_measure *measure, double value)
{
    return measure->root ? sqrt(fmax(0.0, value)) : value;
}

/* Numbers of one sign lie as far apart as their bits do, read as integers; those of two signs as far as from 0, together. */
static double ulps_between(double x, double y)
{
    uint64_t bits[2];
    double sides[2] = {fabs(x), fabs(y)};
    memcpy(bits, sides, sizeof bits);
    uint64_t apart = bits[0] > bits[1] ? bits[0] - bits[1] : bits[1] - bits[0];
    return signbit(x) == signbit(y) ? (double)apart : (double)bits[0] + (double)bits[1];
}

typedef struct trial_distance {
    bool identical, rounding;
    double ulps;
} trial_distance;

/* Errors of what is exact: nothing but rounding on both sides, however it was drawn. */
static bool only_rounding(const rpe_change_question *question, double reach)
{
    for (size_t side = 0; side < 2; side++) {
        const rpe_change_side *row = &question->sides[side];
        for (size_t i = 0; row->trials != NULL && i < row->count; i++)
            if (!(fabs(on_estimate_scale(question->measure, row->trials[i])) <= reach))
                return false;
        if (!(fabs(row->estimate) <= reach))
            return false;
    }
    return true;
}

static trial_distance distance_of(const rpe_change_question *question)
{
    const double *x = question->sides[0].trials, *y = question->sides[1].trials;
    size_t count = common_trials(question);
    trial_distance distance = {count > 0, count > 0, 0.0};
    double reach = rounding_of(question->precision);
    for (size_t i = 0; distance.rounding && i < count; i++) {
        double a = on_estimate_scale(question->measure, x[i]), b = on_estimate_scale(question->measure, y[i]);
        distance.identical = distance.identical && is_same(a, b);
        distance.rounding = fabs(b - a) <= reach * fmax(1.0, fabs(a));
        distance.ulps = fmax(distance.ulps, ulps_between(x[i], y[i]));
    }
    if (!distance.rounding && only_rounding(question, reach))
        distance = (trial_distance){false, true, NAN};
    return distance;
}

/* Without the trials: rows that say the same. */
static trial_distance distance_of_rows(const rpe_change_question *question)
{
    const rpe_change_side *x = &question->sides[0], *y = &question->sides[1];
    bool same = x->count == y->count && is_same(x->estimate, y->estimate) &&
                is_same(x->standard_error, y->standard_error);
    bool rounding = same || only_rounding(question, rounding_of(question->precision));
    return (trial_distance){same, rounding, same ? 0.0 : (double)NAN};
}

/* ---- changes ---- */

static void change_say(rpe_change *change, rpe_change_test test, const char *reason)
{
    change->test = test;
    snprintf(change->reason, sizeof change->reason, "%s", reason);
}

static double relative_change(const rpe_change_question *question, double x, double y)
{
    if (question->measure->better == RPE_BETTER_NEITHER)
        return (y - x) / question->scale;
    if (x > 0.0)
        return y / x - 1.0;
    return is_same(x, y) ? 0.0 : y > x ? INFINITY : -INFINITY;
}

/* What the row says, or would have said of the trials that both have. */
static double common_estimate(const rpe_change_question *question, size_t side)
{
    const rpe_change_side *row = &question->sides[side];
    size_t count = common_trials(question);
    if (row->trials == NULL || count == 0 || count == row->count)
        return row->estimate;
    rpe_sample sample = {0};
    for (size_t i = 0; i < count; i++)
        rpe_sample_add(&sample, row->trials[i]);
    return on_estimate_scale(question->measure, sample.mean);
}

static void change_exact(rpe_change *change, const rpe_change_question *question, rpe_change_test test)
{
    change->test = test;
    change->change = relative_change(question, common_estimate(question, 0), common_estimate(question, 1));
    change->low = change->high = change->change;
}

/* A contrast of means becomes one of estimates. */
static void change_take(rpe_change *change, const rpe_change_question *question, const rpe_contrast *contrast)
{
    bool root = question->measure->root;
    change->change = (root ? sqrt(fmax(0.0, contrast->value)) : contrast->value) - 1.0;
    change->low = (root ? sqrt(fmax(0.0, contrast->low)) : contrast->low) - 1.0;
    change->high = (root ? sqrt(contrast->high) : contrast->high) - 1.0;
    change->standard_error = contrast->standard_error;
    change->p = contrast->p;
}

static void change_of_means(rpe_change *change, const rpe_change_question *question,
                            const rpe_two_means *means, double level)
{
    change->freedom = means->freedom;
    change->means = *means;
    if (question->measure->better == RPE_BETTER_NEITHER) {
        rpe_contrast contrast = rpe_two_means_difference(means, level);
        change->change = contrast.value / question->scale;
        change->low = contrast.low / question->scale;
        change->high = contrast.high / question->scale;
        change->standard_error = contrast.standard_error / question->scale;
        change->p = contrast.p;
        return;
    }
    rpe_contrast contrast = rpe_two_means_ratio(means, level);
    change_take(change, question, &contrast);
    if (!(means->x > 0.0)) {
        change->change = relative_change(question, means->x, means->y);
        change->low = -INFINITY;
        change->high = INFINITY;
    }
}

/* ---- drawn numbers ---- */

/* What the trials of a side are divided by, so that those of other inputs can be compared. */
static double unit_of(const rpe_change_question *question, size_t side)
{
    double closed = question->sides[side].closed_form;
    if (!question->other_inputs)
        return 1.0;
    return question->measure->root ? closed * closed : closed;
}

/* Mean and its error on the scale of the trials, from what the row says. */
static rpe_sample row_sample(const rpe_change_question *question, size_t side)
{
    const rpe_change_side *row = &question->sides[side];
    double mean = row->estimate, error = row->standard_error, count = (double)row->count;
    if (question->measure->root) {
        error *= 2.0 * mean;
        mean *= mean;
    }
    return (rpe_sample){.count = row->count, .mean = mean, .squares = error * error * count * (count - 1.0)};
}

static rpe_sample side_sample(const rpe_change_question *question, size_t side)
{
    const rpe_change_side *row = &question->sides[side];
    double unit = unit_of(question, side);
    rpe_sample sample = {0};
    if (row->trials == NULL)
        sample = row_sample(question, side);
    for (size_t i = 0; row->trials != NULL && i < row->count; i++)
        rpe_sample_add(&sample, row->trials[i]);
    sample.mean /= unit;
    sample.squares /= unit * unit;
    return sample;
}

static void change_welch(rpe_change *change, const rpe_change_question *question, double level)
{
    rpe_sample x = side_sample(question, 0), y = side_sample(question, 1);
    rpe_two_means means = rpe_two_means_welch(&x, &y);
    change->test = RPE_CHANGE_WELCH;
    change_of_means(change, question, &means, level);
}

/* Trials pair up as far as the shorter run goes. */
static rpe_status change_paired(rpe_change *change, const rpe_change_question *question, double level,
                                rpe_error *error)
{
    const rpe_change_side *sides = question->sides;
    size_t count = common_trials(question);
    double *pairs = rpe_memory_allocate(count, 2 * sizeof *pairs);
    if (pairs == NULL)
        return rpe_error_memory(error, "pairs of trials", count, 2 * sizeof *pairs);
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < count; i++)
            pairs[side * count + i] = sides[side].trials[i] / unit_of(question, side);
    rpe_two_means means = rpe_two_means_paired(count, pairs, pairs + count);
    rpe_memory_free(pairs);
    change->test = RPE_CHANGE_PAIRED;
    change->count[0] = change->count[1] = count;
    change_of_means(change, question, &means, level);
    return RPE_OK;
}

static rpe_status change_drawn(rpe_change *change, const rpe_change_question *question, double level,
                               rpe_error *error)
{
    const rpe_change_side *x = &question->sides[0], *y = &question->sides[1];
    if (x->count < 2 || y->count < 2) {
        change_exact(change, question, RPE_CHANGE_POWERLESS);
        change_say(change, RPE_CHANGE_POWERLESS, "one trial, so its error is not known");
        change->detects = INFINITY;
        return RPE_OK;
    }
    if (question->other_inputs &&
        (question->measure->bounded || !(unit_of(question, 0) > 0.0) || !(unit_of(question, 1) > 0.0))) {
        change_say(change, RPE_CHANGE_UNTESTED,
                   "the inputs differ, and there is no closed form to compare both with");
        return RPE_OK;
    }
    for (size_t side = 0; side < 2; side++)
        change->units[side] = unit_of(question, side);
    if (question->paired && x->trials != NULL && y->trials != NULL)
        return change_paired(change, question, level, error);
    change_welch(change, question, level);
    return RPE_OK;
}

/* ---- times ---- */

static bool all_positive(const rpe_change_side *side)
{
    for (size_t i = 0; i < side->count; i++)
        if (!(side->trials[i] > 0.0))
            return false;
    return true;
}

/* Ranks of y against x times the factor. */
static rpe_status scaled_p(const rpe_change_question *question, double factor, double *p, rpe_error *error)
{
    const rpe_change_side *x = &question->sides[0], *y = &question->sides[1];
    rpe_mann_whitney test = {.p = NAN};
    double *scaled = rpe_memory_allocate(x->count, sizeof *scaled);
    if (scaled == NULL)
        return rpe_error_memory(error, "repetitions", x->count, sizeof *scaled);
    for (size_t i = 0; i < x->count; i++)
        scaled[i] = factor * x->trials[i];
    rpe_status status = rpe_mann_whitney_test(&test, x->count, scaled, y->count, y->trials, error);
    rpe_memory_free(scaled);
    *p = test.p;
    return status;
}

/* The rank test knows the noise between repetitions, not what the machine did between two runs: a ratio within the margin is
   none, and one beyond is tested against the end of the margin. */
static rpe_status margin_take(rpe_contrast *contrast, const rpe_change_question *question, rpe_error *error)
{
    double margin = question->machine.margin, factor = exp(margin);
    if (!(margin > 0.0))
        return RPE_OK;
    contrast->low /= contrast->low > 0.0 ? factor : 1.0;
    contrast->high *= factor;
    if (contrast->value > factor)
        return scaled_p(question, factor, &contrast->p, error);
    if (contrast->value < 1.0 / factor)
        return scaled_p(question, 1.0 / factor, &contrast->p, error);
    contrast->p = 1.0;
    return RPE_OK;
}

/* Seconds times the machine's rate. */
static void units_take(rpe_change *change, const rpe_change_machine *machine)
{
    change->margin = machine->margin;
    for (rpe_change_unit unit = 0; unit < RPE_CHANGE_UNITS; unit++)
        change->in_units[unit] =
            machine->rates[unit] > 0.0 ? (1.0 + change->change) * machine->rates[unit] - 1.0 : (double)NAN;
}

static rpe_status change_time(rpe_change *change, const rpe_change_question *question, double level,
                              rpe_error *error)
{
    const rpe_change_side *x = &question->sides[0], *y = &question->sides[1];
    rpe_contrast contrast;
    if (x->trials == NULL || y->trials == NULL) {
        change_say(change, RPE_CHANGE_UNTESTED, "the single repetitions (NAME.npy) are not there");
        return RPE_OK;
    }
    if (!all_positive(x) || !all_positive(y)) {
        change_say(change, RPE_CHANGE_UNTESTED, "a repetition took no time that the clock shows");
        return RPE_OK;
    }
    rpe_status status =
        rpe_mann_whitney_ratio(&contrast, x->count, x->trials, y->count, y->trials, level, error);
    if (status == RPE_OK)
        status = margin_take(&contrast, question, error);
    if (status != RPE_OK)
        return status;
    change->test = RPE_CHANGE_RANKS;
    change->freedom = (double)(x->count + y->count) - 2.0; /* of the spread */
    change_take(change, question, &contrast);
    units_take(change, &question->machine);
    if (question->machine.noise != NULL) {
        change_say(change, RPE_CHANGE_NOISY, question->machine.noise);
        change->p = NAN;
    }
    return RPE_OK;
}

rpe_change rpe_change_none(const rpe_measure *measure)
{
    return (rpe_change){.measure = measure,
                        .change = NAN,
                        .low = NAN,
                        .high = NAN,
                        .p = NAN,
                        .adjusted_p = NAN,
                        .standard_error = NAN,
                        .freedom = NAN,
                        .units = {1.0, 1.0},
                        .margin = NAN,
                        .in_units = {NAN, NAN},
                        .ulps = NAN,
                        .detects = NAN};
}

rpe_status rpe_change_find(rpe_change *change, const rpe_change_question *question, double level,
                           rpe_error *error)
{
    const rpe_change_side *sides = question->sides;
    rpe_measure_kind kind = question->measure->kind;
    bool trials = sides[0].trials != NULL && sides[1].trials != NULL;
    trial_distance distance = trials ? distance_of(question) : distance_of_rows(question);
    *change = rpe_change_none(question->measure);
    for (size_t side = 0; side < 2; side++)
        change->count[side] = sides[side].count;
    if (kind == RPE_MEASURE_TIME && !distance.identical)
        return change_time(change, question, level, error);
    if (distance.identical || kind == RPE_MEASURE_COUNT || (sides[0].count == 1 && sides[1].count == 1) ||
        distance.rounding) {
        change->ulps = distance.ulps;
        change_exact(change, question,
                     distance.identical          ? RPE_CHANGE_IDENTICAL
                     : kind == RPE_MEASURE_COUNT ? RPE_CHANGE_EXACT
                     : distance.rounding         ? RPE_CHANGE_ROUNDING
                                                 : RPE_CHANGE_EXACT);
        return RPE_OK;
    }
    return change_drawn(change, question, level, error);
}
