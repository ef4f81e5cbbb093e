/* A comparison of two programs for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "against/against.h"
#include "base/memory.h"
#include "file/json.h"
#include "statistic/hypothesis.h"

#define TEXT_CAPACITY 64

/* ---- which point ---- */

/* Whether all points have the part "name=value" of that length, at the beginning of a part. */
static bool part_is_common(const rpe_against *against, const char *part, size_t length)
{
    for (size_t i = 0; i < against->count; i++) {
        bool found = false;
        for (const char *at = against->points[i].coordinates; at != NULL && !found;) {
            found = strncmp(at, part, length) == 0 && (at[length] == ';' || at[length] == '\0');
            at = strchr(at, ';');
            at = at == NULL ? NULL : at + 1;
        }
        if (!found)
            return false;
    }
    return true;
}

static bool threads_vary(const rpe_against *against)
{
    for (size_t i = 1; i < against->count; i++)
        if (against->points[i].threads != against->points[0].threads)
            return true;
    return false;
}

static void part_append(char *label, const char *part, size_t length)
{
    size_t used = strlen(label);
    if (used > 0)
        label[used++] = ';';
    memcpy(label + used, part, length);
    label[used + length] = '\0';
}

char *rpe_against_label(const rpe_against *against, size_t point)
{
    const rpe_against_point *of = &against->points[point];
    const size_t capacity = strlen(of->coordinates) + TEXT_CAPACITY;
    char threads[TEXT_CAPACITY], *label = rpe_memory_allocate(capacity, 1);
    if (label == NULL)
        return NULL;
    label[0] = '\0';
    for (const char *part = of->coordinates; *part != '\0';) {
        const size_t length = strcspn(part, ";");
        if (strncmp(part, "experiment=", strlen("experiment=")) != 0 &&
            (against->count == 1 || !part_is_common(against, part, length)))
            part_append(label, part, length);
        part += length + (part[length] == ';' ? 1 : 0);
    }
    if (threads_vary(against)) {
        snprintf(threads, sizeof threads, "threads=%d", of->threads);
        part_append(label, threads, strlen(threads));
    }
    return label;
}

/* ---- for people ---- */

static const char *percent_text(double change, char text[TEXT_CAPACITY])
{
    if (isfinite(change))
        snprintf(text, TEXT_CAPACITY, "%.2g %%", 100.0 * change);
    else
        snprintf(text, TEXT_CAPACITY, "nothing");
    return text;
}

static const char *limits_text(const rpe_contrast *ratio, char text[TEXT_CAPACITY])
{
    if (isfinite(ratio->low) && isfinite(ratio->high))
        snprintf(text, TEXT_CAPACITY, "%.4f to %.4f", ratio->low, ratio->high);
    else
        snprintf(text, TEXT_CAPACITY, "none");
    return text;
}

static void test_print(const rpe_against_test *test, const char *const seconds[2], const char *label,
                       FILE *stream)
{
    char limits[TEXT_CAPACITY], detects[TEXT_CAPACITY], p[RPE_P_CAPACITY];
    fprintf(stream, "  %-8.4f %-18s %-10s %-10s %-10s %-9s %-18s  %s\n", test->ratio.value,
            limits_text(&test->ratio, limits), seconds[0], seconds[1], rpe_p_text(test->adjusted_p, p),
            percent_text(test->detects, detects), rpe_against_verdict_name(test->verdict), label);
}

static const char *seconds_text(double seconds, char text[TEXT_CAPACITY])
{
    if (seconds < 1e-3)
        snprintf(text, TEXT_CAPACITY, "%.4g us", 1e6 * seconds);
    else if (seconds < 1.0)
        snprintf(text, TEXT_CAPACITY, "%.4g ms", 1e3 * seconds);
    else
        snprintf(text, TEXT_CAPACITY, "%.4g s", seconds);
    return text;
}

static void program_print(const rpe_against *against, size_t side, FILE *stream)
{
    static const char *const names[] = {"this", "other"};
    const json_t *machine = against->machines[side];
    fprintf(stream, "  %-5s  %s (%s; %s %s %s)\n", names[side], against->settings->programs[side],
            rpe_json_text_or(machine, "revision", "unknown"),
            rpe_json_text_or(machine, "compiler", "unknown"), rpe_json_text_or(machine, "build_type", ""),
            rpe_json_text_or(machine, "flags", ""));
}

static rpe_status points_print(const rpe_against *against, FILE *stream, rpe_error *error)
{
    for (size_t i = 0; i < against->count; i++) {
        const rpe_against_point *point = &against->points[i];
        char texts[2][TEXT_CAPACITY], *label = rpe_against_label(against, i);
        if (label == NULL)
            return rpe_error_memory(error, "name of a point", strlen(point->coordinates), 1);
        const char *const seconds[2] = {seconds_text(point->typical[0], texts[0]),
                                        seconds_text(point->typical[1], texts[1])};
        test_print(&point->test, seconds, label, stream);
        rpe_memory_free(label);
    }
    return RPE_OK;
}

static void left_print(const rpe_against *against, FILE *stream)
{
    for (size_t i = 0; i < against->left_count; i++)
        fprintf(stream, "  left out: %s, threads=%d (%s)\n", against->left[i].coordinates,
                against->left[i].threads, against->left[i].reason);
}

/* The least and the most that would have been seen where nothing was. */
static void undecided_print(const rpe_against *against, size_t count, FILE *stream)
{
    double least = INFINITY, most = 0.0;
    char texts[2][TEXT_CAPACITY];
    for (size_t i = 0; i < against->count; i++) {
        const rpe_against_test *test = &against->points[i].test;
        if (test->verdict != RPE_AGAINST_NO_DIFFERENCE)
            continue;
        least = fmin(least, test->detects);
        most = fmax(most, test->detects);
    }
    fprintf(stream, "  At %zu no difference was seen", count);
    if (isinf(least))
        fprintf(stream, ", and with so few starts none could be: --starts %zu.\n",
                rpe_against_starts_needed(against->family));
    else
        fprintf(stream, "; one of %s%s%s would have been, with probability %g.\n",
                percent_text(least, texts[0]), most > least ? " to " : "",
                most > least ? percent_text(most, texts[1]) : "", RPE_AGAINST_POWER);
}

static void sentence_print(const rpe_against *against, FILE *stream)
{
    size_t counts[RPE_AGAINST_VERDICTS] = {0};
    for (size_t i = 0; i < against->count; i++)
        counts[against->points[i].test.verdict]++;
    fprintf(stream, "\n  This program is faster at %zu of %zu points and slower at %zu",
            counts[RPE_AGAINST_FASTER], against->count, counts[RPE_AGAINST_SLOWER]);
    if (against->family > against->count)
        fprintf(stream, "; all together: %s", rpe_against_verdict_name(against->all.verdict));
    fputs(".\n", stream);
    if (counts[RPE_AGAINST_NO_DIFFERENCE] > 0)
        undecided_print(against, counts[RPE_AGAINST_NO_DIFFERENCE], stream);
}

rpe_status rpe_against_print(const rpe_against *against, FILE *stream, rpe_error *error)
{
    static const char *const none[2] = {"", ""};
    fprintf(stream, "%s: %zu starts of each program, two at a time, with their calls interleaved\n",
            against->settings->experiment, against->starts);
    for (size_t side = 0; side < 2; side++)
        program_print(against, side, stream);
    fprintf(stream, "\n  %-8s %-18s %-10s %-10s %-10s %-9s %-18s  %s\n", "ratio", "95 % limits", "this",
            "other", "adjusted p", "detects", "verdict", "point");
    rpe_status status = points_print(against, stream, error);
    if (status == RPE_OK && against->family > against->count)
        test_print(&against->all, none, "all points together", stream);
    left_print(against, stream);
    if (status == RPE_OK)
        sentence_print(against, stream);
    return status;
}
