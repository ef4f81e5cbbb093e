#include "quantity/claim/verification.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/terminal.h"
#include "statistic/hypothesis.h"

#define SUSPECT 1e-6 /* 1 - p below this: agreement that chance does not give */

/* What goes around all loops. */
typedef struct verify_run {
    rpe_verification *verification;
    const rpe_verification_settings *settings;
} verify_run;

static bool chosen(const char *only, const char *name)
{
    return only == NULL || strcmp(only, name) == 0;
}

static bool claim_chosen(const rpe_verification_settings *settings, const rpe_claim *claim)
{
    for (size_t i = 0; i < settings->claim_count; i++)
        if (strcmp(settings->claims[i], claim->name) == 0)
            return true;
    return settings->claim_count == 0;
}

static rpe_status check_names(const rpe_verification_settings *settings, const rpe_case_set *cases,
                              rpe_error *error)
{
    for (size_t i = 0; i < settings->claim_count; i++)
        if (rpe_claim_find(settings->claims[i]) == NULL)
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "verify: expected the name of a claim (rpebench list claims), found %s",
                                 settings->claims[i]);
    if (settings->only_sampler != NULL && rpe_sampler_find(settings->only_sampler) == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--sampler: expected the name of a sampler, found %s",
                             settings->only_sampler);
    if (settings->only_method != NULL && rpe_method_find(settings->only_method) == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--method: expected the name of a method, found %s",
                             settings->only_method);
    if (settings->only_case != NULL)
        return rpe_case_set_find(cases, settings->only_case, error);
    return RPE_OK;
}

static rpe_status row_add(rpe_verification *verification, rpe_verdict_row **row, rpe_error *error)
{
    if (verification->count == verification->capacity) {
        size_t capacity = 2 * verification->capacity + 64;
        rpe_verdict_row *rows = rpe_memory_allocate(capacity, sizeof *rows);
        if (rows == NULL)
            return rpe_error_memory(error, "verdicts", capacity, sizeof *rows);
        if (verification->count > 0)
            memcpy(rows, verification->rows, verification->count * sizeof *rows);
        rpe_memory_free(verification->rows);
        verification->rows = rows;
        verification->capacity = capacity;
    }
    *row = &verification->rows[verification->count++];
    memset(*row, 0, sizeof **row);
    return RPE_OK;
}

/* All methods; in a quick run, of those that maps make with one composition, one that the seed draws. */
static bool is_drawn(const rpe_verification_settings *settings, const rpe_method *method)
{
    uint64_t draw = settings->seed;
    if (!settings->quick || method->composition == NULL)
        return true;
    for (const char *letter = method->composition; *letter != '\0'; letter++)
        draw += (unsigned char)*letter;
    return method->map == rpe_feature_map_at((size_t)(draw % rpe_feature_map_count()));
}

/* The methods that a claim is put to: of those that share what it looks at, the first. */
static bool is_repeated(const rpe_claim *claim, size_t method)
{
    for (size_t earlier = 0; earlier < method; earlier++)
        if (rpe_stage_same_numbers(claim->stage, rpe_method_at(earlier), rpe_method_at(method)))
            return true;
    return false;
}

static const rpe_method *method_to_try(const verify_run *run, const rpe_claim *claim, size_t index)
{
    const rpe_method *method = rpe_method_at(index);
    const rpe_method *planted = run->settings->planted;
    if (planted != NULL)
        return method == rpe_method_find(planted->name) ? planted : NULL;
    if (run->settings->only_method != NULL)
        return method == rpe_method_find(run->settings->only_method) ? method : NULL;
    if (!is_drawn(run->settings, method) || is_repeated(claim, index))
        return NULL;
    return rpe_method_is_oracle(method) && !claim->outputs ? NULL : method;
}

/* A line that is rewritten on a terminal, else a line a claim. */
static void progress_print(const verify_run *run, const rpe_verdict_row *row)
{
    FILE *stream = run->settings->progress;
    if (stream == NULL)
        return;
    if (rpe_terminal_redraws(stream))
        fprintf(stream, "\r\033[K%s: %s, %s, %s", row->claim->name, row->case_name, row->sampler,
                row->method);
    else if (row == run->verification->rows || row[-1].claim != row->claim)
        fprintf(stream, "%s\n", row->claim->name);
    fflush(stream);
}

static void progress_end(const rpe_verification_settings *settings)
{
    if (rpe_terminal_redraws(settings->progress))
        fputs("\r\033[K", settings->progress);
}

static rpe_status try_case(verify_run *run, const rpe_claim *claim, const rpe_case *subject, rpe_error *error)
{
    rpe_verdict_row *row = NULL;
    rpe_error reason = {""};
    if (rpe_interrupt_requested())
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "verify: interrupted");
    rpe_status status = row_add(run->verification, &row, error);
    if (status != RPE_OK)
        return status;
    row->claim = claim;
    row->case_name = subject->name;
    row->sampler = subject->problem.sampler->name;
    row->method = subject->method->name;
    row->finding = (rpe_finding){.p = NAN};
    status = rpe_claim_supports(claim, subject, &reason);
    if (status == RPE_OK)
        status = subject->method->supports == NULL ? RPE_OK
                                                   : subject->method->supports(&subject->problem, &reason);
    if (status == RPE_ERROR_INPUT) {
        row->verdict = RPE_VERDICT_NOT_APPLICABLE;
        memcpy(row->reason, reason.message, sizeof row->reason);
        return RPE_OK;
    }
    if (status != RPE_OK) {
        if (error != NULL)
            *error = reason;
        return status;
    }
    progress_print(run, row);
    return rpe_claim_check(claim, subject, &row->finding, error);
}

static rpe_status try_samplers(verify_run *run, const rpe_claim *claim, rpe_case *subject, rpe_error *error)
{
    rpe_status status = RPE_OK;
    const rpe_verification_settings *settings = run->settings;
    const char *only = settings->only_sampler;
    size_t samplers = claim->every_sampler || only != NULL ? rpe_sampler_count() : 1;
    for (size_t i = 0; status == RPE_OK && i < samplers; i++) {
        subject->problem.sampler = rpe_sampler_at(i);
        if (chosen(only, subject->problem.sampler->name))
            status = try_case(run, claim, subject, error);
    }
    return status;
}

static const rpe_family *family_of(const rpe_kernel *kernel)
{
    return kernel != NULL ? kernel->type->family : NULL;
}

/* Whatever is chosen of the cases, so that one that is repeated alone is the same. */
static bool is_first(const verify_run *run, const rpe_case_source *source, const rpe_method *method)
{
    const rpe_case_source *earlier = run->verification->cases.sources;
    while (earlier < source && (family_of(earlier->kernel) != family_of(source->kernel) ||
                                !rpe_method_takes(method, earlier->problem.kernel)))
        earlier++;
    return earlier == source;
}

static rpe_status try_methods(verify_run *run, const rpe_claim *claim, const rpe_case_source *source,
                              rpe_error *error)
{
    const rpe_verification_settings *settings = run->settings;
    rpe_case subject = {.name = source->shape->name,
                        .problem = source->problem,
                        .inputs = {source->queries.values, source->keys.values, source->values.values},
                        .tools = settings->tools != NULL ? settings->tools : &rpe_claim_tools_honest,
                        .seed = settings->seed,
                        .threads = settings->threads,
                        .quick = settings->quick};
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < rpe_method_count(); i++) {
        subject.method = method_to_try(run, claim, i);
        if (subject.method == NULL || !rpe_method_takes(subject.method, source->problem.kernel))
            continue;
        subject.first = is_first(run, source, subject.method);
        subject.problem.projections = rpe_method_projects(subject.method) ? source->problem.projections : 0;
        status = try_samplers(run, claim, &subject, error);
    }
    return status;
}

/* Other claims look at codes and scores. */
static bool is_product(const rpe_kernel *kernel)
{
    return family_of(kernel) == &rpe_family_product;
}

static rpe_status try_all(verify_run *run, rpe_error *error)
{
    const rpe_verification_settings *settings = run->settings;
    const char *only = settings->only_case;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < rpe_claim_count(); i++) {
        const rpe_claim *claim = rpe_claim_at(i);
        if (!claim_chosen(settings, claim))
            continue;
        for (size_t j = 0; status == RPE_OK && j < run->verification->cases.count; j++) {
            const rpe_case_source *source = &run->verification->cases.sources[j];
            if (chosen(only, source->shape->name) && (claim->outputs || is_product(source->kernel)))
                status = try_methods(run, claim, source, error);
        }
    }
    return status;
}

static rpe_verdict verdict_of(const rpe_verdict_row *row, double level)
{
    if (row->verdict == RPE_VERDICT_NOT_APPLICABLE)
        return row->verdict;
    if (isnan(row->finding.p))
        return row->finding.statistic <= row->finding.bound ? RPE_VERDICT_HOLDS : RPE_VERDICT_FAILS;
    if (row->adjusted_p < level)
        return RPE_VERDICT_FAILS;
    return row->finding.p > 1.0 - SUSPECT ? RPE_VERDICT_SUSPECT : RPE_VERDICT_HOLDS;
}

static rpe_status decide(rpe_verification *verification, double level, rpe_error *error)
{
    double *p = rpe_memory_allocate(verification->count, sizeof *p);
    if (p == NULL)
        return rpe_error_memory(error, "p-values", verification->count, sizeof *p);
    for (size_t i = 0; i < verification->count; i++) {
        p[i] = verification->rows[i].finding.p;
        verification->family += !isnan(p[i]);
    }
    rpe_holm_adjust(verification->count, p, p);
    double family = verification->family > 0 ? (double)verification->family : 1.0;
    double reach = rpe_quantile_normal(level / family) + rpe_quantile_normal(0.2);
    for (size_t i = 0; i < verification->count; i++) {
        rpe_verdict_row *row = &verification->rows[i];
        row->adjusted_p = p[i];
        row->effect = isnan(row->finding.p) ? NAN : reach * row->finding.effect_error;
        row->verdict = verdict_of(row, level);
        verification->verdicts[row->verdict]++;
    }
    rpe_memory_free(p);
    return RPE_OK;
}

rpe_status rpe_verification_run(rpe_verification *verification, const rpe_verification_settings *settings,
                                rpe_error *error)
{
    rpe_verification made = {0};
    verify_run run = {.verification = &made, .settings = settings};
    double start = rpe_clock_seconds();
    rpe_status status = rpe_case_set_load(&made.cases, error);
    if (status == RPE_OK)
        status = check_names(settings, &made.cases, error);
    if (status == RPE_OK)
        status = try_all(&run, error);
    if (status == RPE_OK && made.count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "verify: expected something to verify, found nothing selected");
    if (status == RPE_OK)
        status = decide(&made, settings->level, error);
    made.seconds = rpe_clock_seconds() - start;
    progress_end(settings);
    if (status == RPE_OK)
        *verification = made;
    else
        rpe_verification_destroy(&made);
    return status;
}

void rpe_verification_destroy(rpe_verification *verification)
{
    rpe_memory_free(verification->rows);
    rpe_case_set_destroy(&verification->cases);
    *verification = (rpe_verification){0};
}

const char *rpe_verdict_name(rpe_verdict verdict)
{
    static const char *const names[RPE_VERDICT_COUNT] = {"holds", "FAILS", "suspect", "n/a"};
    return names[verdict];
}
