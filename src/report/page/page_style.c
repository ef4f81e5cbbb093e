/* The head of the page: what it looks like, on narrow and wide screens, light, dark and on paper.  Nothing is loaded and no
   script runs: the policy forbids both, whatever the results hold. */
#include <stdio.h>

#include "report/page/page_parts.h"

static const char style[] =
    ":root{color-scheme:light "
    "dark;--ink:#1c1c1c;--soft:#555;--paper:#fff;--line:#d4d4d4;--tint:#f3f5f7;--link:#0b57a4;"
    "--good:#0a6b46;--bad:#b3261e;--badtint:#fbe9e7}\n"
    "@media "
    "(prefers-color-scheme:dark){:root{--ink:#e6e6e6;--soft:#a8a8a8;--paper:#16181b;--line:#3b4046;--tint:#"
    "202428;"
    "--link:#84bdf5;--good:#5cc99a;--bad:#ff8a80;--badtint:#3a2321}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--paper);color:var(--ink);"
    "font:1rem/1.5 system-ui,\"DejaVu Sans\",Verdana,sans-serif}\n"
    "h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}\n"
    "h2{font-size:1.3rem;margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line)}\n"
    "h3{font-size:1.1rem;margin:2rem 0 .4rem}\n"
    "p,li{max-width:48rem;overflow-wrap:anywhere}\n"
    "a{color:var(--link)}\n"
    "nav ul,.verdicts{list-style:none;padding:0}\n"
    "nav li{display:inline-block;margin:0 1rem .3rem 0}\n"
    ".verdicts li{margin:.3rem 0;padding-left:1.4rem;text-indent:-1.4rem}\n"
    ".verdicts .mark{display:inline-block;width:1.4rem;text-indent:0;font-weight:bold}\n"
    ".good .mark{color:var(--good)}\n"
    ".bad .mark{color:var(--bad)}\n"
    ".origin,.shared,.source,caption{color:var(--soft)}\n"
    ".shared,caption{font-size:.9rem}\n"
    "figure{margin:1rem 0}\n"
    /* Pictures have their own colours on white, and keep a width at which their letters can be read. */
    ".picture{overflow-x:auto;background:#fff;border:1px solid var(--line);border-radius:4px}\n"
    ".picture svg,.picture img{display:block;width:100%;min-width:52rem;height:auto}\n"
    ".picture svg [font-family]{font-family:\"DejaVu Sans\",Verdana,sans-serif}\n"
    ".drawing{fill:none;color:#000;stroke:currentColor;stroke-width:1}\n"
    ".drawing>g>rect{stroke:none}\n" /* the paper */
    "figcaption{margin-top:.4rem}\n"
    ".sentence{margin:.3rem 0}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:.85rem;margin:.6rem 0}\n"
    "caption{text-align:left}\n"
    "th,td{padding:.2rem .6rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid "
    "var(--line)}\n"
    "td{min-width:3rem;max-width:26rem}\n"
    ".text{min-width:14rem}\n"
    ".number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "tr.bad td{background:var(--badtint)}\n"
    "code,pre{font:.85rem/1.4 ui-monospace,\"DejaVu Sans Mono\",monospace}\n"
    "code{overflow-wrap:anywhere}\n"
    "pre{background:var(--tint);padding:.6rem;overflow-x:auto}\n"
    "pre.wrapped{white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "summary{cursor:pointer;color:var(--link);margin:.4rem 0}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;font-size:.9rem}\n"
    "dt{color:var(--soft)}\n"
    "dd{margin:0;overflow-wrap:anywhere}\n"
    "@media "
    "print{body{max-width:none;padding:0;font-size:9pt}nav{display:none}.picture{border:0;overflow:visible}"
    ".picture svg,.picture img{min-width:0}.wide,pre{overflow:visible}pre{white-space:pre-wrap}"
    "figure,tr{break-inside:avoid}h2,h3{break-after:avoid}a{color:inherit;text-decoration:none}}\n";

void rpe_page_head_print(rpe_html *html)
{
    rpe_html_open(html, "head");
    rpe_html_void(html, "meta", "charset", "utf-8");
    rpe_html_void(html, "meta", "http-equiv", "Content-Security-Policy", "content",
                  "default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    rpe_html_void(html, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    rpe_html_element(html, "title", "rpebench: results");
    rpe_html_open(html, "style");
    fputs(style, html->stream);
    rpe_html_close(html);
    rpe_html_close(html);
}
