/** What the files of a project say of it, read by patterns: enough for a first config, which its owner then reads. */
import { parseJsonObject } from '../../domain/json.ts';
import type { GitFacts } from '../../ports.ts';

export interface ProjectFacts {
  readonly kind: 'python' | 'node' | 'other';
  /** Of the package; `null` where nothing says it. */
  readonly packageName: string | null;
  readonly pythons: readonly string[];
  /** `owner/name`, where the remote is on GitHub. */
  readonly github: string | null;
  /** `registry/name`, a guess. */
  readonly repository: string;
  readonly hasDockerfile: boolean;
}

export interface ProjectTexts {
  readonly pyproject: string | null;
  readonly packageJson: string | null;
  readonly hasDockerfile: boolean;
}

export function projectFacts(texts: ProjectTexts, git: GitFacts): ProjectFacts {
  const kind = texts.pyproject !== null ? 'python' : texts.packageJson !== null ? 'node' : 'other';
  const remote = remoteOf(git.remote);
  const packageName = kind === 'python' ? pythonName(texts.pyproject ?? '') : nodeName(texts.packageJson ?? '');
  return {
    kind,
    packageName,
    pythons: kind === 'python' ? pythonsOf(texts.pyproject ?? '') : [],
    github: remote !== null && remote.host === 'github.com' ? remote.path : null,
    repository: guessRepository(remote, packageName, git.folder),
    hasDockerfile: texts.hasDockerfile,
  };
}

interface Remote {
  readonly host: string;
  /** `owner/name`. */
  readonly path: string;
}

/** `https://host/owner/name.git` or `git@host:owner/name`; what stands before `@` is not looked at. */
export function remoteOf(url: string | null): Remote | null {
  const pattern =
    /^(?:[a-z+]+:\/\/)?(?:[^/@]*@)?(?<host>[A-Za-z0-9.-]+)(?::\d+)?[:/](?<path>[\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/;
  const found = pattern.exec(url ?? '')?.groups;
  return found === undefined ? null : { host: (found['host'] ?? '').toLowerCase(), path: found['path'] ?? '' };
}

function guessRepository(remote: Remote | null, packageName: string | null, folder: string): string {
  const registries: Readonly<Record<string, string>> = {
    'github.com': 'ghcr.io',
    'gitlab.com': 'registry.gitlab.com',
  };
  const [owner = 'acme', name = ''] = (remote?.path ?? `acme/${packageName ?? folder}`).split('/').map(repositoryPart);
  const registry = registries[remote?.host ?? ''] ?? 'docker.io';
  return `${registry}/${owner === '' ? 'acme' : owner}/${name === '' ? 'app' : name}`;
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

/** As its classifiers say; else the newest ones that `requires-python` allows. */
function pythonsOf(pyproject: string): string[] {
  const listed = [...pyproject.matchAll(classifier)].flatMap((match) => match.groups?.['python'] ?? []);
  if (listed.length > 0) return [...new Set(listed)].toSorted((a, b) => minorOf(a) - minorOf(b));
  const least = /^(?:requires-python|python)\s*=\s*["'][^"'\n]*?(?:>=|\^|~=?)\s*(?<python>3\.\d+)/m.exec(pyproject);
  const from = least?.groups?.['python'] ?? '3.12';
  const allowed = newestPythons.filter((python) => minorOf(python) >= minorOf(from));
  return allowed.length > 0 ? allowed : [from];
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
