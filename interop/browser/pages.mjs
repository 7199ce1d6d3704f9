// node pages.mjs FOLDER NAME...: looks at FOLDER/NAME.html in a browser, at two widths and
// in two colour schemes, beside FOLDER/NAME.json; screenshots go to FOLDER.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { launch, watched } from './browser.mjs';

const [folder, ...names] = process.argv.slice(2);
// Widths and colour schemes; axe looks at both of each.
const looks = [[390, 'light', false], [390, 'dark', true], [1280, 'light', true], [1280, 'dark', false]];
const seen = { screenshots: 0, charts: 0, numbers: 0, rules: 0 };
const faults = [];

// accessible returns what axe finds, what it cannot decide of contrast included.
async function accessible(page) {
  await page.addStyleTag({ content: 'body { width: max-content; min-width: 100%; } .inside { max-width: none; } .scroll { overflow: visible; }' }); // it does not decide what is out of sight
  const found = await new AxeBuilder({ page }).analyze();
  seen.rules = Math.max(seen.rules, found.passes.length);
  const open = found.incomplete.filter(r => r.id === 'color-contrast').flatMap(r => r.nodes.map(n => ({ ...r, nodes: [n] })));
  const undecided = open.filter(r => !r.nodes[0].html.startsWith('<text')); // layout has that of charts
  return [...found.violations, ...undecided].map(r => `axe ${r.id}: ${r.nodes.slice(0, 3).map(n => n.target + ' ' + n.failureSummary).join('; ')}`);
}

// layout returns what does not fit: the page itself, and the texts of charts, of which
// axe does not say whether they stand out from what is behind them.
const layout = page => page.evaluate(() => {
  const faults = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} wide`);
  const luminance = color => {
    const [r, g, b] = color.match(/[\d.]+/g).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  for (const text of document.querySelectorAll('section svg.chart text')) {
    const [low, high] = [luminance(getComputedStyle(text).fill), luminance(getComputedStyle(text.closest('section')).backgroundColor)].sort((a, b) => a - b);
    const contrast = (high + .05) / (low + .05);
    if (contrast < 4.5) faults.push(`"${text.textContent}" has a contrast of ${contrast.toFixed(1)}`);
  }
  for (const svg of document.querySelectorAll('svg.chart')) {
    const box = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    for (const [i, [text, a]] of texts.entries()) {
      if (a.left < box.left - 1 || a.right > box.right + 1 || a.bottom > box.bottom + 1) faults.push(`"${text}" is cut`);
      for (const [other, b] of texts.slice(i + 1)) {
        const over = Math.min(a.right, b.right) - Math.max(a.left, b.left), under = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (over > 1 && under > 3) faults.push(`"${text}" and "${other}" overlap`);
      }
    }
  }
  return faults;
});

// read returns every number that a mark stands for, by section or chart and name, the rows of the
// table of nodes, and the result in the page.
const read = page => page.evaluate(() => {
  const marks = {}, drawn = {};
  for (const m of document.querySelectorAll('svg.chart [data-name]')) {
    const section = m.closest('section').id, chart = m.closest('svg').querySelector('title').id.replace(/-title$/, '');
    (marks[section] ??= {})[m.dataset.name] = m.dataset.value;
    (drawn[chart] ??= {})[m.dataset.name] = m.dataset.value;
  }
  const rows = [...document.querySelectorAll('#nodes tbody tr')].map(r => [...r.children].map(c => c.textContent));
  const empty = [...document.querySelectorAll('svg.chart')].filter(s => !s.querySelector('[data-name]')).map(s => s.querySelector('title').textContent);
  return { marks, drawn, rows, empty, charts: document.querySelectorAll('svg.chart').length, stored: document.querySelector('a.download')?.href };
});

// milliseconds of a label such as "0.24 ms".
function milliseconds(label) {
  const [number, unit] = label.split(' ');
  return Number(number) * { 'µs': .001, ms: 1, s: 1000 }[unit];
}

// coarse reads the counts of logins, by step.
function coarse(text) {
  const numbers = [], counts = new Map();
  let number = 0, weight = 1;
  for (const byte of Buffer.from(text, 'base64')) {
    number += (byte & 127) * weight;
    weight *= 128;
    if (byte < 128) {
      numbers.push(number);
      [number, weight] = [0, 1];
    }
  }
  for (let step = numbers.shift(); numbers.length; step++) {
    const n = numbers.shift();
    if (n) counts.set(step, n);
    else step += numbers.shift() - 1;
  }
  return counts;
}

// columnsOf are the columns of the charts over time, 80 at the most.
function columnsOf(series) {
  if (!(series?.points.length >= 5)) return [];
  const each = Math.ceil(series.points.length / 80), open = series.points.some((p, i) => p.open && ((i + 1) % each === 0 || i === series.points.length - 1)) ? 'open' : 'held', out = [];
  for (let i = 0; i < series.points.length; i += each) {
    const points = series.points.slice(i, i + each), sum = key => points.reduce((n, p) => n + p[key], 0);
    const steps = new Map(), longest = Math.max(...points.map(p => p.login_max_s)) * 1000, known = points.every(p => p.logins || !p.login_max_s);
    for (const p of points) for (const [step, n] of coarse(p.logins ?? '')) steps.set(step, (steps.get(step) ?? 0) + n);
    const all = [...steps].sort(([a], [b]) => a - b), total = all.reduce((n, [, m]) => n + m, 0), logins = {};
    for (const [name, share] of [['p50', .5], ['p95', .95], ['p99', .99]]) {
      let rank = Math.max(1, Math.ceil(share * total));
      const step = all.find(([, n]) => (rank -= n) <= 0)?.[0];
      if (known && total) logins[name] = Math.min(2 ** ((step + .5) / 4) / 1000, longest);
    }
    if (longest) logins.slowest = longest;
    out.push({ at: `${i * (series.width_s || 1)} s`, started: sum('started'), failed: sum('failed'), open: points.at(-1)[open] ?? 0, logins });
  }
  return out;
}

// compare holds what was read against the result.
function compare(page, result) {
  const wrong = page.empty.map(title => `the chart "${title}" has no mark`);
  const equal = (what, got, want) => {
    seen.numbers++;
    if (String(got) !== String(want)) wrong.push(`${what}: the page has ${got}, the result ${want}`);
  };
  const near = (what, got, want) => {
    seen.numbers++;
    if (!(Math.abs(got - want) <= .006 * want + .0006)) wrong.push(`${what}: the page has ${got} ms, the result ${want}`);
  };
  const { coordinators, capacity, phases } = page.marks;
  if (coordinators) for (const c of result.coordinators) equal(c.name, coordinators[c.name], c.sessions);
  for (const h of result.capacity?.coordinators ?? []) equal(h.name, capacity[h.name || '(unidentified)'], h.held);
  for (const [phase, times] of Object.entries(result.phases)) {
    for (const q of ['p50', 'p95', 'p99', 'max']) near(`${phase} ${q}`, milliseconds(phases[`${phase} ${q}`]), times[`${q}_ms`]);
  }
  for (const c of columnsOf(result.series)) {
    equal(`started at ${c.at}`, page.drawn.started[c.at] ?? 0, c.started);
    equal(`failed at ${c.at}`, page.drawn.started[`${c.at}, failed`] ?? 0, c.failed);
    if (page.drawn.open) equal(`open at ${c.at}`, page.drawn.open[c.at], c.open);
    const chart = page.drawn['logins-over-time'] ?? page.drawn.slowest ?? {}, said = Object.fromEntries((chart[c.at] ?? '').split(', ').filter(Boolean).map(t => t.split(/ (.*)/)));
    equal(`percentiles at ${c.at}`, Object.keys(said).join(), Object.keys(c.logins).join());
    for (const [q, ms] of Object.entries(c.logins)) near(`${q} of logins at ${c.at}`, milliseconds(said[q]), ms);
  }
  for (const row of page.rows) {
    result.nodes.forEach((n, i) => { if (row[0] in n.coordinators) equal(`${row[0]} over ${n.address}`, row[i + 1], n.coordinators[row[0]] || '·'); });
  }
  return wrong;
}

// A page with every fault: that it is found shows that the others have none.
async function selfCheck(browser) {
  const file = path.join(folder, 'faulty.html');
  writeFileSync(file, `<!doctype html><title>x</title><p style="color:#ccc;background:#fff">x</p><img src="missing.png"><script>console.log(1)</script>
<svg class="chart" viewBox="0 0 10 10" width="20"><text x="0" y="9" font-size="9">cut off</text></svg>`);
  const page = await watched(await browser.newContext());
  await page.goto(pathToFileURL(file).href);
  const all = [...page.faults, ...await accessible(page), ...await layout(page)].join('\n');
  for (const fault of ['console: 1', 'request: ', 'axe color-contrast', 'axe image-alt', 'is cut']) {
    if (!all.includes(fault)) faults.push(`a page with a fault passes: ${fault}`);
  }
}

const browser = await launch();
try {
  await selfCheck(browser);
  for (const name of names) {
    const stored = readFileSync(path.join(folder, name + '.json')), result = JSON.parse(stored);
    for (const [width, colorScheme, axe] of looks) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const page = await watched(context);
      await page.goto(pathToFileURL(path.join(folder, name + ".html")).href);
      const of = await read(page);
      const wrong = [...page.faults, ...await layout(page), ...compare(of, result)];
      if (!of.stored || !Buffer.from(of.stored.split(',')[1], 'base64').equals(stored)) wrong.push('the result in the page is another one');
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      seen.screenshots++;
      if (axe) wrong.push(...await accessible(page));
      seen.charts += of.charts;
      faults.push(...wrong.map(w => `${name}, ${width} px, ${colorScheme}: ${w}`));
      await context.close();
    }
  }
} finally {
  await browser.close();
}
if (faults.length) {
  console.error(faults.slice(0, 40).join('\n'));
  process.exit(1);
}
console.log(JSON.stringify(seen));
