import { expect, test } from 'vitest';
import { daily, revisionOf, smallConfig } from '../support/history.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await tempFolder({
    'matrix.config.json': JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } }),
    'releases.json': JSON.stringify(daily('1.0.0', '1.1.0')),
  });
  return runCli([...args, '--config', `${folder}/matrix.config.json`]);
}

const commit = revisionOf('1.1.0');

/** What is written, which part of it is refused, by what it is refused, and what to do. */
const refused: readonly [args: string, flag: string, by: string, fix: string][] = [
  [
    'check --releases=x.json',
    '--releases',
    'check without --against',
    'write tagwright check --against CONFIG --releases FILE, or leave it out',
  ],
  ['plan --revision=COMMIT', '--revision', 'plan without VERSION', 'write tagwright plan VERSION --revision COMMIT'],
  ['plan --only=python=3.10', '--only', 'plan without VERSION', 'write tagwright plan VERSION --only CELLS'],
  [
    'plan --format=bake',
    '--format bake',
    'plan without VERSION',
    'write one of table, lines, json, markdown, html, or tagwright plan VERSION --format bake',
  ],
  ['plan 9.9.9 --diff=x.json', 'VERSION', 'plan --diff', 'leave it out: the two configs are compared for all releases'],
  [
    'plan --diff=x.json --only=python=9.9',
    '--only',
    'plan --diff',
    'leave it out: the two configs are compared for all releases',
  ],
  [
    'plan --diff=x.json --revision=COMMIT',
    '--revision',
    'plan --diff',
    'leave it out: the two configs are compared for all releases',
  ],
  [
    'plan --diff=x.json --with=1.2.0',
    '--with',
    'plan --diff',
    'leave it out: the two configs are compared by the releases that are known',
  ],
  [
    'plan --diff=x.json --yank=1.1.0',
    '--yank',
    'plan --diff',
    'leave it out: the two configs are compared by the releases that are known',
  ],
  ['plan --diff=x.json --format=lines', '--format lines', 'plan --diff', 'write one of table, json, markdown, html'],
  [
    'plan --diff=x.json --format=bake',
    '--format bake',
    'plan --diff',
    'write one of table, json, markdown, html, or tagwright plan VERSION --format bake',
  ],
  [
    'explain 1 --offline --all-images --format=html',
    '--all-images',
    'explain --format html',
    'name one with --image: a page is of one image',
  ],
  [
    'plan --event=x.json --format=html',
    '--format html',
    'plan --event',
    'write one of table, lines, json, markdown, bake',
  ],
  ['explain 1 --offline --json --format=html', '--format html', 'explain --json', 'write --json or --format, not both'],
  ['plan --offline --json --format=markdown', '--format markdown', 'plan --json', 'write --json or --format, not both'],
  ['plan 1.1.0 --json --format=bake', '--format bake', 'plan --json', 'write --json or --format, not both'],
  ['audit --json --format=sarif', '--format sarif', 'audit --json', 'write --json or --format, not both'],
  [
    'audit --format=sarif --unmanaged',
    '--unmanaged',
    'audit --format sarif',
    'choose --format table, json or markdown, or leave it out',
  ],
  [
    'audit --format=sarif --bases',
    '--bases',
    'audit --format sarif',
    'choose --format table, json or markdown, or leave it out',
  ],
  [
    'audit --format=junit --unmanaged',
    '--unmanaged',
    'audit --format junit',
    'choose --format table, json or markdown, or leave it out',
  ],
  [
    'audit --format=codequality --unmanaged',
    '--unmanaged',
    'audit --format codequality',
    'choose --format table, json or markdown, or leave it out',
  ],
  [
    'audit --format=html --unmanaged',
    '--unmanaged',
    'audit --format html',
    'choose --format table, json or markdown, or leave it out',
  ],
  ['docs README.md --release=1.1.0', 'FILE', 'docs --release', 'leave it out: it writes no file'],
  ['docs --release --layout=list', '--layout', 'docs --release', 'leave it out: it shows every image of the release'],
  ['docs --release --push', '--push', 'docs --release', 'run tagwright docs --push as well'],
  ['docs --push --check', '--check', 'docs --push', 'leave it out: it writes no file'],
  ['docs --dry-run', '--dry-run', 'docs of files', 'write --check'],
  ['docs --repository=ghcr.io/acme/app', '--repository', 'docs of files', 'leave it out: it reads no registry'],
  [
    'audit --content=none --require-labels',
    '--require-labels',
    'audit --content none',
    'it needs the labels of images: choose --content owners or all',
  ],
  [
    'audit --content=none --bases',
    '--bases',
    'audit --content none',
    'it needs the labels of images: choose --content owners or all',
  ],
  [
    'build 1.1.0 --push-by-digest --settle=5',
    '--settle',
    'build of parts',
    'leave it out: parts are pushed without a tag of the plan',
  ],
  [
    'build 1.1.0 --staging --settle=5',
    '--settle',
    'build of parts',
    'leave it out: parts are pushed without a tag of the plan',
  ],
  [
    'publish 1.1.0 --from-records=records --builder=buildx',
    '--builder',
    'publish --from-records',
    'leave it out: nothing is built',
  ],
];

test.each(refused)('%s: %s is refused', async (line, flag, by, fix) => {
  const ran = await run(line.replace('COMMIT', commit).split(' '));
  const problem = { code: 'USAGE', where: flag, message: `${by} does not use it`, fix };
  const stdout = line.includes('--json') ? `${JSON.stringify({ schema: 1, errors: [problem] }, null, 2)}\n` : '';
  expect(ran).toEqual({ code: 2, stdout, stderr: `USAGE  ${flag}: ${by} does not use it; ${fix}\n` });
});

test('everything that is not used is named at once', async () => {
  const ran = await run(['plan', '9.9.9', '--diff=x.json', '--only=python=9.9', '--with=1.2.0']);
  expect([ran.code, ran.stdout, ran.stderr.match(/^USAGE {2}\S+(?=:)/gm)]).toEqual([
    2,
    '',
    ['USAGE  VERSION', 'USAGE  --only', 'USAGE  --with'],
  ]);
});

const related: readonly [args: string, message: RegExp][] = [
  ['apply --approved=sha256:0', /^USAGE {2}--approved: .* write tagwright apply PLAN\.json\n$/],
  ['publish 1.1.0 --plan-out=moves.json', /^USAGE {2}--plan-out: .* add --stop-before-moves\n$/],
  ['publish 1.1.0 --stop-before-moves --dry-run', /^USAGE {2}--stop-before-moves: .* leave --dry-run out\n$/],
  ['rehearse --all 1.1.0', /^USAGE {2}rehearse: .* write tagwright rehearse VERSION, or rehearse --all\n$/],
  ['build 1.1.0 --platform=linux/s390x', /^USAGE {2}/],
];

test.each(related)('%s: what belongs to another mode is refused', async (line, message) => {
  const ran = await run(line.split(' '));
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(message);
});

/** Flags of a whole command: the help does not offer them either. */
const unknown: readonly [command: string, flag: string][] = [
  ['render', '--at'],
  ['render', '--releases'],
  ['render', '--repository'],
  ['matrix', '--repository'],
  ['rehearse', '--repository'],
  ['init', '--releases'],
  ['look', '--config'],
];

test.each(unknown)('%s neither offers nor takes %s', async (command, flag) => {
  const help = await runCli([command, '--help']);
  expect([help.code, help.stdout.includes(`${flag} `)]).toEqual([0, false]);
  const ran = await runCli([command, `${flag}=nonsense`]);
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toContain(`USAGE  ${flag}=nonsense: there is no such flag here; `);
});

test.each([
  ['plan', '1.1.0', '--offline', '--only=python=3.10', `--revision=${commit}`],
  ['plan', '--offline', '--with=1.2.0', '--yank=1.0.0', '--at=2027-01-01'],
  ['plan', '--offline', '--json', '--format=json'],
  ['explain', '1.1-python3.10-conda', '--offline', '--json'],
  ['explain', '1.1-python3.10-conda', '--offline', '--format=html'],
  ['plan', '--offline', '--format=html'],
  ['plan', '1.1.0', '--offline', '--format=html'],
])('what a mode uses is taken: %s %s %s', async (...args) => {
  const ran = await run(args);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
});
