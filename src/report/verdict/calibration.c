#include "report/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/terminal.h"
#include "statistic/hypothesis.h"

#define BISECTIONS 60

static rpe_status value_add(rpe_calibration *calibration, const rpe_verdict_row *row, uint64_t seed,
                            rpe_error *error)
{
    if (calibration->count == calibration->capacity) {
        size_t capacity = 2 * calibration->capacity + 256;
        rpe_calibration_value *values = rpe_memory_allocate(capacity, sizeof *values);
        if (values == NULL)
            return rpe_error_memory(error, "p-values", capacity, sizeof *values);
        if (calibration->count > 0)
            memcpy(values, calibration->values, calibration->count * sizeof *values);
        rpe_memory_free(calibration->values);
        calibration->values = values;
        calibration->capacity = capacity;
    }
    rpe_calibration_value *value = &calibration->values[calibration->count++];
    *value = (rpe_calibration_value){.claim = row->claim,
                                     .sampler = row->sampler,
                                     .method = row->method,
                                     .seed = seed,
                                     .p = row->finding.p};
    snprintf(value->case_name, sizeof value->case_name, "%s", row->case_name);
    return RPE_OK;
}

static rpe_calibration_claim *claim_find(rpe_calibration *calibration, const rpe_claim *claim)
{
    for (size_t i = 0; i < calibration->claim_count; i++)
        if (calibration->claims[i].claim == claim)
            return &calibration->claims[i];
    rpe_calibration_claim *added = &calibration->claims[calibration->claim_count++];
    *added = (rpe_calibration_claim){.claim = claim};
    return added;
}

/* The p-values of one seed. */
static rpe_status seed_run(rpe_calibration *calibration, const rpe_verification_settings *settings,
                           rpe_error *error)
{
    rpe_verification verification = {0};
    rpe_status status = rpe_verification_run(&verification, settings, error);
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; status == RPE_OK && i < verification.count; i++) {
        const rpe_verdict_row *row = &verification.rows[i];
        if (row->verdict == RPE_VERDICT_NOT_APPLICABLE || isnan(row->finding.p) || row->claim->one_sided)
            continue;
        rpe_calibration_claim *claim = claim_find(calibration, row->claim);
        claim->count++;
        if (row->finding.effect_error > claim->effect_error)
            claim->effect_error = row->finding.effect_error;
        status = value_add(calibration, row, settings->seed, error);
    }
    calibration->family = verification.family;
    rpe_verification_destroy(&verification);
    return status;
}

static void progress_print(FILE *progress, size_t done, size_t seeds, double start)
{
    if (progress == NULL)
        return;
    bool terminal = rpe_terminal_redraws(progress);
    double left = (rpe_clock_seconds() - start) * (double)(seeds - done) / (double)done;
    fprintf(progress, terminal ? "\r\033[Kseed %zu of %zu, %.0f s left" : "seed %zu of %zu, %.0f s left\n",
            done, seeds, left);
    if (terminal && done == seeds)
        fputs("\r\033[K", progress);
    fflush(progress);
}

static int registry_order(const rpe_claim *left, const rpe_claim *right)
{
    for (size_t i = 0; left != right && i < rpe_claim_count(); i++) {
        if (rpe_claim_at(i) == left)
            return -1;
        if (rpe_claim_at(i) == right)
            return 1;
    }
    return 0;
}

static int by_claim_and_p(const void *a, const void *b)
{
    const rpe_calibration_value *left = a, *right = b;
    int order = registry_order(left->claim, right->claim);
    return order != 0 ? order : (left->p > right->p) - (left->p < right->p);
}

static int by_claim(const void *a, const void *b)
{
    const rpe_calibration_claim *left = a, *right = b;
    return registry_order(left->claim, right->claim);
}

/* P(Z >= z_alpha/2 - effect / error), the other side left out. */
static double power_of(double effect, double effect_error, double level)
{
    double z = effect / effect_error - rpe_quantile_normal(level);
    return z >= 0.0 ? 1.0 - 0.5 * rpe_p_normal(z) : 0.5 * rpe_p_normal(z);
}

/* Values and claims are sorted. */
static rpe_status claims_test(rpe_calibration *calibration, double level, rpe_error *error)
{
    size_t first = 0, claims = calibration->claim_count, family = calibration->family;
    double *sorted = rpe_memory_allocate(calibration->count + claims, sizeof *sorted);
    if (sorted == NULL)
        return rpe_error_memory(error, "p-values", calibration->count, sizeof *sorted);
    double *p = sorted + calibration->count;
    for (size_t i = 0; i < calibration->count; i++)
        sorted[i] = calibration->values[i].p;
    for (size_t i = 0; i < claims; i++) {
        rpe_calibration_claim *claim = &calibration->claims[i];
        claim->first = first;
        claim->distance = rpe_kolmogorov_distance(claim->count, sorted + first);
        claim->p = p[i] = rpe_p_kolmogorov(claim->distance, claim->count);
        claim->power = power_of(claim->claim->wanted_effect, claim->effect_error,
                                level / (double)(family > 0 ? family : 1));
        first += claim->count;
    }
    rpe_holm_adjust(claims, p, p);
    for (size_t i = 0; i < claims; i++)
        calibration->claims[i].adjusted_p = p[i];
    rpe_memory_free(sorted);
    return RPE_OK;
}

static bool claim_wanted(const rpe_verification_settings *settings, const rpe_claim *claim)
{
    bool named = settings->claim_count == 0;
    for (size_t i = 0; i < settings->claim_count; i++)
        named = named || strcmp(settings->claims[i], claim->name) == 0;
    return named && claim->wanted_effect > 0.0;
}

/* Names of the stochastic claims among those that are asked for; the number goes to *count. */
static rpe_status names_choose(const rpe_verification_settings *settings, const char **names, size_t *count,
                               rpe_error *error)
{
    *count = 0;
    for (size_t i = 0; i < settings->claim_count; i++)
        if (rpe_claim_find(settings->claims[i]) == NULL)
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "verify: expected the name of a claim (rpebench list claims), found %s",
                                 settings->claims[i]);
    for (size_t i = 0; i < rpe_claim_count(); i++)
        if (claim_wanted(settings, rpe_claim_at(i)))
            names[(*count)++] = rpe_claim_at(i)->name;
    if (*count == 0)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "--calibrate: expected claims that have p-values, found deterministic ones only");
    return RPE_OK;
}

rpe_status rpe_calibration_run(rpe_calibration *calibration, const rpe_verification_settings *settings,
                               size_t seeds, rpe_error *error)
{
    rpe_calibration made = {.seeds = seeds};
    double start = rpe_clock_seconds();
    size_t claims = rpe_claim_count();
    const char **names = rpe_memory_allocate(claims, sizeof *names);
    made.claims = rpe_memory_allocate_zero(claims, sizeof *made.claims);
    rpe_verification_settings one = *settings;
    rpe_status status = RPE_OK;
    if (names == NULL || made.claims == NULL)
        status = rpe_error_memory(error, "claims to calibrate", claims, sizeof *made.claims);
    else
        status = names_choose(settings, names, &one.claim_count, error);
    one.claims = names;
    one.progress = NULL;
    for (size_t i = 0; status == RPE_OK && i < seeds; i++) {
        one.seed = settings->seed + i;
        status = seed_run(&made, &one, error);
        if (status == RPE_OK)
            progress_print(settings->progress, i + 1, seeds, start);
    }
    if (status == RPE_OK && made.count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "--calibrate: expected cases that the claims apply to, found none");
    if (status == RPE_OK) {
        qsort(made.values, made.count, sizeof *made.values, by_claim_and_p);
        qsort(made.claims, made.claim_count, sizeof *made.claims, by_claim);
        status = claims_test(&made, settings->level, error);
    }
    rpe_memory_free(names);
    made.seconds = rpe_clock_seconds() - start;
    if (status == RPE_OK)
        *calibration = made;
    else
        rpe_calibration_destroy(&made);
    return status;
}

void rpe_calibration_destroy(rpe_calibration *calibration)
{
    rpe_memory_free(calibration->values);
    rpe_memory_free(calibration->claims);
    *calibration = (rpe_calibration){0};
}

bool rpe_calibration_holds(const rpe_calibration *calibration, double level)
{
    for (size_t i = 0; i < calibration->claim_count; i++)
        if (calibration->claims[i].adjusted_p < level)
            return false;
    return true;
}

double rpe_calibration_band(size_t n, double level)
{
    double low = 0.0, high = 1.0;
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = 0.5 * (low + high);
        if (rpe_p_kolmogorov(middle, n) > level)
            low = middle;
        else
            high = middle;
    }
    return high;
}
