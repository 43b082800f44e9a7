//! The look of a page.

/// Rules for light pages, narrow screens and paper. Colours are those of figures.
pub(super) const RULES: &str = "\
:root{color-scheme:light dark;--ink:#1f2328;--muted:#59636e;--line:#d8dde3;--soft:#f3f5f7;
--page:#fffffe;--accent:#0072b2;--best:#e3f3ec;--best-ink:#00573f}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
main,header,footer{max-width:62rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}
h2{font-size:1.3rem;line-height:1.3;margin:2.8rem 0 .7rem;padding-top:.9rem;
border-top:1px solid var(--line)}
p{margin:.6rem 0;max-width:46rem}
.subtitle{color:var(--muted);margin:0 0 1rem}
a{color:var(--accent)}
nav ol{margin:.8rem 0 0;padding-left:1.3rem;columns:16rem}
figure{margin:1.6rem 0}
figure .wide{margin:0}
figure svg{display:block;max-width:100%;height:auto}
.title{font-weight:600;margin:0 0 .3rem}
figcaption,caption,.notes{color:var(--muted);font-size:.9rem;line-height:1.45}
figcaption{margin-top:.4rem;max-width:46rem}
.wide{overflow-x:auto;margin:1.2rem 0}
.wide:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:0 0 .5rem;color:var(--ink);font-weight:600}
th,td{padding:.36rem .65rem;text-align:left;vertical-align:baseline;
border-bottom:1px solid var(--line)}
thead th{border-bottom:2px solid var(--muted);font-weight:600;vertical-align:bottom}
th[scope=row]{font-weight:400}
th .unit{display:block;color:var(--muted);font-weight:400;font-size:.85em}
th abbr{text-decoration:underline dotted var(--muted);text-underline-offset:.2em;cursor:help}
.right{text-align:right}
td.right{white-space:nowrap}
.centre{text-align:center}
.best{background:var(--best);color:var(--best-ink);font-weight:600}
.notes p{margin:.3rem 0}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1.4rem;
margin:1rem 0;font-size:.92rem}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
pre{background:var(--soft);border-radius:6px;padding:.8rem 1rem;overflow-x:auto;margin:1rem 0;
font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace}
footer{height:3rem}
@media (max-width:36rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}
body{font-size:15px}h1{font-size:1.5rem}.wide.picture svg{max-width:none}}
@media print{body{font-size:10.5pt}main,header{max-width:none;padding:0}header{padding:0}
nav{display:none}h2{break-after:avoid}figure,tr{break-inside:avoid}thead{display:table-header-group}
.wide{overflow:visible}pre{white-space:pre-wrap;border:1px solid var(--line)}
.best{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
";

/// What changes on a dark page, but for figures.
pub(super) const DARK: &str = "\
:root{--ink:#e6e9ed;--muted:#9aa4af;--line:#323a43;--soft:#1f252c;--page:#161a1f;
--accent:#5fb0e6;--best:#16382e;--best-ink:#8fe3c4}
";
