// SPDX-License-Identifier: Apache-2.0
#include "page_parts.h"

namespace aksono::schema_diff {

const char* const kPageStyle = R"css(
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1b1f26; --soft: #5a6270; --line: #dfe3ea; --code: #f1f3f7;
  --error: #b3261e; --error-soft: #fdecea; --warning: #8a5a00; --warning-soft: #fff4dc;
  --info: #2952cc; --good: #14713d; --good-soft: #e6f5ec; --accent: #2952cc }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171c; --card: #1c2027; --text: #e6e9ee; --soft: #a2abb9; --line: #333a45; --code: #14171c;
  --error: #ff8a80; --error-soft: #3a1f1e; --warning: #f3c35c; --warning-soft: #362b14;
  --info: #9db5ff; --good: #6fd39b; --good-soft: #16301f; --accent: #9db5ff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
header, main, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 1.5rem } footer { padding: 2rem 1.25rem; color: var(--soft); font-size: .88rem }
h1 { font-size: 1.4rem; line-height: 1.3; margin: .1rem 0 .2rem; overflow-wrap: anywhere }
p { margin: 0 } .soft { color: var(--soft); font-size: .9rem }
.verdict { margin: 1rem 0; padding: .8rem 1.1rem; border-radius: .6rem; border-left: .45rem solid }
.verdict b { font-size: 1.2rem; margin-right: .6rem }
.verdict.error { border-color: var(--error); background: var(--error-soft) } .verdict.error b { color: var(--error) }
.verdict.warning { border-color: var(--warning); background: var(--warning-soft) } .verdict.warning b { color: var(--warning) }
.verdict.good { border-color: var(--good); background: var(--good-soft) } .verdict.good b { color: var(--good) }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 1rem 0 .6rem }
input[type=search], button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: .4rem; padding: .35rem .6rem }
input[type=search] { flex: 1 1 18rem } button { cursor: pointer } button:hover { border-color: var(--soft) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
.bar label { border: 1px solid var(--line); background: var(--card); border-radius: 1rem; padding: .1rem .7rem;
  cursor: pointer; user-select: none } .bar label:has(input:not(:checked)) { color: var(--soft); opacity: .7 }
.bar label b { font-variant-numeric: tabular-nums; margin-left: .25rem }
#shown { color: var(--soft); font-size: .88rem; margin-bottom: .5rem }
article { background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--info);
  border-radius: .45rem; padding: .65rem .9rem .75rem; margin-bottom: .55rem }
article.error { border-left-color: var(--error) } article.warning { border-left-color: var(--warning) }
article h2 { font-size: 1.02rem; line-height: 1.4; margin: 0; overflow-wrap: anywhere }
article .id { font: .82rem ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--soft) }
article .severity { font-size: .78rem; font-weight: 700; text-transform: uppercase; letter-spacing: .04em; margin-right: .5rem }
.error .severity { color: var(--error) } .warning .severity { color: var(--warning) } .info .severity { color: var(--info) }
.objects { font: .85rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--soft);
  margin: .25rem 0; overflow-wrap: anywhere }
.fix { position: relative; margin-top: .5rem } .fix .when { font-size: .85rem; color: var(--soft) }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem 5rem .6rem .75rem; margin: .2rem 0 0;
  font: .84rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.fix button { position: absolute; right: .4rem; bottom: .4rem; font-size: .82rem; padding: .1rem .5rem }
@media print { .bar, .fix button { display: none } article { break-inside: avoid } }
)css";

const char* const kPageScript = R"js(
const search = document.getElementById('search'), shown = document.getElementById('shown');
const boxes = [...document.querySelectorAll('.bar input[type=checkbox]')];
const articles = [...document.querySelectorAll('article')];
const texts = articles.map(a => a.textContent.toLowerCase());
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set(boxes.filter(b => b.checked).map(b => b.value));
  let number = 0;
  articles.forEach((a, i) => {
    a.hidden = !wanted.has(a.dataset.severity) || !words.every(w => texts[i].includes(w));
    if (!a.hidden) number++;
  });
  shown.textContent = articles.length ? `${number} of ${articles.length} shown` : '';
}
search.addEventListener('input', filter);
boxes.forEach(b => b.addEventListener('change', filter));
document.addEventListener('click', async event => {
  if (!event.target.matches('.fix button')) return;
  const pre = event.target.parentElement.querySelector('pre');
  try { await navigator.clipboard.writeText(pre.textContent); }
  catch {  // a page from a file may not be allowed to
    const range = document.createRange(); range.selectNodeContents(pre);
    const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range);
    document.execCommand('copy');
  }
  event.target.textContent = 'Copied'; setTimeout(() => event.target.textContent = 'Copy', 1500);
});
filter();
)js";

}  // namespace aksono::schema_diff
