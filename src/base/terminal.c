#include "base/terminal.h"

#include <errno.h>
#include <fcntl.h>
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

bool rpe_streams_open(void)
{
    /* What is written to an output that is not there is missed: writing to a file that is open for reading fails. */
    static const int flags[] = {
        [STDIN_FILENO] = O_RDONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_WRONLY};
    for (int stream = 0; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF && open("/dev/null", flags[stream]) != stream)
            return false;
    return true;
}
