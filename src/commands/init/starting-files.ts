/** The files that `init` writes: a config, a template with what it renders to, and two workflows. */
import { configText, entry, list, object, type DraftEntry, type DraftObject } from '../../import/config-text.ts';
import { schemeOf, shapeOf, tagPattern, type SchemeName } from '../../import/version-shape.ts';
import type { GitFacts } from '../../ports.ts';
import type { ProjectFacts } from './project-facts.ts';

export const templatePath = 'dockerfiles/standard.Dockerfile.hbs';
export const dockerfilePath = 'dockerfiles/standard.Dockerfile';

export function startingConfig(facts: ProjectFacts, git: GitFacts): string {
  const head = [
    'Which images each release has, and what their tags are: written by `tagwright init`, yours to change.',
    '',
    'See it with `tagwright plan --offline`.',
  ];
  return configText(configDraft(facts, git), head);
}

function configDraft(facts: ProjectFacts, git: GitFacts): DraftObject {
  const scheme: SchemeName = schemeOf(facts.kind === 'python', shapeOf(git.tags, []));
  const isPython = facts.kind === 'python';
  const entries: DraftEntry[] = [
    entry('repository', facts.repository, ['Where it is published: a guess, unless the registry is the right one.']),
    entry('source', object([entry('git', '.')], sourceHints(facts))),
    entry('scheme', scheme),
    entry('tagPattern', { kind: 'pattern', text: tagPattern(scheme, shapeOf(git.tags, [])) }, [
      'Which git tags are releases.',
    ]),
  ];
  if (isPython) entries.push(entry('pythons', list(facts.pythons)));
  entries.push(entry('flavors', object([entry('standard', flavorDraft(facts))])));
  entries.push(entry('platforms', list(['linux/amd64', 'linux/arm64'])));
  if (isPython) {
    entries.push(
      entry('defaults', object([entry('python', 'highest')]), [
        "Which Python MAJOR-latest means; once it should stand still, { '1': '3.13' }.",
      ]),
    );
  }
  return object(entries);
}

function sourceHints({ github, kind, packageName }: ProjectFacts): string[] {
  const hints = [`github: '${github ?? 'owner/name'}' knows drafts and pre-releases too, and needs no deep clone`];
  if (kind === 'python') hints.push(`pypi: '${packageName ?? 'name'}' adds what was yanked, and --wait-for-package`);
  return hints;
}

function flavorDraft({ hasDockerfile, kind }: ProjectFacts): DraftObject {
  if (hasDockerfile) return object([entry('dockerfile', 'Dockerfile')]);
  const bases = { python: 'python:{{python}}-slim', node: 'node:24-slim', other: 'debian:bookworm-slim' };
  return object([entry('dockerfile', dockerfilePath), entry('template', templatePath), entry('base', bases[kind])]);
}

/** A Dockerfile that installs the project, as a template. */
export function startingTemplate({ kind }: ProjectFacts): string {
  const bodies = {
    python: ['COPY . /src', 'RUN python -m pip install --no-cache-dir /src && rm -rf /src'],
    node: ['WORKDIR /app', 'COPY . .', 'RUN npm ci --omit=dev'],
    other: ['COPY . /app', 'WORKDIR /app'],
  };
  return [
    '# Rendered from {{template}} by `tagwright render`: edit the template, not this file.',
    ...(kind === 'python' ? ['ARG PYTHON'] : []),
    'FROM {{base.from}}',
    ...bodies[kind],
    '# Last, so that what is built once serves every release. The other labels come from the build.',
    'ARG VERSION',
    'LABEL org.opencontainers.image.base.name="{{base.name}}"',
    '',
  ].join('\n');
}

const checkout = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const qemu = 'docker/setup-qemu-action@96fe6ef7f33517b61c61be40b68a1882f3264fb8 # v4.2.0';
const buildx = 'docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e # v4.3.0';
const login = 'docker/login-action@4907a6ddec9925e35a0a9e82d7399ccc52663121 # v4.1.0';
const own = 'tagwright/tagwright@v0 # pin by commit';

/** @param repository decides which registry it logs in to */
export function releaseWorkflow(repository: string): string {
  const registry = repository.split('/')[0] ?? '';
  const isGithub = registry === 'ghcr.io';
  const user = isGithub ? '${{ github.actor }}' : '${{ secrets.REGISTRY_USERNAME }}';
  const password = isGithub ? '${{ github.token }}' : '${{ secrets.REGISTRY_PASSWORD }}';
  return `# Builds every image of a release, verifies them, and only then moves the tags that others follow.
name: release images

on:
  release:
    types: [published]

permissions:
  contents: read

# One run a release. Of runs that share a group GitHub keeps one waiting and drops the others.
concurrency:
  group: release-images-\${{ github.event.release.tag_name }}
  cancel-in-progress: false

jobs:
  publish:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      packages: write
    steps:
      - uses: ${checkout}
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: ${qemu}
      - uses: ${buildx}
      - uses: ${login}
        with:
          registry: ${registry}
          username: ${user}
          password: ${password}
      - uses: ${own}
        with:
          command: publish
`;
}

export function auditWorkflow(): string {
  return `# Every tag against the plan, every night; one issue has what was found, and is closed once nothing is.
name: audit images

on:
  schedule:
    - cron: '17 3 * * *'
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: audit-images

jobs:
  audit:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      issues: write
    steps:
      - uses: ${checkout}
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: ${own}
        with:
          command: audit
          issue: true
`;
}
