import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepCompiled } from '../../src/entry/compile-cache.ts';
import { tempFolder } from '../support/temp-folder.ts';

const enable = vi.fn<(folder: string) => void>();
const before = Object.getOwnPropertyDescriptor(nodeModule, 'enableCompileCache');

beforeEach(() => {
  enable.mockClear();
  Object.defineProperty(nodeModule, 'enableCompileCache', { value: enable, configurable: true });
});

afterEach(() => {
  if (before === undefined) Reflect.deleteProperty(nodeModule, 'enableCompileCache');
  else Object.defineProperty(nodeModule, 'enableCompileCache', before);
});

const kept = { own: '/nowhere', flags: 'plain', run: 'plan.1' };

test('the folder of a cache that Node keeps is made before, for this user alone', async () => {
  const home = await tempFolder({});
  keepCompiled(kept, { XDG_CACHE_HOME: home });
  const folder = join(home, 'tagwright', 'compiled', 'plain');
  expect(enable.mock.calls).toEqual([[folder]]);
  expect(existsSync(folder)).toBe(true);
});

test.each(['/proc/nothing', '/dev/null'])('Node, which never ends there, is given no folder below %s', (home) => {
  keepCompiled(kept, { XDG_CACHE_HOME: home });
  expect(enable.mock.calls).toEqual([]);
});
