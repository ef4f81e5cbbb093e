#include "file/path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/output.h"

#define LINKS_MAX 40       /* as many as Linux follows */
#define LINK_CAPACITY 4096 /* PATH_MAX */
#define PLACE_CAPACITY 160 /* of a folder in a message */

/* " (the folder a/b is missing)", " (a is no folder)", or nothing: the first part on the way to the file. */
static void folder_complain(const char *path, char text[PLACE_CAPACITY])
{
    text[0] = '\0';
    char *prefix = rpe_memory_text(path);
    char *slash = prefix == NULL || *prefix == '\0' ? NULL : strchr(prefix + 1, '/');
    for (; slash != NULL; slash = strchr(slash + 1, '/')) {
        struct stat found;
        *slash = '\0';
        bool there = stat(prefix, &found) == 0;
        if (!there || !S_ISDIR(found.st_mode)) {
            if (there)
                snprintf(text, PLACE_CAPACITY, " (%.100s is no folder)", prefix);
            else if (errno == ENOENT)
                snprintf(text, PLACE_CAPACITY, " (the folder %.100s is missing)", prefix);
            break;
        }
        *slash = '/';
    }
    rpe_memory_free(prefix);
}

rpe_status rpe_path_error(const char *path, const char *expected, int code, rpe_error *error)
{
    char folder[PLACE_CAPACITY] = "";
    if (code == ENOENT || code == ENOTDIR)
        folder_complain(path, folder);
    return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected %s, found: %s%s", path, expected,
                         strerror(code), folder);
}

/* What the link of that name says, seen from where the name is seen from; NULL: no memory. */
static char *link_follow(const char *path, const char *link)
{
    char *directory = strchr(path, '/') == NULL ? NULL : rpe_path_directory(path);
    if (directory == NULL && strchr(path, '/') != NULL)
        return NULL;
    char *target = rpe_path_join(directory, link);
    rpe_memory_free(directory);
    return target;
}

char *rpe_path_target(const char *path)
{
    char link[LINK_CAPACITY];
    char *target = rpe_memory_text(path);
    for (int i = 0; target != NULL && i < LINKS_MAX; i++) {
        ssize_t length = readlink(target, link, sizeof link - 1);
        if (length <= 0)
            break;
        link[length] = '\0';
        char *next = link_follow(target, link);
        rpe_memory_free(target);
        target = next;
    }
    return target;
}

static bool is_same(const struct stat *found, const struct stat *other)
{
    return found->st_dev == other->st_dev && found->st_ino == other->st_ino;
}

/* Of two files that are not there: whether they would be the same. */
static bool will_be_same(const char *path, const char *other)
{
    const char *slash = strrchr(path, '/'), *other_slash = strrchr(other, '/');
    const char *name = slash == NULL ? path : slash + 1,
               *other_name = other_slash == NULL ? other : other_slash + 1;
    char *folder = rpe_path_directory(path), *other_folder = rpe_path_directory(other);
    struct stat found, found_other;
    bool same = folder != NULL && other_folder != NULL && strcmp(name, other_name) == 0 &&
                stat(folder, &found) == 0 && stat(other_folder, &found_other) == 0 &&
                is_same(&found, &found_other);
    rpe_memory_free(other_folder);
    rpe_memory_free(folder);
    return same;
}

bool rpe_path_same(const char *path, const char *other)
{
    struct stat found, found_other;
    bool there = stat(path, &found) == 0, other_there = stat(other, &found_other) == 0;
    if (there && other_there)
        return is_same(&found, &found_other);
    if (there || other_there)
        return false;
    char *target = rpe_path_target(path), *other_target = rpe_path_target(other);
    bool same = target != NULL && other_target != NULL && will_be_same(target, other_target);
    rpe_memory_free(other_target);
    rpe_memory_free(target);
    return same;
}
