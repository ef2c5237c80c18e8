/** The images of a compose file: its services that are built and have a name to push to. */
import { groupBy } from '../../domain/group-by.ts';
import { insideOf } from '../../import/bake-files.ts';
import type { YamlNode, YamlReader } from '../../import/yaml-reader.ts';
import { imageName, readYaml, repositoryOf, type LaidOutFlavor, type LaidOutImage } from './laid-out.ts';

export const composeName = /^(?:docker-)?compose\.ya?ml$/;

interface Service {
  readonly name: string;
  readonly repository: string;
  readonly build: YamlNode;
  readonly flavor: LaidOutFlavor & { readonly platforms: readonly string[] };
}

export function fromCompose(
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
  notes: string[],
): LaidOutImage[] {
  const path = paths.find((one) => composeName.test(one));
  const yaml = path === undefined ? null : readYaml(texts.get(path) ?? '', path, notes, { merge: true });
  if (yaml === null || path === undefined) return [];
  const services = yaml.entries(yaml.at(yaml.root, 'services')).flatMap(({ key, value }): Service[] => {
    const service = serviceOf(key, value, yaml);
    notes.push(...takenOver(key, value, yaml).map((what) => `${path}: ${what}`));
    if (service === null || !paths.includes(service.flavor.dockerfile)) {
      notes.push(...leftOut(key, value, yaml).map((what) => `${path}: ${what}`));
      return [];
    }
    return [service];
  });
  // Of services that are built alike, one speaks for all.
  const spoken = groupBy(services, ({ repository, flavor }) => JSON.stringify([repository, sameBuild(flavor)]));
  for (const [one] of spoken.values())
    if (one !== undefined) notes.push(...unsaid(one.name, one.build, yaml).map((what) => `${path}: ${what}`));
  const images = [...groupBy(services, ({ repository }) => repository).values()];
  return images.flatMap((group): LaidOutImage[] => {
    const [first] = group;
    if (first === undefined) return [];
    const name = images.length === 1 ? 'image' : imageName(first.name);
    const platforms = [...new Set(group.flatMap(({ flavor }) => flavor.platforms))];
    return [{ name, repository: first.repository, flavors: flavorsOf(group), platforms }];
  });
}

function serviceOf(name: string, service: YamlNode, yaml: YamlReader): Service | null {
  const build = yaml.at(service, 'build');
  const repository = repositoryOf(yaml.text(yaml.at(service, 'image')) ?? '');
  // Without a name to push to it is for a person's own machine.
  if (build === null || repository === null || yaml.at(build, 'dockerfile_inline') !== null) return null;
  const text = (key: string): string | null => yaml.text(yaml.at(build, key));
  const context = insideOf('.', yaml.text(build) ?? text('context') ?? '.');
  const dockerfile = context === null ? null : insideOf(context, text('dockerfile') ?? 'Dockerfile');
  if (context === null || dockerfile === null) return null;
  const listed = yaml.items(yaml.at(build, 'platforms')).flatMap((item) => yaml.text(item) ?? []);
  const own = yaml.text(yaml.at(service, 'platform'));
  const platforms = listed.length > 0 ? listed : own === null ? [] : [own];
  const common = { suffix: '', target: text('target'), series: null, platforms, args: argumentsOf(build, yaml) };
  return { name, repository, build, flavor: { name: 'standard', dockerfile, context, ...common } };
}

/** Of a map or a list; those whose value only the machine knows are left out, and said. */
function argumentsOf(build: YamlNode, yaml: YamlReader): Map<string, string> {
  const args = yaml.at(build, 'args');
  const listed = yaml.items(args).map((item) => /^(?<name>[^=]+)=(?<value>[^]*)$/.exec(yaml.text(item) ?? '')?.groups);
  const pairs = [
    ...yaml.entries(args).map(({ key, value }): [string, string | null] => [key, yaml.text(value)]),
    ...listed.map((found): [string, string | null] => [found?.['name'] ?? '', found?.['value'] ?? null]),
  ];
  return new Map(pairs.filter((pair): pair is [string, string] => pair[0] !== '' && isPlain(pair[1])));
}

function isPlain(value: string | null): value is string {
  return value !== null && !value.includes('$') && !value.includes('{{');
}

/** What of a service is not in the config. */
function unsaid(service: string, build: YamlNode, yaml: YamlReader): string[] {
  const args = yaml.at(build, 'args');
  const known = argumentsOf(build, yaml);
  const names = [
    ...yaml.entries(args).map(({ key }) => key),
    ...yaml.items(args).map((item) => (yaml.text(item) ?? '').split('=')[0] ?? ''),
  ].filter((name) => name !== '' && !known.has(name));
  const keys = ['additional_contexts', 'secrets', 'ssh', 'extra_hosts', 'network', '<<', 'extends'];
  const more = keys.filter((key) => yaml.at(build, key) !== null);
  const all = [...(names.length === 0 ? [] : [`a value for ${names.join(', ')} that only the machine knows`]), ...more];
  return all.length === 0 ? [] : [`${service} has ${all.join(', ')}, which the config lacks: write it there`];
}

function sameBuild({ dockerfile, context, target, args }: LaidOutFlavor): string {
  return JSON.stringify([dockerfile, context, target, [...(args ?? [])]]);
}

/** A service that is built and pushed, as far as its image says. */
function leftOut(name: string, service: YamlNode, yaml: YamlReader): string[] {
  const image = yaml.text(yaml.at(service, 'image')) ?? '';
  if (yaml.at(service, 'build') === null) return [];
  if (image.includes('$')) return [`not read is ${name}, as a variable is in its image`];
  return repositoryOf(image) === null ? [] : [`not read is ${name}, as its Dockerfile is not in this folder`];
}

/** `extends` is not followed, nor is `<<` of what is no map, which Compose refuses. */
function takenOver(name: string, service: YamlNode, yaml: YamlReader): string[] {
  const keys = ['extends', '<<'].filter((key) => yaml.at(service, key) !== null);
  if (keys.length === 0) return [];
  return [`not read is what ${name} takes over by ${keys.join(' and ')}: check its image and build in the config`];
}

/** Services of one image that are built alike are one, for the platforms of all; others are told apart by their names. */
function flavorsOf(services: readonly Service[]): LaidOutFlavor[] {
  const alike = groupBy(services, ({ flavor }) => sameBuild(flavor));
  return [...alike.values()].flatMap((group, index): LaidOutFlavor[] => {
    const [first] = group;
    if (first === undefined) return [];
    const name = imageName(first.name);
    const flavor = { ...first.flavor, platforms: [...new Set(group.flatMap((service) => service.flavor.platforms))] };
    return index === 0 ? [flavor] : [{ ...flavor, name, suffix: `-${name}` }];
  });
}
