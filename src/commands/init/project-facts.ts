/** What the files of a project say of it, read by patterns: enough for a first config, which its owner then reads. */
import { parseJsonObject } from '../../domain/json.ts';
import type { GitFacts } from '../../ports.ts';
import type { LaidOut } from './laid-out.ts';
import { dockerfilesIn, layoutFiles, readLayout } from './layout.ts';

export interface ProjectFacts {
  readonly kind: 'python' | 'node' | 'go' | 'other';
  /** Of the package; `null` where nothing says it. */
  readonly packageName: string | null;
  /** Those that each release has an image for; none where there is one image a release. */
  readonly pythons: readonly string[];
  /** What the Dockerfile calls its Python, if not `PYTHON` as every build is told. */
  readonly pythonArgument: string | null;
  /** The base of a first Dockerfile; `null` where nothing says how the project is installed. */
  readonly base: string | null;
  /** `owner/name`, where the remote is on GitHub. */
  readonly github: string | null;
  /** Host of the GitLab that the remote is on; `null` if it is on none. */
  readonly gitlab: string | null;
  /** `registry/name`. */
  readonly repository: string;
  /** A file or a person said it; else it is a guess. */
  readonly isRepositorySaid: boolean;
  /** Of images whose files say none; `null`: nobody said. */
  readonly platforms: readonly string[] | null;
  readonly layout: LaidOut;
}

/** Nothing can be pushed there: the domain does not exist by definition. */
export const nowhere = 'registry.invalid';

/** Files whose text says something. */
export function projectPaths(paths: readonly string[]): string[] {
  const usual = ['pyproject.toml', 'package.json', 'go.mod'].filter((path) => paths.includes(path));
  return [...usual, ...layoutFiles(paths), ...dockerfilesIn(paths).slice(0, 1)];
}

/** Whose pipelines or workflows the project has. */
export type Forge = 'github' | 'gitlab';

/** Where the remote says so by its host, or a pipeline of GitLab lies here; else GitHub. */
export function forgeOf({ remote, files }: Pick<GitFacts, 'remote' | 'files'>): Forge {
  const host = remoteOf(remote)?.host ?? '';
  if (host === 'github.com') return 'github';
  return /(?:^|[.-])gitlab(?:[.-]|$)/.test(host) || files.includes('.gitlab-ci.yml') ? 'gitlab' : 'github';
}

/** @param texts of {@link projectPaths} */
export function projectFacts(
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
  git: GitFacts,
  forge: Forge = forgeOf(git),
): ProjectFacts {
  const text = (path: string): string => texts.get(path) ?? '';
  const kind = texts.has('pyproject.toml')
    ? 'python'
    : texts.has('go.mod')
      ? 'go'
      : texts.has('package.json')
        ? 'node'
        : 'other';
  const remote = remoteOf(git.remote);
  const packageName = kind === 'python' ? pythonName(text('pyproject.toml')) : nodeName(text('package.json'));
  const layout = readLayout(paths, texts);
  const [dockerfile] = dockerfilesIn(paths);
  // A Dockerfile that is there and asks for no Python is one image a release.
  const asked = /^[ \t]*ARG[ \t]+(?<name>PYTHON(?:_VERSION)?)\b/im.exec(
    dockerfile === undefined ? '' : text(dockerfile),
  );
  const asksPython = dockerfile === undefined || asked !== null;
  const pythons = kind === 'python' && asksPython ? pythonsOf(text('pyproject.toml')) : [];
  const said = layout.images.find(({ repository }) => repository !== null)?.repository ?? null;
  return {
    kind,
    packageName,
    pythons,
    pythonArgument: asked?.groups?.['name'] === 'PYTHON_VERSION' ? 'PYTHON_VERSION' : null,
    base: baseOf(kind, text('package.json'), text('go.mod')),
    github: remote !== null && remote.host === 'github.com' ? remote.path : null,
    gitlab: forge === 'gitlab' ? (remote?.host ?? null) : null,
    repository: said ?? guessRepository(remote, packageName ?? git.folder, forge),
    isRepositorySaid: said !== null,
    platforms: null,
    layout,
  };
}

function baseOf(kind: ProjectFacts['kind'], packageJson: string, goMod: string): string | null {
  if (kind === 'python') return 'python:{{python}}-slim';
  if (kind === 'go') return `golang:${/^go (?<go>\d+\.\d+)/m.exec(goMod)?.groups?.['go'] ?? '1'}`;
  if (kind !== 'node') return null;
  const engines = parseJsonObject(packageJson)?.['engines'];
  const asked = typeof engines === 'object' && engines !== null && 'node' in engines ? String(engines.node) : '';
  const major = /(?<major>\d+)/.exec(asked)?.groups?.['major'] ?? '24';
  return `node:${major}-slim`;
}

export interface Remote {
  readonly host: string;
  /** `owner/name`, or with groups between. */
  readonly path: string;
}

/** `https://host/owner/name.git` or `git@host:owner/name`; what stands before `@` is not looked at. */
export function remoteOf(url: string | null): Remote | null {
  const pattern =
    /^(?:[a-z+]+:\/\/)?(?:[^/@]*@)?(?<host>[A-Za-z0-9.-]+)(?::\d+)?[:/]\/?(?<path>(?:[\w.-]+\/)+[\w.-]+?)(?:\.git)?\/?$/;
  const found = pattern.exec(url ?? '')?.groups;
  return found === undefined ? null : { host: (found['host'] ?? '').toLowerCase(), path: found['path'] ?? '' };
}

/** Where a service keeps the images of its projects; elsewhere nothing says where they go. */
function guessRepository(remote: Remote | null, name: string, forge: Forge): string {
  const registries: Readonly<Record<string, string>> = {
    'github.com': 'ghcr.io',
    'gitlab.com': 'registry.gitlab.com',
    'codeberg.org': 'codeberg.org',
    'gitea.com': 'gitea.com',
  };
  // A GitLab of one's own has its registry there unless its owner chose another place.
  // https://docs.gitlab.com/administration/packages/container_registry/
  const ownGitlab = forge === 'gitlab' && remote !== null ? `${remote.host}:5050` : undefined;
  const registry = registries[remote?.host ?? ''] ?? ownGitlab;
  const path = remote?.path ?? name;
  const parts = path
    .split('/')
    .map(repositoryPart)
    .filter((part) => part !== '');
  if (registry !== undefined && parts.length > 1) return `${registry}/${parts.join('/')}`;
  return `${nowhere}/${parts.at(-1) ?? 'app'}`;
}

/** What a name of a repository may hold. */
function repositoryPart(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/[._-]*(?<mark>[._-])[._-]*/g, '$<mark>')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, 100);
}

/** The table `[project]`, or `[tool.poetry]`, up to the next one. */
function pythonName(pyproject: string): string | null {
  const table = /^\[(?:project|tool\.poetry)\][^\n]*\n(?<body>(?:(?!\[)[^\n]*(?:\n|$))*)/m.exec(pyproject);
  const name = /^name\s*=\s*(?:"(?<double>[^"\n]+)"|'(?<single>[^'\n]+)')/m.exec(table?.groups?.['body'] ?? '');
  const text = name?.groups?.['double'] ?? name?.groups?.['single'] ?? '';
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text) ? text : null;
}

const classifier = /Programming Language :: Python :: (?<python>3\.\d+)["']/g;
const newestPythons = ['3.12', '3.13', '3.14'];

/** As its classifiers say, within what `requires-python` allows; else the newest ones that it allows. */
function pythonsOf(pyproject: string): string[] {
  const asked =
    /^(?:requires-python|python)\s*=\s*["'](?<range>[^"'\n]*)["']/m.exec(pyproject)?.groups?.['range'] ?? '';
  const least = /(?:>=|\^|~=?)\s*(?<python>3\.\d+)/.exec(asked)?.groups?.['python'] ?? '3.0';
  const below = /<\s*(?<python>3\.\d+)/.exec(asked)?.groups?.['python'];
  const upTo = /<=\s*(?<python>3\.\d+)/.exec(asked)?.groups?.['python'];
  const fits = (python: string): boolean =>
    minorOf(python) >= minorOf(least) &&
    (below === undefined || minorOf(python) < minorOf(below)) &&
    (upTo === undefined || minorOf(python) <= minorOf(upTo));
  const listed = [...new Set([...pyproject.matchAll(classifier)].flatMap((match) => match.groups?.['python'] ?? []))];
  const fitting = listed.filter(fits).toSorted((a, b) => minorOf(a) - minorOf(b));
  if (fitting.length > 0) return fitting;
  const newest = newestPythons.filter(fits);
  const last = below === undefined ? upTo : `3.${minorOf(below) - 1}`;
  return newest.length > 0 ? newest : [last ?? least];
}

function minorOf(python: string): number {
  return Number(python.split('.')[1]);
}

function nodeName(packageJson: string): string | null {
  const name = parseJsonObject(packageJson)?.['name'];
  return typeof name === 'string' && /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/.test(name)
    ? name
    : null;
}
