/* The pictures of results, which must not outlive the rows that they were drawn from. */
#ifndef RPE_PICTURE_FILES_H
#define RPE_PICTURE_FILES_H

#include "base/error.h"

/* Removes NAME.svg and NAME.png in the directory, and NAME-1.svg, NAME-2.svg and so on of a picture of several pages.  NAME-2
   with a NAME-2.json is another result, whose pictures stay.  A directory that is not there has none; a picture that cannot be
   removed is an error that names it. */
rpe_status rpe_picture_files_remove(const char *directory, const char *name, rpe_error *error);

#endif
