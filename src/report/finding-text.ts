/** A finding as one text, and the file it is about: for reports that other programs show. */
import { kinds } from '../audit/kinds.ts';
import { repairText } from '../moves/repair.ts';
import { standWords } from './audit-words.ts';
import { someOf, type Entry } from './causes.ts';
import { count } from './words.ts';

/** `registry.example/acme/app:2 is stale. It points to … Because … To fix it: …` */
export function findingText({ finding, tags }: Entry, repository: string): string {
  const { kind, tag, because, fix, choices, ...stands } = finding;
  const subject =
    tags.length === 1
      ? `${repository}:${tag} is ${kind}.`
      : `${repository}: ${count(tags.length, 'tag')} are ${kind}: ${someOf(tags)}.`;
  const points =
    !kinds[kind].ends || kind === 'unknown'
      ? ''
      : ` It points to ${standWords(stands.actual)} and should be ${standWords(stands.expected)}.`;
  const ways = repairText({ fix, choices });
  const fixing = ways === '' ? '' : ` To fix it: ${ways}`;
  return `${subject}${points} Because ${because}.${fixing}`;
}

/**
 * Relative to the root of the git repository; a file elsewhere is named without its folders.
 *
 * @param place the folder of the file, and how many folders above it the working tree begins; left out: as `file` says
 */
export function pathInside(
  file: string,
  place: { readonly root: string; readonly above: number } | null = null,
): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  if (place !== null) return [...folderOf(place), name].join('/');
  const isInside = !file.startsWith('/') && !file.split('/').includes('..');
  return isInside ? file.replace(/^(?:\.\/)+/, '') : (file.split('/').at(-1) ?? file);
}

function folderOf({ root, above }: { readonly root: string; readonly above: number }): readonly string[] {
  return above === 0 ? [] : root.split(/[\\/]/).slice(-above);
}
