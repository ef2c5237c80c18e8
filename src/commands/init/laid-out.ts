/** The images of a repository, as files of several kinds say them. */
import { InputError } from '../../domain/errors.ts';
import { formatRepository, parseRepository } from '../../domain/reference.ts';
import { readYamlDocument, type YamlOptions, type YamlReader } from '../../import/yaml-reader.ts';

export interface LaidOut {
  /** In the order in which they are found. */
  readonly images: readonly LaidOutImage[];
  /** What was read, and what was seen and left alone. */
  readonly notes: readonly string[];
}

export interface LaidOutImage {
  readonly name: string;
  /** Where a file says it goes. */
  readonly repository: string | null;
  readonly flavors: readonly LaidOutFlavor[];
  readonly platforms: readonly string[];
}

export interface LaidOutFlavor {
  readonly name: string;
  readonly suffix: string;
  readonly dockerfile: string;
  readonly context: string;
  readonly target: string | null;
  /** The series a folder is for, such as `7.2`. */
  readonly series: string | null;
  /** Its own; empty where a file that could say some says none, left out where no file does. */
  readonly platforms?: readonly string[];
  /** Build arguments and named contexts that a file gives it. */
  readonly args?: ReadonlyMap<string, string>;
  readonly contexts?: ReadonlyMap<string, string>;
}

export function imageName(text: string): string {
  const plain = text
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(plain) ? plain : plain === '' ? 'image' : `image-${plain}`;
}

export function readYaml(text: string, path: string, notes: string[], options: YamlOptions = {}): YamlReader | null {
  try {
    return readYamlDocument(text, path, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // What is wrong at a line is the YAML; what is wrong with the whole file says so.
    const whole = error.problems.find(({ where }) => where === path)?.message;
    notes.push(`${path} was not read: ${whole ?? 'it is not valid YAML'}`);
    return null;
  }
}

/** Of an image reference whose name is written out; `null` where a variable is in it, or no owner. */
export function repositoryOf(reference: string): string | null {
  const name = /^(?<name>[a-z0-9][\w.\-/]*(?::\d+\/[\w.\-/]+)?)(?:[:@].*)?$/.exec(reference)?.groups?.['name'];
  if (name === undefined || !name.includes('/')) return null;
  const parsed = parseRepository(name.toLowerCase(), '');
  return parsed.ok ? formatRepository(parsed.value) : null;
}
