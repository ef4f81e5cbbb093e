/* What the parts of the page share: everything that is read, before the first line is written. */
#ifndef RPE_PAGE_PARTS_H
#define RPE_PAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "file/csv.h"
#include "file/json.h"
#include "report/compare/record.h"
#include "report/comparison.h"
#include "report/page.h"
#include "report/page/html.h"
#include "report/page/svg.h"

/* How much of a page, in characters, pictures and tables to download may take: with the tables it stays below 2 MB. */
#define RPE_PAGE_PICTURES 1050000
#define RPE_PAGE_DOWNLOADS 200000
#define RPE_PAGE_TABLES 150000

/* The bytes of a file, a zero behind them. */
typedef struct rpe_page_file {
    char *bytes; /* NULL: it is not there */
    size_t count;
} rpe_page_file;

rpe_status rpe_page_file_read(rpe_page_file *file, const char *path, rpe_error *error);
void rpe_page_file_destroy(rpe_page_file *file);

/* A picture on the page: markup where it is gnuplot's, else an image. */
typedef struct rpe_page_picture {
    rpe_page_file file;
    char id[24];
    const char *type; /* of an image; NULL: svg is filled in */
    rpe_svg svg;
    bool left_out; /* for its size */
    bool stale;    /* of other rows: it is not shown */
    bool untied;   /* it does not say of which rows */
    size_t pages;  /* of how many it says that it is one */
} rpe_page_picture;

/* Reads DIRECTORY/NAMESUFFIX.svg, or .png where there is none.  rows: the hash of the CSV that it must be of. */
rpe_status rpe_page_picture_read(rpe_page_picture *picture, const char *directory, const char *name,
                                 const char *suffix, const char *rows, rpe_error *error);
void rpe_page_picture_destroy(rpe_page_picture *picture);
bool rpe_page_picture_there(const rpe_page_picture *picture);
/* Gives it the n-th id, and takes from *room what it needs; where that is too little, it is left out. */
rpe_status rpe_page_picture_place(rpe_page_picture *picture, size_t n, size_t *room, rpe_error *error);
/* again: it stands on the page already. */
void rpe_page_picture_print(rpe_html *html, const rpe_page_picture *picture, const char *alt, bool again);

/* How the rows of an experiment stand to their closed forms, over the whole file. */
typedef struct rpe_page_residuals {
    size_t rows, closed, family, within;
    size_t verdicts[RPE_RECORD_DISAGREES + 1]; /* rows by what they say */
    size_t together;                           /* measures whose points disagree together */
    double largest, bound;                     /* |z|, and what it must exceed for the first step of Holm */
} rpe_page_residuals;

/* How the rows of an experiment are tabled. */
typedef struct rpe_page_layout {
    rpe_column columns[RPE_COLUMN_COUNT]; /* that are shown */
    size_t count;
    rpe_column along; /* of rows that differ in this alone, one is a key row; RPE_COLUMN_COUNT: all are */
    bool *key;        /* [rows] */
} rpe_page_layout;

#define RPE_PAGE_SHEETS 6 /* pictures of one experiment that are looked for */

typedef struct rpe_page_experiment {
    char *directory, *id; /* id: the name, made unique */
    char anchor[24];      /* where its section is: names can hold what no id of HTML can */
    rpe_record record;
    char *sentences;    /* a line each */
    double *adjusted_p; /* [rows]; NaN where nothing is tested */
    rpe_page_residuals residuals;
    rpe_page_layout layout;
    rpe_page_picture pictures[RPE_PAGE_SHEETS];
    size_t picture_count, page_count; /* those that are there, and those that there must be */
    bool stale;                       /* there are pictures of other rows */
    long key;                         /* place among the key pictures; 0: none */
} rpe_page_experiment;

/* A row of `rpebench verify`; texts are borrowed. */
typedef struct rpe_page_verdict {
    const char *claim, *case_name, *sampler, *method, *verdict, *effect_unit, *reason, *command, *title;
    double statistic, p, adjusted_p, bound, trials, effect;
} rpe_page_verdict;

typedef struct rpe_page_verification {
    bool there;
    rpe_json document; /* root NULL: read from a CSV */
    rpe_csv rows;
    rpe_page_verdict *verdicts; /* [count] */
    size_t count, holds, fails, suspect, not_applicable;
    char *seed; /* "" where it is not known */
    bool quick;
    double level, family;
} rpe_page_verification;

rpe_status rpe_page_verification_read(rpe_page_verification *verification, const char *path,
                                      rpe_error *error);
void rpe_page_verification_destroy(rpe_page_verification *verification);

typedef struct rpe_page_mutants {
    bool there;
    rpe_csv rows;
    size_t rejected;
} rpe_page_mutants;

typedef struct rpe_page_calibration {
    bool there;
    rpe_json document;
    size_t claims, holds;
    rpe_page_picture picture;
} rpe_page_calibration;

rpe_status rpe_page_calibration_read(rpe_page_calibration *calibration, const char *path, rpe_error *error);

typedef struct rpe_page_changes {
    bool there;
    rpe_result_set sets[2]; /* baseline, run */
    rpe_comparison comparison;
} rpe_page_changes;

rpe_status rpe_page_changes_read(rpe_page_changes *changes, const rpe_page_settings *settings,
                                 rpe_error *error);
void rpe_page_changes_destroy(rpe_page_changes *changes);

/* What a reader must be careful about, and of what; texts are owned. */
typedef struct rpe_page_caveat {
    char *of, *text; /* "a, b"; of "": the whole */
} rpe_page_caveat;

typedef struct rpe_page_caveats {
    rpe_page_caveat *items;
    size_t count, capacity;
    rpe_status status; /* RPE_ERROR_MEMORY once there was none */
} rpe_page_caveats;

typedef struct rpe_page {
    const rpe_page_settings *settings;
    rpe_faults *faults; /* of the caller */
    rpe_page_experiment *experiments;
    size_t experiment_count, experiment_capacity;
    rpe_page_verification verification;
    rpe_page_mutants mutants;
    rpe_page_calibration calibration;
    rpe_page_changes changes;
    rpe_page_caveats caveats;
    size_t downloads_room, tables_room; /* characters left of each budget */
} rpe_page;

/* ---- reading ---- */

rpe_status rpe_page_read(rpe_page *page, rpe_error *error);
void rpe_page_destroy(rpe_page *page);
rpe_status rpe_page_caveats_find(rpe_page *page, rpe_error *error);
void rpe_page_caveats_destroy(rpe_page_caveats *caveats);

/* Text of a key of the provenance beside the rows, "" where there is none; a number or flag as text. */
#define RPE_PAGE_TEXT 512
const char *rpe_page_value(const json_t *object, const char *key, char text[RPE_PAGE_TEXT]);
const json_t *rpe_page_machine(const json_t *root);
/* The command that makes these results again. */
const char *rpe_page_command(const rpe_page_experiment *experiment, char text[RPE_PAGE_TEXT]);

/* Those of the experiment's rows, as many as the page looks for. */
rpe_status rpe_page_pictures_read(rpe_page_experiment *experiment, rpe_error *error);
rpe_status rpe_page_calibration_picture_read(rpe_page_calibration *calibration, const char *directory,
                                             rpe_error *error);

/* Fills in the layout; its work grows with the rows.  The page owns it. */
rpe_status rpe_page_layout_make(rpe_page_layout *made, const rpe_record *record, rpe_error *error);

/* ---- writing, in the order of the page ---- */

void rpe_page_head_print(rpe_html *html);
void rpe_page_headline_print(rpe_html *html, const rpe_page *page);
void rpe_page_keys_print(rpe_html *html, const rpe_page *page);
void rpe_page_claims_print(rpe_html *html, rpe_page *page);
void rpe_page_experiments_print(rpe_html *html, rpe_page *page);
void rpe_page_rows_print(rpe_html *html, rpe_page *page, const rpe_page_experiment *experiment);
void rpe_page_changes_print(rpe_html *html, const rpe_page *page);
void rpe_page_mutants_print(rpe_html *html, const rpe_page *page);
void rpe_page_calibration_print(rpe_html *html, const rpe_page *page);
void rpe_page_caveats_print(rpe_html *html, const rpe_page *page);
void rpe_page_provenance_print(rpe_html *html, const rpe_page *page);
void rpe_page_citation_print(rpe_html *html, const rpe_page *page);

/* ---- shared by these ---- */

/* The experiment whose picture is the n-th key picture, from 0; NULL after the last. */
#define RPE_PAGE_KEYS 3
const rpe_page_experiment *rpe_page_key(const rpe_page *page, size_t n);
/* The title of the experiment, or its name. */
const char *rpe_page_title(const rpe_page_experiment *experiment);
void rpe_page_sentences_print(rpe_html *html, const rpe_page_experiment *experiment);
/* What the picture shows and says, for those who cannot see it. */
char *rpe_page_alt(const rpe_page_experiment *experiment);

/* A table that scrolls sideways on narrow screens; the heads end with NULL, those of numbers begin with '>'. */
void rpe_page_table_open(rpe_html *html, const char *caption, const char *const *heads);
void rpe_page_table_close(rpe_html *html);
void rpe_page_cell(rpe_html *html, const char *text);
void rpe_page_cell_right(rpe_html *html, const char *text);
void rpe_page_cell_number(rpe_html *html, double number, int digits);
void rpe_page_details_open(rpe_html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
