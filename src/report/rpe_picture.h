/* What a picture shows, found in the rows: its panels, series and measures in order of appearance.  No name of a method,
   sampler or measure is known here or in the scripts. */
#ifndef RPE_PICTURE_H
#define RPE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "rpe_error.h"
#include "rpe_record.h"

#define RPE_GROUP_KEY_CAPACITY 1024
#define RPE_GROUP_TITLE_CAPACITY 256
#define RPE_GROUP_COLUMNS 16

/* The rows that share the cells of some columns. */
typedef struct rpe_group {
    char key[RPE_GROUP_KEY_CAPACITY]; /* those cells, joined by '|' */
    char title[RPE_GROUP_TITLE_CAPACITY];
    size_t row; /* the first of them */
} rpe_group;

typedef struct rpe_groups {
    size_t column_count;
    rpe_column columns[RPE_GROUP_COLUMNS];
    rpe_group *items;
    size_t count;
} rpe_groups;

typedef struct rpe_picture {
    const rpe_record *record;
    const rpe_axis *axis;
    rpe_groups panels; /* what differs, but for the axis and what tells series apart */
    rpe_groups
        series; /* what the experiment says ("series"), else method, sampler, R and F, but for the axis */
    rpe_groups measures; /* measure */
    size_t panels_found; /* before some were left out */
} rpe_picture;

/* Panels with one value on the axis are left out of curves where others have more; of profiles over lags at most panel_limit
   panels, evenly spaced, and two series are kept.  The record must outlive the picture. */
rpe_status rpe_picture_create(rpe_picture *picture, const rpe_record *record, const rpe_axis *axis,
                              size_t panel_limit, rpe_error *error);
void rpe_picture_destroy(rpe_picture *picture);

/* Whether the row is in the picture's rows and in these groups; NULL: any. */
bool rpe_picture_row_in(const rpe_picture *picture, size_t row, const rpe_group *measure,
                        const rpe_group *panel, const rpe_group *series);

/* Distinct values on the axis in these groups, at most limit. */
size_t rpe_picture_abscissas(const rpe_picture *picture, const rpe_group *measure, const rpe_group *panel,
                             const rpe_group *series, size_t limit);

/* "score_error" -> "score error"; returns text. */
const char *rpe_words_text(const char *name, size_t capacity, char *text);

#endif
