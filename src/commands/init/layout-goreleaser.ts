/** The images of goreleaser. */
import { groupBy } from '../../domain/group-by.ts';
import { insideOf } from '../../import/bake-files.ts';
import type { YamlNode, YamlReader } from '../../import/yaml-reader.ts';
import { imageName, readYaml, repositoryOf, type LaidOutFlavor, type LaidOutImage } from './laid-out.ts';

export const goreleaserName = /^\.?goreleaser\.ya?ml$/;

interface Built {
  /** Everywhere it is pushed to. */
  readonly repositories: readonly string[];
  /** Where else, as far as only goreleaser knows. */
  readonly unread: readonly string[];
  readonly dockerfile: string;
  readonly platforms: readonly string[];
}

export function fromGoreleaser(
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
  notes: string[],
): LaidOutImage[] {
  const path = paths.find((one) => goreleaserName.test(one));
  const yaml = path === undefined ? null : readYaml(texts.get(path) ?? '', path, notes, { merge: true });
  if (yaml === null || path === undefined) return [];
  if (yaml.items(yaml.at(yaml.root, 'kos')).length > 0)
    notes.push(`${path} builds images with ko, from no Dockerfile: these are not in the config`);
  const all = [
    ...yaml.items(yaml.at(yaml.root, 'dockers')).map((docker) => ofDocker(docker, yaml)),
    ...yaml.items(yaml.at(yaml.root, 'dockers_v2')).map((docker) => ofSecond(docker, yaml)),
  ];
  const unread = new Set(all.flatMap((one) => one.unread));
  if (unread.size > 0) notes.push(`${path}: not read are the names ${[...unread].join(', ')}: add them to repository`);
  const built = all.filter(({ repositories }) => repositories.length > 0);
  if (built.length === 0) return [];
  const tags = tagsOf(yaml);
  notes.push(
    `${path} builds the binaries that its Dockerfile copies: the Dockerfile has to build them here, or keep goreleaser's build`,
    ...(tags.length === 0
      ? []
      : [`${path} tags it ${tags.join(', ')}: compare with the plan, and change rules if they differ`]),
  );
  const images = [...groupBy(built, ({ repositories: [first = ''] }) => first)];
  return images.map(([repository, own]): LaidOutImage => {
    const others = new Set(own.flatMap(({ repositories }) => repositories).filter((one) => one !== repository));
    if (others.size > 0)
      notes.push(`${path} pushes it to ${[...others].join(', ')} too: make repository a list with all of them`);
    const name = images.length === 1 ? 'image' : imageName(repository.split('/').at(-1) ?? '');
    const platforms = [...new Set(own.flatMap((one) => one.platforms))];
    return { name, repository, flavors: flavorsOf(own), platforms };
  });
}

/** @see https://goreleaser.com/customization/docker/ */
function ofDocker(docker: YamlNode, yaml: YamlReader): Built {
  const text = (key: string): string => yaml.text(yaml.at(docker, key)) ?? '';
  const flags = textsAt(docker, 'build_flag_templates', yaml).join(' ');
  const arch = text('goarch') || 'amd64';
  const variant = arch === 'arm' ? `/v${text('goarm') || '6'}` : '';
  const said = /--platform[= ](?<platform>[a-z0-9/]+)/.exec(flags)?.groups?.['platform'];
  return {
    repositories: repositoriesOf(textsAt(docker, 'image_templates', yaml)),
    unread: unreadNames(textsAt(docker, 'image_templates', yaml)),
    dockerfile: insideOf('.', text('dockerfile') || 'Dockerfile') ?? 'Dockerfile',
    platforms: [said ?? `${text('goos') || 'linux'}/${arch}${variant}`],
  };
}

/** @see https://goreleaser.com/customization/dockers_v2/ */
function ofSecond(docker: YamlNode, yaml: YamlReader): Built {
  const platforms = textsAt(docker, 'platforms', yaml);
  return {
    repositories: repositoriesOf(textsAt(docker, 'images', yaml)),
    unread: unreadNames(textsAt(docker, 'images', yaml)),
    dockerfile: insideOf('.', yaml.text(yaml.at(docker, 'dockerfile')) ?? 'Dockerfile') ?? 'Dockerfile',
    platforms: platforms.length > 0 ? platforms : ['linux/amd64', 'linux/arm64'],
  };
}

function textsAt(node: YamlNode, key: string, yaml: YamlReader): string[] {
  return yaml.items(yaml.at(node, key)).flatMap((item) => yaml.text(item) ?? []);
}

function repositoriesOf(templates: readonly string[]): string[] {
  return [...new Set(templates.flatMap((template) => repositoryOf(template) ?? []))];
}

/** Names that a template decides. */
function unreadNames(templates: readonly string[]): string[] {
  return [...new Set(templates.filter((template) => repositoryOf(template) === null && template.includes('{{')))];
}

/** What people pull: tags of manifests where there are any, for those of one platform are only their parts. */
function tagsOf(yaml: YamlReader): string[] {
  const under = (list: string, key: string): string[] =>
    yaml.items(yaml.at(yaml.root, list)).flatMap((one) => textsAt(one, key, yaml));
  const manifests = yaml
    .items(yaml.at(yaml.root, 'docker_manifests'))
    .flatMap((one) => yaml.text(yaml.at(one, 'name_template')) ?? []);
  const named = manifests.length > 0 ? manifests : under('dockers', 'image_templates');
  const tags = named.flatMap((text) => /^[^:]*(?::\d+\/[^:]*)?:(?<tag>.+)$/.exec(text)?.groups?.['tag'] ?? []);
  return [...new Set([...tags, ...under('dockers_v2', 'tags')])];
}

/** A Dockerfile of its own makes a flavor. */
function flavorsOf(built: readonly Built[]): LaidOutFlavor[] {
  const files = [...new Set(built.map(({ dockerfile }) => dockerfile))];
  return files.map((dockerfile, index) => {
    const word = imageName(
      (dockerfile.split('/').at(-1) ?? '').replaceAll(/(?:^|[.-])(?:Dockerfile|Containerfile)(?:$|[.-])/gi, ''),
    );
    const name = index === 0 ? 'standard' : word === 'image' ? `flavor-${index + 1}` : word;
    const own = built.filter((one) => one.dockerfile === dockerfile);
    const platforms = [...new Set(own.flatMap((one) => one.platforms))];
    return {
      name,
      suffix: index === 0 ? '' : `-${name}`,
      dockerfile,
      context: '.',
      target: null,
      series: null,
      platforms,
    };
  });
}
