// What both programs do with Chromium.
import { chromium } from 'playwright-core';

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

// watched opens a page and keeps what no page may do: ask for anything, or say anything.
export async function watched(context) {
  const page = await context.newPage();
  page.faults = [];
  page.on('console', m => page.faults.push(`console: ${m.text()}`));
  page.on('pageerror', e => page.faults.push(`error: ${e.message}`));
  page.on('request', r => {
    if (!r.isNavigationRequest() && !r.url().startsWith('data:')) page.faults.push(`request: ${r.url()}`);
  });
  return page;
}
