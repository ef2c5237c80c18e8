/** The files that `init` writes: a config, a template with what it renders to, and two workflows. */
import { releaseArguments } from '../../domain/build-arguments.ts';
import { configText, entry, list, object, type DraftEntry, type DraftObject } from '../../import/config-text.ts';
import { schemeOf, shapeOf, tagPattern, type SchemeName } from '../../import/version-shape.ts';
import type { GitFacts } from '../../ports.ts';
import type { LaidOutFlavor, LaidOutImage } from './laid-out.ts';
import { nowhere, type ProjectFacts } from './project-facts.ts';

export const templatePath = 'dockerfiles/standard.Dockerfile.hbs';
export const dockerfilePath = 'dockerfiles/standard.Dockerfile';

/** Where a folder without git has its releases. */
export const releasesPath = 'releases.json';
/** Where nothing says for which ones. */
export const usualPlatforms: readonly string[] = ['linux/amd64', 'linux/arm64'];

export function startingConfig(facts: ProjectFacts, git: GitFacts): string {
  const head = [
    'Which images each release has, and what their tags are: written by `tagwright init`, yours to change.',
    '',
    'See it with `tagwright plan --offline`.',
  ];
  return configText(configDraft(facts, git), head);
}

/** Git tags of several packages, each with its name in front: `api/v1.2.0`, `@acme/worker@0.4.1`. */
export function packageTags(
  { layout: { images } }: ProjectFacts,
  tags: readonly string[],
): { readonly own: ReadonlyMap<string, readonly string[]>; readonly rest: readonly string[] } {
  if (images.length < 2) return { own: new Map(), rest: tags };
  const all = images.map(({ name }): [string, readonly string[]] => {
    const named = new RegExp(String.raw`(?:^|[/@])${name}[-/@_]v?\d`, 'i');
    return [name, tags.filter((tag) => named.test(tag))];
  });
  const own = new Map(all.filter(([, found]) => found.length > 0));
  const taken = new Set([...own.values()].flat());
  return { own, rest: tags.filter((tag) => !taken.has(tag)) };
}

function configDraft(facts: ProjectFacts, git: GitFacts): DraftObject {
  const { own, rest } = packageTags(facts, git.tags);
  const shape = shapeOf(rest, []);
  const shapes = [...own.values()].map((tags) => shapeOf(tags, []));
  const scheme: SchemeName = shapes.some(({ isSemver }) => !isSemver)
    ? 'pep440'
    : schemeOf(facts.kind === 'python', shape);
  const patterns = new Map([...own].map(([name, tags]) => [name, tagPattern(scheme, shapeOf(tags, []))]));
  const isShared = patterns.size === 0 || facts.layout.images.some(({ name }) => !patterns.has(name));
  const entries: DraftEntry[] = [
    ...imageEntries(facts, patterns),
    entry('source', object([git.isRepository ? entry('git', '.') : entry('file', releasesPath)], sourceHints(facts))),
    entry('scheme', scheme),
    ...(isShared ? [patternEntry(tagPattern(scheme, shape))] : []),
  ];
  if (facts.pythons.length > 0) {
    entries.push(entry('pythons', list(facts.pythons)));
    if (facts.pythonArgument !== null) {
      const args = object([entry(facts.pythonArgument, '{{python}}')]);
      entries.push(entry('args', args, ['The Dockerfile calls it so; every build is told PYTHON.']));
    }
    entries.push(
      entry('defaults', object([entry('python', 'highest')]), [
        "Which Python `latest` means; to keep it on one, by series, { '1': '3.13' }.",
      ]),
    );
  }
  const { platforms, isGuess } = platformsOf(facts);
  entries.push(entry('platforms', list(platforms), isGuess ? ['A guess, so check it.'] : []));
  // With two numbers the version is its own X.Y.
  if (shape.parts === 2) entries.push(entry('rules', object([entry('minor', false)])));
  return object(entries, ruleHints(facts));
}

/** Those that files or a person say, else the usual ones. */
export function platformsOf({ layout, platforms: said }: ProjectFacts): {
  readonly platforms: readonly string[];
  readonly isGuess: boolean;
} {
  const platforms = [...new Set(layout.images.flatMap((image) => image.platforms))];
  if (platforms.length > 0) return { platforms, isGuess: false };
  return { platforms: said ?? usualPlatforms, isGuess: said === null };
}

function patternEntry(text: string): DraftEntry {
  return entry('tagPattern', { kind: 'pattern', text }, ['Which git tags are releases.']);
}

/** What a first config leaves at its default, and how to change it. */
function ruleHints({ pythons }: ProjectFacts): string[] {
  const python = pythons.length > 0 ? '-python…' : '';
  return [
    `Tags are VERSION${python}, sha-COMMIT${python}, X.Y${python}, X${python} and latest. In rules,`,
    'sha: false leaves out the tag of the commit: if nobody pulls by commit, or two releases have the same one;',
    "latest: { template: '{{major}}-latest{{suffix}}' } makes a tag for each major version, 2-latest, in place of latest.",
  ];
}

/** One image, or `images` with one for each part of the repository. */
function imageEntries(facts: ProjectFacts, patterns: ReadonlyMap<string, string>): DraftEntry[] {
  const { images } = facts.layout;
  const [first, ...more] = images;
  const isSaid = images.some(({ platforms }) => platforms.length > 0);
  const all: Platforms = { platforms: platformsOf(facts).platforms, isSaid };
  if (first === undefined)
    return [repositoryEntry(facts.repository, facts.isRepositorySaid), entry('flavors', firstFlavor(facts))];
  if (more.length === 0) return [repositoryEntry(facts.repository, facts.isRepositorySaid), flavorsEntry(first, all)];
  const drafts = images.map((image) => {
    const repository = image.repository ?? `${facts.repository}${image.name === 'image' ? '' : `-${image.name}`}`;
    const pattern = patterns.get(image.name);
    const own = pattern === undefined ? [] : [patternEntry(pattern)];
    const isSaid = image.repository !== null;
    return entry(image.name, object([repositoryEntry(repository, isSaid), ...own, flavorsEntry(image, all)]));
  });
  return [entry('images', object(drafts))];
}

function repositoryEntry(repository: string, isSaid: boolean): DraftEntry {
  const isNowhere = repository.startsWith(`${nowhere}/`);
  const comment = isNowhere
    ? 'CHANGE THIS: nothing here says where the image goes. This name cannot be pushed to.'
    : 'Where it is published: a guess, so check it.';
  return entry('repository', repository, isSaid && !isNowhere ? [] : [comment]);
}

const told: ReadonlySet<string> = new Set(Object.values(releaseArguments));

function flavorsEntry({ flavors }: LaidOutImage, { platforms: all, isSaid }: Platforms): DraftEntry {
  const byName = new Map(flavors.map((flavor) => [flavor.name, flavor]));
  const drafts = [...byName].map(([name, flavor]) => {
    const entries = [entry('dockerfile', bySeries(flavor.dockerfile, flavor.series))];
    const context = bySeries(flavor.context, flavor.series);
    if (flavor.target !== null) entries.push(entry('target', flavor.target));
    if (context !== '.') entries.push(entry('context', context));
    if (flavor.suffix !== '') entries.push(entry('suffix', flavor.suffix));
    const fewer = fewerPlatforms(flavor, all, isSaid);
    if (fewer !== null) entries.push(entry('platforms', list(fewer.platforms), fewer.comments));
    for (const [key, values] of [
      ['contexts', flavor.contexts],
      ['args', flavor.args],
    ] as const) {
      // Every build is told these.
      const others = [...(values ?? [])].filter(([one]) => !told.has(one));
      const drafts = others.map(([one, value]) => entry(one, value));
      if (drafts.length > 0) entries.push(entry(key, object(drafts)));
    }
    const isGuess = context !== '.' && flavor.series === null;
    return entry(name, object(entries), isGuess ? [`Built in ${context}: a guess, so check its COPY lines.`] : []);
  });
  return entry('flavors', object(drafts));
}

/** Of the whole config. */
interface Platforms {
  readonly platforms: readonly string[];
  /** A file names some; else they are guessed, or a person's answer. */
  readonly isSaid: boolean;
}

interface FewerPlatforms {
  readonly platforms: readonly string[];
  readonly comments: readonly string[];
}

/** Where its file says others than the whole config has; a build that names none is for the machine that runs it. */
function fewerPlatforms({ platforms }: LaidOutFlavor, all: readonly string[], isSaid: boolean): FewerPlatforms | null {
  if (platforms === undefined || !isSaid) return null;
  if (platforms.length > 0) return all.every((one) => platforms.includes(one)) ? null : { platforms, comments: [] };
  return { platforms: all, comments: ['Its file names none: a guess, so check it.'] };
}

/** `7.2/alpine` as the folder of each release's own series. */
function bySeries(path: string, series: string | null): string {
  if (series === null) return path;
  const names = ['{{major}}', '{{minor}}', '{{patch}}'].slice(0, series.split('.').length);
  return path.replace(series, names.join('.'));
}

function firstFlavor({ base }: ProjectFacts): DraftObject {
  if (base === null) {
    const comment = 'There is no Dockerfile yet: write one before the first publish.';
    return object([entry('standard', object([entry('dockerfile', 'Dockerfile')]), [comment])]);
  }
  const parts = [entry('dockerfile', dockerfilePath), entry('template', templatePath), entry('base', base)];
  return object([entry('standard', object(parts))]);
}

function sourceHints({ github, kind, packageName }: ProjectFacts): string[] {
  const hints = [`github: '${github ?? 'owner/name'}' knows drafts and pre-releases too, and needs no deep clone`];
  if (kind === 'python') hints.push(`pypi: '${packageName ?? 'name'}' adds what was yanked, and --wait-for-package`);
  return hints;
}

/** A Dockerfile that installs the project, as a template. */
export function startingTemplate({ kind }: ProjectFacts): string {
  const bodies = {
    python: ['COPY . /src', 'RUN python -m pip install --no-cache-dir /src && rm -rf /src'],
    node: ['WORKDIR /app', 'COPY . .', 'RUN npm ci --omit=dev', 'CMD ["npm", "start"]'],
    go: ['WORKDIR /src', 'COPY . .', 'RUN CGO_ENABLED=0 go install ./...'],
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
