/** The page of an audit with statements: who moved tags, when, where, and whether anybody signed it; texts stay texts. */
import { describe, expect, test } from 'vitest';
import type { SoundStatement } from '../../src/evidence/check.ts';
import { makeStatement, type StatementFacts } from '../../src/evidence/statement.ts';
import { auditHtml } from '../../src/report/page/audit.ts';
import { auditCase, healthy } from '../support/audit-case.ts';
import { shownOf } from '../support/audit-page.ts';
import { digestNamed } from '../support/digests.ts';
import { daily, smallConfig } from '../support/history.ts';

const made = auditCase(smallConfig, daily('1.0.0', '1.0.1'));
const repository = 'registry.example/acme/app';

function stated(sequence: number, more: Partial<StatementFacts> = {}): SoundStatement {
  const at = `2025-04-0${sequence}T12:00:00Z`;
  const to = { owner: { version: '1.0.1', axes: { python: '3.10' } }, digest: digestNamed('image') };
  const facts: StatementFacts = {
    repository,
    command: 'publish',
    release: '1.0.1',
    commit: 'a'.repeat(40),
    actor: 'octocat',
    approver: null,
    run: { ci: 'GitHub Actions', id: '7', attempt: '1', url: 'https://github.com/acme/app/actions/runs/7' },
    config: digestNamed('config'),
    tagwright: '1.0.0',
    ruleOf: () => 'latest',
    ...more,
  };
  const link = { sequence, previous: null };
  const statement = makeStatement([{ tag: '1-latest', from: null, to, how: 'moved', at }], facts, link, at);
  if (statement === null) throw new Error('nothing moved');
  return {
    statement,
    digest: digestNamed(`statement ${sequence}`),
    signature: sequence === 1 ? 'unsigned' : 'verified',
  };
}

function pageOf(...statements: readonly SoundStatement[]): string {
  const html = auditHtml([{ ...shownOf(made, healthy(made), { repository }), statements }]);
  return html.slice(0, html.lastIndexOf('<script>'));
}

describe('a page with statements', () => {
  test('has them under the owners over time, the newest first, with who, when, the run and the signature', () => {
    const drawn = pageOf(stated(1), stated(2, { actor: 'hubot', approver: 'alice' }));
    const part = drawn.slice(drawn.indexOf('id="statements"'));
    expect(drawn).toContain('<a href="#statements">Who moved tags</a>');
    expect(drawn.indexOf('id="owners"')).toBeLessThan(drawn.indexOf('id="statements"'));
    expect(part.indexOf('statement 2')).toBeLessThan(part.indexOf('statement 1'));
    for (const text of [
      '2025-04-02 hubot: publish 1.0.1, 1 tag',
      '2025-04-01 octocat: publish 1.0.1, 1 tag',
      'alice',
      'nobody that the run names',
      '1-latest nothing → 1.0.1',
      '<a href="https://github.com/acme/app/actions/runs/7" rel="noreferrer">The run on GitHub Actions</a>',
      '1 of 2 statements is unsigned: whoever can write the file can write it.',
    ])
      expect(part).toContain(text);
    expect(part.match(/>(?:unsigned|verified)</g)).toEqual(['>verified<', '>unsigned<']);
  });

  test('without any has no such part', () => {
    expect(pageOf()).not.toMatch(/id="statements"|href="#statements"/);
    expect(pageOf()).toContain('<a href="#owners">Owners over time</a>');
  });

  test('shows what is hostile in one as text, and links to no script', () => {
    const run = { ci: '<img src=x onerror=alert(1)>', id: '"><script>alert(2)</script>', attempt: null };
    const drawn = pageOf(
      stated(1, { actor: '</script><img src=x onerror=alert(3)>\u202E', run: { ...run, url: 'javascript:alert(4)' } }),
    );
    expect(drawn).not.toMatch(/<img|<script>alert|href="javascript:|\u202E/u);
    expect(drawn).toContain('&lt;img src=x onerror=alert(1)>');
  });
});
