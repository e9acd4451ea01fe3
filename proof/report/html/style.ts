/** Light and dark, on a screen and on paper; no file of its own, because the page is one. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --panel: #f6f8fa; --accent: #0550ae; --bad: #b3261e; --warn: #7a4b00; --good: #0a6b2d; --bar: #b6d4fe; --bar2: #8cc8a0; --bar3: #f2b8b5; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9da7b3; --line: #30363d; --panel: #161b22; --accent: #79b8ff; --bad: #ff8f87; --warn: #f0b35a; --good: #6fdd8b; --bar: #1f4a80; --bar2: #1d5c37; --bar3: #7a2f2a; } }
* { box-sizing: border-box; } html { scroll-padding-top: 6rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
main, header, .find { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 1.2rem 0 .2rem; } h2 { font-size: 1.35rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid var(--line); } h3 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; } h4 { font-size: 1rem; margin: 1rem 0 .3rem; }
a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code, pre { font: .86em/1.45 ui-monospace, monospace; } code { background: var(--panel); border-radius: 4px; padding: .05em .3em; overflow-wrap: break-word; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: break-word; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; z-index: 9; }
.muted { color: var(--soft); } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); font-weight: 600; } .good { color: var(--good); font-weight: 600; }
.find { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line); padding: .6rem 1rem; display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: end; z-index: 5; }
.find label { display: block; font-size: .85rem; color: var(--soft); } .find input, .find select { font: inherit; padding: .3rem .5rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--paper); color: var(--ink); } .find input { width: min(24rem, 80vw); }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .4rem 0; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; } .scroll.tall { max-height: 80vh; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding: .4rem .6rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-top: 1px solid var(--line); } thead th { background: var(--panel); position: sticky; top: 0; } tbody th { background: var(--paper); position: sticky; left: 0; font-weight: 600; }
.matrix td { font-size: .82rem; white-space: nowrap; } .matrix thead th { font-size: .82rem; }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .4rem 0; } .facts div { display: flex; gap: .4rem; min-width: 0; } .facts dt { color: var(--soft); } .facts dd { margin: 0; min-width: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .8rem; } .card { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; } .card strong { font-size: 1.5rem; display: block; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0; padding: 0 .9rem; } summary { cursor: pointer; padding: .6rem 0; font-weight: 600; } summary .muted { font-weight: 400; }
details > :last-child { margin-bottom: .9rem; } ol.hops { padding-left: 1.4rem; } ol.hops li { margin: .5rem 0; } .place { font-size: .82rem; color: var(--soft); overflow-wrap: break-word; }
svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } svg .small { font-size: 11.5px; fill: var(--soft); } svg .verbs { paint-order: stroke; stroke: var(--paper); stroke-width: 6px; } svg .node { fill: var(--panel); stroke: var(--soft); } svg .edge { fill: none; stroke: var(--soft); } svg .head { fill: var(--soft); } svg .life { fill: var(--bar2); } svg .overlap { fill: var(--bar); } svg .ending { fill: var(--bar3); } svg .tick { stroke: var(--ink); } svg a text { fill: var(--accent); text-decoration: underline; }
.drawing { overflow-x: auto; } .drawing svg { max-width: none; }
meter { width: 9rem; }
[hidden] { display: none !important; }
@media (max-width: 40rem) { .find { position: static; } ul, ol.hops { padding-left: 1.1rem; } nav ul { padding-left: 0; } details { padding: 0 .6rem; } tbody th { position: static; } html { scroll-padding-top: 0; } }
@media print { .drawing svg { max-width: 100%; } .find, .skip, nav { display: none; } .scroll, .scroll.tall { overflow: visible; max-height: none; } thead th, tbody th { position: static; } details { break-inside: avoid; } }
`;
