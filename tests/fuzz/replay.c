/* fuzz_replay TARGET FOLDER: every input of the folder once, in a build of any compiler. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_CAPACITY ((size_t)1 << 20)

static uint8_t input[INPUT_CAPACITY];

static int name_is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay(const fuzz_target *target, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: expected an input, found none\n", path);
        return 1;
    }
    size_t count = fread(input, 1, sizeof input, file);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* before it is read: the last one named is the one that fails */
    return fuzz_target_run(target, input, count);
}

int main(int argc, char **argv)
{
    const fuzz_target *target = argc == 3 ? fuzz_target_find(argv[1]) : NULL;
    struct dirent **entries = NULL;
    int count = target == NULL ? 0 : scandir(argv[2], &entries, name_is_shown, alphasort), failed = 0;
    if (count <= 0) {
        fprintf(stderr, "usage: fuzz_replay TARGET FOLDER-OF-INPUTS\n");
        return 2;
    }
    for (int i = 0; i < count; i++) {
        failed += replay(target, fuzz_path(argv[2], entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return failed > 0;
}
