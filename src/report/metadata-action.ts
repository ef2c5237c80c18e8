/**
 * One cell in the words of docker/metadata-action, so that a workflow whose other steps read its outputs keeps them.
 *
 * @see https://github.com/docker/metadata-action#outputs
 */
import type { CellMetadata } from '../build/cell-metadata.ts';
import type { EventTarget } from '../build/event-build.ts';
import type { BuildTarget } from '../domain/build-target.ts';
import { escapeBake, type Json } from '../render/bake.ts';
import { jsonText } from './plan-json.ts';

/**
 * The tags that another tool is to push: a cell's pinned ones, the convenience tags it owns too, or none, if it pushes
 * by digest.
 */
export type HandedTags = 'pinned' | 'all' | 'none';

export interface MetadataWishes {
  /** `null`: nobody asked. Of a release the pinned ones then, of another build all. */
  readonly tags: HandedTags | null;
  /** Labels beside the ones that every image carries. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where annotations go: `manifest`, `index`, `manifest-descriptor`, `index-descriptor`. */
  readonly levels: readonly string[];
  /** The bake target that a bake file of one's own inherits from. */
  readonly bakeTarget: string;
}

export interface MetadataOutputs {
  /** The text of the full tag: the first of the tags. Of a build that is not a release, its first tag. */
  readonly version: string;
  readonly tags: readonly string[];
  readonly tagNames: readonly string[];
  /** `key=value`, by key. */
  readonly labels: readonly string[];
  /** `level:key=value` */
  readonly annotations: readonly string[];
  readonly json: string;
  readonly bakeFile: string;
  readonly bakeFileTags: string;
  readonly bakeFileLabels: string;
  readonly bakeFileAnnotations: string;
}

/** A cell with the tags that are handed over. */
export interface HandedCell extends Pick<MetadataOutputs, 'version' | 'tags' | 'tagNames'> {
  readonly repositories: readonly string[];
  readonly target: BuildTarget;
}

/** Of a release. */
export function handedCell(cell: CellMetadata, wished: HandedTags | null): HandedCell {
  const tagNames = tagNamesOf(cell, wished ?? 'pinned');
  const tags = cell.repositories.flatMap((repository) => tagNames.map((tag) => `${repository}:${tag}`));
  return { version: cell.pinned[0] ?? '', tags, tagNames, repositories: cell.repositories, target: cell.target };
}

/** Of a build that is not a release: nothing decides later who owns its tags, so they are handed over with it. */
export function handedEvent(cell: EventTarget, wished: HandedTags | null): HandedCell {
  const { version, repositories, target } = cell;
  const { tags, tagNames }: Pick<HandedCell, 'tags' | 'tagNames'> = {
    all: cell,
    pinned: { tags: cell.pinned, tagNames: cell.pinnedNames },
    none: { tags: [], tagNames: [] },
  }[wished ?? 'all'];
  return { version, tags, tagNames, repositories, target: { ...target, references: tags } };
}

export function metadataOutputs(cell: HandedCell, wishes: Omit<MetadataWishes, 'tags'>): MetadataOutputs {
  const { version, tags, tagNames } = cell;
  const labels = sortedEntries({ ...wishes.labels, ...cell.target.labels });
  const lines = labels.map(([key, value]) => `${key}=${value}`);
  const annotations = wishes.levels.flatMap((level) => lines.map((line) => `${level}:${line}`));
  const args = { DOCKER_META_IMAGES: cell.repositories.join(','), DOCKER_META_VERSION: version };
  const byKey = Object.fromEntries(labels);
  const bake = (target: Json): string => jsonText(escapeBake({ target: { [wishes.bakeTarget]: target } }));
  return {
    version,
    tags,
    tagNames,
    labels: lines,
    annotations,
    json: JSON.stringify({ tags, 'tag-names': tagNames, labels: byKey, annotations }),
    bakeFile: bake({ tags, labels: byKey, args }),
    bakeFileTags: bake({ tags, args }),
    bakeFileLabels: bake({ labels: byKey }),
    bakeFileAnnotations: bake({ annotations }),
  };
}

function tagNamesOf({ pinned, convenience }: CellMetadata, tags: HandedTags): readonly string[] {
  if (tags === 'none') return [];
  return tags === 'all' ? [...pinned, ...convenience] : pinned;
}

function sortedEntries(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
