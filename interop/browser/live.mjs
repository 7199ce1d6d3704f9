// node live.mjs URL: follows the page of a run until the run is over.
import { launch, watched } from './browser.mjs';

const [url] = process.argv.slice(2);
const browser = await launch();
const said = new Set();
let end;
try {
  const page = await watched(await browser.newContext());
  for (let tries = 0; ; tries++) { // the command may not listen yet
    try {
      await page.goto(url);
      break;
    } catch (e) {
      if (tries > 50) throw e;
      await new Promise(r => setTimeout(r, 100));
    }
  }
  page.faults.length = 0;
  for (let until = Date.now() + 60000; Date.now() < until && !end;) {
    const now = await page.evaluate(() => ({
      word: document.querySelector('h1')?.textContent, sentence: document.querySelector('.sentence')?.textContent, renewed: !!document.querySelector('meta[http-equiv=refresh]'),
    })).catch(() => ({})); // it is being renewed
    if (now.word === 'RUNNING') said.add(now.sentence);
    else if (now.word) end = now;
    await new Promise(r => setTimeout(r, 100));
  }
  if (page.faults.length) throw new Error(page.faults.join('; '));
  if (said.size < 2) throw new Error(`the page said ${[...said].join(' | ') || 'nothing'} while the run went on`);
  if (!end || end.renewed) throw new Error(`the page of the end: ${JSON.stringify(end)}`);
} finally {
  await browser.close();
}
console.log(JSON.stringify({ pages: said.size, end: end.word }));
