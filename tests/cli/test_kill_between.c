/* Killed at each of its writes, and so between any two renames, a command leaves no file of one call beside files of another:
   codes and vectors are of one draw, and a picture is of the rows that lie there. */
#include "interrupted.h"

#define ENCODE "encode --kernel k.json --queries q.npy --keys q.npy --output out"

/* The next write to be killed at: each of the last ones, among which are the renames, and of the others ever fewer. */
enum { LAST = 24 };
static uint64_t number_next(uint64_t number, uint64_t writes)
{
    uint64_t next = number + 1 + number / 2;
    return number + LAST >= writes ? number + 1 : next + LAST > writes ? writes - LAST : next;
}

/* R of the file in out; 0: it is not there. */
static size_t realizations_of(const char *name)
{
    char path[64];
    rpe_array array = {0};
    rpe_error error = {""};
    snprintf(path, sizeof path, "out/%s", name);
    if (access(path, F_OK) != 0)
        return 0;
    rpe_test_ok(rpe_npy_read(path, RPE_NPY_AS_STORED, &array, &error), &error);
    size_t realizations = array.shape[array.rank - 1];
    rpe_array_destroy(&array);
    return realizations;
}

/* A set of R = 4, replaced by another of R = 8 and killed on the way, with codes before, after, both or neither. */
static void sets_kill(const char *first, const char *second)
{
    static const char *const names[] = {"queries.npy", "keys.npy", "query_codes.npy", "key_codes.npy"};
    char line[256];
    int kills = 0;
    shell("rm -rf out before");
    snprintf(line, sizeof line, ENCODE " --realizations 4%s", first);
    assert_true(killed_run(line, 0));
    shell("mv out before");
    snprintf(line, sizeof line, ENCODE " --realizations 8%s", second);
    shell("cp -r before out");
    for (uint64_t writes = writes_count(line), number = 1; number <= writes;
         number = number_next(number, writes)) {
        size_t found = 0;
        shell("rm -rf out && cp -r before out");
        assert_false(killed_run(line, number));
        kills++;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            size_t now = realizations_of(names[i]);
            if (now != 0 && found != 0 && now != found)
                fail_msg("killed at write %ju of %s: %s of R = %zu beside others of R = %zu",
                         (uintmax_t)number, line, names[i], now, found);
            found = now != 0 ? now : found;
        }
    }
    assert_true(kills >= 8);
}

static void test_sets(void **state)
{
    (void)state;
    sets_kill(" --codes", " --codes");
    sets_kill(" --codes", "");
    sets_kill("", " --codes");
    sets_kill("", "");
}

/* The bytes of a file, ended by 0; empty where there is none. */
static char *text_read(const char *path, char text[65536])
{
    FILE *stream = fopen(path, "rb");
    size_t size = stream == NULL ? 0 : fread(text, 1, 65535, stream);
    text[size] = '\0';
    if (stream != NULL)
        fclose(stream);
    return text;
}

static const char *const pictures[] = {"out/s.svg", "out/s.png", "out/s-1.svg", "out/s-2.png"};

/* Results with pictures, replaced by the line and killed on the way: where a picture is left, the rows are those before. */
static void pictures_kill(const char *line)
{
    static char before[65536], after[65536];
    int kills = 0, kept = 0;
    text_read("earlier/s.csv", before);
    shell("rm -rf out && cp -r earlier out");
    for (uint64_t writes = writes_count(line), number = 1; number <= writes;
         number = number_next(number, writes)) {
        shell("rm -rf out && cp -r earlier out");
        for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
            text_write(pictures[i], "of the earlier rows");
        assert_false(killed_run(line, number));
        kills++;
        bool same = strcmp(text_read("out/s.csv", after), before) == 0;
        for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
            bool there = access(pictures[i], F_OK) == 0;
            kept += there;
            if (there && !same)
                fail_msg("killed at write %ju of %s: %s is of the rows before", (uintmax_t)number, line,
                         pictures[i]);
        }
    }
    assert_true(kills >= 4 && kept > 0);
}

static void test_pictures(void **state)
{
    (void)state;
    pictures_kill("run s.json --no-plot --trials 5 --output out");
    pictures_kill("run s.json --no-plot --trials 6 --resume --output out");
    pictures_kill("merge shards --output out");
}

static int group_prepare(void **state)
{
    (void)state;
    assert_int_equal(chdir(rpe_test_directory("kill_between")), 0);
    rpe_json_memory_install();
    array_write("q.npy", 3, (const size_t[]){5, 1, 2});
    text_write(
        "k.json",
        "{\"type\":\"sine\",\"frequency\":[[[0.1],[0.2]]],\"phase\":[[[0],[1]]],\"gain\":[[[1],[1]]]}");
    text_write("s.json",
               "{\"title\": \"s\", \"question\": \"?\", \"picture\": \"error\", \"axis\": \"realizations\", "
               "\"measures\": "
               "[\"score_error\"], \"grids\": [{\"name\": \"s\", \"inputs\": [{\"name\": \"x\", \"kernel\": "
               "\"k.json\", \"queries\": \"q.npy\", \"keys\": \"q.npy\", \"values\": \"q.npy\"}], "
               "\"methods\": [\"softmax\"], \"samplers\": [\"gaussian\"], \"realizations\": [4], \"trials\": "
               "{\"minimum\": 4}}]}");
    assert_true(killed_run("run s.json --no-plot --output earlier", 0));
    assert_true(killed_run("run s.json --no-plot --trials 8 --shard 1/2 --output shards", 0));
    assert_true(killed_run("run s.json --no-plot --trials 8 --shard 2/2 --output shards", 0));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sets), cmocka_unit_test(test_pictures)};
    return cmocka_run_group_tests(tests, group_prepare, NULL);
}
