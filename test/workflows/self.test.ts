/** The project's own releases, and what ships as an example, which must not run here. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { daily } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const names = readdirSync(new URL('.github/workflows/', root));

const workflow = z.object({
  jobs: z.record(
    z.string(),
    z.object({ if: z.string().optional(), needs: z.union([z.string(), z.array(z.string())]).optional() }),
  ),
});

describe.each(names.filter((name) => !/^(?:self-|ci|codeql)/.test(name)))('%s', (name) => {
  const text = textOf(`.github/workflows/${name}`);

  test('says first that it is the example that ships', () => {
    expect(text.split('\n')[0]).toMatch(/^# The example that ships with tagwright: Prefect's\./);
  });

  test('every job is guarded, or needs one that is', () => {
    const { jobs } = workflow.parse(parse(text));
    const isGuarded = (id: string): boolean => {
      const { if: condition = '', needs = [] } = jobs[id]!;
      if (condition.includes("github.repository_owner == 'PrefectHQ'")) return true;
      // With `cancelled()` a job runs after one that was skipped, unless it asks for that one's result too.
      const isAlways = /\b(?:always|cancelled|failure)\(\)/.test(condition);
      if (isAlways && !/needs\.\w+\.outputs\.result == 'as-planned'/.test(condition)) return false;
      return [needs].flat().some(isGuarded);
    };
    expect(Object.keys(jobs).filter((id) => !isGuarded(id))).toEqual([]);
  });
});

test('the config and the Dockerfiles of the example say so on their first line', () => {
  expect(textOf('matrix.config.ts').split('\n')[1]).toBe(" * The example that ships with tagwright: Prefect's images.");
  for (const flavor of ['standard', 'conda', 'kubernetes']) {
    const [first] = textOf(`dockerfiles/${flavor}.Dockerfile`).split('\n');
    expect(first).toBe("# The example that ships with tagwright: Prefect's.");
  }
});

describe('the notes of a release', () => {
  const notes = (...args: string[]): { code: number | null; stdout: string; stderr: string } => {
    const script = fileURLToPath(new URL('scripts/release-notes.mjs', root));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
    return { code: status, stdout, stderr };
  };

  test('are not there for a version that package.json does not have', () => {
    expect(notes('v9.9.9')).toEqual({
      code: 1,
      stdout: '',
      stderr: `package.json has the version ${ownVersion()}, and the git tag says 9.9.9\n`,
    });
  });

  test('are not there before the changelog has the version', () => {
    const { code, stdout, stderr } = notes(`v${ownVersion()}`);
    const isReleased = textOf('CHANGELOG.md').includes(`\n## ${ownVersion()}`);
    expect([code, stdout === '', stderr === '']).toEqual(isReleased ? [0, false, true] : [1, true, false]);
  });
});

function ownVersion(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json'))).version;
}

test("tagwright's own image is planned by its own config", async () => {
  const facts = daily('0.1.0', '0.1.1').map((fact) => ({ ...fact, version: `v${fact.version}` }));
  const folder = await tempFolder({ 'releases.json': JSON.stringify(facts) });
  const config = fileURLToPath(new URL('images/tagwright/matrix.config.yaml', root));
  const flags = ['--config', config, '--releases', `${folder}/releases.json`, '--offline', '--format', 'lines'];
  expect(await runCli(['plan', ...flags])).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      '0.1.0 slim 22: 0.1.0-node22',
      '0.1.0 slim 24: 0.1.0-node24',
      '0.1.0 alpine 22: 0.1.0-node22-alpine',
      '0.1.0 alpine 24: 0.1.0-node24-alpine',
      '0.1.1 slim 22: 0.1.1-node22, 0.1-node22',
      '0.1.1 slim 24: 0.1.1-node24, 0.1-node24, latest',
      '0.1.1 alpine 22: 0.1.1-node22-alpine, 0.1-node22-alpine',
      '0.1.1 alpine 24: 0.1.1-node24-alpine, 0.1-node24-alpine, latest-alpine',
      '',
    ].join('\n'),
  });
});
