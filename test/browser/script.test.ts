import { expect, test } from 'vitest';
import { bundlePageScript } from '../../scripts/page-script.ts';
import { pageScript } from '../../src/report/page/script.ts';

test('the script of pages is what src/browser gives', async () => {
  await expect(await bundlePageScript()).toMatchFileSnapshot('../../src/report/page/script.ts');
});

test('it is small, and nothing in it ends its element or asks anybody', () => {
  expect(pageScript.length).toBeLessThan(40_000);
  expect(pageScript).not.toMatch(/<\/script|<!--/i);
  expect(pageScript).not.toMatch(/\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource|import\(/);
  expect(pageScript).not.toMatch(/insertAdjacentHTML|document\.write|\beval\(|new Function/);
});
