#include "file/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/event.h"
#include "base/memory.h"
#include "file/path.h"

#define NAME_LONGEST 255  /* of a file */
#define SUFFIX_LONGEST 48 /* of a temporary one */

void rpe_output_limit_report(void)
{
    signal(SIGXFSZ, SIG_IGN);
}

static rpe_status write_error(const char *path, int code, rpe_error *error)
{
    return rpe_path_error(path, "a writable file", code, error);
}

/* rename() would replace a device such as /dev/null, and a file that its owner has write-protected. */
static rpe_status target_check(const char *path, rpe_error *error)
{
    struct stat target;
    if (stat(path, &target) != 0)
        return RPE_OK;
    if (!S_ISREG(target.st_mode))
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a file that can be written, found a %s",
                             path, S_ISDIR(target.st_mode) ? "directory" : "device or pipe");
    if (access(path, W_OK) != 0)
        return write_error(path, errno, error);
    return RPE_OK;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* How much of a file's name its temporary name begins with: of a very long one there would be no room for more. */
static size_t base_length(const char *base)
{
    const size_t length = strlen(base);
    return length + SUFFIX_LONGEST > NAME_LONGEST && length <= NAME_LONGEST ? NAME_LONGEST - SUFFIX_LONGEST
                                                                            : length;
}

static char *temporary_name(const char *path)
{
    static atomic_uint counter;
    const char *base = base_of(path);
    const size_t length = (size_t)(base - path) + base_length(base), capacity = length + SUFFIX_LONGEST;
    char *name = rpe_memory_allocate(capacity, 1);
    if (name != NULL)
        snprintf(name, capacity, "%.*s.tmp.%ld.%u", (int)length, path, (long)getpid(),
                 atomic_fetch_add(&counter, 1U));
    return name;
}

/* What is replaced keeps its mode, and its owner and group where that is allowed. */
static void attributes_keep(int descriptor, const char *target)
{
    struct stat old;
    if (stat(target, &old) != 0)
        return;
    if (fchown(descriptor, old.st_uid, old.st_gid) != 0 && fchown(descriptor, (uid_t)-1, old.st_gid) != 0)
        errno = 0; /* the file is ours now */
    (void)fchmod(descriptor, old.st_mode & 0777);
}

/* A file of that name was left by a killed process that had the number of this one, as in containers. */
static FILE *stream_open(const char *path, const char *target)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    rpe_event_happen(RPE_EVENT_WRITE);
    int descriptor = open(path, flags, 0666);
    if (descriptor < 0 && errno == EEXIST && unlink(path) == 0)
        descriptor = open(path, flags, 0666);
    if (descriptor < 0)
        return NULL;
    attributes_keep(descriptor, target);
    FILE *stream = fdopen(descriptor, "wb");
    if (stream == NULL) {
        const int code = errno;
        close(descriptor);
        unlink(path);
        errno = code;
    }
    return stream;
}

rpe_status rpe_output_open(rpe_output *output, const char *path, rpe_error *error)
{
    rpe_output opened = {0};
    rpe_status status = target_check(path, error);
    if (status != RPE_OK)
        return status;
    opened.path = rpe_memory_text(path);
    opened.target = rpe_path_target(path);
    opened.temporary = opened.target == NULL ? NULL : temporary_name(opened.target);
    rpe_output_stale_remove(path);
    if (opened.path == NULL || opened.temporary == NULL) {
        status = rpe_error_memory(error, path, strlen(path), 1);
        goto done;
    }
    opened.stream = stream_open(opened.temporary, opened.target);
    if (opened.stream == NULL) {
        status = write_error(path, errno, error);
        goto done;
    }
    *output = opened;
done:
    if (status != RPE_OK) {
        rpe_memory_free(opened.temporary);
        rpe_memory_free(opened.target);
        rpe_memory_free(opened.path);
    }
    return status;
}

rpe_status rpe_output_write(rpe_output *output, const void *bytes, size_t count, rpe_error *error)
{
    rpe_event_happen(RPE_EVENT_WRITE);
    if (count != 0 && fwrite(bytes, 1, count, output->stream) != count)
        return write_error(output->path, errno, error);
    return RPE_OK;
}

rpe_status rpe_output_print(rpe_output *output, rpe_error *error, const char *format, ...)
{
    va_list arguments;
    rpe_event_happen(RPE_EVENT_WRITE);
    va_start(arguments, format);
    const int written = vfprintf(output->stream, format, arguments);
    va_end(arguments);
    return written < 0 ? write_error(output->path, errno, error) : RPE_OK;
}

rpe_status rpe_output_finish(rpe_output *output, rpe_error *error)
{
    if (output->stream == NULL)
        return RPE_OK;
    int code = 0;
    /* An earlier write that failed and was not looked at must not become a whole file. */
    if (ferror(output->stream))
        code = EIO;
    rpe_event_happen(RPE_EVENT_WRITE);
    if (fflush(output->stream) != 0 || fsync(fileno(output->stream)) != 0)
        code = errno;
    if (fclose(output->stream) != 0 && code == 0)
        code = errno;
    output->stream = NULL;
    if (code == 0)
        return RPE_OK;
    unlink(output->temporary);
    return write_error(output->path, code, error);
}

void rpe_directory_flush(const char *path)
{
    char *directory = rpe_path_directory(path);
    if (directory == NULL)
        return;
    const int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        (void)fsync(descriptor);
        close(descriptor);
    }
    rpe_memory_free(directory);
}

rpe_status rpe_output_commit(rpe_output *output, rpe_error *error)
{
    rpe_status status = rpe_output_finish(output, error);
    rpe_event_happen(RPE_EVENT_WRITE);
    if (status == RPE_OK && rename(output->temporary, output->target) != 0)
        status = write_error(output->path, errno, error);
    if (status == RPE_OK) {
        rpe_directory_flush(output->target);
        rpe_memory_free(output->temporary);
        output->temporary = NULL;
    }
    rpe_output_discard(output);
    return status;
}

/* Whether name is BASE.tmp.PID.COUNTER of a process that is no more. */
static bool is_stale(const char *name, const char *base)
{
    long process = 0;
    int end = -1;
    const size_t length = base_length(base);
    if (strncmp(name, base, length) != 0 || sscanf(name + length, ".tmp.%ld.%*u%n", &process, &end) != 1)
        return false;
    return end > 0 && name[length + (size_t)end] == '\0' && process > 0 && kill((pid_t)process, 0) != 0 &&
           errno == ESRCH;
}

void rpe_output_stale_remove(const char *path)
{
    char *target = rpe_path_target(path), *directory = target == NULL ? NULL : rpe_path_directory(target);
    DIR *stream = directory == NULL ? NULL : opendir(directory);
    for (struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;)
        if (is_stale(entry->d_name, base_of(target)))
            (void)unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream != NULL)
        closedir(stream);
    rpe_memory_free(directory);
    rpe_memory_free(target);
}

void rpe_output_discard(rpe_output *output)
{
    if (output->stream != NULL)
        fclose(output->stream);
    if (output->temporary != NULL)
        unlink(output->temporary);
    rpe_memory_free(output->temporary);
    rpe_memory_free(output->target);
    rpe_memory_free(output->path);
    *output = (rpe_output){0};
}

static rpe_status directory_make(const char *path, const char *whole, rpe_error *error)
{
    if (mkdir(path, 0777) == 0)
        return RPE_OK;
    const int code = errno;
    struct stat existing;
    if (stat(path, &existing) != 0)
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a directory that can be created, found: %s",
                             whole, strerror(code));
    if (!S_ISDIR(existing.st_mode))
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a directory, found that %s is a file",
                             whole, path);
    return RPE_OK;
}

rpe_status rpe_directory_create(const char *path, rpe_error *error)
{
    char *prefix = rpe_memory_text(path);
    if (prefix == NULL)
        return rpe_error_memory(error, path, strlen(path) + 1, 1);
    rpe_status status = RPE_OK;
    for (char *slash = prefix; status == RPE_OK && (slash = strchr(slash + (*slash != '\0'), '/')) != NULL;) {
        *slash = '\0';
        status = directory_make(prefix, path, error);
        *slash = '/';
    }
    if (status == RPE_OK)
        status = directory_make(prefix, path, error);
    rpe_memory_free(prefix);
    return status;
}

char *rpe_path_join(const char *directory, const char *name)
{
    if (directory == NULL || directory[0] == '\0' || name[0] == '/')
        return rpe_memory_text(name);
    const size_t length = strlen(directory);
    const size_t capacity = length + strlen(name) + 2;
    char *path = rpe_memory_allocate(capacity, 1);
    if (path != NULL)
        snprintf(path, capacity, "%s%s%s", directory, directory[length - 1] == '/' ? "" : "/", name);
    return path;
}

char *rpe_path_make(const char *directory, const char *name, const char *ending)
{
    const size_t capacity = strlen(name) + strlen(ending) + 1;
    char *file = rpe_memory_allocate(capacity, 1);
    if (file == NULL)
        return NULL;
    snprintf(file, capacity, "%s%s", name, ending);
    char *path = rpe_path_join(directory, file);
    rpe_memory_free(file);
    return path;
}

char *rpe_path_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return rpe_memory_text(".");
    const size_t length = slash == path ? 1 : (size_t)(slash - path);
    char *directory = rpe_memory_allocate(length + 1, 1);
    if (directory != NULL) {
        memcpy(directory, path, length);
        directory[length] = '\0';
    }
    return directory;
}
