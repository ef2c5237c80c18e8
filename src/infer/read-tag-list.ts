/** A file of tags: what another tool printed, or a person wrote. */
import { InputError, type Problem } from '../domain/errors.ts';
import { tagFault } from '../domain/tag.ts';
import type { TagOfImage } from './scheme-names.ts';

const maxTags = 200_000;

/**
 * Lines with several tags are images, each with all of its tags; with one tag a line only the names are known. In JSON a
 * list of tags, the answer of `/v2/…/tags/list`, what `skopeo list-tags` prints, or digests by tag. `#` begins a
 * comment.
 *
 * @throws {InputError} FACTS_INVALID
 */
export function readTagList(text: string, file: string): TagOfImage[] {
  const found = /^\s*[[{]/.test(text) ? fromJson(text, file) : fromLines(text);
  const problems: Problem[] = found.flatMap(({ tag }): Problem[] => {
    const fault = tagFault(tag);
    return fault === null ? [] : [{ code: 'FACTS_INVALID', where: file, message: fault }];
  });
  if (problems.length > 0) throw new InputError(problems.slice(0, 10));
  const tags = [...new Map(found.map((one) => [one.tag, one])).values()];
  if (tags.length > 0 && tags.length <= maxTags) return tags;
  const message = tags.length === 0 ? 'has no tags' : `has ${tags.length} tags, and at most ${maxTags} are read`;
  throw new InputError([
    { code: 'FACTS_INVALID', where: file, message, fix: 'name a file with the tags of one image' },
  ]);
}

function fromLines(text: string): TagOfImage[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
  const areImages = lines.some((line) => line.length > 1);
  return lines.flatMap((line, index) => line.map((tag) => ({ tag, image: areImages ? index : null })));
}

function fromJson(text: string, file: string): TagOfImage[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError([{ code: 'FACTS_INVALID', where: file, message: 'is not valid JSON' }], { cause: error });
  }
  if (typeof value === 'object' && value !== null) {
    if ('tags' in value) value = value.tags;
    else if ('Tags' in value) value = value.Tags;
  }
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string'))
    return value.map((tag) => ({ tag, image: null }));
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const byDigest = entries.filter((one): one is [string, string] => typeof one[1] === 'string');
  if (entries.length > 0 && byDigest.length === entries.length) return numberedImages(byDigest);
  const message = 'expected a list of tags, or digests by tag: { "1.2.3": "sha256:…" }';
  throw new InputError([{ code: 'FACTS_INVALID', where: file, message }]);
}

/** Tags of one digest are tags of one image. */
export function numberedImages(tags: Iterable<readonly [string, string]>): TagOfImage[] {
  const numbers = new Map<string, number>();
  return [...tags].map(([tag, digest]) => {
    const image = numbers.get(digest) ?? numbers.size;
    numbers.set(digest, image);
    return { tag, image };
  });
}
