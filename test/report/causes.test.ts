import { expect, test } from 'vitest';
import type { Finding } from '../../src/audit/types.ts';
import { entriesOf, sameReasons } from '../../src/report/causes.ts';

function unseen(tag: string): Finding {
  const because = `HEAD registry.example.com:5000/acme/app:${tag}: 503. Existence unknown`;
  const nowhere = { owner: null, digest: null };
  const rest = { rule: null, expected: nowhere, actual: nowhere, since: null, fix: null, choices: [], excused: null };
  return { kind: 'unknown', tag, because, ...rest };
}

test('a tag that its port begins with, or another tag, has the same reason', () => {
  const findings = ['5', '50', '5.1', '5-slim'].map(unseen);
  const reason = 'HEAD registry.example.com:5000/acme/app: 503. Existence unknown';
  expect(sameReasons(findings)).toEqual([{ reason, findings }]);
  expect(entriesOf(findings).map(({ tags }) => tags)).toEqual([['5', '50', '5.1', '5-slim']]);
});
