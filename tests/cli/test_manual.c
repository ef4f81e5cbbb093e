/* The manual page and the completions: every option of every command is in them, and the tools that read them have no
   complaint.  bash completes for real. */
#include "rpe_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

#define TEXT_CAPACITY 262144

static char program[4096];

/* What a shell command prints, standard error too. */
static const char *output_of(const char *command)
{
    static char text[TEXT_CAPACITY];
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    pclose(stream);
    return text;
}

static void expect_in(const char *text, const char *part, const char *where)
{
    if (strstr(text, part) == NULL)
        fail_msg("%s: expected \"%s\"", where, part);
}

/* By place: options of the command, then those of every command. */
static const rpe_option *option_at(const rpe_command *command, size_t index)
{
    size_t common;
    const rpe_option *everywhere = rpe_options_common(&common);
    if (index < command->option_count)
        return &command->options[index];
    return index - command->option_count < common ? &everywhere[index - command->option_count] : NULL;
}

/* "--gate-noise" as roff writes it: every hyphen escaped. */
static void roff_name(const char *name, char text[128])
{
    size_t used = (size_t)snprintf(text, 128, "\\fB\\-\\-");
    for (; *name != '\0' && used + 3 < 128; name++)
        used += (size_t)snprintf(text + used, 128 - used, *name == '-' ? "\\-" : "%c", *name);
    snprintf(text + used, 128 - used, "\\fR");
}

/* Each command's section has its options; the end has those of all. */
static void test_manual_is_complete(void **state)
{
    (void)state;
    static char page[TEXT_CAPACITY];
    char heading[64], name[128];
    snprintf(page, sizeof page, "%s", output_of("\"$RPE_PROGRAM\" manual"));
    for (size_t i = 0; i < rpe_command_count(); i++) {
        const rpe_command *command = rpe_command_at(i);
        snprintf(heading, sizeof heading, ".SS %s\n", command->name);
        char *section = strstr(page, heading);
        assert_non_null(section);
        char *end = strstr(section + 1, "\n.S");
        assert_non_null(end);
        *end = '\0';
        for (size_t j = 0; j < command->option_count; j++) {
            roff_name(command->options[j].name, name);
            expect_in(section, name, command->name);
        }
        *end = '\n';
    }
    size_t common;
    const rpe_option *everywhere = rpe_options_common(&common);
    char *section = strstr(page, ".SH OPTIONS EVERYWHERE");
    assert_non_null(section);
    for (size_t i = 0; i < common; i++) {
        roff_name(everywhere[i].name, name);
        expect_in(section, name, "everywhere");
    }
}

static bool has_tool(const char *name)
{
    char command[256];
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", name);
    return system(command) == 0;
}

/* No warning of groff through man, nor of mandoc, where they are; a line is never longer than the terminal. */
static void test_manual_is_well_formed(void **state)
{
    (void)state;
    assert_int_equal(system("\"$RPE_PROGRAM\" manual >rpebench.1"), 0);
    bool any = false;
    if (has_tool("groff")) {
        any = true;
        assert_string_equal(output_of("groff -man -K utf8 -T utf8 -ww -z rpebench.1 2>&1"), "");
    }
    if (has_tool("man")) {
        any = true;
        assert_string_equal(
            output_of("LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z rpebench.1 2>&1 >/dev/null"), "");
    }
    if (has_tool("mandoc")) {
        any = true;
        assert_string_equal(output_of("mandoc -T lint rpebench.1 2>&1"), "");
    }
    if (!any)
        skip();
}

/* Replies to the words, the last of which is being completed, between spaces. */
static const char *replies_to(const char *words)
{
    char command[1024];
    snprintf(
        command, sizeof command,
        "bash -c 'source ./rpebench.bash; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _rpebench; "
        "printf \" %%s \" \"${COMPREPLY[@]}\"' 2>&1",
        words);
    return output_of(command);
}

/* One bash for all commands: a line of replies each. */
static void test_bash_knows_all_options(void **state)
{
    (void)state;
    char name[128], line[64];
    if (!has_tool("bash"))
        skip();
    FILE *script = fopen("ask.bash", "w");
    assert_non_null(script);
    fputs("source ./rpebench.bash\n", script);
    for (size_t i = 0; i < rpe_command_count(); i++)
        fprintf(script,
                "COMP_WORDS=(rpebench %s --); COMP_CWORD=2; _rpebench; echo \"%s: ${COMPREPLY[*]} \"\n",
                rpe_command_at(i)->name, rpe_command_at(i)->name);
    assert_int_equal(fclose(script), 0);
    static char replies[TEXT_CAPACITY + 2];
    snprintf(replies, sizeof replies, "\n%s", output_of("bash ask.bash 2>&1"));
    for (size_t i = 0; i < rpe_command_count(); i++) {
        const rpe_command *command = rpe_command_at(i);
        snprintf(line, sizeof line, "\n%s: ", command->name);
        char *start = strstr(replies, line);
        assert_non_null(start);
        char *end = strchr(start + 1, '\n');
        assert_non_null(end);
        *end = '\0';
        for (size_t j = 0; option_at(command, j) != NULL; j++) {
            snprintf(name, sizeof name, " --%s ", option_at(command, j)->name);
            expect_in(start, name, command->name);
        }
        *end = '\n';
    }
}

static void test_bash_completes(void **state)
{
    (void)state;
    if (!has_tool("bash"))
        skip();
    expect_in(replies_to("rpebench \"\""), " verify ", "commands");
    assert_string_equal(replies_to("rpebench enc"), " encode ");
    assert_string_equal(replies_to("rpebench encode --sam"), " --sampler ");
    assert_string_equal(replies_to("rpebench encode --precision d"), " double ");
    assert_string_equal(replies_to("rpebench verify score-me"), " score-mean ");
    assert_string_equal(replies_to("rpebench completion z"), " zsh ");
    assert_string_equal(replies_to("rpebench attend --kernel rpebench.ba"), " rpebench.bash ");
    assert_string_equal(replies_to("rpebench encode --seed \"\""), "  ");
    assert_string_equal(replies_to("\"$RPE_PROGRAM\" run score-err"), " score-error ");
    assert_string_equal(replies_to("rpebench nonsense --"), "  ");
}

/* zsh parses it where it is; elsewhere every option is in it. */
static void test_zsh(void **state)
{
    (void)state;
    char name[128];
    if (has_tool("zsh"))
        assert_string_equal(output_of("zsh -n ./_rpebench 2>&1"), "");
    const char *text = output_of("cat _rpebench");
    for (size_t i = 0; i < rpe_command_count(); i++) {
        const rpe_command *command = rpe_command_at(i);
        snprintf(name, sizeof name, "    %s)\n", command->name);
        const char *start = strstr(text, name);
        assert_non_null(start);
        for (size_t j = 0; option_at(command, j) != NULL; j++) {
            snprintf(name, sizeof name, "'--%s%s", option_at(command, j)->name,
                     option_at(command, j)->placeholder != NULL ? "=[" : "[");
            expect_in(start, name, command->name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_manual_is_complete),
                                       cmocka_unit_test(test_manual_is_well_formed),
                                       cmocka_unit_test(test_bash_knows_all_options),
                                       cmocka_unit_test(test_bash_completes), cmocka_unit_test(test_zsh)};
    assert_non_null(realpath(RPE_TEST_PROGRAM, program));
    if (setenv("RPE_PROGRAM", program, 1) != 0 || chdir(rpe_test_directory("manual")) != 0)
        return 1;
    if (system("\"$RPE_PROGRAM\" completion bash >rpebench.bash && \"$RPE_PROGRAM\" completion zsh "
               ">_rpebench") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
