#include <math.h>
#include <string.h>

#include "file/character.h"
#include "report/verdict_report.h"

#define LEVEL_DEFAULT 0.001

/* ---- rows ---- */

const char *rpe_verdict_command(const rpe_verdict_report *report, const rpe_verdict_row *row,
                                char text[RPE_COMMAND_CAPACITY])
{
    const rpe_verification_settings *settings = report->settings;
    char level[48] = "";
    if (settings->level < LEVEL_DEFAULT || settings->level > LEVEL_DEFAULT)
        snprintf(level, sizeof level, " --level %.17g", settings->level);
    snprintf(text, RPE_COMMAND_CAPACITY,
             "rpebench verify %s --case \"%s\" --sampler %s --method %s --seed %llu%s%s", row->claim->name,
             row->case_name, row->sampler, row->method, (unsigned long long)settings->seed,
             settings->quick ? " --quick" : "", level);
    return text;
}

static double nearness(double statistic, double bound)
{
    if (statistic <= bound)
        return bound > 0.0 ? statistic / bound : 0.0;
    return bound > 0.0 ? statistic / bound : INFINITY;
}

static void group_add(rpe_verdict_group *group, const rpe_verdict_row *row)
{
    const rpe_finding *finding = &row->finding;
    if (group->count == 0)
        group->trials_least = finding->trials;
    group->count++;
    if (finding->trials < group->trials_least)
        group->trials_least = finding->trials;
    if (finding->trials > group->trials_most)
        group->trials_most = finding->trials;
    if (!isnan(row->adjusted_p) && !(group->adjusted_p <= row->adjusted_p))
        group->adjusted_p = row->adjusted_p;
    if (!isnan(row->effect) && !(group->effect >= row->effect))
        group->effect = row->effect;
    if (isnan(finding->p) && (isnan(group->bound) || nearness(finding->statistic, finding->bound) >
                                                         nearness(group->statistic, group->bound))) {
        group->statistic = finding->statistic;
        group->bound = finding->bound;
    }
}

bool rpe_verdict_group_find(const rpe_verification *verification, const rpe_claim *claim, rpe_verdict verdict,
                            rpe_verdict_group *group)
{
    *group =
        (rpe_verdict_group){.claim = claim, .adjusted_p = NAN, .effect = NAN, .statistic = NAN, .bound = NAN};
    for (size_t i = 0; i < verification->count; i++) {
        const rpe_verdict_row *row = &verification->rows[i];
        if (row->claim != claim)
            continue;
        group->applicable += row->verdict != RPE_VERDICT_NOT_APPLICABLE ? 1 : 0;
        if (row->verdict == verdict)
            group_add(group, row);
    }
    return group->count > 0;
}

size_t rpe_verdict_reason_count(const rpe_verification *verification, size_t row)
{
    const rpe_verdict_row *wanted = &verification->rows[row];
    size_t count = 0;
    if (wanted->verdict != RPE_VERDICT_NOT_APPLICABLE)
        return 0;
    for (size_t i = 0; i < verification->count; i++) {
        const rpe_verdict_row *other = &verification->rows[i];
        if (other->verdict != RPE_VERDICT_NOT_APPLICABLE || strcmp(other->reason, wanted->reason) != 0)
            continue;
        if (i < row)
            return 0;
        count++;
    }
    return count;
}

const char *rpe_verdict_reason_claims(const rpe_verification *verification, size_t row,
                                      char text[RPE_CLAIMS_CAPACITY])
{
    const rpe_claim *last = NULL;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = row; i < verification->count; i++) {
        const rpe_verdict_row *other = &verification->rows[i];
        if (other->verdict != RPE_VERDICT_NOT_APPLICABLE || other->claim == last ||
            strcmp(other->reason, verification->rows[row].reason) != 0)
            continue;
        last = other->claim;
        int added =
            snprintf(text + used, RPE_CLAIMS_CAPACITY - used, "%s%s", used > 0 ? ", " : "", last->name);
        used += added > 0 ? (size_t)added : 0;
        if (used >= RPE_CLAIMS_CAPACITY)
            break;
    }
    return text;
}

const char *rpe_verdict_trials_text(const rpe_verdict_group *group, char text[RPE_TRIALS_CAPACITY])
{
    if (group->trials_least == group->trials_most)
        snprintf(text, RPE_TRIALS_CAPACITY, "%zu", group->trials_most);
    else
        snprintf(text, RPE_TRIALS_CAPACITY, "%zu to %zu", group->trials_least, group->trials_most);
    return text;
}

const char *rpe_verdict_counts_text(const rpe_verification *verification, char text[RPE_COUNTS_CAPACITY])
{
    const size_t *counts = verification->verdicts;
    snprintf(text, RPE_COUNTS_CAPACITY, "%zu %s, %zu %s, %zu suspect, %zu not applicable",
             counts[RPE_VERDICT_HOLDS], counts[RPE_VERDICT_HOLDS] == 1 ? "holds" : "hold",
             counts[RPE_VERDICT_FAILS], counts[RPE_VERDICT_FAILS] == 1 ? "fails" : "fail",
             counts[RPE_VERDICT_SUSPECT], counts[RPE_VERDICT_NOT_APPLICABLE]);
    return text;
}

/* ---- text ---- */

/* Bytes of the first word, and its characters. */
static size_t word_length(const char *text, size_t *characters)
{
    size_t bytes = strcspn(text, " \n");
    *characters = 0;
    for (size_t i = 0; i < bytes; i++)
        *characters += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0;
    return bytes;
}

void rpe_wrapped_print(FILE *stream, size_t column, size_t indent, const char *text)
{
    bool started = false; /* a word stands on this line */
    for (text += strspn(text, " \n"); *text != '\0'; text += strspn(text, " \n")) {
        size_t characters;
        size_t bytes = word_length(text, &characters);
        if (started && column + 1 + characters > RPE_TABLE_WIDTH) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (started) {
            fputc(' ', stream);
            column++;
        }
        fprintf(stream, "%.*s", (int)bytes, text);
        column += characters;
        text += bytes;
        started = true;
    }
    fputc('\n', stream);
}

void rpe_markdown_print(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\`*_{}[]<>|#~", *text) != NULL)
            fputc('\\', stream);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
    }
}

void rpe_xml_print(FILE *stream, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const escaped[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    for (size_t left = strlen(text), length; left > 0; text += length, left -= length) {
        length = rpe_character_length(text, left);
        const char *place = strchr(special, *text);
        if (length == 0 || (length == 1 && ((unsigned char)*text < ' ' || *text == 127))) {
            fputc(*text == '\n' || *text == '\t' ? ' ' : '?', stream);
            length = 1;
        } else if (place != NULL) {
            fputs(escaped[place - special], stream);
        } else {
            fprintf(stream, "%.*s", (int)length, text);
        }
    }
}
