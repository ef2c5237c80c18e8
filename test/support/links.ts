/** Links of Markdown documents, as GitHub reads them: to files beside them and to their headings. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Every Markdown document of the repository that people read, relative to its root. */
export function documents(root: string): string[] {
  const below = ['docs', 'examples', '.github'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  return [...readdirSync(root), ...below].filter((file) => file.endsWith('.md')).toSorted();
}

/** Links of one document that lead nowhere; links to other sites are not followed. */
export function brokenLinks(root: string, document: string): string[] {
  return targetsOf(root, document).filter((target) => !leads(root, document, target));
}

/** Documents that can be reached from one by following links; a folder leads to all that is in it. */
export function linkedFrom(root: string, start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const document of reached) {
    for (const target of targetsOf(root, document)) {
      const file = fileOf(document, target);
      for (const other of documents(root)) if (other === file || dirname(other) === file) reached.add(other);
    }
  }
  return reached;
}

/** Files that one document itself links to. */
export function linkedDirectly(root: string, document: string): ReadonlySet<string> {
  return new Set(targetsOf(root, document).map((target) => fileOf(document, target)));
}

function targetsOf(root: string, document: string): string[] {
  const text = withoutCode(readFileSync(join(root, document), 'utf8'));
  return [...text.matchAll(/\]\((?<target>[^()\s]+(?:\([^()]*\))?)\)/g)]
    .map(({ groups }) => groups?.['target'] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

function fileOf(document: string, target: string): string {
  const [path = ''] = target.split('#');
  return path === '' ? document : join(dirname(document), decodeURIComponent(path)).replace(/\/$/, '');
}

function leads(root: string, document: string, target: string): boolean {
  const [, anchor] = target.split('#');
  const at = join(root, fileOf(document, target));
  if (relative(root, at).startsWith('..') || !existsSync(at)) return false;
  if (anchor === undefined) return true;
  return statSync(at).isFile() && anchorsOf(readFileSync(at, 'utf8')).has(anchor);
}

/**
 * What a link to a heading ends with, but for the number of a second heading of the same text.
 *
 * @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function headingId(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(text: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const anchors = new Set<string>();
  for (const { groups } of withoutBlocks(text).matchAll(/^#{1,6} +(?<title>.+?) *#*$/gm)) {
    const title = (groups?.['title'] ?? '').replaceAll(/\[(?<shown>[^\]]*)\]\([^)]*\)/g, '$<shown>');
    const slug = headingId(title);
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *(?<fence>```+|~~~+)[^]*?^ *\k<fence> *$/gm, '');
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '');
}
