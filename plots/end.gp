# Loaded last by the scripts that draw $ROWS: a picture that lacks rows, or all of them, is an error.
if (COUNTED != ROWS_DRAWN) { exit error sprintf('%d points drawn of %d rows', COUNTED, ROWS_DRAWN) }
