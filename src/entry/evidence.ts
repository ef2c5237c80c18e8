/**
 * Where statements of moves are kept, and what they say of this run: who started it and who approved it, from the
 * variables of its CI, and from GitHub where there is a token.
 */
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { createEvidenceStore } from '../adapters/evidence/evidence-store.ts';
import { keepInside } from '../adapters/files/inside.ts';
import { readTextFile } from '../adapters/files/text-file.ts';
import { isExposed } from '../adapters/http/exposed.ts';
import type { Http } from '../adapters/http/http.ts';
import { systemClock } from '../adapters/http/system-clock.ts';
import type { IdentityRule } from '../adapters/sigstore/signature-verifier.ts';
import type { World } from '../commands/world.ts';
import { InputError } from '../domain/errors.ts';
import { runFacts, type RunFacts } from '../domain/run-facts.ts';
import { redact } from '../domain/secrets.ts';
import { quote } from '../domain/tag.ts';
import type { SignerIdentity, StatementVerifier } from '../ports.ts';

interface RunSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: () => Promise<Http>;
  readonly say: (line: string) => void;
  /** The config may be a stranger's. */
  readonly dataOnly?: boolean;
  readonly signal: AbortSignal;
  readonly toolVersion?: string;
}

export function evidenceAccess(
  around: RunSurroundings,
): Pick<World, 'evidence' | 'runFacts' | 'toolVersion' | keyof ReturnType<typeof signing>> {
  return {
    ...signing(around),
    evidence: (path) => createEvidenceStore(resolve(path), { keepInside, say: around.say }),
    runFacts: (what) => readRunFacts(what ?? 'all', around),
    toolVersion: around.toolVersion ?? 'unknown',
  };
}

function signing(
  around: RunSurroundings,
): Pick<World, 'statementSigner' | 'keylessSigner' | 'statementVerifier' | 'identityVerifier'> {
  // Each knows what it has verified: a certificate takes milliseconds.
  const byIdentity = new Map<string, Promise<StatementVerifier>>();
  return {
    statementSigner: async (path) => {
      const { createStatementSigner, passphraseVariable } = await import('../adapters/sigstore/statement-key.ts');
      const key = await keyFile(path, '--sign-key (TAGWRIGHT_SIGN_KEY)');
      await warnOfOpenKey(path, around.say);
      return createStatementSigner(key, around.env[passphraseVariable]);
    },
    statementVerifier: async (path) => {
      const { createStatementVerifier } = await import('../adapters/sigstore/statement-key.ts');
      return createStatementVerifier(await keyFile(path, 'a public key'));
    },
    keylessSigner: async ({ fulcio, rekor }, identity) => {
      const servers = { fulcio: serverOf(fulcio, '--fulcio-url'), rekor: serverOf(rekor, '--rekor-url') };
      const { createKeylessSigner } = await import('../adapters/sigstore/keyless-signer.ts');
      const rule = await identityRule(identity);
      return createKeylessSigner({ servers, rule, env: around.env, http: await around.http(), clock: systemClock });
    },
    identityVerifier: (identity) => {
      const name = JSON.stringify(identity);
      const verifier = byIdentity.get(name) ?? openVerifier(identity);
      byIdentity.set(name, verifier);
      return verifier;
    },
  };
}

async function openVerifier(identity: SignerIdentity): Promise<StatementVerifier> {
  const { createIdentityVerifier } = await import('../adapters/sigstore/statement-identity.ts');
  return createIdentityVerifier(await identityRule(identity));
}

/** A token is sent there: not in clear, but for loopback. */
function serverOf(text: string, flag: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url !== null && isPlain && !isExposed(url, new Set())) return url.href.replace(/\/+$/, '');
  const message = `${quote(redact(text))} is not an address of a service with https`;
  throw new InputError([{ code: 'USAGE', where: flag, message, fix: 'write it as https://host, or leave it out' }]);
}

/** Certificates and keys of a few services. */
const maxRootBytes = 1_048_576;

async function identityRule({ identities, issuer, trustRoot: file }: SignerIdentity): Promise<IdentityRule> {
  const missing = { code: 'USAGE', fix: 'name a file that is there: the trusted_root.json of sigstore' } as const;
  const root = await readTextFile(file, { where: file, code: 'CONFIG_INVALID', maxBytes: maxRootBytes, missing });
  return { kind: 'identity', issuer, identities, root, file };
}

/** A key is a few hundred bytes. */
const maxKeyBytes = 65_536;

/** @param named what names it, for a message that has nothing of the key */
async function keyFile(path: string, named: string): Promise<{ readonly pem: string; readonly file: string }> {
  if (/-----BEGIN|\n/.test(path)) {
    const message = 'it holds a key, and the name of a file with the key is expected';
    const fix = 'write the key to a file that this job alone can read, and give its name';
    throw new InputError([{ code: 'USAGE', where: named, message, fix }]);
  }
  const missing = { code: 'USAGE', fix: 'name a file that is there' } as const;
  const pem = await readTextFile(path, { where: path, code: 'CONFIG_INVALID', maxBytes: maxKeyBytes, missing });
  return { pem, file: path };
}

async function warnOfOpenKey(path: string, say: (line: string) => void): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  const bits = (mode & 0o777).toString(8);
  say(`${path}: other accounts on this machine can read this key (mode ${bits}); run chmod 600 ${path}`);
}

async function readRunFacts(what: 'all' | 'mover', around: RunSurroundings): Promise<RunFacts> {
  const facts = runFacts(around.env);
  if (facts.run === null) return { ...facts, actor: facts.actor ?? userName() };
  if (what === 'mover' || facts.run.ci !== 'GitHub Actions' || around.dataOnly === true) return facts;
  const { githubApprover } = await import('./github-approver.ts');
  return { ...facts, approver: await githubApprover(facts.run.id, around) };
}

/** Of the account that runs this; `null` for one that has no name. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run under a number that no name belongs to.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
