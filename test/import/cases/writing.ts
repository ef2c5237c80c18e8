/** How cases write a workflow, in short. */
import type { ModelStep } from '../../support/metadata-action.ts';

export interface ImportCase {
  readonly kind: string;
  readonly name: string;
  readonly workflow: string;
  /** Oldest first. */
  readonly gitTags: readonly string[];
  /** Git tags of one commit, for each commit that has several. */
  readonly oneCommit?: readonly (readonly string[])[];
  /** Other files of the repository. */
  readonly files?: Readonly<Record<string, string>>;
  readonly event?: 'push' | 'release';
  readonly steps: readonly (ModelStep & {
    readonly images: readonly string[];
    /** Contexts of each job; one without any if left out. */
    readonly jobs?: readonly Readonly<Record<string, unknown>>[];
  })[];
  /** Flavor to Dockerfile and platforms. */
  readonly builds: Readonly<Record<string, string>>;
  /** Comments that ask for a look. */
  readonly says?: readonly string[];
  /** Parts of the config. */
  readonly holds?: readonly string[];
}

export interface Refusal {
  readonly name: string;
  readonly workflow: string;
  readonly gitTags: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly message: string;
}

export const semver3 = [
  'type=semver,pattern={{version}}',
  'type=semver,pattern={{major}}.{{minor}}',
  'type=semver,pattern={{major}}',
];
export const lines = (...texts: readonly string[]): string => texts.join('\n');
export const usual = ['v1.9.0', 'v1.10.0'];
export const both = 'linux/amd64 linux/arm64';

/** Steps of a job, indented. */
export function job(steps: string, more = ''): string {
  const body = steps
    .trim()
    .split('\n')
    .map((line) => `      ${line}`);
  return [
    'jobs:',
    '  ship:',
    '    runs-on: ubuntu-24.04',
    ...(more === '' ? [] : more.split('\n').map((line) => `    ${line}`)),
    '    steps:',
    ...body,
    '',
  ].join('\n');
}

export const onTags = "on: { push: { tags: ['v*'] } }\n";
export const build = (more = ''): string =>
  `- uses: docker/build-push-action@v6\n  with: { push: true, tags: '\${{ steps.m.outputs.tags }}'${more} }`;
export const meta = (tags: readonly string[], more = '', images = 'acme/app'): string =>
  [
    '- id: m',
    '  uses: docker/metadata-action@v5',
    '  with:',
    `    images: ${images}`,
    ...(more === '' ? [] : [`    ${more}`]),
    '    tags: |',
    ...tags.map((tag) => `      ${tag}`),
  ].join('\n');

export const hasTags = '${{ steps.m.outputs.tags }}';
