/* What the page is written with: texts stay texts, data survive, and pictures that could run or load something are refused. */
#include <stdio.h>
#include <string.h>

#include "report/page/html.h"
#include "report/page/svg.h"
#include "rpe_test.h"

/* ---- the writer ---- */

static char written[65536];

static rpe_html html_start(FILE **stream)
{
    memset(written, 0, sizeof written);
    *stream = fmemopen(written, sizeof written, "w");
    assert_non_null(*stream);
    return (rpe_html){.stream = *stream};
}

static void html_check(FILE *stream, const rpe_html *html, const char *expected)
{
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(html->depth, 0);
    assert_string_equal(written, expected);
}

static void test_escaping(void **state)
{
    (void)state;
    FILE *stream;
    rpe_html html = html_start(&stream);
    rpe_html_open(&html, "p", "title", "a\"b<c>&'", "class", NULL);
    rpe_html_text(&html, "1 < 2 & \"3\" > '0'\x01\xff é");
    rpe_html_format(&html, "%s %d", "<b>", 7);
    rpe_html_element(&html, "code", "</code>");
    rpe_html_anchor(&html, "a\"b", "<i>");
    rpe_html_close(&html);
    rpe_html_close(&html); /* nothing is open any more */
    html_check(stream, &html,
               "<p title=\"a&quot;b&lt;c&gt;&amp;&apos;\">1 &lt; 2 &amp; &quot;3&quot; &gt; &apos;0&apos;?? "
               "é&lt;b&gt; 7"
               "<code>&lt;/code&gt;</code><a href=\"#a&quot;b\">&lt;i&gt;</a></p>\n");
}

/* The examples of RFC 4648, section 10. */
static void test_data(void **state)
{
    (void)state;
    static const char *const codes[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    char expected[128];
    for (size_t count = 0; count < sizeof codes / sizeof codes[0]; count++) {
        FILE *stream;
        rpe_html html = html_start(&stream);
        const rpe_html_data data = {"text/csv", "foobar", count};
        rpe_html_download(&html, &data, "f.csv", "f");
        snprintf(expected, sizeof expected, "<a href=\"data:text/csv;base64,%s\" download=\"f.csv\">f</a>",
                 codes[count]);
        html_check(stream, &html, expected);
    }
    FILE *stream;
    rpe_html html = html_start(&stream);
    rpe_html_image(&html, &(rpe_html_data){"image/png", "\xff\xfb\xf0", 3}, 3, 4, "\"x\"");
    html_check(stream, &html,
               "<img src=\"data:image/png;base64,//vw\" width=\"3\" height=\"4\" alt=\"&quot;x&quot;\">\n");
}

/* ---- pictures ---- */

#define SVG(content)                                                                                         \
    "<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 300 200\"\n xmlns=\"http://www.w3.org/2000/svg\"\n"      \
    " xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n>\n" content "</svg>\n\n"

static void test_svg(void **state)
{
    (void)state;
    static const char source[] =
        SVG("<title>Gnuplot</title><defs><circle id='gpDot' r='0.50'/></defs>\n"
            "<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.00\" "
            "stroke-linecap=\"butt\">\n"
            "  <g transform=\"translate(1.50,20.00)\"> <text></text> </g>\n</g>\n"
            "<g id=\"gnuplot_plot_1a\" ><title>a &lt; b</title>\n<path stroke='rgb(  0, 114, 178)'  "
            "d='M24.00,76.10 L56.06,-0.00 L56.06,9.25 M0,-1.33 L-1.33,0.67 z'/>"
            "<use xlink:href='#gpDot' transform='translate(3.67,98.01) scale(5.78)' color='black'/></g>\n"
            "<g><text><tspan font-family=\"DejaVu Sans\">R &lt; 4 &amp; more</tspan></text></g>\n");
    rpe_svg svg;
    assert_true(rpe_svg_read(&svg, source, sizeof source - 1));
    assert_int_equal(svg.width, 300);
    assert_int_equal(svg.height, 200);
    FILE *stream;
    rpe_html html = html_start(&stream);
    rpe_svg_print(&html, &svg, "p1", "a \"picture\"");
    html_check(stream, &html,
               "<svg class=\"drawing\" id=\"p1\" viewBox=\"0 0 300 200\" role=\"img\" aria-label=\"a "
               "&quot;picture&quot;\"><defs><circle id=\"p1-gpDot\" r=\"0.5\"/></defs>"
               "<g><path stroke=\"#0072b2\" d=\"M24,76.1 56.1,-0 56.1,9.25 M0,-1.33 -1.33,0.67 z\"/>"
               "<use href=\"#p1-gpDot\" transform=\"translate(3.67,98.01) scale(5.78)\" color=\"black\"/></g>"
               "<g><text><tspan font-family=\"DejaVu Sans\">R &lt; 4 &amp; more</tspan></text></g></svg>\n");
}

/* What could run, load or break out is no picture. */
static void test_svg_refusals(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "no markup",
        "<svg viewBox=\"0 0 1 1\"></g>",
        SVG("<script>alert(1)</script>"),
        SVG("<style>g{background:url(x)}</style>"),
        SVG("<foreignObject><p>x</p></foreignObject>"),
        SVG("<image xlink:href='data:image/png;base64,AA=='/>"),
        SVG("<g onload='alert(1)'></g>"),
        SVG("<g style='background:url(http://x)'></g>"),
        SVG("<a href='#x'></a>"),
        SVG("<use xlink:href='http://example.org/a.svg#x'/>"),
        SVG("<use href='javascript:alert(1)'/>"),
        SVG("<g fill='url(http://example.org/x)'></g>"),
        SVG("<g fill='red url(#x)'></g>"),
        SVG("<g fill='&#106;'></g>"),
        SVG("<path id='x\" onload=\"alert(1)'/>"),
        SVG("<path fill=\"a'b\"/>"),
        SVG("<g xmlns:xlink='http://example.org'></g>"),
        SVG("<g><path d='M0,0'></g>"),
        SVG("<g></g></svg><svg>"),
        SVG("<svg></svg>"),
        SVG("<g fill=red></g>"),
        SVG("<g fill='red></g>"),
        SVG("<![CDATA[x]]>"),
        SVG("<!DOCTYPE svg><g></g>"),
        SVG("<g></g>") "<p>more</p>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><g></g></svg>",
        "<svg viewBox=\"0 0 1e9 5\"><g></g></svg>",
    };
    rpe_svg svg;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (rpe_svg_read(&svg, refused[i], strlen(refused[i])))
            fail_msg("taken for a picture: %s", refused[i]);
    assert_true(rpe_svg_read(&svg, SVG("<!-- a > b --><g></g>"), sizeof SVG("<!-- a > b --><g></g>") - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_escaping), cmocka_unit_test(test_data),
                                       cmocka_unit_test(test_svg), cmocka_unit_test(test_svg_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
