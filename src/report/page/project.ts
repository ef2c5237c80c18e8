/** What the pages of a plan and of an explanation take from a project besides what they show. */
import type { ImageConfig } from '../../config/types.ts';
import type { Release } from '../../domain/release.ts';
import { reachOf, type Reach } from '../../plan/reach.ts';
import { releaseName } from '../../plan/release-name.ts';
import { shapeColumns } from '../../plan/shape-columns.ts';
import { tagLabel } from '../../plan/tag-label.ts';
import type { TagMap } from '../../plan/tag-map.ts';

export interface PageProject {
  readonly sourceUrl: string | null;
  readonly releases: readonly { readonly version: string; readonly name: string }[];
  readonly reaches: Readonly<Record<string, Reach>>;
  /** Axes of every cell that some release has, as columns. */
  readonly columns: readonly Readonly<Record<string, string>>[];
  /** What each convenience tag says beyond its cell's own names. */
  readonly labels: ReadonlyMap<string, string>;
}

export function pageProject(image: ImageConfig, releases: readonly Release[], tags: TagMap): PageProject {
  return {
    sourceUrl: image.sourceUrl,
    releases: releases.map((release) => ({ version: release.version.text, name: releaseName(release) })),
    reaches: Object.fromEntries(image.rules.map((rule) => [rule.name, reachOf(rule)])),
    columns: shapeColumns(image, tags.cells),
    labels: new Map(
      tags.convenience.map(({ tag, rule, owner, newest, withdrawn }) => [
        tag,
        tagLabel(tag, rule, owner?.release ?? newest ?? withdrawn[0]),
      ]),
    ),
  };
}
