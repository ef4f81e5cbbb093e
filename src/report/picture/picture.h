/* What a picture shows, found in the rows: its panels, series and measures in order of appearance.  No name of a method,
   sampler or measure is known here or in the scripts. */
#ifndef RPE_PICTURE_H
#define RPE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "report/compare/record.h"
#include "report/row_groups.h"

#define RPE_GROUP_TITLE_CAPACITY 256

/* The rows that share the cells of some columns. */
typedef struct rpe_group {
    char title[RPE_GROUP_TITLE_CAPACITY];
    size_t row; /* the first of them */
} rpe_group;

typedef struct rpe_groups {
    size_t column_count;
    rpe_column columns[RPE_COLUMN_COUNT];
    rpe_group *items; /* in order of appearance */
    size_t count;
    size_t *number; /* [rows of the record]: which of items a row is in, or RPE_NO_GROUP */
} rpe_groups;

/* A row of the picture: it is in one panel, one series and one measure, by their numbers. */
typedef struct rpe_drawn_row {
    size_t panel, measure, series;
    double at; /* on the axis */
    size_t row;
    bool valued; /* it has an estimate; of another the closed form is drawn */
} rpe_drawn_row;

typedef struct rpe_picture {
    const rpe_record *record;
    const rpe_axis *axis;
    rpe_groups panels; /* what differs, but for the axis and what tells series apart */
    rpe_groups
        series; /* what the experiment says ("series"), else method, sampler, R and F, but for the axis */
    rpe_groups measures;               /* measure */
    size_t panels_found, series_found; /* before some were left out */
    rpe_drawn_row *rows;               /* [row_count]: all that is drawn, in the order of the members */
    size_t row_count;
    size_t *panel_first; /* [panels.count + 1]: where the rows of a panel begin */
    size_t
        *beside; /* [beside_count]: rows of a panel and series that have a value, and no place on the axis */
    size_t beside_count;
} rpe_picture;

/* What kind of picture it is. */
typedef struct rpe_picture_layout {
    const rpe_axis *axis;
    size_t panel_limit, series_limit; /* at most; 0: any */
    bool by_family;                   /* series are inputs, panels are kernels */
    bool by_number; /* one number alone tells series apart: the first of "series", else R, else F */
} rpe_picture_layout;

/* Panels with one value on the axis are left out of curves where others have more; of profiles over lags at most panel_limit
   panels, evenly spaced, and two series are kept; of what is beyond another limit, the first.  A column that belongs to what
   tells series apart (the kernel to the input, F to the method) makes no panels of its own.  The record must outlive the
   picture. */
rpe_status rpe_picture_create(rpe_picture *picture, const rpe_record *record,
                              const rpe_picture_layout *layout, rpe_error *error);
void rpe_picture_destroy(rpe_picture *picture);

/* Whether the row is drawn, and in these groups; NULL: any. */
bool rpe_picture_row_in(const rpe_picture *picture, size_t row, const rpe_group *measure,
                        const rpe_group *panel, const rpe_group *series);

/* Whether the column has one text in all rows that are drawn. */
bool rpe_picture_column_same(const rpe_picture *picture, rpe_column column);

/* Leaves out what is beyond the limits; for rpe_picture_create.  parts: [rows]. */
rpe_status rpe_picture_thin(rpe_picture *picture, const rpe_picture_layout *layout, const rpe_row_part *parts,
                            rpe_error *error);

/* The titles of panels, series and measures; for rpe_picture_create. */
rpe_status rpe_picture_entitle(rpe_picture *picture, rpe_error *error);

/* "score_error" -> "score error"; returns text. */
const char *rpe_words_text(const char *name, size_t capacity, char *text);

#endif
