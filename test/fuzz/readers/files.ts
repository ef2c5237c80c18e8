/** Readers of files that people and runs leave behind: configs, facts, plans, journals, locks, records, workflows. */
import { readFileSync } from 'node:fs';
import { readGitTags, toAnswer } from '../../../src/adapters/git/git-tag-source.ts';
import { readFacts } from '../../../src/texts/facts-text.ts';
import { readJson } from '../../../src/texts/json-text.ts';
import { readYaml } from '../../../src/texts/yaml-text.ts';
import { firstSum, readChain } from '../../../src/adapters/journal/chain.ts';
import { digestOf } from '../../../src/adapters/registry/digest-of.ts';
import { helperFor, loginIn, parseLoginFile } from '../../../src/adapters/registry/docker-config.ts';
import { recordFile, readRecord } from '../../../src/build/record.ts';
import { locateKey } from '../../../src/config/locate-key.ts';
import { readConfig } from '../../../src/config/normalize.ts';
import { parseDigest, type Digest } from '../../../src/domain/digest.ts';
import { parseJsonObject } from '../../../src/domain/json.ts';
import { readEvent } from '../../../src/action/event.ts';
import { trustOf } from '../../../src/action/trust.ts';
import type { ReleaseFact } from '../../../src/domain/release.ts';
import { plainTargets } from '../../../src/import/bake-files.ts';
import { configText } from '../../../src/import/config-text.ts';
import { importWorkflow } from '../../../src/import/import-workflow.ts';
import { checkTags } from '../../../src/plan/check-tags.ts';
import { readPlanFile } from '../../../src/plan/read-plan.ts';
import { shapeFinder } from '../../../src/plan/shapes.ts';
import { resolveTags } from '../../../src/plan/tag-map.ts';
import { readJournal } from '../../../src/publish/journal.ts';
import { knownReleases } from '../../../src/releases/known-releases.ts';
import { readLocks } from '../../../src/sight/lock.ts';
import { configOf, daily, smallConfig } from '../../support/history.ts';
import { isLikeJson, type Reader } from '../reader.ts';

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
if (digest === null) throw new Error('the digest is valid');
const sumOf = (content: string): Digest => digestOf(new TextEncoder().encode(content));

const config = {
  repository: 'docker.io/acme/app',
  tagPattern: String.raw`^v?(?<version>\d+\.\d+\.\d+)$`,
  pythons: ['3.9', { name: '3.10', since: '1.0.1' }],
  flavors: { standard: { dockerfile: 'Dockerfile' }, conda: { dockerfile: 'conda/Dockerfile', suffix: '-conda' } },
  platforms: ['linux/amd64', 'linux/arm64'],
  rules: { minor: false, full: { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}' } },
  exclude: [{ version: '1.9.0', reason: 'a typo' }],
};
const yamlConfig = `repository: docker.io/acme/app
tagPattern: '^v?(?<version>\\d+\\.\\d+\\.\\d+)$'
pythons: &p ['3.9', '3.10']
flavors:
  standard: { dockerfile: Dockerfile }
rules:
  latest: { template: '{{major}}-latest{{suffix}}' }
exclude:
  - { version: 1.9.0, reason: "a typo" } # why
source: { github: acme/app }
`;

const facts = daily('1.0.0', '1.0.1', '1.1.0', '2.0.0-rc.1');

/** The way from facts to tags, as commands go it. */
function planOf(image: ReturnType<typeof configOf>, found: readonly ReleaseFact[]): void {
  for (const one of image.images) {
    const known = knownReleases({ facts: found, from: 'releases.json', holds: 'rows' }, one);
    const finder = shapeFinder(one, known.releases, 'releases.json');
    const tags = resolveTags(one, known.releases, finder);
    if (known.problems.length + finder.problems.length === 0) checkTags(tags, one, image);
  }
}

function useConfig(raw: unknown): void {
  const read = readConfig(raw, 'matrix.config.json');
  if (read.ok) planOf(read.value, facts);
}

const move = { kind: 'move', tag: '1-latest', because: 'a newer release' };
const owner = (version: string): object => ({ owner: { version, python: '3.9', flavor: 'standard' }, digest });
const plan = {
  schema: 1,
  repository: 'docker.io/acme/app',
  release: null,
  moves: [{ ...move, from: owner('1.0.0'), to: owner('1.0.1') }],
};

const journal = [
  { step: 'begin', schema: 1, command: 'publish', repository: 'docker.io/acme/app', version: '1.0.0', at: 'now' },
  { step: 'push', cell: 'a', tag: '1.0.0', state: 'begin' },
  { step: 'push', cell: 'a', tag: '1.0.0', state: 'done', digest, how: 'built' },
  { step: 'move', tag: 'latest', state: 'begin', from: null, to: { owner: { version: '1.0.0', axes: {} }, digest } },
  { step: 'move', tag: 'latest', state: 'done', digest, how: 'moved' },
  { step: 'finished', at: 'now' },
].map((entry) => JSON.stringify(entry));

/** A forger computes the sums too: they are a plain hash. */
function chained(entries: readonly string[]): string {
  let sum = firstSum;
  return entries
    .map((entry) => {
      sum = sumFor(sum, entry);
      return `{"sum":"${sum}","entry":${entry}}\n`;
    })
    .join('');
}

function sumFor(previous: string, entry: string): string {
  return digestOf(new TextEncoder().encode(previous + entry)).slice(7, 23);
}

const lock = {
  schema: 1,
  repository: 'docker.io/acme/app',
  releases: [{ version: '1.0.0', cells: [{ python: '3.9', flavor: 'standard', digest, platforms: ['linux/amd64'] }] }],
};

const record = recordFile(
  {
    schema: 1,
    release: { version: '1.0.0', revision: 'b'.repeat(40) },
    builds: [
      {
        repository: 'docker.io/acme/app',
        cell: 'python=3.9',
        platforms: ['linux/amd64'],
        state: 'built',
        digest,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        stagingTag: null,
        attestations: 1,
      },
    ],
  },
  sumOf,
);

const logins = JSON.stringify({
  auths: { 'https://index.docker.io/v1/': { auth: 'YTpi' }, 'ghcr.io/acme': { identitytoken: 'x' } },
  credHelpers: { 'ecr.test': 'ecr-login' },
  credsStore: 'desktop.exe',
});

const gitTags = ['v1.0.0', 'v1.0.1', 'v1.1.0'].map((name) =>
  [name, 'commit', 'c'.repeat(40), '2024-01-01T00:00:00+02:00', '', '', '', ''].join('\0'),
);

const expressionWords = [
  "${{ format('{0}{1}', github.ref_name, ",
  "'v${{ matrix.",
  "${{ startsWith(github.ref, 'refs/tags/') && ",
  '"A=${{ toJSON(matrix) }}"',
  "fromJSON('[1,2]')",
  "contains(fromJson('[\"a\"]'), 'a')",
  'type=match,pattern=(a+)+$,group=1',
  'type=semver,pattern={{raw}},value=',
  '${X##*/}',
  "sed -E 's/(a|a)*b/x/'",
  '((((((((((x',
  '| cut -d. -f1-2',
];

export const fileReaders: readonly Reader[] = [
  {
    name: 'config, JSON',
    samples: [JSON.stringify(config), JSON.stringify({ ...smallConfig, source: { file: 'releases.json' } })],
    words: ['{{major}}', '{{#if}}', '>=1 <2', '"since":', '"where":', '(?<build>'],
    read: (given) => {
      locateKey(given, 'matrix.config.json', 'flavors.conda.suffix');
      useConfig(readJson(given, 'matrix.config.json', 'CONFIG_INVALID'));
      return isLikeJson(given);
    },
  },
  {
    name: 'config, YAML',
    samples: [yamlConfig],
    words: ['&a ', '*p', '<<: *p', '!!js/function ', '? ', '- ', '%YAML 1.1\n---\n', '| \n', '"\\u0000"', '  '],
    read: (given) => {
      locateKey(given, 'matrix.config.yaml', 'pythons[1]');
      useConfig(readYaml(given, 'matrix.config.yaml', 'CONFIG_INVALID'));
      return true;
    },
  },
  {
    name: 'facts',
    samples: [JSON.stringify(facts), JSON.stringify({ partial: 'only 1.x', releases: facts })],
    read: (given) => {
      planOf(configOf(smallConfig), readFacts(given, 'releases.json').facts);
      return isLikeJson(given);
    },
  },
  {
    name: 'git tags',
    samples: [gitTags.join('\n')],
    words: ['\0', 'tag', 'commit', '+99:99', 'v1.0.0\n', '9999999999-01-01T00:00:00Z'],
    read: (given) => {
      planOf(configOf({ ...smallConfig, tagPattern: config.tagPattern }), toAnswer(readGitTags(given), null).facts);
      return given.includes('\0');
    },
  },
  {
    name: 'plan file',
    samples: [JSON.stringify(plan), JSON.stringify({ schema: 1, repositories: [plan] })],
    read: (given) => {
      readPlanFile(given, 'plan.json', ['python', 'flavor']);
      return isLikeJson(given);
    },
  },
  {
    name: 'journal',
    samples: [journal.join('\n')],
    read: (given) => {
      readChain(given);
      readJournal(readChain(chained(given.split('\n'))).entries, 'run.jsonl');
      return isLikeJson(given);
    },
  },
  {
    name: 'lock',
    samples: [JSON.stringify(lock), JSON.stringify({ schema: 1, repositories: [{ ...lock, schema: undefined }] })],
    read: (given) => {
      readLocks(parseJsonObject(given), 'tags.lock.json');
      return isLikeJson(given);
    },
  },
  {
    name: 'record',
    samples: [record],
    read: (given) => {
      readRecord(readJson(given, 'record.json', 'RECORD_INVALID'), 'record.json', sumOf);
      return isLikeJson(given);
    },
  },
  {
    name: 'logins',
    samples: [logins, JSON.stringify({ auths: { 'quay.io/acme': { auth: 'YTpi' } }, credHelpers: { 'ghcr.io': 'x' } })],
    words: ['"auth":"', '"AUTHS":', 'https://', '<token>'],
    read: (given) => {
      for (const form of ['docker', 'containers'] as const) {
        const file = parseLoginFile(given, { path: 'config.json', form });
        for (const registry of ['docker.io', 'ghcr.io', 'ecr.test', 'x:443']) {
          loginIn(file, { registry, path: 'acme/app' });
          helperFor(file, registry);
        }
      }
      return isLikeJson(given);
    },
  },
  {
    name: 'event',
    samples: [
      JSON.stringify({ release: { tag_name: 'v1.0.0', target_commitish: 'main' }, repository: { full_name: 'a/b' } }),
      JSON.stringify({ pull_request: { number: 7, head: { repo: { full_name: 'a/b' } } }, sender: { login: 'x' } }),
    ],
    read: (given) => {
      const payload = parseJsonObject(given);
      for (const name of ['release', 'push', 'pull_request_target', 'workflow_run', 'x'])
        if (payload !== null) {
          const event = { name, ref: 'refs/tags/v1.0.0', sha: 'f'.repeat(40), payload };
          trustOf(event, true);
          if (name !== 'release' || given.includes('"release"')) readEvent(event);
        }
      return isLikeJson(given);
    },
  },
  {
    name: 'workflow',
    samples: ['2.11.5', '2.20.25', '3.4.0']
      .map((version) => text(`../../import/workflows/prefect-${version}.yaml`))
      .concat(text('../samples/workflow.yml')),
    words: expressionWords,
    share: 0.5,
    read: (given) => {
      const { config: draft, head } = importWorkflow({
        source: given,
        file: '.github/workflows/docker.yaml',
        repository: 'acme/app',
        gitTags: ['v1.0.0', 'v1.0.1', 'v1.1.0'],
      });
      configText(draft, head);
      return true;
    },
  },
  {
    name: 'bake file',
    samples: [
      'group "default" {\n  targets = ["app"]\n}\ntarget "app" {\n  context = "."\n  args = { A = "b" }\n  tags = ["a:1"]\n}\n',
      JSON.stringify({
        group: { default: { targets: ['app'] } },
        target: { app: { tags: ['a:1'], args: { A: '1' } } },
      }),
    ],
    read: (given) => {
      plainTargets([
        { path: 'docker-bake.hcl', text: given },
        { path: 'docker-bake.override.json', text: given },
      ]);
      return given !== '';
    },
  },
];
