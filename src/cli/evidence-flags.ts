/** Flags about statements of moves: where they are kept, signed and read. */
import type { Command } from 'commander';
import { collect } from './flags.ts';
import type { CountingOptions, SigningOptions } from '../commands/options.ts';
import { publishDefaults } from '../commands/publish/options.ts';
import { InputError } from '../domain/errors.ts';
import type { KeylessServers, SignerIdentity } from '../ports.ts';

/** For commands that move tags: where statements are kept, and how they are signed. */
export function withStatements(command: Command): Command {
  return withIdentity(
    command
      .option('--evidence <dir>', 'where statements of moves are kept (default: with the journals)')
      .option(
        '--sign-key <file>',
        'sign the statement with this private key (PEM, P-256) and attach it to the images that tags move to',
      )
      .option(
        '--earlier-key <file>',
        'the public key (PEM) of an earlier --sign-key, whose statements still count; may be repeated',
        collect,
        [],
      )
      .option(
        '--sign-keyless',
        'sign the statement without a key, by the identity token of the CI, and attach it likewise',
        false,
      ),
    'whose statements signed without a key count: a name as in the certificate, * for any text; may be repeated',
  )
    .option('--fulcio-url <url>', `the certificate authority of --sign-keyless (default: ${publicServers.fulcio})`)
    .option('--rekor-url <url>', `the transparency log of --sign-keyless (default: ${publicServers.rekor})`);
}

const publicServers: KeylessServers = {
  fulcio: 'https://fulcio.sigstore.dev',
  rekor: 'https://rekor.sigstore.dev',
};

function withIdentity(command: Command, identity: string): Command {
  return command
    .option('--evidence-identity <name>', identity, collect, [])
    .option('--evidence-issuer <url>', 'with --evidence-identity: who vouches for it, as the certificate says')
    .option('--trust-root <file>', 'with --evidence-identity: the trusted_root.json of sigstore');
}

interface IdentityFlags {
  readonly evidenceIdentity?: readonly string[];
  readonly evidenceIssuer?: string;
  readonly trustRoot?: string;
}

export interface StatedFlags extends IdentityFlags {
  readonly evidence?: string;
  readonly signKey?: string;
  readonly earlierKey?: readonly string[];
  readonly signKeyless?: boolean;
  readonly fulcioUrl?: string;
  readonly rekorUrl?: string;
}

interface StatedOptions extends Required<SigningOptions> {
  readonly evidence: string | null;
}

/**
 * What statements are written with.
 *
 * @throws {InputError} USAGE for flags that do not go together
 */
export function stated(flags: StatedFlags): StatedOptions {
  const { evidence = null, signKey = null, earlierKey: earlierKeys = [], signKeyless = false } = flags;
  const identity = identityOf(flags);
  if (signKey !== null && signKeyless) throw usage('--sign-keyless', '--sign-key is given too', 'give one of the two');
  if (signKeyless && identity === null) throw usage('--sign-keyless', 'nobody is named who may sign so', howToName);
  refuseServers(flags);
  if (signKey === null && !signKeyless) refuseLone(flags, 'no statement is signed', 'add --sign-key or --sign-keyless');
  const { fulcioUrl: fulcio = publicServers.fulcio, rekorUrl: rekor = publicServers.rekor } = flags;
  return { evidence, signKey, earlierKeys, keyless: signKeyless ? { fulcio, rekor } : null, identity };
}

const howToName =
  "add --evidence-identity 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/*' --evidence-issuer https://token.actions.githubusercontent.com --trust-root trusted_root.json, with the names of yours";

function refuseServers({ signKeyless = false, fulcioUrl, rekorUrl }: StatedFlags): void {
  if (signKeyless || (fulcioUrl === undefined && rekorUrl === undefined)) return;
  const flag = fulcioUrl === undefined ? '--rekor-url' : '--fulcio-url';
  throw usage(flag, 'nothing is signed without a key', 'add --sign-keyless, or leave it out');
}

/** @returns `null` if nobody is named */
function identityOf({
  evidenceIdentity: identities = [],
  evidenceIssuer,
  trustRoot,
}: IdentityFlags): SignerIdentity | null {
  const given = {
    '--evidence-identity': identities.length > 0,
    '--evidence-issuer': evidenceIssuer !== undefined,
    '--trust-root': trustRoot !== undefined,
  };
  const lacking = Object.entries(given).flatMap(([flag, isGiven]) => (isGiven ? [] : [flag]));
  if (lacking.length === 3) return null;
  if (evidenceIssuer !== undefined && trustRoot !== undefined && identities.length > 0)
    return { identities, issuer: evidenceIssuer, trustRoot };
  const [there = ''] = Object.entries(given).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
  throw usage(there, `it needs ${lacking.join(' and ')}`, 'give all three, or none');
}

interface CountingFlags extends IdentityFlags {
  readonly earlierKey?: readonly string[];
  readonly evidenceKey?: readonly string[];
}

/** @throws {InputError} USAGE for somebody who is named, and nothing that they would sign */
function refuseLone(flags: CountingFlags, message: string, fix: string): void {
  const given: readonly (readonly [string, boolean])[] = [
    ['--earlier-key', (flags.earlierKey ?? []).length > 0],
    ['--evidence-key', (flags.evidenceKey ?? []).length > 0],
    ['--evidence-identity', (flags.evidenceIdentity ?? []).length > 0],
  ];
  for (const [flag, isGiven] of given) if (isGiven) throw usage(flag, message, `${fix}, or leave it out`);
}

function usage(where: string, message: string, fix: string): InputError {
  return new InputError([{ code: 'USAGE', where, message, fix }]);
}

/** For commands that read statements: where they are, and whose count. */
export function withEvidence(command: Command): Command {
  return withIdentity(
    command
      .option('--evidence [path]', `go by the statements in this folder or file (default: ${publishDefaults.journal})`)
      .option(
        '--evidence-key <file>',
        'with --evidence: the public key (PEM) that statements must be signed with; may be repeated',
        collect,
        [],
      ),
    'with --evidence: who statements must be signed by without a key, as in the certificate, * for any text; may be repeated',
  );
}

export interface EvidenceFlags extends IdentityFlags {
  readonly evidence?: string | true;
  readonly evidenceKey: readonly string[];
}

interface EvidenceOptions extends Required<CountingOptions> {
  readonly evidence: string | null;
}

/** @throws {InputError} USAGE for somebody who is named without statements that they would sign */
export function evidenceOf(flags: EvidenceFlags): EvidenceOptions {
  const evidence = evidencePath(flags.evidence);
  const identity = identityOf(flags);
  if (evidence === null) refuseLone(flags, 'no statements are read', 'add --evidence');
  return { evidence, evidenceKeys: flags.evidenceKey, identity };
}

/** `--evidence` alone is the default place. */
function evidencePath(flag: string | true | undefined): string | null {
  if (flag === undefined) return null;
  return flag === true ? publishDefaults.journal : flag;
}
