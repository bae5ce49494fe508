/** The look of every hosted page: one narrow column on a phone, order and payment side by side on a desk. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #16202e; --quiet: #566173; --line: #d9dee6; --field: #ffffff;
  --edge: #8a94a6; --accent: #3c46d6; --accent-text: #ffffff; --bad: #b3261e; --bad-soft: #fdeceb;
  --good: #1b6e3c; --note: #fff3d6; --note-text: #6b4a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141b; --card: #181e27; --text: #e8ecf2; --quiet: #a3aebd; --line: #2c3542; --field: #10151d;
    --edge: #6b778a; --accent: #8d97ff; --accent-text: #0e1230; --bad: #ff9a92; --bad-soft: #3a1d1c;
    --good: #7fd6a2; --note: #3a2f12; --note-text: #ffdf96;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text); overflow-wrap: anywhere;
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
}
.banner { display: block; background: var(--note); color: var(--note-text); text-align: center; padding: 6px 16px; font-size: 13px; }
main { max-width: 920px; margin: 0 auto; padding: 32px 20px 48px; }
main.narrow { max-width: 480px; }
main.wide { max-width: 720px; }
main.wide > .small { margin-top: 20px; }
main.narrow .actions { display: grid; }
main.wide .main { width: auto; }
main.wide .card { margin-top: 16px; }
main.two { display: grid; gap: 32px; }
@media (min-width: 760px) { main.two { grid-template-columns: 1fr 1fr; gap: 56px; padding-top: 56px; align-items: start; } }
h1 { font-size: 15px; font-weight: 500; color: var(--quiet); margin: 0; }
h1.plain { font-size: 22px; font-weight: 600; color: var(--text); margin-bottom: 8px; }
h2 { font-size: 16px; font-weight: 600; margin: 24px 0 12px; }
h2:first-child { margin-top: 0; }
p { margin: 0 0 12px; }
.business { font-weight: 600; margin: 0 0 20px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.total { font-size: 36px; font-weight: 650; line-height: 1.2; margin: 2px 0 4px; letter-spacing: -0.02em; }
.quiet { color: var(--quiet); }
.small { font-size: 13px; }
a { color: var(--accent); text-underline-offset: 2px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px; }
.card + .card { margin-top: 16px; }
.lines { list-style: none; margin: 20px 0 0; padding: 0; }
.lines > li { display: grid; grid-template-columns: 1fr auto; gap: 2px 16px; padding: 12px 0; border-top: 1px solid var(--line); }
.lines > li:first-child { border-top: 0; }
.lines form, .lines .below { grid-column: 1 / -1; }
.sums { margin: 8px 0 0; padding: 12px 0 0; border-top: 1px solid var(--line); }
.sums > div { display: flex; justify-content: space-between; gap: 16px; padding: 3px 0; }
.sums dt { color: var(--quiet); }
.sums dd { margin: 0; }
.sums .sum dt, .sums .sum dd { color: var(--text); font-weight: 600; }
.inline { display: flex; gap: 8px; align-items: end; flex-wrap: wrap; margin-top: 8px; }
.inline.applied { align-items: center; justify-content: space-between; }
.inline .field { margin: 0; flex: 1 1 120px; }
.inline .field:has(input[type="number"]) { flex: 0 1 auto; display: flex; align-items: center; gap: 10px; flex-wrap: wrap; }
.inline .field:has(input[type="number"]) label { margin: 0; }
.inline input[type="number"] { width: 76px; min-height: 36px; padding: 5px 8px; }
.lines button { min-height: 36px; padding: 5px 12px; font-size: 14px; }
fieldset { border: 0; margin: 0 0 20px; padding: 0; min-width: 0; }
legend { padding: 0; font-weight: 600; font-size: 16px; margin-bottom: 12px; }
.field { margin: 0 0 14px; }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: 0 12px; }
label, .label { display: block; font-size: 13px; font-weight: 500; margin-bottom: 4px; }
input, select, textarea {
  width: 100%; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--edge);
  border-radius: 8px; padding: 9px 11px; min-height: 42px;
}
input[type="checkbox"], input[type="radio"] { width: 18px; height: 18px; min-height: 0; margin: 2px 0 0; accent-color: var(--accent); }
input[readonly] { background: transparent; border-color: var(--line); }
input[aria-invalid="true"], select[aria-invalid="true"] { border-color: var(--bad); }
.choice { display: grid; grid-template-columns: auto 1fr; gap: 10px; align-items: start; margin: 0 0 10px; font-weight: 400; font-size: 15px; }
.methods .choice { border-top: 1px solid var(--line); margin: 0; padding: 12px 0; font-weight: 500; }
.methods .method { padding: 2px 0 14px; }
.methods .method fieldset { margin: 0; }
.methods .method legend { display: none; }
@supports selector(:has(*)) { .methods > .choice:not(:has(:checked)) + .method { display: none; } }
.problem { color: var(--bad); font-size: 13px; margin: 4px 0 0; }
.alert { background: var(--bad-soft); color: var(--bad); border-radius: 8px; padding: 10px 12px; margin: 0 0 16px; }
.done { color: var(--good); font-weight: 600; }
button, .button {
  display: inline-block; font: inherit; font-weight: 600; border-radius: 8px; padding: 9px 14px; min-height: 42px;
  border: 1px solid var(--edge); background: var(--card); color: var(--text); cursor: pointer; text-decoration: none;
}
button.main { width: 100%; border-color: transparent; background: var(--accent); color: var(--accent-text); padding: 12px 16px; }
button.bad { border-color: var(--bad); color: var(--bad); }
button[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.options { display: grid; gap: 8px; margin-bottom: 20px; }
.options button { display: flex; justify-content: space-between; gap: 16px; width: 100%; text-align: left; font-weight: 500; }
.actions { display: flex; gap: 10px; flex-wrap: wrap; margin-top: 16px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { text-align: left; padding: 7px 8px 7px 0; border-top: 1px solid var(--line); vertical-align: top; font-weight: 400; }
thead th { border-top: 0; color: var(--quiet); font-size: 13px; }
td form.inline { margin: 0; justify-content: flex-end; }
td button { min-height: 34px; padding: 4px 11px; font-size: 13px; }
tbody tr:has(button) td { vertical-align: middle; }
.end { text-align: right; padding-right: 0; white-space: nowrap; }
details { margin-top: 20px; }
summary { cursor: pointer; color: var(--quiet); font-size: 13px; }
code { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: nowrap; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 999px; padding: 0 9px; font-size: 13px; color: var(--quiet); }
footer { max-width: 920px; margin: 0 auto; padding: 0 20px 32px; color: var(--quiet); font-size: 13px; }
`;
