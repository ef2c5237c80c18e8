/** The world of the playground: a config and releases that somebody typed. */
import type { FactsWorld } from '../commands/read-project.ts';
import { InputError } from '../domain/errors.ts';
import { isJsonConfig, readConfigText } from '../texts/config-text.ts';
import { readFacts } from '../texts/facts-text.ts';
import { tooLarge } from '../texts/too-large.ts';
import type { Question } from './question.ts';

export const releasesFile = 'releases.json';

/** As the command line. */
const maxConfigBytes = 1_048_576;
/** Ten thousand releases are one. */
const maxReleasesBytes = 4 * 1_048_576;

export function configFileOf({ config, configFile }: Pick<Question, 'config' | 'configFile'>): string {
  return configFile ?? (isJsonConfig(config) ? 'matrix.config.json' : 'matrix.config.yaml');
}

/** What is wrong with the texts is thrown as an {@link InputError} where they are read. */
export function textWorld(question: Pick<Question, 'config' | 'configFile' | 'releases'>): FactsWorld {
  const file = configFileOf(question);
  let raw: Promise<unknown> | undefined;
  return {
    loadConfig: async () => ({ raw: await (raw ??= readOwnConfig(question.config, file)), file, root: '.' }),
    sources: () => [
      {
        name: releasesFile,
        list: async () => ({ kind: 'file' as const, notes: [], ...readReleases(question.releases) }),
      },
    ],
    // What lies beside a config, a base lock for one, changes builds and no tags.
    files: () => ({ read: async () => null }),
    signal: new AbortController().signal,
  };
}

async function readOwnConfig(text: string, where: string): Promise<unknown> {
  refuseLarge(text, { code: 'CONFIG_INVALID', where }, maxConfigBytes);
  if (text.trim() !== '') return readConfigText(text, where);
  const fix = "choose an example, or write a repository: 'registry.example.com/acme/app'";
  throw new InputError([{ code: 'CONFIG_INVALID', where, message: 'it is empty', fix }]);
}

function readReleases(text: string): ReturnType<typeof readFacts> {
  refuseLarge(text, { code: 'FACTS_INVALID', where: releasesFile }, maxReleasesBytes);
  if (text.trim() === '') {
    const fix = 'write versions, one a line, or the rows of a releases.json';
    throw new InputError([{ code: 'FACTS_INVALID', where: releasesFile, message: 'it is empty', fix }]);
  }
  return readFacts(/^\s*[[{]/.test(text) ? text : rowsOf(text), releasesFile);
}

/** Versions, one a line or with commas between them, as the rows that say no more than that. */
export function rowsOf(versions: string): string {
  const texts = versions.split(/[\s,]+/).filter((text) => text !== '');
  return JSON.stringify(texts.map((version) => ({ version })));
}

function refuseLarge(text: string, place: Parameters<typeof tooLarge>[0], maxBytes: number): void {
  // A text has at least as many bytes as letters: the long ones need not be encoded to be counted.
  const sizeBytes = text.length > maxBytes ? text.length : new TextEncoder().encode(text).length;
  if (sizeBytes > maxBytes) throw new InputError([tooLarge(place, sizeBytes, maxBytes)]);
}
