/* Golden arrays of biases, rotations, features and decays by the command line, as their manifest has it: every output of every case,
   by the method that the command names and, where nothing is random in it, by the explicit attention. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file/json.h"
#include "file/npy.h"
#include "rpe_test.h"

/* Outputs whose kernel file is another. */
static const struct {
    const char *output, *kernel;
} others[] = {
    {"output_causal_raw", "permuteformer.raw.kernel.json"},
    {"output_ratio_one", "permuteformer.one.kernel.json"},
    {"output_rotation", "lrpe.rotation.kernel.json"},
};

static const char *kernel_of(const char *output, const char *usual)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(others[i].output, output) == 0)
            return others[i].kernel;
    return usual;
}

static size_t append(char *line, size_t used, const char *text)
{
    return used + (size_t)snprintf(line + used, 4096 - used, " %s", text);
}

/* The words of the manifest's command, with the folder before names of files; method: in the place of its own, or NULL. */
static void line_make(char line[4096], const json_t *item, const char *output, const char *method,
                      const char *single)
{
    char command[2048];
    const char *kernel = json_string_value(json_object_get(item, "kernel")); /* NULL: no positions */
    snprintf(command, sizeof command, "%s", json_string_value(json_object_get(item, "command")));
    size_t used = 0;
    line[0] = '\0';
    for (char *state = NULL, *word = strtok_r(command, " ", &state); word != NULL;
         word = strtok_r(NULL, " ", &state)) {
        char path[512];
        bool file = strstr(word, ".npy") != NULL || strstr(word, ".json") != NULL;
        if (strcmp(word, "rpebench") == 0)
            continue;
        if (strcmp(word, "[--causal]") == 0) {
            if (strstr(output, "causal") != NULL)
                used = append(line, used, "--causal");
        } else if (strcmp(word, "--method") == 0 && method != NULL) {
            used = append(line, append(line, used, word), method);
            strtok_r(NULL, " ", &state);
        } else if (file && strcmp(word, "o.npy") != 0) {
            const char *name = kernel != NULL && strcmp(word, kernel) == 0 ? kernel_of(output, kernel) : word;
            snprintf(path, sizeof path, "golden/%s", name);
            used = append(line, used, path);
        } else {
            used = append(line, used, word);
        }
    }
    append(line, used, single);
}

static void outputs_compare(const json_t *item, const char *output, const char *line, double tolerance)
{
    char path[512];
    rpe_error error;
    rpe_array made = {0}, golden = {0};
    snprintf(path, sizeof path, "golden/%s",
             json_string_value(json_object_get(json_object_get(item, "outputs"), output)));
    rpe_test_ok(rpe_npy_read("o.npy", RPE_NPY_DOUBLE, &made, &error), &error);
    rpe_test_ok(rpe_npy_read(path, RPE_NPY_DOUBLE, &golden, &error), &error);
    assert_int_equal(rpe_array_count(&made), rpe_array_count(&golden));
    double found = rpe_test_error(rpe_array_count(&made), made.values, golden.values);
    if (!(found <= tolerance))
        fail_msg("%s: %s: off by %g", line, output, found);
    rpe_array_destroy(&made);
    rpe_array_destroy(&golden);
}

static void output_run(const json_t *item, const char *output, const char *method, const char *single,
                       double tolerance)
{
    char line[4096];
    line_make(line, item, output, method, single);
    unlink("o.npy");
    int null = open("/dev/null", O_WRONLY);
    int status = rpe_test_program_run(line + 1, null, STDERR_FILENO);
    close(null);
    if (status != 0)
        fail_msg("%s: exit %d", line, status);
    outputs_compare(item, output, line, tolerance);
}

static void manifest_cases(void **state)
{
    (void)state;
    rpe_json document = {0};
    rpe_error error;
    size_t cases = 0, index;
    const json_t *item, *value;
    const char *output;
    rpe_test_ok(rpe_json_read(&document, "golden/manifest.json", &error), &error);
    json_array_foreach(json_object_get(document.root, "cases"), index, item)
    {
        double tolerance = json_real_value(json_object_get(json_object_get(item, "tolerance"), "double"));
        const char *command = json_string_value(json_object_get(item, "command"));
        bool exact = strstr(command, "--projection") == NULL && json_object_get(item, "kernel") != NULL;
        json_object_foreach((json_t *)json_object_get(item, "outputs"), output, value)
        {
            if (strncmp(output, "output", 6) != 0)
                continue;
            output_run(item, output, NULL, "", tolerance);
            if (exact && strstr(command, "--method explicit") == NULL)
                output_run(item, output, "explicit", "", tolerance);
            if (strstr(command, "--method explicit") == NULL)
                output_run(item, output, NULL, "--precision single", 2e-5);
            cases++;
        }
    }
    assert_true(cases >= 50);
    rpe_json_destroy(&document);
}

/* Words of a command line end at spaces, which the path of the repository may have: the arrays are reached by a link. */
int main(void)
{
    const char *directory = rpe_test_directory("families");
    if (chdir(directory) != 0 || symlink(RPE_TEST_GOLDEN "/families", "golden") != 0) {
        perror("golden");
        return 1;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(manifest_cases)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink("golden");
    unlink("o.npy");
    if (chdir("..") == 0)
        rmdir(directory);
    return failed;
}
