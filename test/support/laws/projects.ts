/** Projects that states are made of: small histories with everything in them, under several legal sets of rules. */
import type { MatrixConfig } from '../../../src/config/matrix-config.ts';
import type { ReleaseFact } from '../../../src/domain/release.ts';
import { daily } from '../history.ts';

export interface Project {
  readonly name: string;
  /** With its exclusions and yanks. */
  readonly config: MatrixConfig;
  /** As it was when everything was published: nothing is excluded or withdrawn yet. */
  readonly before: MatrixConfig;
  readonly facts: readonly ReleaseFact[];
  readonly yanked: string;
  readonly excluded: string;
  /** Owns tags that a lower release would own without it: what a source that is behind does not know. */
  readonly newest: string;
}

export const repositories = ['registry.example/acme/app', 'quay.io/acme/app', 'other.example/acme/app'] as const;

/** In the order they came out: `1.1.2` is a backport, `2.0.0rc1` a pre-release; one is yanked, one is excluded. */
const history = daily('1.0.0', '1.1.0', '1.1.1', '2.0.0rc1', '2.0.0', '1.1.2', '2.0.1');
const shortHistory = daily('1.0.0', '1.1.0', '2.0.0rc1', '1.0.1', '2.0.0');

const latest = { template: '{{major}}-latest{{suffix}}' };
const python = '-python{{python}}{{suffix}}';
const ruleSets: Readonly<Record<string, MatrixConfig['rules']>> = {
  default: { latest },
  'without-sha': { sha: false },
  // The first pinned rule says nothing of the version.
  'revision-first': {
    full: false,
    latest,
    sha: { template: `{{revision}}${python}` },
    named: { kind: 'pinned', template: `v{{version}}${python}`, releases: 'all' },
  },
  'three-pinned': { alias: { kind: 'pinned', template: `{{version}}-py{{python}}{{suffix}}`, releases: 'finals' } },
  'latest-only': { minor: false, major: false, latest: { template: `latest${python}`, only: {} } },
};

const standard = { standard: { dockerfile: 'Dockerfile' } };
const both = { ...standard, conda: { dockerfile: 'conda.Dockerfile', suffix: '-conda' } };
const two = ['linux/amd64', 'linux/arm64'];

interface Shape {
  readonly name: string;
  readonly matrix: MatrixConfig;
  readonly facts: readonly ReleaseFact[];
  readonly yanked: string;
  readonly excluded: string;
  readonly newest: string;
}

const shapes: readonly Shape[] = [
  {
    name: 'two-pythons',
    matrix: { pythons: ['3.9', '3.10'], flavors: standard, platforms: two },
    facts: history,
    yanked: '2.0.1',
    excluded: '1.1.1',
    newest: '1.1.2',
  },
  {
    name: 'two-flavors',
    matrix: { pythons: ['3.9', '3.10'], flavors: both },
    facts: shortHistory,
    yanked: '1.0.1',
    excluded: '2.0.0',
    newest: '1.1.0',
  },
  {
    name: 'python-dropped',
    matrix: { pythons: { '3.9': '<2', '3.10': '*', '3.11': '>=1.1' }, flavors: standard },
    facts: history,
    yanked: '1.1.2',
    excluded: '2.0.1',
    newest: '1.1.1',
  },
];

export const projects: readonly Project[] = shapes.flatMap((shape) =>
  Object.entries(ruleSets).map(([rules, set]) => projectOf(shape, rules, set ?? {})),
);

function projectOf(shape: Shape, rules: string, set: NonNullable<MatrixConfig['rules']>): Project {
  const before: MatrixConfig = {
    ...shape.matrix,
    tagPattern: String.raw`^(?<version>\d+\.\d+\.\d+.*)$`,
    defaults: { python: 'highest' },
    rules: set,
  };
  const config: MatrixConfig = {
    ...before,
    yanked: [{ version: shape.yanked, reason: 'it loses data' }],
    exclude: [{ version: shape.excluded, reason: 'it was a test' }],
  };
  const { facts, yanked, excluded, newest } = shape;
  return { name: `${shape.name}, ${rules}`, config, before, facts, yanked, excluded, newest };
}
