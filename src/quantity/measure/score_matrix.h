/* What measures of scores and of attention rows share.  Internal to this layer. */
#ifndef RPE_SCORE_MATRIX_H
#define RPE_SCORE_MATRIX_H

#include "quantity/measure/measure.h"
#include "theory/theory.h"

/* Ebar = qhat khat^T / sqrt(R) - S of one head, [M,N] */
void rpe_score_errors(const rpe_subject *subject, const rpe_trial *trial, size_t head, double *errors);
/* Bytes of one such matrix in a workspace. */
size_t rpe_score_matrix_bytes(const rpe_subject *subject);

/* Sum of x^2 over the visible entries of one head, [M,N]. */
double rpe_visible_squares(const rpe_problem *problem, const double *values);
/* Number of visible entries of one head. */
size_t rpe_visible_count(const rpe_problem *problem);

/* E sum (Shat - S)^2 over the visible entries of one head, by the method's moments.  moments [2,M,N] is scratch. */
rpe_status rpe_score_error_mean(const rpe_subject *subject, size_t head, double *moments, double *sum,
                                rpe_error *error);

/* The same, over all heads. */
rpe_status rpe_score_error_total(const rpe_subject *subject, double *sum, rpe_error *error);
/* Hook `supports` of errors that are relative to all scores. */
rpe_status rpe_scores_supports(const rpe_subject *subject, rpe_error *error);

/* The theory of one head of the subject; the caller destroys it. */
rpe_status rpe_subject_theory(rpe_theory **theory, const rpe_subject *subject, size_t head, rpe_error *error);
/* Whether the scores are those of codes with independent Gaussian noise, which forms 4, 8, 9 and 10 are about; if not, says why. */
rpe_status rpe_subject_gaussian(const rpe_subject *subject, rpe_error *error);

/* Positions at growing distance, 0, 1, 2, 3, 4, 6, 8, 12, 16, ...; how many are below count. */
size_t rpe_score_place(size_t index);
size_t rpe_places(size_t count);

/* Hooks `count` and `label` for one value a head. */
size_t rpe_heads_count(const rpe_subject *subject);
rpe_value_label rpe_heads_label(const rpe_subject *subject, size_t index);

#endif
