#include "experiment/run/progress.h"

#include <string.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/terminal.h"

#define REDRAW_SECONDS 0.2
#define LINE_USUAL 80 /* columns of a terminal that does not say */
#define LINE_MOST 512
#define SHARE_TRUSTED                                                                                        \
    0.1 /* of the work done: from then on what it took says what is left, before that the plan */

void rpe_progress_start(rpe_progress *progress, FILE *stream, const char *name, size_t points, double work)
{
    *progress = (rpe_progress){.stream = stream,
                               .terminal = rpe_terminal_redraws(stream),
                               .start = rpe_clock_seconds(),
                               .work = work,
                               .points = points,
                               .name = name};
}

void rpe_progress_point(rpe_progress *progress, const rpe_point *point)
{
    progress->point = point;
}

static size_t point_text(const rpe_progress *progress, char line[LINE_MOST])
{
    int length = snprintf(line, LINE_MOST, "%s  point %zu/%zu: ", progress->name, progress->finished + 1,
                          progress->points);
    if (length >= 0 && length < LINE_MOST)
        length += rpe_point_text(progress->point, LINE_MOST - (size_t)length, line + length);
    return length < 0 || length >= LINE_MOST ? LINE_MOST - 1 : (size_t)length;
}

/* What is left by the plan, whose unit is the second then, and by what the share done took. */
static long seconds_left(const rpe_progress *progress, double share, double now)
{
    double measured = (now - progress->start) * (1.0 / share - 1.0), planned = progress->work * (1.0 - share);
    double trust = !progress->in_seconds || share > SHARE_TRUSTED ? 1.0 : share / SHARE_TRUSTED;
    return (long)(trust * measured + (1.0 - trust) * planned + 0.5);
}

/* A line that wraps could not be redrawn: it is cut. */
static int columns_of(FILE *stream)
{
    struct winsize size = {0};
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
        return LINE_USUAL - 1;
    return size.ws_col - 1;
}

void rpe_progress_update(rpe_progress *progress, double fraction_work)
{
    char line[LINE_MOST], end[64] = "";
    double now = rpe_clock_seconds();
    if (progress->stream == NULL || !progress->terminal || now - progress->drawn < REDRAW_SECONDS)
        return;
    progress->drawn = now;
    double share = progress->work > 0.0 ? (progress->done + fraction_work) / progress->work : 0.0;
    share = share < 1.0 ? share : 1.0;
    if (share > 0.0) {
        long left = seconds_left(progress, share, now);
        snprintf(end, sizeof end, ", %.0f %%, %ld:%02ld left", 100.0 * share, left / 60, left % 60);
    }
    int room = columns_of(progress->stream) - (int)strlen(end);
    point_text(progress, line);
    fprintf(progress->stream, "\r\033[K%.*s%s", room > 0 ? room : 0, line, end);
    fflush(progress->stream);
}

void rpe_progress_point_done(rpe_progress *progress, double point_work, size_t trials)
{
    char line[LINE_MOST];
    if (progress->stream != NULL && !progress->terminal) {
        point_text(progress, line);
        fprintf(progress->stream, "%s, %zu trial%s\n", line, trials, trials == 1 ? "" : "s");
    }
    progress->done += point_work;
    progress->finished++;
}

void rpe_progress_end(rpe_progress *progress)
{
    if (progress->stream != NULL && progress->terminal) {
        fputs("\r\033[K", progress->stream);
        fflush(progress->stream);
    }
}
