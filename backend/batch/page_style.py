"""How the report looks, and what its buttons do."""

STYLE = """
:root { color-scheme: dark light; --back: #16181d; --card: #21242b; --line: #3e434e;
  --text: #eceef2; --muted: #9ea5b2; --good: #40c4a8; --check: #f7be48; --redo: #ff6054;
  --failed: #ff6054; --waiting: #7a8191; --link: #62b0ff; }
@media (prefers-color-scheme: light) { :root { --back: #f3f4f6; --card: #fff; --line: #d9dce2;
  --text: #1b1e24; --muted: #5d6472; --good: #0d8a70; --check: #9a6700; --redo: #c8281d;
  --failed: #c8281d; --link: #0b62c4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; }
header { padding: 28px 32px 8px; }
h1 { margin: 0; font-size: 26px; }
.facts, .options, .about { margin: 4px 0; color: var(--muted); }
code { font-size: 13px; }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0 14px; }
.tile { border: 1px solid var(--line); border-top: 4px solid var(--grade); border-radius: 8px;
  background: var(--card); color: var(--muted); font: inherit; padding: 8px 22px 10px 14px;
  min-width: 110px; text-align: left; cursor: pointer; }
.tile b { display: block; font-size: 28px; line-height: 1.2; color: var(--text); }
.tile[aria-pressed=true] { outline: 2px solid var(--grade); }
input { width: 280px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: var(--text); font: inherit; }
.good { --grade: var(--good); } .check { --grade: var(--check); } .redo { --grade: var(--redo); }
.failed { --grade: var(--failed); } .waiting { --grade: var(--waiting); }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(440px, 1fr)); gap: 16px;
  padding: 16px 32px 48px; align-items: start; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  border-left: 5px solid var(--grade); padding: 12px 16px 14px; overflow: hidden; }
article[hidden] { display: none; }
.head { display: flex; align-items: center; gap: 12px; margin-bottom: 8px; }
h2 { flex: 1; margin: 0; font-size: 16px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; direction: rtl; text-align: left; unicode-bidi: plaintext; }
.chip { color: var(--grade); border: 1px solid var(--grade); border-radius: 99px;
  padding: 1px 12px; font-size: 13px; font-weight: 600; }
.strip img { display: block; width: 100%; border-radius: 6px; }
.error { margin: 0; }
.warnings { margin: 10px 0 0; padding-left: 18px; }
.warnings li::marker { color: var(--grade); }
.about { margin-top: 10px; }
table { width: 100%; border-collapse: collapse; font-size: 13px;
  font-variant-numeric: tabular-nums; }
th { color: var(--muted); font-weight: 400; text-align: right; }
td { text-align: right; border-top: 1px solid var(--line); padding: 3px 0; }
td:first-child { text-align: left; color: var(--muted); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 10px; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
@media (max-width: 520px) { main { grid-template-columns: 1fr; padding: 12px; } }
"""

SCRIPT = """
const cards = [...document.querySelectorAll("article")];
const tiles = [...document.querySelectorAll(".tile")];
const search = document.querySelector("input");
function show() {
  const grades = tiles.filter(t => t.ariaPressed === "true").map(t => t.dataset.grade);
  const text = search.value.toLowerCase();
  for (const card of cards)
    card.hidden = (grades.length && !grades.includes(card.dataset.grade))
      || !card.dataset.name.includes(text);
}
for (const tile of tiles) tile.onclick = () => {
  tile.ariaPressed = tile.ariaPressed === "true" ? "false" : "true"; show();
};
search.oninput = show;
"""
