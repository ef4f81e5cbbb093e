#include "rpe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/processors.h"
#include "file/json.h"
#include "file/provenance.h"

static int group_prepare(void **state)
{
    (void)state;
    rpe_json_memory_install();
    return 0;
}

static void test_hash(void **state)
{
    (void)state;
    /* The published FNV-1a test vectors. */
    char hash[RPE_HASH_CAPACITY];
    assert_string_equal(rpe_text_hash("", hash), "cbf29ce484222325");
    assert_string_equal(rpe_text_hash("a", hash), "af63dc4c8601ec8c");
    assert_string_equal(rpe_text_hash("foobar", hash), "85944171f73967e8");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (text == NULL)
        fail_msg("no text \"%s\"", key);
    return text;
}

static void test_machine(void **state)
{
    (void)state;
    setenv("SOURCE_DATE_EPOCH", "86400", 1);
    json_t *machine = rpe_provenance_machine();
    unsetenv("SOURCE_DATE_EPOCH");
    assert_non_null(machine);
    assert_string_equal(text_of(machine, "program"), "rpebench");
    assert_string_equal(text_of(machine, "version"), rpe_version());
    assert_string_equal(text_of(machine, "revision"), rpe_revision());
    assert_string_equal(text_of(machine, "date"), "1970-01-02T00:00:00Z");
    assert_true(strlen(text_of(machine, "compiler")) > 0);
    assert_true(strlen(text_of(machine, "processor")) > 0);
    assert_non_null(json_object_get(machine, "flags"));
    assert_non_null(json_object_get(machine, "build_type"));
    assert_non_null(strstr(text_of(machine, "system"), "Linux"));
    assert_int_equal(json_integer_value(json_object_get(machine, "processors")), rpe_processors_count());
    rpe_threads_default threads = rpe_threads_default_now();
    assert_int_equal(json_integer_value(json_object_get(machine, "threads_default")), threads.threads);
    assert_string_equal(text_of(machine, "threads_default_from"), threads.reason);
    assert_true(json_integer_value(json_object_get(machine, "memory_bytes")) > 1 << 20);
    assert_true(json_is_array(json_object_get(machine, "load")));
    const json_t *libraries = json_object_get(machine, "libraries");
    assert_true(strlen(text_of(libraries, "gsl")) > 0);
    assert_non_null(strstr(text_of(libraries, "blas"), "OpenBLAS"));
    assert_true(strlen(text_of(libraries, "blas_library")) > 0);
    assert_non_null(strstr(text_of(libraries, "random123"), "philox.h "));
    const json_t *gnuplot = json_object_get(libraries, "gnuplot");
    assert_true(json_is_null(gnuplot) || strstr(json_string_value(gnuplot), "gnuplot ") != NULL);
    assert_string_equal(text_of(libraries, "jansson"), JANSSON_VERSION);
    json_decref(machine);
}

static void test_version(void **state)
{
    (void)state;
    int major, minor, patch;
    assert_int_equal(sscanf(rpe_version(), "%d.%d.%d", &major, &minor, &patch), 3);
    assert_true(strlen(rpe_revision()) > 0);
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    const size_t held = rpe_memory_usage_now().current;
    json_t *machine = NULL;
    uint64_t n = 0;
    while (machine == NULL) {
        rpe_memory_fail_from(++n);
        machine = rpe_provenance_machine();
        rpe_memory_fail_from(0);
        if (machine == NULL)
            assert_int_equal(rpe_memory_usage_now().current, held);
        assert_true(n < 1000);
    }
    assert_true(n > 30);
    json_decref(machine);
    assert_int_equal(rpe_memory_usage_now().current, held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_machine),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, group_prepare, NULL);
}
