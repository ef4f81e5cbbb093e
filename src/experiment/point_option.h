/* The options of points, from options.def: read from a grid's JSON, told apart in the text of a point, set in a problem, written to
   rows.  Who adds one adds a line there. */
#ifndef RPE_POINT_OPTION_H
#define RPE_POINT_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment/axis.h"
#include "experiment/row.h"
#include "file/json.h"
#include "method/method.h"

typedef enum rpe_point_option_id {
#define RPE_POINT_OPTION(name, ...) RPE_OPTION_##name,
#define RPE_ROW_OPTION(name, ...)
#include "experiment/options.def"
#undef RPE_POINT_OPTION
#undef RPE_ROW_OPTION
    RPE_OPTION_TOTAL
} rpe_point_option_id;

/* The values of an option in a grid, as numbers: a count; 1 or 0; the precision; the sampler's place in its registry. */
typedef struct rpe_option_values {
    size_t *numbers; /* owned */
    size_t count;
} rpe_option_values;

/* Where the text of a point names an option. */
typedef enum rpe_option_text {
    RPE_TEXT_WHERE_UNUSUAL, /* where it concerns the point and is not as usual, so that a new option leaves all streams alone */
    RPE_TEXT_WHERE_CONCERNED,
    RPE_TEXT_ALWAYS /* where it does not concern the point, too: with the grid's first value */
} rpe_option_text;

typedef struct rpe_point_option rpe_point_option;

/* Values of one kind. */
typedef struct rpe_option_kind {
    /* list: of the grid's JSON, NULL: not there; *values is empty before, and owned by the caller, on failure too. */
    rpe_status (*read)(const rpe_point_option *option, const rpe_json *document, const json_t *list,
                       rpe_option_values *values, rpe_error *error);
    /* As it is written to rows and texts. */
    void (*write)(size_t number, char text[RPE_CELL_CAPACITY]);
} rpe_option_kind;

struct rpe_point_option {
    const char *name; /* column */
    const rpe_option_kind *kind;
    const char *key;                             /* in the JSON */
    size_t usual;                                /* where the JSON does not say */
    bool (*of_method)(const rpe_method *method); /* whether it concerns the method; NULL: all */
    const char *absent;                          /* cell of a row that it does not concern; NULL: "" */
    const char *words[2];                        /* of a flag, for titles; NULL: the cell speaks for itself */
    rpe_axis axis;                               /* of a picture; symbol NULL: nothing can stand along it */
    rpe_column column;
    rpe_option_text text;
    int text_place; /* order in the text of a point: by this, then as in options.def; 0 is last */
    int speed; /* of the axis in the order of points: the largest changes fastest; then as in options.def */
    bool of_position; /* whether it concerns inputs with positions alone */
    bool asked;       /* of a count: the JSON is to say, where it concerns a point */
};

const rpe_point_option *rpe_point_option_at(rpe_point_option_id id);
/* The option of a column, those of rows included, which have neither kind nor key; NULL: none. */
const rpe_point_option *rpe_point_option_of(rpe_column column);
/* Options in the order of texts, or of axes from the slowest to the fastest. */
void rpe_point_options_sort(bool by_speed, rpe_point_option_id order[RPE_OPTION_TOTAL]);

/* Whether it concerns a method on an input with positions, or without. */
bool rpe_point_option_concerns(const rpe_point_option *option, const rpe_method *method, bool plain);

/* numbers, one an option, into the problem. */
void rpe_problem_options_set(rpe_problem *problem, const size_t numbers[RPE_OPTION_TOTAL]);

#endif
