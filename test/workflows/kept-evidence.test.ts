/** The steps of the guides that keep statements between runs: two runs at once lose nothing, and none begins anew. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { tempFolder } from '../support/temp-folder.ts';

const run = promisify(execFile);
const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

function blockAfter(path: string, heading: string): unknown {
  const after = textOf(path).split(`${heading}\n`)[1] ?? '';
  return parse(/```yaml\n(?<block>[^]*?)```/.exec(after)?.groups?.['block'] ?? '');
}

const heading = 'Keep the statements of moves';
const step = z.looseObject({ name: z.string().optional(), run: z.string().optional() });
const workflow = z.object({ jobs: z.object({ publish: z.object({ steps: z.array(step) }) }) });
const pipeline = z.object({ 'publish-images': z.object({ script: z.array(z.string()) }) });

/** In place of tagwright: adds a line that says how many were before it. */
const addLine = `
mkdir -p .tagwright/evidence/r.example/app
file=.tagwright/evidence/r.example/app/evidence.jsonl
touch "$file"
before=$(wc -l < "$file")
sleep 0.3
echo "{\\"before\\":$((before))}" >> "$file"
`;

function github(): string {
  const { steps } = workflow.parse(blockAfter('docs/guides/release-workflow.md', `## ${heading}`)).jobs.publish;
  const named = (name: string): string => steps.find((one) => one.name === name)?.run ?? 'exit 99';
  const keep = `( set -e; . "$GITHUB_ENV"; ${named('Keep the statements')} )`;
  return `set -e\n( set -e; ${named('Bring the statements')} )\n( set -e; ${addLine} )\n${keep}`;
}

function gitlab(): string {
  const { script } = pipeline.parse(blockAfter('docs/guides/other-ci.md', `### ${heading}`))['publish-images'];
  return `set -e\n${script.join('\n')}`;
}

interface Forge {
  readonly origin: string;
  /** A runner with a clone of its own. */
  readonly job: (script: string, shell?: 'bash' | 'sh') => Promise<unknown>;
  /** The lines on the branch. */
  readonly kept: () => Promise<readonly string[]>;
}

async function forge(): Promise<Forge> {
  const folder = await tempFolder();
  const origin = join(folder, 'origin.git');
  const identity = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@localhost',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@localhost',
  };
  const own = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
  const git = (cwd: string, ...args: string[]): Promise<{ stdout: string }> =>
    run('git', ['-C', cwd, ...args], { env: { ...process.env, ...own, ...identity } });
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  const first = join(folder, 'first');
  await git(folder, 'clone', '--quiet', origin, first);
  await writeFile(join(first, '.gitignore'), '.tagwright/\n');
  await git(first, 'add', '.');
  await git(first, 'commit', '--quiet', '-m', 'first');
  await git(first, 'push', '--quiet', 'origin', 'HEAD:main');
  const bin = join(folder, 'bin');
  await mkdir(bin);
  // Nobody waits 15 seconds in a test.
  await writeFile(join(bin, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.3\n');
  await writeFile(join(bin, 'npx'), `#!/bin/sh\nset -e\n${addLine}exit "\${EXIT:-0}"\n`);
  for (const name of ['sleep', 'npx']) await chmod(join(bin, name), 0o755);
  let jobs = 0;
  return {
    origin,
    job: async (script, shell = 'bash') => {
      const id = String((jobs += 1));
      const clone = join(folder, `clone-${id}`);
      await git(folder, 'clone', '--quiet', origin, clone);
      const ci = { GITHUB_RUN_ID: id, GITHUB_ENV: join(folder, `env-${id}`), CI_JOB_ID: id, CI_REPOSITORY_URL: origin };
      const env = { ...process.env, ...own, ...ci, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
      return run(shell, ['-c', script], { cwd: clone, env, timeout: 30_000 });
    },
    kept: async () => {
      const shown = await git(origin, 'show', 'tagwright-evidence:r.example/app/evidence.jsonl');
      return shown.stdout.trimEnd().split('\n');
    },
  };
}

const inOrder = (count: number): string[] => Array.from({ length: count }, (_, index) => `{"before":${index}}`);

describe('the steps for GitHub', () => {
  test('keep what four runs add that start at once, each after the one before it', async () => {
    const { job, kept, origin } = await forge();
    await Promise.all([job(github()), job(github())]);
    await Promise.all([job(github()), job(github())]);
    expect(await kept()).toEqual(inOrder(4));
    const { stdout } = await run('git', ['-C', origin, 'branch', '--format=%(refname:short)']);
    expect(stdout.trim().split('\n')).toEqual(['main', 'tagwright-evidence']);
    const files = await run('git', ['-C', origin, 'ls-tree', '-r', '--name-only', 'tagwright-evidence']);
    expect(files.stdout.trim().split('\n')).toEqual(['.gitattributes', 'r.example/app/evidence.jsonl']);
  }, 60_000);

  test('without the lock lose the run that comes second', async () => {
    const { job } = await forge();
    const open = github()
      .replace(/until git push[^\n]*\n/, '')
      .replace(/git push --quiet --force-with-lease[^\n]*/, '');
    const ends = await Promise.allSettled([job(open), job(open)]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  }, 60_000);
});

describe('the lines for GitLab', () => {
  test('keep what each job adds, and the exit code of the publish', async () => {
    const { job, kept } = await forge();
    await job(gitlab(), 'sh');
    await expect(job(`EXIT=3; export EXIT\n${gitlab()}`, 'sh')).rejects.toMatchObject({ code: 3 });
    await job(gitlab(), 'sh');
    expect(await kept()).toEqual(inOrder(3));
  }, 60_000);

  test('fail where the server cannot be asked, and do not begin anew', async () => {
    const { job } = await forge();
    const gone = `CI_REPOSITORY_URL=/nowhere/at/all.git\n${gitlab()}`;
    await expect(job(gone, 'sh')).rejects.toMatchObject({ code: 128, stderr: expect.stringContaining('nowhere') });
  }, 60_000);
});
