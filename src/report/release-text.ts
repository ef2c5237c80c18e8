/** What the text of a release says of its images, between its markers: how to pull them, what they weigh, what moved. */
import type { Digest } from '../domain/digest.ts';
import { formatByteSize } from '../domain/byte-size.ts';
import type { PlatformSize } from '../domain/image-size.ts';
import { shortName } from '../domain/reference.ts';
import { fitMarkdown } from './fit-markdown.ts';
import { gridMarkdown } from './grid-markdown.ts';
import { markdownCode as code, markdownText } from './markdown-text.ts';
import { moveGrid, type GridMove } from './move-grid.ts';
import { folded } from './plan-markdown.ts';
import { markdownTable } from './table.ts';
import { count } from './words.ts';

export interface ReleasePage {
  readonly version: string;
  /** Why it was taken back; `null` if it was not. */
  readonly withdrawn: string | null;
  /** `registry/path` of each. */
  readonly repositories: readonly string[];
  /** The one that most people pull first. */
  readonly cells: readonly PageCell[];
  readonly moved: PageMoves;
}

export interface PageCell {
  readonly axes: Readonly<Record<string, string>>;
  /** Pinned tags without those of a commit, the full tag first. */
  readonly pinned: readonly [string, ...string[]];
  /** Convenience tags that point to it in every repository that has it, broadest first. */
  readonly followed: readonly string[];
  /** As its manifests have them; empty if none was read. */
  readonly sizes: readonly PlatformSize[];
  /** What each repository has, in their order. */
  readonly at: readonly PageImage[];
}

export type PageImage =
  | { readonly kind: 'there'; readonly digest: Digest }
  | { readonly kind: 'absent' }
  /** Two images claim to be the cell: none is named. */
  | { readonly kind: 'doubt' };

/** Where convenience tags came from, as the journals of the publish tell it. */
export type PageMoves =
  | { readonly kind: 'known'; readonly byRepository: readonly (readonly GridMove[])[] }
  /** @property because a clause: `no journal of its publish is in .tagwright` */
  | { readonly kind: 'unknown'; readonly because: string };

/** @param maxBytes what is left for it; what does not fit is cut, with a word */
export function releaseText(page: ReleasePage, maxBytes: number): string {
  const parts = [
    `### Images of ${page.version}`,
    page.withdrawn === null ? '' : `**Withdrawn**: ${markdownText(page.withdrawn)}. Pull another release.`,
    page.withdrawn === null ? pullCommands(page) : '',
    imagesTable(page),
    movesText(page),
    folded('Digests', digestsText(page)),
  ];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return fitMarkdown(text, maxBytes, page.repositories.map(code).join(', '));
}

/** Of the image that most people pull; by the tag that no later release takes. */
function pullCommands({ repositories, cells }: ReleasePage): string {
  const cell = cells.find(({ at }) => at.some(({ kind }) => kind === 'there'));
  const lines = repositories.flatMap((repository, index) =>
    cell?.at[index]?.kind === 'there' ? [`docker pull ${shortName(repository)}:${cell.pinned[0]}`] : [],
  );
  return lines.length === 0 ? '' : `\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

function imagesTable({ cells }: ReleasePage): string {
  const axes = Object.keys(cells[0]?.axes ?? {});
  const platforms = [...new Set(cells.flatMap(({ sizes }) => sizes.map(({ platform }) => platform)))].toSorted();
  const rows = cells.map((cell) => [
    [...cell.pinned, ...cell.followed].map(code).join(', '),
    ...axes.map((axis) => cell.axes[axis] ?? ''),
    ...platforms.map((platform) => sizeText(cell.sizes.find((size) => size.platform === platform))),
  ]);
  const under = platforms.length === 0 ? '' : '\n\nSizes are of the compressed layers: what a pull loads.';
  return `${markdownTable(['Tags', ...axes, ...platforms], rows)}${under}`;
}

function sizeText(size: PlatformSize | undefined): string {
  return size === undefined ? '–' : formatByteSize(size.bytes);
}

function movesText({ moved, repositories }: ReleasePage): string {
  if (moved.kind === 'unknown') return `Where its convenience tags pointed before is not known: ${moved.because}.`;
  const texts = moved.byRepository.map((moves) => (moves.length === 0 ? '' : gridMarkdown(moveGrid(moves))));
  const [first = ''] = texts;
  const all = moved.byRepository[0]?.length ?? 0;
  if (texts.every((text) => text === first)) {
    return first === '' ? 'No convenience tag moved.' : folded(`${count(all, 'convenience tag')} moved`, first);
  }
  const each = texts.map((text, index) => `${code(repositories[index] ?? '')}\n\n${text === '' ? 'None.' : text}`);
  return folded('Convenience tags that moved, by repository', each.join('\n\n'));
}

/** Those of a cell that are the same in every repository stand once. */
function digestsText({ repositories, cells }: ReleasePage): string {
  const isSame = cells.every(({ at }) => new Set(at.map(imageText)).size === 1);
  if (isSame) {
    const rows = cells.map(({ pinned, at: [image] }) => [code(pinned[0]), imageText(image)]);
    const where = repositories.length === 1 ? '' : `The same in ${repositories.map(code).join(', ')}.\n\n`;
    return `${where}${markdownTable(['Image', 'Digest'], rows)}`;
  }
  const rows = cells.flatMap(({ pinned, at }) =>
    repositories.map((repository, index) => [code(`${repository}:${pinned[0]}`), imageText(at[index])]),
  );
  return markdownTable(['Image', 'Digest'], rows);
}

function imageText(image: PageImage | undefined): string {
  if (image?.kind === 'there') return code(image.digest);
  return image?.kind === 'doubt' ? 'in doubt: run tagwright audit' : 'not there';
}
