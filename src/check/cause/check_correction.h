/* Inside the layer: a usual cause of codes that are no draws, and the codes as they would be without it.
   A cause is one line of causes.def and one function, which undoes it in what was read: in the kernel, in how the codes are
   read (another order, a part, a factor), in the codes themselves, or in the law that they are put to. */
#ifndef RPE_CHECK_CORRECTION_H
#define RPE_CHECK_CORRECTION_H

#include "check/check_hypotheses.h"

#define RPE_CHECK_DETAIL_CAPACITY 240

typedef struct rpe_check_correction {
    /* given */
    const rpe_check_settings *settings;
    const rpe_check_subject *read; /* the codes as they were read */
    const rpe_check_report *report;
    const rpe_check_evidence *evidence; /* of these */
    const rpe_check_feature
        *features;        /* the first that fail on their own; where none does, the first of all */
    size_t feature_count; /* at most RPE_CHECK_SCREENED */
    size_t variant;       /* below the cause's number of variants */
    /* made */
    rpe_check_subject subject;              /* begins as *read, put to the kernel below */
    rpe_kernel *kernel;                     /* a copy: its arrays may be changed */
    bool any_noise;                         /* begins as in the settings */
    bool *left_out;                         /* [heads,features]: not looked at; or NULL */
    char detail[RPE_CHECK_DETAIL_CAPACITY]; /* for the sentence */
    size_t *map[2][RPE_CHECK_LETTERS];      /* owned: what the subject's point to */
    double *scale[2];                       /* owned: likewise */
    rpe_array codes[2];                     /* owned: codes that were made, [n,h,d,r] */
    rpe_status status;
    rpe_error *error;
} rpe_check_correction;

/* Undoes the cause.  false: it cannot have been here, or the status says what failed. */
typedef bool rpe_check_undo(rpe_check_correction *correction);

/* Which turn a cause has. */
typedef enum rpe_check_turn {
    RPE_CHECK_KERNEL, /* always: codes made with another kernel; if nothing fits, with (R D)^(-1/4) besides */
    RPE_CHECK_CODES,  /* always */
    RPE_CHECK_REST    /* only while nothing fits: a number is fitted, or much is left out */
} rpe_check_turn;

#define RPE_CHECK_MISTAKES 0 /* variants: the usual mistakes with kernels of the type */

typedef struct rpe_check_cause {
    rpe_check_turn turn;
    size_t variants; /* or RPE_CHECK_MISTAKES */
    rpe_check_undo *undo;
    const char *sentence; /* "%s": where the detail goes; else after it */
} rpe_check_cause;

size_t rpe_check_cause_count(void);
const rpe_check_cause *rpe_check_cause_at(size_t index);
size_t rpe_check_cause_variants(const rpe_check_cause *cause, const rpe_kernel *kernel);

#define RPE_CHECK_CAUSE(name, turn, variants, sentence) rpe_check_undo rpe_check_undo_##name;
#include "check/cause/causes.def"
#undef RPE_CHECK_CAUSE

/* begin: kernel, subject and detail; the rest is the caller's or zero.  rpe_check_correction_end. */
rpe_status rpe_check_correction_begin(rpe_check_correction *correction);
void rpe_check_correction_end(rpe_check_correction *correction);

/* A map of `count` indices for a letter of one side, to be filled; the subject has it.  NULL: the status says so. */
size_t *rpe_check_map_make(rpe_check_correction *correction, int side, int letter, size_t count);
/* p of the listed features (head and feature filled in) of the corrected codes, as that of their own tests; corrected for
   their number.  At most RPE_CHECK_SCREENED of them. */
rpe_status rpe_check_screen(const rpe_check_correction *correction, const rpe_check_feature *features,
                            size_t count, double *p, rpe_error *error);
#define RPE_CHECK_SCREENED 12
/* Puts the text that the format makes behind what the detail has. */
void rpe_check_detail(rpe_check_correction *correction, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "", " on the second axis", " on the third axis" */
const char *rpe_check_axis_text(size_t axis);

#endif
