/** Which texts are releases, and what version each is: one reading for every room. */
import type { Groups, Version } from '../domain/version.ts';
import type { TagTemplate } from './tag-template.ts';
import type { ImageConfig, VersionShape } from './types.ts';

export interface ShapedText {
  /** The version's text: what the config's `version` template gives, or the group `version`. */
  readonly text: string;
  readonly groups: Groups;
}

type VersionReader = Pick<ImageConfig, 'scheme' | 'shape'>;

/** @returns `null` if a source's text is not of the shape */
export function matchShape(
  source: string,
  { patterns, template }: Pick<VersionShape, 'patterns' | 'template'>,
): ShapedText | null {
  for (const pattern of patterns) {
    const found: Readonly<Record<string, string | undefined>> | undefined = pattern.exec(source)?.groups;
    if (found === undefined) continue;
    const groups = takingPart(found);
    if (template === null) return { text: groups['version'] ?? '', groups };
    return { text: filled(template, groups), groups };
  }
  return null;
}

/** The version of a text that is of the shape; `null` if the scheme cannot read it. */
export function readShaped({ text, groups }: ShapedText, { scheme, shape }: VersionReader): Version | null {
  const version = scheme.parse(text, groups);
  return version === null || shape.names.size === 0 ? version : Object.assign(version, { groups });
}

const separatorBefore = /[-_.]$/;
const separatorAfter = /^[-_.]/;

/** The separator beside a group that took no part goes with it, as in a tag: `{{base}}-{{build}}` is `1.0` without a build. */
function filled({ pieces }: TagTemplate, groups: Groups): string {
  let text = '';
  let isOpen = false;
  for (const piece of pieces) {
    const part = piece.kind === 'text' ? piece.text : (groups[piece.name] ?? '');
    if (part !== '') {
      text += isOpen ? part.replace(separatorAfter, '') : part;
      isOpen = false;
    } else if (separatorBefore.test(text)) text = text.slice(0, -1);
    else isOpen = text === '';
  }
  return text;
}

/** Reads a source's text, of the shape or not: one that is not is read as a bare version. */
export function readSourceText(source: string, image: VersionReader): Version | null {
  const shaped = matchShape(source, image.shape);
  return shaped === null ? image.scheme.parse(source) : readShaped(shaped, image);
}

/** A group that took no part in the match, or matched nothing, is not there. */
function takingPart(found: Readonly<Record<string, string | undefined>>): Groups {
  const groups: Record<string, string> = {};
  for (const name of Object.keys(found)) {
    const text = found[name];
    if (text !== undefined && text !== '') groups[name] = text;
  }
  return groups;
}
