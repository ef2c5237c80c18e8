import type { InspectedImage } from '../domain/image.ts';
import { labelNames } from '../domain/labels.ts';

/**
 * What tells two images apart that should be one, for a person: kind, platforms, and what their labels say.
 *
 * @param expected the one that was recorded, or was there first; `null` where nobody looked inside
 * @returns empty where nothing that is compared differs, or one of them is not known
 */
export function differenceText(expected: InspectedImage | null, found: InspectedImage | null): string {
  if (expected === null || found === null || expected.digest === found.digest) return '';
  const parts: string[] = [];
  if (expected.kind !== found.kind) parts.push(`the one is ${named(expected)}, the other ${named(found)}`);
  else if (expected.mediaType !== found.mediaType)
    parts.push(`the one is ${expected.mediaType}, the other ${found.mediaType}`);
  const gone = expected.platforms.filter((platform) => !found.platforms.includes(platform));
  const more = found.platforms.filter((platform) => !expected.platforms.includes(platform));
  if (gone.length > 0) parts.push(`the second lacks ${gone.join(', ')}`);
  if (more.length > 0) parts.push(`the first lacks ${more.join(', ')}`);
  for (const [what, said] of [
    ['version', labelOf(labelNames.version)],
    ['revision', labelOf(labelNames.revision)],
    ['PYTHON_VERSION', (image: InspectedImage) => image.configs[0]?.pythonVersion ?? null],
    ['created', (image: InspectedImage) => image.configs[0]?.created ?? null],
  ] as const) {
    const [one, other] = [said(expected), said(found)];
    if (one !== other) parts.push(`${what} ${one ?? 'unsaid'} and ${other ?? 'unsaid'}`);
  }
  if (parts.length > 0) return parts.join('; ');
  return 'both say the same of themselves, so they are two builds of one source';
}

function named(image: InspectedImage): string {
  if (image.kind === 'index') return 'an index';
  return image.kind === 'image' ? "one platform's image" : `no image (${image.reason ?? image.kind})`;
}

function labelOf(name: string): (image: InspectedImage) => string | null {
  return (image) => image.configs[0]?.labels[name] ?? null;
}
