/** The base image of a cell, and the digest it is pinned to: by the config, else by the base lock. */
import { renderTemplate } from '../config/tag-template.ts';
import type { BuildSpec, ImageConfig } from '../config/types.ts';
import { taggedName } from '../domain/build-arguments.ts';
import { buildOf } from './build-of.ts';
import type { CellShape } from './cell.ts';

export interface PinnedBase {
  /** As the config has it. */
  readonly name: string;
  readonly digest: string | null;
  /** Whether it is the base lock that pins it: then no Dockerfile needs to know. */
  readonly locked: boolean;
}

/** @returns `null` where the config names none */
export function baseOf(
  shape: CellShape,
  image: ImageConfig,
  values: Readonly<Record<string, string>>,
): PinnedBase | null {
  return baseOfBuild(buildOf(shape, image), image, values);
}

export function baseOfBuild(
  { base, baseDigest }: Pick<BuildSpec, 'base' | 'baseDigest'>,
  image: ImageConfig,
  values: Readonly<Record<string, string>>,
): PinnedBase | null {
  if (base === null) return null;
  const name = renderTemplate(base, values);
  if (baseDigest !== null || name.includes('@')) return { name, digest: baseDigest, locked: false };
  const digest = image.basesLock.get(taggedName(name)) ?? null;
  return { name, digest, locked: digest !== null };
}
