import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('no component puts in markup, or an address that is not made here', () => {
  const root = new URL('../../src/browser/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const found = files.flatMap((path) => {
    const text = readFileSync(new URL(path, root), 'utf8');
    return /dangerouslySetInnerHTML|innerHTML|srcdoc|javascript:/.test(text) ? [path] : [];
  });
  expect(files.length).toBeGreaterThan(8);
  expect(found).toEqual([]);
});
