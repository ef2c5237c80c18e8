/** Answers that a person has to understand at a bad moment: what was expected, where, and what to do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryRegistry, type MemoryRegistry } from '../../src/adapters/memory-registry/memory-registry.ts';
import { kinds } from '../../src/audit/kinds.ts';
import { daily } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const base = {
  repository: 'registry.example/acme/app',
  dockerfile: 'Dockerfile',
  source: { file: 'releases.json' },
  pythons: ['3.11', '3.12'],
  defaults: { python: 'highest' },
};

async function place(more: object = {}): Promise<string> {
  return tempFolder({
    'matrix.config.json': JSON.stringify({ ...base, ...more }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.0.1')),
  });
}

describe('a wrong value under events is said in plain words, at its own key', () => {
  test.each([
    [{ edge: { branch: 5 } }, 'events.edge.branch: 5 is a number; expected a text'],
    [{ schedule: { template: 'nightly', every: true } }, 'events.schedule.every: expected a text; got true'],
    [{ pullRequest: { template: 'pr', push: 'no' } }, 'events.pullRequest.push: expected true or false; got "no"'],
    [{ edge: true }, 'events.edge: expected a text, an object or a list; got true'],
    [
      { branch: { template: 'b', repository: {} } },
      'events.branch.repository: expected a text or a list; got an object',
    ],
    [[], 'events: expected an object; got a list'],
  ])('%j', async (events, said) => {
    const { code, stderr } = await runCli(['check', '--config', `${await place({ events })}/matrix.config.json`]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(stderr).not.toMatch(/Invalid input|received/);
  });

  test.each([
    [{ kind: 'release' }, "kind: expected 'branch', 'pull-request' or 'schedule'"],
    [{ kind: 'branch', branch: 5 }, 'branch: expected a text'],
    [{ kind: 'pull-request', number: '12' }, 'number: expected a whole number'],
    [{ kind: 'pull-request', number: 0 }, 'number: expected a number above 0'],
    [{ kind: 'branch', branch: 'main', number: 12 }, 'an event of this kind has no "number"'],
  ])('of an event that a file tells: %j', async (event, said) => {
    const folder = await place({ events: { branch: '{{branch}}-python{{python}}' } });
    const file = await tempFolder({
      'event.json': JSON.stringify({ revision: 'a'.repeat(40), at: '2026-11-29T03:00:00Z', ...event }),
    });
    const args = ['plan', '--event', `${file}/event.json`, '--config', `${folder}/matrix.config.json`];
    const { code, stderr } = await runCli(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(stderr).not.toMatch(/Invalid input|received|discriminator/);
  });
});

test('a branch that is too long for a tag: what to do is said', async () => {
  const folder = await place({ events: { branch: '{{branch}}-python{{python}}' } });
  const event = { kind: 'branch', branch: 'b'.repeat(200), revision: 'a'.repeat(40), at: '2026-11-29T03:00:00Z' };
  const file = await tempFolder({ 'event.json': JSON.stringify(event) });
  const args = ['plan', '--event', `${file}/event.json`, '--config', `${folder}/matrix.config.json`];
  const { code, stderr } = await runCli(args);
  const fix = 'rename the branch, or write a template that does not name {{branch}}';
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^TAG_INVALID .*is 211 characters long; a tag holds 128/)]);
  expect(stderr).toContain(fix);
});

test('the config of --diff that is not there is said with its own flag', async () => {
  const folder = await place();
  const args = ['plan', '--config', `${folder}/matrix.config.json`, '--diff', `${folder}/nope.yaml`];
  const { code, stderr } = await runCli(args);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('nope.yaml: there is no such file; name a config that is there with --diff FILE'),
  ]);
  expect(stderr).not.toContain('--config');
  const none = await runCli(['plan', '--config', `${folder}/nope.yaml`, '--diff', `${folder}/matrix.config.json`]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('name it with --config FILE')]);
});

describe('against a registry', () => {
  let registry: MemoryRegistry;
  beforeAll(async () => {
    registry = await startMemoryRegistry();
  });
  afterAll(() => registry.close());

  test('explain of a tag that the config leaves out ends with 1 if nobody has it, and with 0 if only the plan is asked', async () => {
    const exclude = [{ version: '1.0.1', reason: 'a typo' }];
    const folder = await place({ exclude, repository: `${registry.host}/acme/plain` });
    const args = ['explain', '1.0.1-python3.12', '--config', `${folder}/matrix.config.json`];
    const online = await runCli(args);
    expect([online.code, online.stdout]).toEqual([1, expect.stringMatching(/a\s+typo/)]);
    expect((await runCli([...args, '--offline'])).code).toBe(0);
  });

  test('an audit has the warnings of the plan: in JSON, in Markdown and on its page', async () => {
    const exclude = [{ version: '1.0.1', reason: 'a typo' }];
    const folder = await place({ exclude, repository: `${registry.host}/acme/warned` });
    const given = ['--config', `${folder}/matrix.config.json`];
    const plan: { warnings: { code: string }[] } = JSON.parse((await runCli(['plan', '--json', ...given])).stdout);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['EXCLUDES_NEWEST']);
    const json = await runCli(['audit', '--json', ...given]);
    expect(JSON.parse(json.stdout)).toMatchObject({ warnings: plan.warnings });
    for (const format of ['markdown', 'html']) {
      const { stdout } = await runCli(['audit', '--format', format, ...given]);
      expect([format, stdout.includes('EXCLUDES_NEWEST')]).toEqual([format, true]);
    }
    const right = await runCli([
      'audit',
      '--json',
      '--config',
      `${await place({ repository: `${registry.host}/acme/w` })}/matrix.config.json`,
    ]);
    expect(JSON.parse(right.stdout)).not.toHaveProperty('warnings');
  });

  test('each kind of finding is a sentence in SARIF', async () => {
    const folder = await place({ repository: `${registry.host}/acme/plain` });
    const { stdout } = await runCli(['audit', '--format', 'sarif', '--config', `${folder}/matrix.config.json`]);
    const log: { runs: { tool: { driver: { rules: Record<string, { text: string }>[] } } }[] } = JSON.parse(stdout);
    const rules = log.runs[0]?.tool.driver.rules ?? [];
    const texts = rules.map(({ shortDescription }) => shortDescription?.text);
    expect(texts).toContain(`Drift: ${kinds.drift.meaning}`);
    for (const { fullDescription, help } of rules) {
      expect(fullDescription?.text).toMatch(/^[A-Z][^`]*\.$/);
      expect(help?.text).toMatch(/^[A-Z][^`]*\. Fix: [^`]*\.$/);
    }
    expect(stdout).not.toContain('A tag is');
  });
});
