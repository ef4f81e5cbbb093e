#define _GNU_SOURCE /* SOCK_CLOEXEC, strsignal, environ */
#include "base/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"

#define POLL_MILLISECONDS 100 /* an interrupt that comes just before a wait is seen after it */
#define END_POLLS 20          /* of a child that says no more, until it is made to end */

/* What this program ignores or handles of signals is no affair of the child's. */
static int signals_default(posix_spawnattr_t *attributes)
{
    static const int numbers[] = {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM};
    sigset_t signals, none;
    sigemptyset(&signals);
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset(&signals, numbers[i]);
    int failure = posix_spawnattr_setsigdefault(attributes, &signals);
    if (failure == 0)
        failure = posix_spawnattr_setsigmask(attributes, &none);
    return failure == 0 ? posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
                        : failure;
}

static int spawn(pid_t *process, const char *path, char *const *words, int descriptor)
{
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
    failure = signals_default(&attributes);
    for (int standard = STDIN_FILENO; failure == 0 && standard <= STDERR_FILENO; standard++)
        failure = posix_spawn_file_actions_adddup2(&actions, descriptor, standard);
    if (failure == 0)
        failure = posix_spawn(process, path, &actions, &attributes, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

rpe_status rpe_child_start(rpe_child *child, const char *path, char *const *words, rpe_error *error)
{
    int ends[2];
    pid_t process;
    /* Not pipes: a send to a child that is no more gives an error, whatever the program does with SIGPIPE. */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a pipe to it, found: %s", path,
                             strerror(errno));
    int failure = spawn(&process, path, words, ends[1]);
    close(ends[1]);
    if (failure != 0) {
        close(ends[0]);
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a program that can be started, found: %s",
                             path, strerror(failure));
    }
    child->path = path;
    child->process = process;
    child->descriptor = ends[0];
    child->used = child->taken = 0;
    child->end[0] = '\0';
    return RPE_OK;
}

void rpe_child_tell(rpe_child *child, const char *line)
{
    size_t length = strlen(line), sent = 0;
    while (child->process != 0 && sent < length) {
        ssize_t count = send(child->descriptor, line + sent, length - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return;
        sent += (size_t)count;
    }
}

/* ---- its end ---- */

static void end_write(rpe_child *child, int result)
{
    if (WIFEXITED(result))
        snprintf(child->end, sizeof child->end, "exit status %d", WEXITSTATUS(result));
    else
        snprintf(child->end, sizeof child->end, "signal %d (%s)", WTERMSIG(result),
                 strsignal(WTERMSIG(result)));
}

/* false: it has not ended, or a signal came between. */
static bool reap(rpe_child *child, int options)
{
    int result = 0;
    pid_t ended = waitpid(child->process, &result, options);
    if (ended == 0 || (ended < 0 && errno == EINTR))
        return false;
    if (ended > 0)
        end_write(child, result);
    else
        snprintf(child->end, sizeof child->end, "an end that nobody knows of");
    child->process = 0;
    return true;
}

void rpe_child_stop(rpe_child *child)
{
    if (child->process == 0)
        return;
    kill(child->process, SIGKILL);
    while (!reap(child, 0))
        ;
    close(child->descriptor);
}

/* It has closed its output.  As a rule it ends at once. */
static void end_wait(rpe_child *child)
{
    for (int i = 0; i < END_POLLS && !rpe_interrupt_requested(); i++) {
        if (reap(child, WNOHANG)) {
            close(child->descriptor);
            return;
        }
        poll(NULL, 0, POLL_MILLISECONDS / 10);
    }
    rpe_child_stop(child);
    snprintf(child->end, sizeof child->end, "a closed output");
}

/* ---- its lines ---- */

/* The next line among what was read; of one that fills all the room, its beginning.  NULL: there is none yet. */
static const char *line_take(rpe_child *child)
{
    char *begin = child->text + child->taken;
    char *end = memchr(begin, '\n', child->used - child->taken);
    if (end == NULL && child->used - child->taken < sizeof child->text - 1)
        return NULL;
    if (end == NULL)
        end = child->text + sizeof child->text - 1;
    *end = '\0';
    child->taken = (size_t)(end - child->text) + 1;
    if (child->taken > child->used)
        child->taken = child->used;
    return begin;
}

static void room_make(rpe_child *child)
{
    memmove(child->text, child->text + child->taken, child->used - child->taken);
    child->used -= child->taken;
    child->taken = 0;
}

/* More of what it says; false: there is no more. */
static bool text_read(rpe_child *child)
{
    ssize_t got = read(child->descriptor, child->text + child->used, sizeof child->text - 1 - child->used);
    if (got < 0 && errno == EINTR)
        return true;
    child->used += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* What a child that has ended said without the end of a line is a line too. */
static const char *last_line(rpe_child *child)
{
    if (child->used == child->taken)
        return NULL;
    child->text[child->used] = '\0';
    const char *line = child->text + child->taken;
    child->taken = child->used;
    return line;
}

rpe_status rpe_child_hear(rpe_child *child, double patience, const char **line, rpe_error *error)
{
    struct pollfd wanted = {.fd = child->descriptor, .events = POLLIN};
    double silence = 0.0;
    while ((*line = line_take(child)) == NULL && child->process != 0) {
        room_make(child);
        int ready = poll(&wanted, 1, POLL_MILLISECONDS);
        if (rpe_interrupt_requested())
            return rpe_interrupt_check(child->path, error);
        silence += ready == 0 ? POLL_MILLISECONDS / 1000.0 : 0.0;
        if (patience > 0.0 && silence > patience)
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a line, found silence for %g seconds",
                                 child->path, patience);
        if (ready > 0 && !text_read(child))
            end_wait(child);
    }
    if (*line == NULL)
        *line = last_line(child);
    return rpe_interrupt_check(child->path, error);
}
