/** Flags about statements of moves: where they are kept, signed and read. */
import { publishDefaults } from '../commands/publish/options.ts';
import { InputError } from '../domain/errors.ts';
import { collect } from './flags.ts';

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

/** What statements are written with. */
export function stated({ evidence, signKey }: StatedFlags): StatedOptions {
  return { evidence: evidence ?? null, signKey: signKey ?? null };
}

interface StatedFlags {
  readonly evidence?: string;
  readonly signKey?: string;
}

interface StatedOptions {
  readonly evidence: string | null;
  readonly signKey: string | null;
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
