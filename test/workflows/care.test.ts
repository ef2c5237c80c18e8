/** What keeps the project's own supply in order is there, and says where a hole is reported. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const text = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test.each([
  ['SECURITY.md', /https:\/\/github\.com\/tagwright\/tagwright\/security\/advisories\/new/],
  ['SECURITY.md', /\(docs\/security\.md\)/],
  ['docs/security.md', /^# /m],
  ['.github/dependabot.yml', /package-ecosystem: ['"]?npm/],
  ['.github/dependabot.yml', /package-ecosystem: ['"]?github-actions/],
  ['.github/workflows/codeql.yml', /github\/codeql-action\/analyze@/],
  ['.github/workflows/release.yml', /run: npm audit signatures$/m],
  ['package.json', /"test:fuzz": "FUZZ=\d{6,} /],
] as const)('%s has %s', async (path, expected) => {
  expect(await text(path)).toMatch(expected);
});
