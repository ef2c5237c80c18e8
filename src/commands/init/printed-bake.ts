/** Bake files whose values only buildx can work out. */
import { bakeFileNames, foreignType, namedTargets, needsPrinting, type BakeFile } from '../../import/bake-files.ts';
import type { World } from '../world.ts';

/** Those that bake reads by itself, in its order. */
export function bakeFiles(texts: ReadonlyMap<string, string>): BakeFile[] {
  return bakeFileNames.flatMap((path) => {
    const text = texts.get(path);
    return text === undefined ? [] : [{ path, text }];
  });
}

/**
 * Puts what buildx prints of all bake files in place of their texts.
 *
 * @returns why they could not be read so
 */
export async function printedBake(texts: Map<string, string>, { printBake }: World): Promise<string[]> {
  const files = bakeFiles(texts);
  const [first] = files;
  if (first === undefined || !files.some(needsPrinting)) return [];
  const names = files.map(({ path }) => path).join(', ');
  const were = files.length === 1 ? 'was' : 'were';
  const check = 'check its Dockerfile, platforms and repository in the config';
  const foreign = files.map(({ text }) => foreignType(text)).find((type) => type !== null);
  if (foreign !== undefined) {
    const it = files.length === 1 ? 'it names' : 'they name';
    const why = `${it} type=${foreign}, and buildx may ask a cloud for credentials to read that`;
    return [`${names} ${were} read in part: docker buildx bake --print was not run, because ${why}; ${check}`];
  }
  const paths = files.map(({ path }) => path);
  const printed = (await printBake?.(paths, namedTargets(files))) ?? {
    kind: 'unread' as const,
    because: 'there is no buildx here',
  };
  if (printed.kind === 'unread')
    return [`${names} ${were} read in part: docker buildx bake --print did not work (${printed.because}); ${check}`];
  for (const path of paths) texts.delete(path);
  texts.set(first.path, printed.json);
  return [`${names} ${were} read with docker buildx bake --print.`];
}
