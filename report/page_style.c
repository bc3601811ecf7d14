/* page_style.c - the look of the page: quiet type on paper, figures that follow the theme. */
#include "report/page.h"

/* Light and dark differ in variables only; see colour_variables for those of the figures. */
static const char light[] =
    "--page:#fbfaf7;--card:#fff;--rule:#e6e3dc;--quiet:#6a717b;--accent:#0b6a75;--tint:#eef5f4;"
    "--code:#f3f1eb;--warn:#8a4b00;--warnpaper:#fdf5e6;color-scheme:light;";
static const char dark[] =
    "--page:#121417;--card:#191c20;--rule:#2c3138;--quiet:#9aa1aa;--accent:#6cc7c4;"
    "--tint:#16262a;--code:#1f2328;--warn:#f0b866;--warnpaper:#2a2317;color-scheme:dark;";

static const char type[] =
    "*{box-sizing:border-box}"
    "html{background:var(--page);color:var(--ink);-webkit-text-size-adjust:100%;"
    "scroll-behavior:smooth;scroll-padding-top:4rem}"
    "body{margin:0;font:16px/1.6 system-ui,sans-serif;font-kerning:normal}"
    "main,.head,.foot,.bar div{max-width:1180px;margin:0 auto;padding:0 28px}"
    "h1{font-size:2.3rem;line-height:1.15;letter-spacing:-.025em;font-weight:600;margin:.2em 0 "
    ".35em;"
    "overflow-wrap:anywhere}"
    "h2{font-size:1.45rem;line-height:1.25;letter-spacing:-.015em;font-weight:600;margin:0 0 .8rem}"
    "h3{font-size:1.02rem;line-height:1.35;font-weight:600;margin:2.2rem 0 .5rem}"
    "p,ul,ol,dl{max-width:74ch;margin:0 0 1rem}"
    "li{margin:.25rem 0}"
    "a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.18em}"
    "b,strong{font-weight:600}"
    "code,pre{font:.86em/1.55 ui-monospace,monospace;background:var(--code);border-radius:5px}"
    "code{padding:.1em .35em;overflow-wrap:anywhere}"
    "pre{padding:1rem 1.1rem;margin:0 0 1rem;white-space:pre-wrap;overflow-wrap:anywhere}"
    "sub{line-height:0;font-size:.72em}"
    ".quiet,.note,figcaption{color:var(--quiet)}"
    ".note,figcaption{font-size:.875rem;line-height:1.5}"
    ".eyebrow{font-size:.78rem;letter-spacing:.09em;text-transform:uppercase;color:var(--quiet);"
    "margin:0}"
    ".lead{font-size:1.18rem;line-height:1.55}";

static const char layout[] =
    ".bar{position:sticky;top:0;z-index:5;background:var(--page);border-bottom:1px solid "
    "var(--rule)}"
    ".bar div{display:flex;align-items:center;gap:20px;min-height:48px}"
    ".bar nav{display:flex;gap:18px;overflow-x:auto;flex:1;min-width:0;scrollbar-width:none}"
    ".bar nav::-webkit-scrollbar{display:none}"
    ".bar "
    "a{color:var(--quiet);text-decoration:none;font-size:.84rem;white-space:nowrap;padding:12px 0}"
    ".bar a:hover,.bar a:focus-visible{color:var(--ink)}"
    "button,select{font:inherit;font-size:.84rem;color:var(--ink);background:var(--card);"
    "border:1px solid var(--rule);border-radius:6px;padding:5px 10px}"
    "button:hover,select:hover{border-color:var(--quiet)}"
    "button{cursor:pointer}"
    ":focus-visible{outline:2px solid var(--accent);outline-offset:2px}"
    "#theme{display:none;white-space:nowrap}.js #theme{display:block}"
    ".head{padding-top:48px;padding-bottom:0}"
    "section{padding:44px 0 0}"
    "section+section{border-top:1px solid var(--rule);margin-top:40px}"
    ".foot{padding-top:28px;padding-bottom:56px;margin-top:56px;font-size:.84rem;color:var(--quiet)"
    "}"
    ".facts{display:flex;flex-wrap:wrap;gap:14px 44px;margin:1.4rem 0 0;padding:0;max-width:none}"
    ".facts div{min-width:5rem}"
    ".facts dt{font-size:.8rem;color:var(--quiet);order:2}"
    ".facts dd{margin:0;font-size:1.55rem;line-height:1.25;letter-spacing:-.02em;"
    "font-variant-numeric:tabular-nums}"
    ".facts div{display:flex;flex-direction:column}"
    ".finding{background:var(--tint);border-radius:12px;padding:26px 30px 14px;margin:0 0 1.8rem;"
    "display:grid;grid-template-columns:minmax(0,1.7fr) minmax(0,1fr);gap:0 48px;align-items:start}"
    ".finding .facts{margin:.2rem 0 1rem;display:grid;grid-template-columns:1fr 1fr;gap:18px 24px}"
    ".finding .facts dd{color:var(--accent)}"
    "@media(max-width:860px){.finding{grid-template-columns:minmax(0,1fr)}"
    ".finding .facts{grid-template-columns:repeat(auto-fill,minmax(130px,1fr))}}"
    ".warn{background:var(--warnpaper);border-radius:8px;padding:12px 18px 12px "
    "36px;max-width:none}"
    ".warn li::marker,.warn b{color:var(--warn)}";

static const char figures[] =
    "figure{margin:0 0 1.6rem}"
    "figcaption{max-width:80ch;margin-top:.5rem}"
    ".fig{display:block;max-width:100%;height:auto;overflow:visible}"
    ".wide{overflow-x:auto;padding:2px 0 4px}.wide .fig{max-width:none}"
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(204px,100%),1fr));"
    "gap:26px 14px}"
    ".grid .fig{width:100%;max-width:300px}"
    "@media(min-width:1000px){.grid{grid-template-columns:repeat(var(--n,5),minmax(0,1fr))}}"
    ".three{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(330px,100%),1fr));gap:"
    "18px}"
    ".key{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:.875rem;margin:0 0 1rem;padding:0;"
    "list-style:none;max-width:none}"
    ".key li{display:flex;align-items:center;gap:7px;margin:0}"
    ".key svg{display:block}"
    "details{border-top:1px solid var(--rule);padding:0}"
    "details:last-of-type{border-bottom:1px solid var(--rule);margin-bottom:1.6rem}"
    "summary{cursor:pointer;padding:11px 2px;display:flex;flex-wrap:wrap;gap:2px 14px;"
    "align-items:baseline;list-style:none}"
    "summary::-webkit-details-marker{display:none}"
    "summary::before{content:'';width:7px;height:7px;border:solid var(--quiet);"
    "border-width:0 1.5px 1.5px 0;transform:rotate(-45deg) translate(-1px,-1px);flex:none;"
    "align-self:center}"
    "details[open]>summary::before{transform:rotate(45deg) translate(-2px,-2px)}"
    "details>div{padding:8px 0 18px}"
    ".explorer{display:none;background:var(--card);border:1px solid var(--rule);border-radius:12px;"
    "padding:20px 22px 16px;margin:0 0 1.8rem}.js .explorer{display:block}"
    ".explorer form{display:flex;flex-wrap:wrap;gap:12px 20px;margin:0 0 16px;align-items:end}"
    ".explorer label{display:flex;flex-direction:column;gap:3px;font-size:.8rem;color:var(--quiet)}"
    ".explorer label.eps{flex:1;min-width:200px}.explorer "
    "input{width:100%;accent-color:var(--accent)}"
    ".explorer .views{display:grid;grid-template-columns:minmax(0,auto) minmax(0,1fr);gap:8px 30px}"
    ".explorer .fig{max-width:100%}"
    ".explorer rect[data-i]{cursor:pointer}"
    ".explorer output{display:block;font-size:.95rem;margin:6px 0 0;min-height:1.6em;"
    "font-variant-numeric:tabular-nums}"
    "@media(max-width:800px){.explorer .views{grid-template-columns:minmax(0,1fr)}}"
    "#tip{position:fixed;z-index:9;pointer-events:none;background:var(--ink);color:var(--page);"
    "font-size:.8rem;line-height:1.35;padding:4px 9px;border-radius:5px;max-width:320px;"
    "font-variant-numeric:tabular-nums;visibility:hidden}";

static const char tables[] =
    ".scroll{overflow-x:auto;margin:0 0 1.2rem}"
    "table{border-collapse:collapse;font-size:.875rem;line-height:1.4;"
    "font-variant-numeric:tabular-nums}"
    "th,td{text-align:left;padding:8px 16px 8px 0;border-bottom:1px solid var(--rule);"
    "vertical-align:top}"
    "th{font-weight:600;white-space:nowrap}"
    "thead "
    "th{vertical-align:bottom;color:var(--quiet);font-weight:500;font-size:.8rem;border-bottom-"
    "color:var(--axis)}"
    "td.n,th.n{text-align:right}td.w,.best td{white-space:nowrap}"
    "td small{display:block;white-space:nowrap;color:var(--quiet);font-size:.78rem}"
    ".best tr.first td,.best tr.first th{background:var(--tint)}"
    "table:not(.best) tbody th{white-space:normal;min-width:7rem}"
    ".best{font-size:.8rem}.best th,.best td{padding-right:9px}.best td:first-child,.best "
    "th:first-child{padding-left:8px}.best td:last-child,.best th:last-child{padding-right:4px}"
    ".best th.p,.best th.p button{white-space:normal;min-width:9rem}"
    "th button{all:unset;cursor:pointer;white-space:nowrap}"
    "th button:hover{color:var(--ink)}"
    "th button:focus-visible{outline:2px solid var(--accent)}"
    "th[aria-sort=ascending] button::after{content:' \\2191'}"
    "th[aria-sort=descending] button::after{content:' \\2193'}"
    ".sw{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:8px}"
    "dl.terms{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:6px 22px;"
    "max-width:86ch}"
    "dl.terms dt{font-weight:600}dl.terms dd{margin:0}"
    ".refs{font-size:.9rem;max-width:86ch}"
    "@media(max-width:640px){main,.head,.foot,.bar div{padding-left:18px;padding-right:18px}"
    "h1{font-size:1.75rem}.lead{font-size:1.05rem}.head{padding-top:34px}section{padding-top:36px}"
    ".facts{gap:12px 28px}.facts dd{font-size:1.25rem}.finding{padding:18px 18px 6px}"
    ".explorer{padding:14px 14px 10px}"
    "dl.terms{grid-template-columns:minmax(0,1fr);gap:0}dl.terms dd{margin-bottom:8px}}"
    "@media print{.bar,.explorer,#tip{display:none!important}body{font-size:10.5pt}"
    "main,.head,.foot{max-width:none;padding:0}section{padding-top:18pt}"
    "section+section{margin-top:14pt}figure,tr,summary{break-inside:avoid}"
    ".wide,.scroll{overflow:visible}.wide .fig{max-width:100%}h2,h3{break-after:avoid}"
    "html{scroll-behavior:auto}}"
    "@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}";

static void put_variables(text *out, const char *selector, bool is_dark)
{
    text_format(out, "%s{", selector);
    text_add(out, is_dark ? dark : light);
    colour_variables(out, is_dark);
    text_add(out, "}");
}

void page_style(text *out)
{
    put_variables(out, ":root", false);
    text_add(out, "@media screen and (prefers-color-scheme:dark){");
    put_variables(out, ":root:not([data-theme=light])", true);
    text_add(out, "}@media screen{");
    put_variables(out, ":root[data-theme=dark]", true);
    text_add(out, "}");
    text_add(out, type);
    text_add(out, layout);
    text_add(out, figures);
    text_add(out, tables);
    colour_style(out, true);
    for (uint32_t i = 0; i < COLOUR_GROUPS; ++i)
        text_format(out, ".sw.g%u{background:var(--g%u)}", i, i);
}
