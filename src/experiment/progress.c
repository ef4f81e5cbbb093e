#include "rpe_progress.h"

#include <unistd.h>

#include "rpe_clock.h"

#define REDRAW_SECONDS 0.2

double rpe_point_work(const rpe_point *point, const rpe_input *input)
{
    double positions = (double)input->problem.queries.count + (double)input->problem.keys.count;
    return (double)point->trials * (double)point->realizations * positions * (double)input->problem.heads;
}

void rpe_progress_start(rpe_progress *progress, FILE *stream, const char *name, size_t points, double work)
{
    *progress = (rpe_progress){.stream = stream,
                               .terminal = stream != NULL && isatty(fileno(stream)),
                               .start = rpe_clock_seconds(),
                               .work = work,
                               .points = points,
                               .name = name};
}

void rpe_progress_point(rpe_progress *progress, const rpe_point *point)
{
    progress->point = point;
}

static void print_point(const rpe_progress *progress)
{
    const rpe_point *point = progress->point;
    fprintf(progress->stream, "%s  point %zu/%zu: %s, %s, %s, R = %zu", progress->name,
            progress->finished + 1, progress->points, point->grid->inputs[point->input].name,
            point->method->name, point->sampler->name, point->realizations);
}

void rpe_progress_update(rpe_progress *progress, double fraction_work)
{
    double now = rpe_clock_seconds();
    if (progress->stream == NULL || !progress->terminal || now - progress->drawn < REDRAW_SECONDS)
        return;
    progress->drawn = now;
    double share = progress->work > 0.0 ? (progress->done + fraction_work) / progress->work : 0.0;
    fputs("\r\033[K", progress->stream);
    print_point(progress);
    fprintf(progress->stream, ", %.0f %%", 100.0 * share);
    if (share > 0.0) {
        long left = (long)((now - progress->start) * (1.0 / share - 1.0) + 0.5);
        fprintf(progress->stream, ", %ld:%02ld left", left / 60, left % 60);
    }
    fflush(progress->stream);
}

void rpe_progress_point_done(rpe_progress *progress, double point_work)
{
    if (progress->stream != NULL && !progress->terminal) {
        print_point(progress);
        fprintf(progress->stream, ", %zu trials\n", progress->point->trials);
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
