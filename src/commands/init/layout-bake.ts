/** The images of bake files. */
import { groupBy } from '../../domain/group-by.ts';
import { parseJsonObject } from '../../domain/json.ts';
import { plainTargets, type PlainTarget } from '../../import/bake-files.ts';
import { imageName, readYaml, repositoryOf, type LaidOutFlavor, type LaidOutImage } from './laid-out.ts';
import { composeName } from './layout-compose.ts';
import { bakeFiles } from './printed-bake.ts';

export function fromBake(
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
  notes: string[],
): LaidOutImage[] {
  const files = bakeFiles(texts);
  const where = files.map(({ path }) => path).join(', ');
  const { targets, unread } = plainTargets(files);
  for (const { path, text } of files)
    if (path.endsWith('.json') && parseJsonObject(text) === null)
      notes.push(`${path} was not read: it is no JSON object`);
  if (files.length > 1 && targets.length > 0)
    notes.push(`${where}: merged in this order, as docker buildx bake merges them.`);
  if (unread.length > 0)
    notes.push(`${where}: not read is ${unread.join(', ')}, whose Dockerfile is not written as a plain path to a file`);
  for (const target of targets) notes.push(...bakeNotes(target, where));
  notes.push(...composeNotes(targets, paths, texts));
  const groups = groupBy(targets, (target) => repositoryOf(target.tags[0] ?? '') ?? `target ${target.name}`);
  return [...groups.values()].flatMap((group): LaidOutImage[] => {
    const [first] = group;
    if (first === undefined) return [];
    const repository = repositoryOf(first.tags[0] ?? '');
    const others = otherRepositories(group, repository);
    if (others.length > 0)
      notes.push(
        `${where}: ${first.name} is pushed to ${others.join(', ')} too: make repository a list with all of them`,
      );
    const name = groups.size === 1 ? 'image' : imageName(first.name);
    const platforms = [...new Set(group.flatMap((target) => target.platforms))];
    return [{ name, repository, flavors: bakeFlavors(group), platforms }];
  });
}

/** Targets of one repository are told apart by what their tags have and the first one's lack. */
function bakeFlavors(targets: readonly PlainTarget[]): LaidOutFlavor[] {
  return targets.map(
    ({ dockerfile, context, target, platforms, args, contexts, name: written, tags: [reference = ''] }, index) => {
      const name = index === 0 ? 'standard' : imageName(written);
      // `dev-alpine` beside the first one's `dev`, or `alpine` beside `latest`.
      const tag = tagOf(reference);
      const start = ['latest', tagOf(targets[0]?.tags[0] ?? '')].find((one) => one !== '' && tag.startsWith(`${one}-`));
      const rest = start === undefined ? tag : tag.slice(start.length + 1);
      const word = /^[a-z][\w.-]*$/i.test(rest) ? rest : name;
      const suffix = index === 0 ? '' : `-${word}`;
      return { name, suffix, dockerfile, context, target, series: null, platforms, args, contexts };
    },
  );
}

function tagOf(reference: string): string {
  return /:(?<tag>[^:/]+)$/.exec(reference)?.groups?.['tag'] ?? '';
}

function otherRepositories(targets: readonly PlainTarget[], repository: string | null): string[] {
  const named = targets.flatMap(({ tags }) => tags.flatMap((tag) => repositoryOf(tag) ?? []));
  return [...new Set(named)].filter((one) => one !== repository);
}

/** What of a target is not in the config. */
function bakeNotes({ name, more }: PlainTarget, where: string): string[] {
  return more.length === 0 ? [] : [`${where}: ${name} has ${more.join(', ')}, which the config lacks: write it there`];
}

/** Without --file, bake takes a service for a target of its name too, and the bake files change it. */
function composeNotes(
  targets: readonly PlainTarget[],
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
): string[] {
  const path = paths.find((one) => composeName.test(one));
  const yaml = path === undefined ? null : readYaml(texts.get(path) ?? '', path, [], { merge: true });
  if (yaml === null || path === undefined) return [];
  const services = yaml.entries(yaml.at(yaml.root, 'services')).filter(({ value }) => yaml.at(value, 'build') !== null);
  const both = targets.filter(({ name }) => services.some(({ key }) => key === name)).map(({ name }) => name);
  if (both.length === 0) return [];
  return [
    `${path} has ${both.join(', ')} too, which docker buildx bake reads first: check its Dockerfile and context in the config`,
  ];
}
