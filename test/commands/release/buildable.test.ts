/** What a real publish refuses is refused before anything that leads to a build is printed or handed over. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { daily, revisionOf, smallConfig } from '../../support/history.ts';
import { runStep } from '../../support/run-action.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Case {
  readonly why: string;
  readonly code: string;
  readonly config: object;
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
}

const standard = (more: object): object => ({ flavors: { standard: { dockerfile: 'Dockerfile', ...more } } });
const templated = standard({ template: 'Dockerfile.hbs' });

const cases: readonly Case[] = [
  {
    why: 'a yanked release',
    code: 'VERSION_NOT_PUBLISHABLE',
    config: { yanked: [{ version: '1.1.0', reason: 'broken' }] },
  },
  {
    why: 'a token in a build argument',
    code: 'SECRET_IN_BUILD',
    config: standard({ args: { TOKEN: 'ghp_0123456789abcdef' } }),
  },
  { why: 'a build argument of two lines', code: 'BUILD_ARG_INVALID', config: standard({ args: { NOTE: 'a\nb' } }) },
  { why: 'a template that nobody wrote', code: 'TEMPLATE_MISSING', config: templated },
  {
    why: 'a Dockerfile that differs from its template',
    code: 'TEMPLATE_DRIFT',
    config: templated,
    files: { 'Dockerfile.hbs': 'FROM scratch\n', Dockerfile: 'FROM other\n' },
  },
  {
    why: 'a Dockerfile that is a link out of the root',
    code: 'PATH_OUTSIDE_ROOT',
    config: {},
    links: { Dockerfile: '/etc/hostname' },
  },
  {
    why: 'a context that is a link out of the root',
    code: 'PATH_OUTSIDE_ROOT',
    config: standard({ context: 'src' }),
    links: { src: '..' },
  },
  {
    why: 'a named context that is',
    code: 'PATH_OUTSIDE_ROOT',
    config: standard({ contexts: { lib: 'src' } }),
    links: { src: '/' },
  },
];

async function project({ config, files = {}, links = {} }: Case): Promise<string> {
  const whole = { ...smallConfig, repository: '127.0.0.1:1/acme/app', source: { file: 'releases.json' }, ...config };
  const folder = await tempFolder({
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
    'matrix.config.json': JSON.stringify(whole),
    ...files,
  });
  for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name));
  return `${folder}/matrix.config.json`;
}

describe.each(cases)('$why', (made) => {
  test.each(['plan 1.1.0 --format bake', 'publish 1.1.0 --dry-run', 'publish 1.1.0', 'build 1.1.0'])(
    'is refused by %s',
    async (line) => {
      const config = await project(made);
      const run = await runCli([...line.split(' '), '--config', config]);
      expect([run.code, run.stdout, run.stderr.split(' ')[0]]).toEqual([2, '', made.code]);
    },
  );

  test('hands no labels, arguments and bake file to the steps of a workflow', async () => {
    const inputs = { command: 'plan', offline: 'true', config: await project(made) };
    const event = { event: 'push', ref: 'refs/tags/1.1.0', sha: revisionOf('1.1.0') };
    const run = await runStep({ ...event, inputs });
    expect([run.code, run.outputs]).toEqual([2, { result: 'bad-input' }]);
    expect(run.log).toContain(made.code);
  });
});

test('a plan to look at is shown all the same', async () => {
  const [yanked] = cases;
  const config = yanked === undefined ? '' : await project(yanked);
  expect((await runCli(['plan', '1.1.0', '--offline', '--config', config])).code).toBe(0);
});
