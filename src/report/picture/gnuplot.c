#include "report/picture/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/parallel.h"

#define COMPLAINT_CAPACITY 4096
#define POLL_MILLISECONDS 100 /* an interrupt that comes just before a wait is seen after it */

extern char **environ;

/* gnuplot does not look whether its writes succeed: the limit on the size of files ends it, and we are told. */
static int limit_default(posix_spawnattr_t *attributes)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGXFSZ);
    int failure = posix_spawnattr_setsigdefault(attributes, &signals);
    return failure == 0 ? posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF) : failure;
}

/* Starts gnuplot with nothing to read, its complaints going to the pipe. */
static int child_start(const int ends[2], const char *preamble, const char *script, pid_t *child)
{
    char *const arguments[] = {"gnuplot", "-d", (char *)preamble, (char *)script, NULL};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    int failure = posix_spawnattr_init(&attributes);
    if (failure != 0)
        return failure;
    failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0) {
        posix_spawnattr_destroy(&attributes);
        return failure;
    }
    failure = limit_default(&attributes);
    if (failure == 0)
        failure = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failure == 0)
        failure = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (failure == 0)
        failure = posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    if (failure == 0)
        failure = posix_spawnp(child, "gnuplot", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

/* All that the child says; only the first COMPLAINT_CAPACITY-1 bytes are kept.  An interrupt ends the child. */
static void complaints_read(int source, pid_t child, char complaints[COMPLAINT_CAPACITY])
{
    char piece[512];
    size_t used = 0;
    bool ended = false;
    struct pollfd wanted = {.fd = source, .events = POLLIN};
    for (;;) {
        if (rpe_interrupt_requested() && !ended)
            ended = kill(child, SIGTERM) == 0;
        if (poll(&wanted, 1, POLL_MILLISECONDS) == 0)
            continue;
        ssize_t got = read(source, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        size_t room = COMPLAINT_CAPACITY - 1 - used;
        size_t kept = (size_t)got < room ? (size_t)got : room;
        memcpy(complaints + used, piece, kept);
        used += kept;
    }
    complaints[used] = '\0';
}

/* The line that gnuplot means: `"FILE" line 12: ...` that is not a warning, else the first that is not empty. */
static const char *complaint_line(char *complaints)
{
    char *first = NULL;
    for (char *rest = complaints, *line; (line = strtok_r(rest, "\n", &rest)) != NULL;) {
        if (strstr(line, "warning:") == NULL && strstr(line, "line ") != NULL && strchr(line, ':') != NULL &&
            line[strspn(line, " ")] == '"')
            return line + strspn(line, " ");
        if (first == NULL && line[strspn(line, " ")] != '\0')
            first = line;
    }
    return first != NULL ? first : "no message";
}

static int child_wait(pid_t child)
{
    int result = 0;
    while (waitpid(child, &result, 0) < 0)
        if (errno != EINTR)
            return -1;
    return result;
}

rpe_status rpe_gnuplot_run(const char *preamble, const char *script, rpe_error *error)
{
    int ends[2];
    pid_t child;
    char complaints[COMPLAINT_CAPACITY];
    if (access(script, R_OK) != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a gnuplot script, found: %s", script,
                             strerror(errno));
    if (pipe(ends) != 0)
        return rpe_error_set(error, RPE_ERROR_FILE, "gnuplot: expected a pipe, found: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    int failure = child_start(ends, preamble, script, &child);
    close(ends[1]);
    if (failure != 0) {
        close(ends[0]);
        if (failure == ENOENT)
            return rpe_error_set(error, RPE_ERROR_FILE,
                                 "gnuplot: expected the program on PATH (package gnuplot-nox), found none");
        return rpe_error_set(error, RPE_ERROR_FILE,
                             "gnuplot: expected the program on PATH (package gnuplot-nox), found: %s",
                             strerror(failure));
    }
    complaints_read(ends[0], child, complaints);
    close(ends[0]);
    int result = child_wait(child);
    if (rpe_interrupt_requested())
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted while drawing %s", script);
    if (!WIFEXITED(result))
        return rpe_error_set(error, RPE_ERROR_FILE,
                             "%s: expected gnuplot to draw it, found it ended by signal %d", script,
                             WIFSIGNALED(result) ? WTERMSIG(result) : 0);
    if (WEXITSTATUS(result) != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected gnuplot to draw it, found: %s", script,
                             complaint_line(complaints));
    return RPE_OK;
}
