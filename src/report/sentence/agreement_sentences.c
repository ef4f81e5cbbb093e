#include "report/sentence/agreement_sentences.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

const char *rpe_signed_text(double number, int digits, char text[RPE_SIGNED_CAPACITY])
{
    char plain[RPE_SIGNED_CAPACITY - 8];
    snprintf(plain, sizeof plain, "%.*f", digits, fabs(number));
    bool zero = strspn(plain, "0.") == strlen(plain);
    snprintf(text, RPE_SIGNED_CAPACITY, "%s%s", number < 0 && !zero ? "−" : "", plain);
    return text;
}

rpe_agreement rpe_agreement_find(const rpe_picture *picture, const rpe_group *measure,
                                 const rpe_judgement *tests)
{
    const size_t number = (size_t)(measure - picture->measures.items);
    rpe_agreement found = {.pool = rpe_record_pool_of(&tests->pools, picture->record, measure->row)};
    size_t family = rpe_record_family(picture->record);
    for (size_t row = 0; row < picture->record->rows.rows; row++) {
        if (picture->measures.number[row] != number ||
            !rpe_record_row_used(picture->record, row, picture->axis))
            continue;
        double z = fabs(rpe_record_number(picture->record, row, RPE_COLUMN_z));
        double detectable = rpe_record_detectable(picture->record, row, family);
        rpe_record_verdict verdict = rpe_record_verdict_of(picture->record, row, tests->adjusted, family);
        found.rows++;
        found.verdicts[verdict]++;
        found.tested += isnan(tests->adjusted[row]) ? 0 : 1;
        found.within += z <= 1.96 || verdict == RPE_RECORD_EXACT ? 1 : 0;
        found.largest = z > found.largest ? z : found.largest;
        found.detectable = detectable > found.detectable ? detectable : found.detectable;
    }
    return found;
}

/* "of 20 %", "by a factor of 7.2"; beyond ten the number says no more. */
static void difference_print(double share, FILE *log)
{
    if (share < 1)
        fprintf(log, "of %.0f %%", 100 * share);
    else
        fprintf(log, "by a factor of %.2g", fmin(1 + share, 10));
}

/* "; together, 3 points DISAGREE with their closed forms, by +21 % on average" */
static void pool_print(const rpe_record_pool *pool, FILE *log)
{
    char share[RPE_SIGNED_CAPACITY];
    rpe_signed_text(100 * pool->excess, 0, share);
    fprintf(log, "; together, %zu points DISAGREE with their closed forms, by %s%s %% on average",
            pool->points, pool->excess > 0 ? "+" : "", share);
}

size_t rpe_agreement_points(const rpe_agreement *found)
{
    return found->rows - found->verdicts[RPE_RECORD_OPEN];
}

void rpe_agreement_print(const rpe_agreement *found, double bound, const char *noun, FILE *log)
{
    size_t points = rpe_agreement_points(found), exact = found->verdicts[RPE_RECORD_EXACT];
    size_t rejected = found->verdicts[RPE_RECORD_DISAGREES], untold = found->verdicts[RPE_RECORD_UNTOLD];
    const bool together = found->pool != NULL && found->pool->disagrees;
    if (points == 0)
        return;
    if (together)
        pool_print(found->pool, log);
    if (rejected > 0)
        fprintf(log, "; %zu of %zu %s DISAGREE with their closed forms", rejected, points, noun);
    if (rejected > 0 && untold > 0)
        fprintf(log, ", %zu %s too few trials to tell", untold, untold == 1 ? "has" : "have");
    else if (untold > 0 && !together)
        fprintf(log, "; too few trials to tell whether %zu of %zu %s agree with their closed forms", untold,
                points, noun);
    else if (rejected == 0 && !together)
        fprintf(log, "; all %zu %s agree with their closed forms", points, noun);
    if (exact > 0)
        fprintf(log, "%s %zu exact to rounding", rejected == 0 && !together ? "," : ";", exact);
    if (found->tested > 0)
        fprintf(log, ": largest |z| %.1f, Holm bound %.1f", found->largest, bound);
    if (rejected == 0 && !together && found->detectable > 0) {
        bool others = untold > 0 && found->detectable <= RPE_RECORD_TOLD;
        fprintf(log, others ? ", of the others an error " : ", an error ");
        difference_print(found->detectable, log);
        fprintf(log, found->detectable > RPE_RECORD_TOLD ? " need not show" : " would show");
    }
}
