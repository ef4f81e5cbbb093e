/* The verdict in words. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check/cause/check_diagnosis.h"
#include "statistic/hypothesis.h"

#define FITS_SAID_MOST 3
#define FAILURES_SAID_MOST 4
#define OUTSIDE_LEAST                                                                                        \
    4 /* directions outside the range of B from which it means something that one explains all */
#define EXPLAINED 0.999
#define DIFFERENT 4.0 /* standard errors: of some 100 moments chance has one beyond in 150 cases */

static void append(rpe_check_report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(rpe_check_report *report, const char *format, ...)
{
    size_t used = strlen(report->sentence);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report->sentence + used, sizeof report->sentence - used, format, arguments);
    va_end(arguments);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void sizes(rpe_check_report *report)
{
    append(report, "%zu head%s, %zu feature%s, R = %zu, M = %zu, N = %zu", report->heads,
           plural(report->heads), report->features, plural(report->features), report->realizations,
           report->queries, report->keys);
    if (report->queries_used < report->queries || report->keys_used < report->keys ||
        report->realizations_used < report->realizations)
        append(report, "; of each feature %zu queries, %zu keys and %zu realizations were looked at",
               report->queries_used, report->keys_used, report->realizations_used);
    append(report, "; %zu direction%s, %zu left out as %s precision cannot tell them", report->directions,
           plural(report->directions), report->unresolved, report->single ? "single" : "double");
}

static const rpe_check_finding *finding_of(const rpe_check_report *report, const char *hypothesis)
{
    for (size_t i = 0; i < report->finding_count; i++)
        if (strcmp(report->findings[i].hypothesis, hypothesis) == 0)
            return &report->findings[i];
    return NULL;
}

static bool fails(const rpe_check_report *report, const char *hypothesis)
{
    const rpe_check_finding *finding = finding_of(report, hypothesis);
    return finding != NULL && finding->verdict == RPE_CHECK_FAILS;
}

static void say_failures(rpe_check_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->finding_count; i++) {
        const rpe_check_finding *finding = &report->findings[i];
        char p[RPE_P_CAPACITY];
        if (finding->verdict != RPE_CHECK_FAILS)
            continue;
        if (count++ < FAILURES_SAID_MOST)
            append(report, "%s%s fails (p = %s)", count > 1 ? ", " : "", finding->hypothesis,
                   rpe_p_text(finding->adjusted, p));
    }
    if (count > FAILURES_SAID_MOST)
        append(report, ", and %zu more", count - FAILURES_SAID_MOST);
    if (report->failing > 0)
        append(report, "; %zu of %zu features fail on their own, the first of them feature %zu of head %zu",
               report->failing, report->heads * report->features, report->failing_feature,
               report->failing_head);
}

static void say_fits(rpe_check_report *report)
{
    char p[RPE_P_CAPACITY];
    if (report->candidates == 0)
        return;
    if (report->fit_count == 0) {
        append(report, "; none of %zu usual causes explains them", report->candidates);
        return;
    }
    append(report, "; they fit%s: ", report->fit_count > 1 ? " several causes" : "");
    for (size_t i = 0; i < report->fit_count && i < FITS_SAID_MOST; i++)
        append(report, "%s%s (p = %s)", i > 0 ? ", or " : "", report->fits[i].name,
               rpe_p_text(report->fits[i].p, p));
    if (report->fit_count > FITS_SAID_MOST)
        append(report, ", or %zu more", report->fit_count - FITS_SAID_MOST);
}

/* The moment that is furthest from what it should be, where it is not near in terms of its error. */
static void say_difference(rpe_check_report *report, const rpe_check_difference *difference)
{
    static const char *const names[] = {[RPE_CHECK_MEAN_QUERIES] = "mean of its queries",
                                        [RPE_CHECK_MEAN_KEYS] = "mean of its keys",
                                        [RPE_CHECK_QUERIES] = "covariance of its queries",
                                        [RPE_CHECK_KEYS] = "covariance of its keys",
                                        [RPE_CHECK_CROSS] = "covariance of its queries and keys"};
    if (difference == NULL ||
        !(fabs(difference->found - difference->expected) > DIFFERENT * difference->error))
        return;
    append(report, "; there the %s", names[difference->moment]);
    if (difference->moment >= RPE_CHECK_QUERIES)
        append(report, " at lag %td", difference->lag);
    if (difference->axis > 0)
        append(report, " along axis %zu", difference->axis + 1);
    append(report, " is %.4g +- %.2g, where %.4g is expected", difference->found, difference->error,
           difference->expected);
}

static void say_pair(rpe_check_report *report, const rpe_check_evidence *evidence,
                     const rpe_check_pairs *pairs, const char *what)
{
    const rpe_check_feature *a = &evidence->features[pairs->first], *b = &evidence->features[pairs->second];
    if (fabs(pairs->correlation) >= RPE_CHECK_SHARED)
        append(
            report,
            "; the %s of feature %zu of head %zu and of feature %zu of head %zu have a correlation of %.2f",
            what, a->feature, a->head, b->feature, b->head, pairs->correlation);
}

static void say_independence(rpe_check_report *report, const rpe_check_evidence *evidence)
{
    const rpe_check_independence *found = &evidence->independence;
    if (fails(report, "realizations, the closest two") &&
        fabs(found->realizations.correlation) >= RPE_CHECK_SHARED)
        append(report, "; realizations %zu and %zu have a correlation of %.2f", found->realizations.first,
               found->realizations.second, found->realizations.correlation);
    if (fails(report, "features, the closest two"))
        say_pair(report, evidence, &found->features, "noise");
    if (fails(report, "heads, the closest two features"))
        say_pair(report, evidence, &found->heads, "noise");
    if (fails(report, "gate noise, the closest two features"))
        say_pair(report, evidence, &found->gates, "gate noise");
}

static void say_shape(rpe_check_report *report, const rpe_check_evidence *evidence)
{
    if (fails(report, "Gaussian distribution") || fails(report, "Gaussian shape"))
        append(report,
               "; the distribution of the noise is up to %.2g from the Gaussian, with an excess kurtosis of "
               "%.2f",
               evidence->distance, report->kurtosis);
}

/* Gate noise where there should be none, or not that. */
static void say_gate(rpe_check_report *report, const rpe_check_evidence *evidence)
{
    size_t common = 0, sided = 0, failing = 0;
    bool gated = false;
    for (size_t f = 0; f < evidence->count; f++) {
        const rpe_check_feature *feature = &evidence->features[f];
        bool seen = feature->outside.dimension >= OUTSIDE_LEAST;
        failing += feature->excess > 1 ? 1 : 0;
        common += feature->excess > 1 && seen && feature->outside.common >= EXPLAINED;
        sided += feature->excess > 1 && seen && feature->outside.sided >= EXPLAINED;
        gated = gated || feature->gated;
    }
    if (failing == 0 || sided < failing)
        return;
    append(report, "; what they have outside the range of B is %s",
           common == failing ? "one number for all positions"
                             : "one number for all queries and another for all keys");
    if (!gated)
        append(report, ", as gate noise is, and the kernel has no gate there");
}

static bool all_zero(const rpe_array *codes)
{
    for (size_t i = 0; i < rpe_array_count(codes); i++) {
        double code = codes->precision == RPE_SINGLE ? (double)((const float *)codes->values)[i]
                                                     : ((const double *)codes->values)[i];
        if (code < 0 || code > 0)
            return false;
    }
    return true;
}

static void say_zero(rpe_check_report *report, const rpe_check_settings *settings)
{
    bool queries = all_zero(settings->query_codes), keys = all_zero(settings->key_codes);
    if (queries || keys)
        append(report, "; all codes%s are 0",
               queries && keys ? ""
               : queries       ? " of the queries"
                               : " of the keys");
}

static void say_untested(rpe_check_report *report)
{
    size_t untested = 0;
    for (size_t i = 0; i < report->finding_count; i++)
        untested += report->findings[i].verdict == RPE_CHECK_NOT_APPLICABLE;
    if (report->realizations_used < 16 && untested > 0)
        append(report, "; too few realizations for %zu of %zu hypotheses", untested, report->finding_count);
}

void rpe_check_sentence_write(rpe_check_report *report, const rpe_check_settings *settings,
                              const rpe_check_evidence *evidence, const rpe_check_difference *difference)
{
    report->sentence[0] = '\0';
    if (report->draws) {
        append(report, "These are draws for this kernel (");
        sizes(report);
        say_untested(report);
        append(report, ").");
        return;
    }
    append(report, "These are NOT draws for this kernel (");
    sizes(report);
    append(report, "): ");
    say_failures(report);
    say_difference(report, difference);
    say_fits(report);
    if (report->fit_count == 0) {
        if (!fails(report, "nothing outside the range of B")) { /* else it is not the noise */
            say_independence(report, evidence);
            say_shape(report, evidence);
        }
        say_gate(report, evidence);
    }
    say_zero(report, settings);
    append(report, ".");
}
