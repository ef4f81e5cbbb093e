/* The kinds of pictures: how much is on a page, and what an experiment must say for one to be drawn. */
#ifndef RPE_PICTURE_FORM_H
#define RPE_PICTURE_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "experiment/axis.h"
#include "experiment/configuration.h"

typedef struct rpe_picture_form {
    const char *script;        /* "" of any that is not listed: a new picture is a new script */
    size_t panels;             /* of a page */
    bool one_page;             /* there is no second */
    bool by_family, by_number; /* rpe_picture_layout */
    bool fronts;               /* it is drawn from measures of fronts */
    const char *axis;          /* the only one; NULL: any */
} rpe_picture_form;

const rpe_picture_form *rpe_picture_form_find(const char *script);

/* Whether the picture has this axis; path: of what says so. */
rpe_status rpe_picture_form_axis_check(const rpe_picture_form *form, const rpe_axis *axis, const char *path,
                                       rpe_error *error);

/* Whether the experiment can have rows of this picture: its axis, its series and its measures fit. */
rpe_status rpe_picture_form_check(const rpe_picture_form *form, const rpe_configuration *configuration,
                                  rpe_error *error);

#endif
