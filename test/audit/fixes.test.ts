/** What audit prints to fix something has to fix it, and to spoil nothing where little is known. */
import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { absent } from '../../src/domain/snapshot.ts';
import { audit, auditCase, healthy, on } from '../support/audit-case.ts';
import { digestNamed } from '../support/digests.ts';
import { daily, smallConfig } from '../support/history.ts';

test('a rebuild that is missing is published as one', () => {
  const config: MatrixConfig = {
    ...smallConfig,
    rebuilds: [{ version: '1.0.0', build: 2, on: '2024-06-01', reason: 'a newer base' }],
    rules: { rebuild: { kind: 'pinned', template: '{{version}}-python{{python}}-b{{build}}' } },
  };
  const made = auditCase(config, daily('1.0.0'));
  const missing = [...made.expected.tags.keys()].find((tag) => /^1\.0\.0-python3\.9.*-b2$/.test(tag)) ?? '';
  const { findings } = audit(made, new Map(healthy(made)).set(missing, absent));
  const found = findings.find(({ finding }) => finding.tag === missing)?.finding;
  expect([found?.kind, found?.fix]).toEqual(['missing', 'tagwright publish 1.0.0 --rebuild']);
});

test('of partial facts nothing is concluded that deletes a tag: first comes the command that gets the rest', () => {
  const config = { ...smallConfig, yanked: [{ version: '2.0.0', reason: 'broken' }] };
  const made = auditCase(config, daily('1.0.0', '2.0.0'));
  const partial = [{ source: 'git', reason: 'the clone is shallow', fix: 'git fetch --tags --unshallow' }];
  const strays = ['3.0.0-python3.9', '3-python3.9', `sha-${'d'.repeat(40)}-python3.9`];
  const seen = new Map(healthy(made));
  for (const tag of [...strays, '2-latest']) seen.set(tag, on(digestNamed('newer')));
  const findings = audit(made, seen, { partial }).findings.map(({ finding }) => finding);
  for (const tag of [...strays, '2-latest']) {
    const { fix, choices } = findings.find((finding) => finding.tag === tag) ?? {};
    expect([tag, fix, choices]).toEqual([
      tag,
      null,
      [{ do: 'edit', command: 'git fetch --tags --unshallow', because: 'the clone is shallow' }],
    ]);
  }
  const whole = audit(made, seen).findings.map(({ finding }) => finding);
  expect(whole.find(({ tag }) => tag === '2-latest')?.fix).toMatch(/tag delete \S+:2-latest$/);
});
