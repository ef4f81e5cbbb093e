/* What a record's rows say of their closed forms, in a sentence. */
#ifndef RPE_AGREEMENT_SENTENCES_H
#define RPE_AGREEMENT_SENTENCES_H

#include <stdio.h>

#include "report/compare/record_pools.h"
#include "report/picture/picture.h"

/* What the tests of a record have found. */
typedef struct rpe_judgement {
    double *adjusted; /* [rows] */
    rpe_record_pools pools;
} rpe_judgement;

/* What the rows of one measure say about their closed forms. */
typedef struct rpe_agreement {
    size_t rows;
    size_t verdicts[RPE_RECORD_DISAGREES + 1]; /* rows by what they say */
    size_t tested;                             /* rows with a p-value */
    size_t within;                             /* rows within +-1.96, or exact */
    double largest;                            /* |z| */
    double detectable; /* the largest share of a closed form that a test needs to see; 0: not known */
    const rpe_record_pool *pool; /* what they say together */
} rpe_agreement;

#define RPE_SIGNED_CAPACITY 48

/* "−0.500": a minus sign rather than a hyphen, and no "−0.000". */
const char *rpe_signed_text(double number, int digits, char text[RPE_SIGNED_CAPACITY]);

/* Over all rows of the measure, those of panels that are not drawn too. */
rpe_agreement rpe_agreement_find(const rpe_picture *picture, const rpe_group *measure,
                                 const rpe_judgement *tests);
/* Rows that say something of their closed forms, or would with more trials. */
size_t rpe_agreement_points(const rpe_agreement *found);
/* "; all 36 points agree with their closed forms: largest |z| 2.1, Holm bound 3.2, an error of 12 % would show"; nothing where no
   row has one.  bound: of rpe_record_bound; noun: what the rows are called. */
void rpe_agreement_print(const rpe_agreement *found, double bound, const char *noun, FILE *log);

#endif
