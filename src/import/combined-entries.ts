/** The images of a workflow as one config: what is the same in every image is next to `images`. */
import { entry, list, object, type DraftEntry } from './config-text.ts';

export interface ImagePart {
  readonly name: string;
  readonly repositories: readonly string[];
  readonly entries: readonly DraftEntry[];
}

const order = [
  'images',
  'repository',
  'source',
  'scheme',
  'tagPattern',
  'pythons',
  'flavors',
  'axes',
  'platforms',
  'defaults',
  'rules',
  'events',
  'exclude',
  'build',
];

/** @param shared what no image has of its own */
export function combinedEntries(
  given: readonly ImagePart[],
  shared: readonly DraftEntry[],
  intro: readonly string[],
): DraftEntry[] {
  const parts = oneName(given);
  const [only, ...more] = parts;
  if (only === undefined) return [];
  if (more.length === 0) return withIntro([...only.entries, ...shared], intro);
  const isSame = ({ key, value }: DraftEntry): boolean =>
    parts.every(
      ({ entries }) => JSON.stringify(entries.find((other) => other.key === key)?.value) === JSON.stringify(value),
    );
  const common = only.entries.filter((candidate) => isSame(candidate));
  const taken = new Set<string>();
  const images = parts.map(({ name, entries }) => {
    let free = name;
    while (taken.has(free)) free = `${free}-2`;
    taken.add(free);
    return entry(free, object(inOrder(entries.filter((candidate) => !isSame(candidate)))));
  });
  return withIntro([entry('images', object(images)), ...common, ...shared], intro);
}

/** Images of one name that differ in nothing but the registry are one image with several repositories. */
function oneName(parts: readonly ImagePart[]): ImagePart[] {
  const found = new Map<string, ImagePart>();
  for (const part of parts) {
    const rest = part.entries.filter(({ key }) => key !== 'repository').map(({ key, value }) => [key, value]);
    const key = JSON.stringify([part.name, rest]);
    const before = found.get(key);
    if (before === undefined) {
      found.set(key, part);
      continue;
    }
    const repositories = [...new Set([...before.repositories, ...part.repositories])];
    const comments = [before, part].flatMap(
      ({ entries }) => entries.find((one) => one.key === 'repository')?.comments ?? [],
    );
    const entries = before.entries.map((one) =>
      one.key === 'repository' ? entry('repository', list(repositories), [...new Set(comments)]) : one,
    );
    found.set(key, { ...before, repositories, entries });
  }
  return [...found.values()];
}

function inOrder(entries: readonly DraftEntry[]): DraftEntry[] {
  return entries.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
}

/** What stands above the workflow comes before the first key. */
function withIntro(entries: readonly DraftEntry[], intro: readonly string[]): DraftEntry[] {
  const [first, ...others] = inOrder(entries);
  return first === undefined ? [] : [{ ...first, comments: [...intro, ...first.comments] }, ...others];
}
