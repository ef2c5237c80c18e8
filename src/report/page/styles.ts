/** One sheet, two themes by variables; nothing is loaded from anywhere. */
const light = `--bg:#f6f7f9;--panel:#fff;--ink:#171c22;--dim:#55606c;--line:#dde2e8;--soft:#eef1f5;
--ok:#13713f;--ok-soft:#def3e6;--bad:#b1201a;--bad-soft:#fdeae8;--warn:#7a4d00;--warn-soft:#fff1d6;--info:#1f5aa8;--info-soft:#e4eefb;--shadow:0 1px 2px rgb(20 30 40/.06),0 4px 16px rgb(20 30 40/.05);color-scheme:light`;
const dark = `--bg:#0f1317;--panel:#171d23;--ink:#e7ebef;--dim:#9daab6;--line:#2a333d;--soft:#1f272f;
--ok:#57d08f;--ok-soft:#123324;--bad:#ff8f85;--bad-soft:#3d1d1b;--warn:#f0bf55;--warn-soft:#3a2c10;--info:#86b7ff;--info-soft:#182a44;--shadow:0 1px 2px rgb(0 0 0/.4);color-scheme:dark`;

export const pageStyles = `
:root{${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
:root[data-theme=light]{${light}}
:root[data-theme=dark]{${dark}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{scroll-padding-top:4.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
code,.is,.should,.tag,.lane-name,th,h1{unicode-bidi:isolate}
p,li,dd>span,.date{unicode-bidi:plaintext;text-align:start}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
a{color:var(--info)}
:focus-visible{outline:2px solid var(--info);outline-offset:2px;border-radius:4px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.dim{color:var(--dim)}
.n{font-variant-numeric:tabular-nums;font-weight:650}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:.5rem;z-index:9;background:var(--panel);padding:.5rem 1rem;border-radius:6px}
.top{position:sticky;top:0;z-index:5;display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1.25rem;padding:.55rem max(1rem,calc((100% - 74rem)/2));background:var(--panel);border-bottom:1px solid var(--line)}
.brand{display:flex;align-items:center;gap:.5rem;font-weight:650;white-space:nowrap}
.mark{width:.8rem;height:.8rem;border-radius:3px;background:linear-gradient(135deg,var(--info) 50%,var(--ok) 50%)}
.top nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin-right:auto}
.top nav a{color:var(--dim);text-decoration:none}
.top nav a:hover{color:var(--ink);text-decoration:underline}
button{font:inherit;color:inherit;cursor:pointer}
.ghost{background:none;border:1px solid var(--line);border-radius:6px;padding:.1rem .6rem;font-size:13px;color:var(--dim);white-space:nowrap}
.ghost:hover{color:var(--ink);border-color:var(--dim)}
main{max-width:76rem;margin:0 auto;padding:0 1rem 3rem}
h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:.1rem 0 .3rem;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.6rem 0 .6rem;letter-spacing:-.01em}
h3{font-size:1rem;margin:1.4rem 0 .5rem;font-weight:600}
h3 .dim{font-weight:400}
.hero{margin-top:1.5rem;padding:1.4rem 1.5rem;background:var(--panel);border:1px solid var(--line);border-left:5px solid var(--ok);border-radius:10px;box-shadow:var(--shadow)}
.hero.info{border-left-color:var(--info)}
.hero.bad{border-left-color:var(--bad)}
.hero.warn{border-left-color:var(--warn)}
.hero.bad h1{color:var(--bad)}
.hero.warn h1{color:var(--warn)}
.hero.good h1{color:var(--ok)}
.page+.page{border-top:1px solid var(--line);margin-top:3rem}
.repository{margin:0;font:14px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.hero p{margin-bottom:.4rem}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;list-style:none;padding:0;margin:.9rem 0}
.chip{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:.15rem .75rem;background:var(--soft);font-size:14px}
.chip.info{background:var(--info-soft);color:var(--info);border-color:transparent}
.chip.bad{background:var(--bad-soft);color:var(--bad);border-color:transparent}
.chip.warn{background:var(--warn-soft);color:var(--warn);border-color:transparent}
.chip.good{background:var(--ok-soft);color:var(--ok);border-color:transparent}
.chip[aria-pressed=true]{outline:2px solid currentColor;outline-offset:1px}
.search{display:flex;align-items:center;gap:.6rem;font-size:14px}
.search input{width:clamp(7rem,16vw,13rem);font:inherit;padding:.2rem .6rem;border:1px solid var(--line);border-radius:7px;background:var(--bg);color:var(--ink)}
#found{white-space:nowrap;font-variant-numeric:tabular-nums}
#found:empty{display:none}
.noscript{margin:0;padding:.4rem 1rem;background:var(--warn-soft);color:var(--warn)}
h1:focus,h2:focus{outline:none}
.answer code{font-size:.9em}
.answer{font-size:1.05rem;max-width:75ch;overflow-wrap:anywhere}
.links{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:14px}
.links .own{color:var(--dim)}
.calm{padding:1rem 1.2rem;background:var(--ok-soft);color:var(--ok);border-radius:8px}
.fixes,.facts{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:.2rem 1.3rem 1rem;margin-top:1.2rem}
.fixes h2,.facts h2{margin:.9rem 0 .5rem;font-size:1.1rem}
.fix{display:flex;align-items:baseline;gap:.8rem}
.fix code{max-width:100%;background:var(--soft);padding:.2rem .5rem;border-radius:5px}
dd,.fix{min-width:0}
.fix,.more p{overflow-wrap:anywhere}
.fixes .fix{margin:.35rem 0;flex-wrap:wrap}
.group{margin-top:1.2rem}
.badge{display:inline-block;padding:.05rem .6rem;border-radius:5px;font-size:13px;font-weight:650;background:var(--info-soft);color:var(--info)}
.quiet .badge{background:var(--soft);color:var(--dim)}
.list{background:var(--panel);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.list [role=listitem]+[role=listitem],.list>div+div{border-top:1px solid var(--line)}
.finding>summary:focus-visible{outline-offset:-2px;border-radius:10px}
.finding>summary,.finding.plain{display:flex;align-items:baseline;gap:.9rem;padding:.5rem 1rem}
.finding.plain{padding-left:2.35rem}
.finding>summary{cursor:pointer;list-style:none}
.line{display:flex;flex-wrap:wrap;flex:1;min-width:0;gap:.15rem 1rem;align-items:baseline}
.finding>summary::-webkit-details-marker{display:none}
.finding>summary::before{content:"";flex:none;width:.45rem;height:.45rem;border:solid var(--dim);border-width:0 2px 2px 0;transform:rotate(-45deg);transition:transform .12s}
.finding[open]>summary::before{transform:rotate(45deg)}
.finding>summary:hover{background:var(--soft)}
.finding .tag{font-weight:650;font-size:14px;min-width:min(24rem,100%)}

.explain .finding .tag{min-width:8rem}
.ends{color:var(--dim)}
.is{color:var(--dim)}
.audit .is{color:var(--bad)}
.should{color:var(--info)}
.audit .should{color:var(--ok)}
.soft{font-size:12px;padding:.05rem .5rem;border-radius:99px;background:var(--soft);color:var(--dim)}
.soft.bad{background:var(--bad-soft);color:var(--bad)}
.soft.warn{background:var(--warn-soft);color:var(--warn)}
.soft.good{background:var(--ok-soft);color:var(--ok)}
.more{padding:.1rem 1rem 1rem 2.4rem}
.more p::first-letter{text-transform:uppercase}
.more p{margin:.3rem 0 .7rem;max-width:68ch}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1rem;margin:0}
dt{color:var(--dim)}
dd{margin:0;min-width:0}
dd code{color:var(--dim)}
dd.fix code{color:var(--ink)}
.quiet-title{margin-top:2rem;color:var(--dim)}
.quiet{border:1px solid var(--line);border-radius:8px;background:var(--panel);margin:.4rem 0;padding:.4rem 1rem}
.quiet summary,.rule>summary{cursor:pointer}
.notes,.bases{color:var(--dim);padding-left:1.2rem;overflow-wrap:anywhere}
.keys{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin:.4rem 0 .8rem}
.keys .pill{margin-right:.25rem}
.scroll{position:relative;overflow:auto;max-height:78vh;background:var(--panel);border:1px solid var(--line);border-radius:10px}
.grid{border-collapse:separate;border-spacing:0;font-size:13px;min-width:100%}
.grid th,.grid td{padding:.14rem .3rem;min-width:3.1rem;text-align:center;border-bottom:1px solid var(--soft);white-space:nowrap}
.grid thead th,.grid thead td{position:sticky;background:var(--panel);z-index:2;font-weight:600;color:var(--dim);border-bottom:1px solid var(--line)}
.grid thead tr:first-child>*{top:0}
.grid thead tr:nth-child(2)>*{top:1.75rem}
.grid thead tr{height:1.75rem}
.grid th[scope=colgroup]>span{position:sticky;left:9rem;padding:0 .5rem}
.grid th[scope=colgroup]{text-align:left;border-left:1px solid var(--line);color:var(--ink)}
.grid th.first,.grid td.first{border-left:1px solid var(--line)}
.grid th[scope=row]{position:sticky;left:0;background:var(--panel);text-align:left;font-weight:600;z-index:1;border-right:1px solid var(--line)}
.grid th.corner,.grid td.corner{left:0;z-index:3!important;text-align:left;border-right:1px solid var(--line)}
.grid .date{margin-left:.6rem;color:var(--dim);font-weight:400;font-variant-numeric:tabular-nums}
.grid .remark{color:var(--warn)}
.grid tr.series>*{border-top:1px solid var(--line)}
.grid td.bad{background:var(--bad-soft)}
.grid tbody tr:hover>*{background:var(--soft)}
.dot{display:inline-block;width:.5rem;height:.5rem;border-radius:50%;background:var(--line);vertical-align:middle}
.dot.right{background:var(--ok);opacity:.55}
.dot.bad{background:var(--bad);border-radius:2px;transform:rotate(45deg);width:.62rem;height:.62rem}
.grid td .pill{display:block;width:max-content;margin:.15rem auto}
.scroll:has(.changes){width:max-content;max-width:100%}
.changes{font-size:14px}
.changes thead th{text-align:left;padding:.3rem .9rem}
.changes th[scope=row]{vertical-align:top;padding:.3rem .9rem}
.changes .date{font-size:12px}
.grid td.change{text-align:left;vertical-align:top;padding:.3rem .9rem;font-variant-numeric:tabular-nums}
.change .should{font-weight:650}
.change .note{display:block;font-size:12px}
.tags summary{cursor:pointer;font-size:12px;color:var(--dim)}
.tags ul{margin:.2rem 0;padding:0;list-style:none}
.pill{display:inline-block;padding:0 .42rem;border-radius:99px;background:var(--info-soft);color:var(--info);font-size:12px;line-height:1.35rem;text-decoration:none}
.pill.strayed{background:var(--bad-soft);color:var(--bad);box-shadow:inset 0 0 0 1px var(--bad);text-decoration:line-through}
.pill.awaited{background:none;color:var(--bad);box-shadow:none;outline:1px dashed var(--bad);outline-offset:-1px}
.said{min-height:1.5em;margin:.2rem 0 .6rem;font-variant-numeric:tabular-nums;position:sticky;top:2.9rem;z-index:3;background:var(--bg);padding:.3rem 0}
.rule{background:var(--panel);border:1px solid var(--line);border-radius:10px;margin:.5rem 0;padding:.55rem 1rem}
.lanes{margin-top:.5rem}
.lane,.axis{display:grid;grid-template-columns:14rem 1fr 9rem;align-items:center;gap:.8rem}
.lane{min-height:1.6rem}
.lane:hover{background:var(--soft)}
.lane-name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.lane-name code{overflow-wrap:normal}
.lane-owner{font-size:13px;font-variant-numeric:tabular-nums;color:var(--dim)}
.lane.bad .lane-owner,.lane.bad .lane-name{color:var(--bad);font-weight:600}
.lane.bad .lane-owner a{color:inherit}
.track{display:block;width:100%;height:1.35rem;padding:0;border:0;background:none}
.track:focus-visible{outline-offset:-1px}
.track svg{display:block;width:100%;height:100%}
.track path{vector-effect:non-scaling-stroke;fill:none}
.base{stroke:var(--info);stroke-width:2;opacity:.45}
.takes{stroke:var(--info);stroke-width:1;opacity:.85}
.late{stroke:var(--bad);stroke-width:3;stroke-dasharray:3 3}
.at{stroke:var(--bad);stroke-width:4}
.cursor{stroke:var(--ink);stroke-width:2}
.years{position:relative;height:1.2rem;color:var(--dim);font-size:12px}
.years i{position:absolute;font-style:normal;border-left:1px solid var(--line);padding-left:.25rem}
footer{max-width:76rem;margin:0 auto;padding:0 1rem 2rem}
@media (max-width:62rem){html{scroll-padding-top:6.5rem}.wide{display:none}}
@media (max-width:44rem){
html{scroll-padding-top:6.5rem}
.top{gap:.35rem .8rem;padding:.45rem .8rem}
.brand{display:none}
.top nav{gap:.1rem .9rem;font-size:14px}
.search{order:9;flex:1 0 100%}
.search input{flex:1;min-width:0;font-size:16px}
main{padding:0 .7rem 2rem}
.hero{padding:1.1rem 1rem}
.finding .tag{min-width:100%}
.finding>summary{padding:.55rem .8rem}
.more{padding-left:1rem}
dl{grid-template-columns:minmax(0,1fr);gap:0}
dd{margin-bottom:.4rem}
.grid .date{display:none}
.lane{grid-template-columns:minmax(0,1fr) auto;gap:.1rem .6rem}
.axis{display:block}
.track{grid-column:1/-1;grid-row:2}
.lane{padding-bottom:.3rem}
.takes{stroke-width:.6}
.said{top:4.6rem}
.wide{display:none}
.changes thead th,.changes th[scope=row],.grid td.change{padding:.25rem .45rem}
.fixes .fix{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.3rem .6rem}
.fixes .fix code{grid-column:1/-1}
.grid th[scope=colgroup]>span{left:5.2rem}
}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{
:root,:root[data-theme]{${light};--bg:#fff}
body{font-size:10pt}
main,footer{max-width:none;padding:0}
.top,.ghost,.skip,.said,.noscript,.links{display:none}
.hero,.fixes,.facts,.list,.rule,.quiet,.scroll{box-shadow:none;break-inside:auto}
.finding,.lane,tr,.fix{break-inside:avoid}
h2,h3,summary{break-after:avoid}
.scroll{max-height:none;overflow:visible;border:0}
.grid{font-size:7pt}
.grid th,.grid td{position:static!important;min-width:0;padding:.1rem .15rem}
.grid .pill{font-size:6.5pt;padding:0 .2rem;line-height:1.1rem}
.grid .date{display:none}
*{print-color-adjust:exact}
}
`;
