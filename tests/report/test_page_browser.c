/* The page in a browser and before a validator: every picture has a size, nothing is fetched, nothing complains, and nothing
   sticks out of a narrow screen. */
#include "page_made.h"

#include <sys/wait.h>
#include <unistd.h>

#include "report/plot.h"

#define ANSWER_CAPACITY 4096

/* Stands before everything else in a copy of the page, so that the page's policy does not hold for it: counts what went wrong and
   leaves the counts in the document. */
static const char probe[] =
    "<script>var wrong=[];"
    "addEventListener('error',function(e){wrong.push('error '+(e.message||e.target.nodeName));},true);"
    "addEventListener('securitypolicyviolation',function(e){wrong.push('policy '+e.violatedDirective);});"
    "addEventListener('load',function(){var n=0,flat=0,d=document;"
    "d.querySelectorAll('.drawing').forEach(function(s){n++;var b=s.getBoundingClientRect(),i=s.getBBox();"
    "if(!(b.width>0&&b.height>0&&i.width>0&&i.height>0))flat++;});"
    "d.querySelectorAll('img').forEach(function(i){n++;if(!(i.naturalWidth>1&&i.getBoundingClientRect()."
    "width>0))flat++;});"
    "var loads=performance.getEntriesByType('resource').filter(function(r){return "
    "r.name.indexOf('data:')!=0;}).length;"
    "var p=d.createElement('p');p.textContent='FOUND pictures='+n+' flat='+flat+' loads='+loads+' "
    "wrong='+wrong.length+"
    "' out='+(d.documentElement.scrollWidth-innerWidth>0)+' "
    "'+wrong.join(';');d.body.appendChild(p);});</script>";

static bool command_is_there(const char *name)
{
    char line[256];
    snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", name);
    return system(line) == 0;
}

static const char *browser_find(void)
{
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (command_is_there(names[i]))
            return names[i];
    return NULL;
}

/* A run with all that a page can show; without gnuplot it has no pictures but one. */
static char *run_create(const char *name)
{
    static const unsigned char png[] = {
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00, 0x00, 0x00, 0x57,
        0xdd, 0x52, 0xf8, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x68,
        0x68, 0x60, 0x68, 0x68, 0x00, 0x00, 0x06, 0x06, 0x02, 0x01, 0x31, 0xa9, 0x1e, 0xa1, 0x00,
        0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82}; /* 2 x 2, grey */
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory(name));
    page_run_write(directory);
    if (command_is_there("gnuplot"))
        rpe_test_ok(made_plot(directory, RPE_TEST_SOURCE "/plots", NULL, &error), &error);
    FILE *picture = fopen(made_path(directory, "calibration", ".png"), "wb");
    assert_non_null(picture);
    assert_int_equal(fwrite(png, 1, sizeof png, picture), sizeof png);
    assert_int_equal(fclose(picture), 0);
    return directory;
}

/* What the probe found at a width of the window, in light or dark. */
static void page_probe(const char *browser, const char *directory, const char *page, int width, bool dark,
                       char answer[ANSWER_CAPACITY])
{
    char path[4096], folder[2048], command[12288];
    assert_non_null(getcwd(folder, sizeof folder));
    snprintf(path, sizeof path, "%s/probe.html", directory);
    FILE *copy = fopen(path, "w");
    assert_non_null(copy);
    const char *head = strstr(page, "<head>");
    assert_non_null(head);
    fprintf(copy, "%.*s<head>%s%s", (int)(head - page), page, probe, head + strlen("<head>"));
    assert_int_equal(fclose(copy), 0);
    snprintf(command, sizeof command,
             "timeout 250 %s --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run "
             "--disable-background-networking --user-data-dir='%s/%s/profile' --enable-logging=stderr "
             "--log-level=0 "
             "--window-size=%d,900 --virtual-time-budget=5000 %s --dump-dom 'file://%s/%s' >'%s/dom.html' "
             "2>'%s/log.txt'",
             browser, folder, directory, width, dark ? "--force-dark-mode" : "", folder, path, directory,
             directory);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "grep -o 'FOUND.*</p>' '%s/dom.html'; grep CONSOLE '%s/log.txt'",
             directory, directory);
    FILE *found = popen(command, "r");
    assert_non_null(found);
    size_t count = fread(answer, 1, ANSWER_CAPACITY - 1, found);
    answer[count] = '\0';
    pclose(found);
}

static void answer_check(const char *answer, size_t pictures)
{
    char expected[128];
    snprintf(expected, sizeof expected, "FOUND pictures=%zu flat=0 loads=0 wrong=0 out=false </p>\n",
             pictures);
    assert_string_equal(answer, expected);
}

static void test_browser(void **state)
{
    (void)state;
    const char *browser = browser_find();
    if (browser == NULL) {
        print_message("SKIPPED: no chromium is installed, so no page is opened\n");
        skip();
    }
    char *directory = run_create("page_browser"), path[4096], answer[ANSWER_CAPACITY];
    snprintf(path, sizeof path, "%s/page.html", directory);
    char *page = page_make(directory, NULL, path);
    /* three key pictures, each again in its section, and the calibration */
    size_t pictures = command_is_there("gnuplot") ? 7 : 1;
    page_probe(browser, directory, page, 360, false, answer);
    answer_check(answer, pictures);
    page_probe(browser, directory, page, 1200, true, answer);
    answer_check(answer, pictures);
    free(page);
    rpe_memory_free(directory);
}

static void test_validator(void **state)
{
    (void)state;
    if (!command_is_there("tidy")) {
        print_message("SKIPPED: tidy is not installed, so no page is validated\n");
        skip();
    }
    char *directory = run_create("page_validator"), path[4096], command[8192], complaint[ANSWER_CAPACITY];
    snprintf(path, sizeof path, "%s/page.html", directory);
    free(page_make(directory, NULL, path));
    snprintf(command, sizeof command, "tidy -errors -quiet -utf8 '%s' 2>&1", path);
    FILE *tidy = popen(command, "r");
    assert_non_null(tidy);
    complaint[fread(complaint, 1, sizeof complaint - 1, tidy)] = '\0';
    assert_int_equal(pclose(tidy), 0);
    assert_string_equal(complaint, "");
    rpe_memory_free(directory);
}

int main(void)
{
    rpe_json_memory_install();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_browser), cmocka_unit_test(test_validator)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
