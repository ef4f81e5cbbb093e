/* Which streams are redrawn and coloured, on a terminal of its own. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "rpe_test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/terminal.h"

static FILE *terminal_open(int *controller)
{
    *controller = posix_openpt(O_RDWR | O_NOCTTY);
    if (*controller < 0 || grantpt(*controller) != 0 || unlockpt(*controller) != 0)
        skip(); /* a machine without terminals */
    FILE *stream = fopen(ptsname(*controller), "w");
    if (stream == NULL)
        skip();
    return stream;
}

static void test_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *no_colour;
        bool redraws, colours;
    } cases[] = {
        {"xterm", NULL, true, true},  {"xterm", "", true, true}, {"xterm", "1", true, false},
        {"dumb", NULL, false, false}, {"", NULL, false, false},  {NULL, NULL, false, false},
    };
    int controller;
    FILE *terminal = terminal_open(&controller), *file = tmpfile();
    assert_non_null(file);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].kind == NULL ? unsetenv("TERM") : setenv("TERM", cases[i].kind, 1), 0);
        assert_int_equal(
            cases[i].no_colour == NULL ? unsetenv("NO_COLOR") : setenv("NO_COLOR", cases[i].no_colour, 1), 0);
        assert_int_equal(rpe_terminal_redraws(terminal), cases[i].redraws);
        assert_int_equal(rpe_terminal_colours(terminal), cases[i].colours);
        assert_false(rpe_terminal_redraws(file));
        assert_false(rpe_terminal_colours(file));
        assert_false(rpe_terminal_redraws(NULL));
    }
    assert_false(rpe_stream_is_pipe(terminal));
    assert_false(rpe_stream_is_pipe(file));
    fclose(file);
    fclose(terminal);
    close(controller);
}

static void test_pipe(void **state)
{
    (void)state;
    FILE *stream = popen("cat >/dev/null", "w");
    assert_non_null(stream);
    assert_true(rpe_stream_is_pipe(stream));
    assert_int_equal(pclose(stream), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_terminal), cmocka_unit_test(test_pipe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
