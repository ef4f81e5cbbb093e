# Loaded last by the scripts that draw rows or points: a picture that lacks some of ROWS_DRAWN, or all of them, is an error.
if (COUNTED != ROWS_DRAWN) { exit error sprintf('%d points drawn of %d rows', COUNTED, ROWS_DRAWN) }
