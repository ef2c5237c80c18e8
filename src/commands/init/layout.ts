/** Which images a repository holds, as its Dockerfiles, bake, compose and goreleaser files say it. */
import { readYamlDocument, type YamlReader } from '../../import/yaml-reader.ts';
import { plainTargets } from '../../import/bake-step.ts';
import { InputError } from '../../domain/errors.ts';
import { parseRepository, formatRepository } from '../../domain/reference.ts';

export interface LaidOut {
  /** In the order in which they are found. */
  readonly images: readonly LaidOutImage[];
  /** What was read, and what was seen and left alone. */
  readonly notes: readonly string[];
}

export interface LaidOutImage {
  readonly name: string;
  /** Where a file says it goes. */
  readonly repository: string | null;
  readonly flavors: readonly LaidOutFlavor[];
  readonly platforms: readonly string[];
}

export interface LaidOutFlavor {
  readonly name: string;
  readonly suffix: string;
  readonly dockerfile: string;
  readonly context: string;
  readonly target: string | null;
  /** The series a folder is for, such as `7.2`. */
  readonly series: string | null;
}

const dockerfileName =
  /^(?:(?:Dockerfile|Containerfile)(?:[.-](?<after>[\w.-]+))?|(?<before>[\w.-]+)\.(?:Dockerfile|Containerfile))$/i;
/** Folders whose Dockerfiles are not what is published. */
const asideFolder =
  /(?:^|\/)(?:\.[^/]+|node_modules|vendor|third_party|testdata|tests?|e2e|examples?|docs?|hack|bench(?:marks)?)\//;
const asideName = /^(?:dev|test|tests|ci|debug|local|e2e|docs|lint|dockerignore|hbs|tmpl|in)$/i;

/** @param texts of the files that {@link layoutFiles} names */
export function readLayout(paths: readonly string[], texts: ReadonlyMap<string, string>): LaidOut {
  const notes: string[] = [];
  const readers = [fromBake, fromCompose, fromGoreleaser];
  for (const reader of readers) {
    const found = reader(paths, texts, notes);
    if (found.length > 0) return { images: found, notes };
  }
  const dockerfiles = dockerfilesIn(paths);
  return { images: fromDockerfiles(dockerfiles), notes: [...notes, ...asideNotes(paths, dockerfiles)] };
}

/** Files whose text decides the layout. */
export function layoutFiles(paths: readonly string[]): string[] {
  return paths.filter((path) =>
    /^(?:docker-bake\.(?:json|hcl)|(?:docker-)?compose\.ya?ml|\.?goreleaser\.ya?ml)$/.test(path),
  );
}

export function dockerfilesIn(paths: readonly string[]): string[] {
  const all = paths.filter((path) => {
    const found = dockerfileName.exec(path.split('/').at(-1) ?? '')?.groups;
    const word = found?.['after'] ?? found?.['before'] ?? '';
    return found !== undefined && !asideFolder.test(path) && !word.split(/[.-]/).some((part) => asideName.test(part));
  });
  return all.toSorted((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

function asideNotes(paths: readonly string[], used: readonly string[]): string[] {
  const others = paths.filter(
    (path) =>
      dockerfileName.test(path.split('/').at(-1) ?? '') && !used.includes(path) && !path.endsWith('dockerignore'),
  );
  return others.length === 0
    ? []
    : [
        `left out, as no release seems to publish them: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}`,
      ];
}

function fromDockerfiles(paths: readonly string[]): LaidOutImage[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  const versioned = [...folders].flatMap(([folder, files]) => versionedFlavors(folder, files));
  if (versioned.length > 0)
    return [{ name: 'image', repository: null, flavors: newestSeries(versioned), platforms: [] }];
  const isShared = (folder: string): boolean =>
    /^(?:\.|docker|dockerfiles?|build|deploy|container|images?|\.docker|packaging)$/.test(folder);
  const shared = [...folders].filter(([folder]) => isShared(folder)).flatMap(([, files]) => files);
  const own = [...folders].filter(([folder]) => !isShared(folder));
  const images: LaidOutImage[] = [];
  if (shared.length > 0)
    images.push({ name: 'image', repository: null, flavors: flavorsOf(shared, '.'), platforms: [] });
  for (const [folder, files] of own) {
    const isOnly = own.length === 1 && shared.length === 0;
    const name = imageName(folder.split('/').at(-1) ?? folder);
    images.push({ name: isOnly ? 'image' : name, repository: null, flavors: flavorsOf(files, folder), platforms: [] });
  }
  return images;
}

function flavorsOf(files: readonly string[], context: string): LaidOutFlavor[] {
  const taken = new Set<string>();
  return files.map((dockerfile, index) => {
    const found = dockerfileName.exec(dockerfile.split('/').at(-1) ?? '')?.groups;
    const word = imageName(found?.['after'] ?? found?.['before'] ?? '');
    let name = index === 0 ? 'standard' : word === 'image' ? imageName(dockerfile.split('/').at(-2) ?? 'other') : word;
    while (taken.has(name)) name = `${name}-2`;
    taken.add(name);
    return { name, suffix: index === 0 ? '' : `-${name}`, dockerfile, context, target: null, series: null };
  });
}

/** `7.2/alpine/Dockerfile`, `3.12/Dockerfile`, `22/bookworm/Dockerfile`. */
function versionedFlavors(folder: string, files: readonly string[]): LaidOutFlavor[] {
  const parts = folder.split('/');
  const at = parts.findIndex((part) => /^v?\d+(?:\.\d+)*$/.test(part));
  if (at === -1 || at > 1) return [];
  const rest = parts.slice(at + 1).join('-');
  const name = rest === '' ? 'standard' : imageName(rest);
  const series = (parts[at] ?? '').replace(/^v/, '');
  return files.slice(0, 1).map((dockerfile) => ({
    name,
    suffix: rest === '' ? '' : `-${name}`,
    dockerfile,
    context: folder,
    target: null,
    series,
  }));
}

/** Of each flavor the folder of the newest series; older ones are in the order of numbers before it. */
function newestSeries(flavors: readonly LaidOutFlavor[]): LaidOutFlavor[] {
  const compare = (a: string, b: string): number => {
    const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      const difference = (left[index] ?? 0) - (right[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return flavors.toSorted((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : compare(a.series ?? '', b.series ?? ''),
  );
}

function imageName(text: string): string {
  const plain = text
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(plain) ? plain : plain === '' ? 'image' : `image-${plain}`;
}

function fromBake(paths: readonly string[], texts: ReadonlyMap<string, string>, notes: string[]): LaidOutImage[] {
  return paths
    .filter((path) => /^docker-bake\.(?:json|hcl)$/.test(path))
    .flatMap((path) => {
      const targets = plainTargets(path, texts.get(path) ?? '');
      if (targets.length === 0 && path.endsWith('.json'))
        notes.push(`${path} was not read: its targets are not written in plain values`);
      return targets.flatMap((target): LaidOutImage[] => {
        const [tag] = target.tags;
        return [
          {
            name: targets.length === 1 ? 'image' : imageName(target.name),
            repository: tag === undefined ? null : repositoryOf(tag),
            flavors: [
              {
                name: 'standard',
                suffix: '',
                dockerfile: target.dockerfile,
                context: target.context,
                target: target.target,
                series: null,
              },
            ],
            platforms: target.platforms,
          },
        ];
      });
    });
}

function fromCompose(paths: readonly string[], texts: ReadonlyMap<string, string>, notes: string[]): LaidOutImage[] {
  const path = paths.find((one) => /^(?:docker-)?compose\.ya?ml$/.test(one));
  const yaml = path === undefined ? null : readYaml(texts.get(path) ?? '', path, notes);
  if (yaml === null) return [];
  const services = yaml.entries(yaml.at(yaml.root, 'services')).flatMap(({ key, value }): LaidOutImage[] => {
    const build = yaml.at(value, 'build');
    const image = yaml.text(yaml.at(value, 'image'));
    const repository = image === null ? null : repositoryOf(image);
    // Without a name to push to it is for a person's own machine.
    if (build === null || repository === null) return [];
    const context = (yaml.text(build) ?? yaml.text(yaml.at(build, 'context')) ?? '.')
      .replace(/^\.\/(?=.)/, '')
      .replace(/(?<!\/)\/+$/, '');
    const file = yaml.text(yaml.at(build, 'dockerfile')) ?? 'Dockerfile';
    const dockerfile = context === '.' ? file : `${context}/${file}`;
    const target = yaml.text(yaml.at(build, 'target'));
    return [
      {
        name: imageName(key),
        repository,
        flavors: [{ name: 'standard', suffix: '', dockerfile, context, target, series: null }],
        platforms: [],
      },
    ];
  });
  const fitting = services.filter(({ flavors }) => flavors.every(({ dockerfile }) => paths.includes(dockerfile)));
  return fitting.length === 1 ? fitting.map((one) => ({ ...one, name: 'image' })) : fitting;
}

function fromGoreleaser(paths: readonly string[], texts: ReadonlyMap<string, string>, notes: string[]): LaidOutImage[] {
  const path = paths.find((one) => /^\.?goreleaser\.ya?ml$/.test(one));
  const yaml = path === undefined ? null : readYaml(texts.get(path) ?? '', path, notes);
  if (yaml === null || path === undefined) return [];
  const dockers = yaml.items(yaml.at(yaml.root, 'dockers'));
  const repositories = dockers.flatMap((docker) =>
    yaml.items(yaml.at(docker, 'image_templates')).flatMap((item) => repositoryOf(yaml.text(item) ?? '') ?? []),
  );
  const [first] = dockers;
  const [repository] = new Set(repositories);
  if (first === undefined || repository === undefined) return [];
  const platforms = dockers.map((docker) => `linux/${yaml.text(yaml.at(docker, 'goarch')) ?? 'amd64'}`);
  const dockerfile = yaml.text(yaml.at(first, 'dockerfile')) ?? 'Dockerfile';
  notes.push(
    `${path} builds the binaries that its Dockerfile copies: the Dockerfile has to build them here, or keep goreleaser's build`,
  );
  return [
    {
      name: 'image',
      repository,
      flavors: [{ name: 'standard', suffix: '', dockerfile, context: '.', target: null, series: null }],
      platforms: [...new Set(platforms)],
    },
  ];
}

function readYaml(text: string, path: string, notes: string[]): YamlReader | null {
  try {
    return readYamlDocument(text, path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    notes.push(`${path} was not read: it is not valid YAML`);
    return null;
  }
}

/** Of an image reference whose name is written out; `null` where a variable is in it, or no owner. */
function repositoryOf(reference: string): string | null {
  const name = /^(?<name>[a-z0-9][\w.\-/]*(?::\d+\/[\w.\-/]+)?)(?:[:@].*)?$/.exec(reference)?.groups?.['name'];
  if (name === undefined || !name.includes('/')) return null;
  const parsed = parseRepository(name.toLowerCase(), '');
  return parsed.ok ? formatRepository(parsed.value) : null;
}
