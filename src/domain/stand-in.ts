import type { Problem } from './errors.ts';
import { isLoopback } from './reference.ts';

/** @param places names of repositories or images, the registry before the first slash @returns a problem for the first of them that people could pull from */
export function standInElsewhere(places: readonly string[]): readonly Problem[] {
  const other = places.find((place) => !isLoopback(place.split('/')[0] ?? ''));
  if (other === undefined) return [];
  const message = `stand-in images are for a registry on loopback alone, and ${other} is elsewhere`;
  const fix = 'use --builder buildx, or a repository on 127.0.0.1';
  return [{ code: 'USAGE', where: '--builder', message, fix }];
}
