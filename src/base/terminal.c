#include "rpe_terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool rpe_terminal_redraws(FILE *stream)
{
    const char *kind = getenv("TERM");
    return stream != NULL && kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0 &&
           isatty(fileno(stream)) != 0;
}

bool rpe_terminal_colours(FILE *stream)
{
    const char *refused = getenv("NO_COLOR");
    return rpe_terminal_redraws(stream) && (refused == NULL || refused[0] == '\0');
}

bool rpe_stream_is_pipe(FILE *stream)
{
    struct stat found;
    return fstat(fileno(stream), &found) == 0 && (S_ISFIFO(found.st_mode) || S_ISSOCK(found.st_mode));
}
