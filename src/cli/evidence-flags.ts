/** Flags about statements of moves: where they are kept, signed and read. */
import { collect } from './flags.ts';
import { publishDefaults } from '../commands/publish/options.ts';
import { InputError } from '../domain/errors.ts';

/** `--evidence`, for commands that move tags. */
export const keepsEvidence = [
  '--evidence <dir>',
  'where statements of moves are kept (default: with the journals)',
] as const;

/** `--sign-key`, beside it. */
export const signsStatements = [
  '--sign-key <file>',
  'sign the statement with this private key (PEM, P-256) and attach it to the images that tags move to',
] as const;

/** `--earlier-key`, beside it. */
export const followsKeys = [
  '--earlier-key <file>',
  'with --sign-key: the public key (PEM) of an earlier --sign-key that this one replaces; may be repeated',
  collect,
  [],
] as const;

/**
 * What statements are written with.
 *
 * @throws {InputError} USAGE for an earlier key without one that replaces it
 */
export function stated({ evidence, signKey, earlierKey = [] }: StatedFlags): StatedOptions {
  if (earlierKey.length > 0 && signKey === undefined) {
    const message = 'no statement is signed';
    throw new InputError([{ code: 'USAGE', where: '--earlier-key', message, fix: 'add --sign-key, or leave it out' }]);
  }
  return { evidence: evidence ?? null, signKey: signKey ?? null, earlierKeys: earlierKey };
}

export interface StatedFlags {
  readonly evidence?: string;
  readonly signKey?: string;
  readonly earlierKey?: readonly string[];
}

interface StatedOptions {
  readonly evidence: string | null;
  readonly signKey: string | null;
  readonly earlierKeys: readonly string[];
}

const noKeys: readonly string[] = [];

/** `--evidence-key`, for commands that read statements. */
export const verifiesEvidence = [
  '--evidence-key <file>',
  'with --evidence: the public key (PEM) that statements must be signed with; may be repeated',
  collect,
  noKeys,
] as const;

/** @throws {InputError} USAGE for a key without statements that it is for */
export function refuseLoneKey(evidence: string | null, keys: readonly string[]): void {
  if (evidence !== null || keys.length === 0) return;
  const message = 'no statements are read';
  throw new InputError([{ code: 'USAGE', where: '--evidence-key', message, fix: 'add --evidence, or leave it out' }]);
}

/** `--evidence`, for commands that read statements. */
export const readsEvidence = [
  '--evidence [path]',
  `go by the statements in this folder or file (default: ${publishDefaults.journal})`,
] as const;

/** `--evidence` alone is the default place, and so is its variable set to `true`. */
export function evidencePath(flag: string | true | undefined): string | null {
  if (flag === undefined) return null;
  return flag === true || flag === 'true' ? publishDefaults.journal : flag;
}
