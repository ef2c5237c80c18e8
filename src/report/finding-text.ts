/** A finding as one text, and the file it is about: for reports that other programs show. */
import type { Finding } from '../audit/types.ts';
import { repairText } from '../moves/repair.ts';
import { standWords } from './audit-words.ts';

/** `registry.example/acme/app:2 is stale. It points to … Because … To fix it: …` */
export function findingText({ kind, tag, because, fix, choices, ...stands }: Finding, repository: string): string {
  const points =
    kind === 'orphan' || kind === 'unknown'
      ? ''
      : ` It points to ${standWords(stands.actual)} and should be ${standWords(stands.expected)}.`;
  const ways = repairText({ fix, choices });
  const fixing = ways === '' ? '' : ` To fix it: ${ways}`;
  return `${repository}:${tag} is ${kind}.${points} Because ${because}.${fixing}`;
}

/** Relative to the root of the git repository; a file elsewhere is named without its folders. */
export function pathInside(file: string): string {
  const isInside = !file.startsWith('/') && !file.split('/').includes('..');
  return isInside ? file.replace(/^(?:\.\/)+/, '') : (file.split('/').at(-1) ?? file);
}
