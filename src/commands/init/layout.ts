/** Which images a repository holds, as its Dockerfiles, bake, compose and goreleaser files say it. */
import { distinctNames } from './distinct-names.ts';
import { fromBake } from './layout-bake.ts';
import { composeName, fromCompose } from './layout-compose.ts';
import { fromGoreleaser, goreleaserName } from './layout-goreleaser.ts';
import { imageName, type LaidOut, type LaidOutFlavor, type LaidOutImage } from './laid-out.ts';
import { bakeFileNames } from '../../import/bake-files.ts';

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
    if (found.length > 0) return { images: distinctNames(found), notes };
  }
  const dockerfiles = dockerfilesIn(paths);
  return { images: distinctNames(fromDockerfiles(dockerfiles)), notes: [...notes, ...asideNotes(paths, dockerfiles)] };
}

/** Files whose text decides the layout. */
export function layoutFiles(paths: readonly string[]): string[] {
  return paths.filter((path) => bakeFileNames.includes(path) || composeName.test(path) || goreleaserName.test(path));
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
