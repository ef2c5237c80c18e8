/** Whose signatures count on a statement: of keys, and of identities. */
import type { SignerIdentity, StatementVerifier } from '../../ports.ts';
import type { World } from '../world.ts';

export interface Counting {
  readonly keys: readonly StatementVerifier[];
  /** Their files, for messages. */
  readonly keyFiles: readonly string[];
  readonly identity: StatementVerifier | null;
}

/** What verifiers are made with. */
export type VerifyingWorld = Pick<World, 'statementVerifier' | 'identityVerifier'>;

/** @throws {InputError} for a key or a trust root that cannot be read */
export async function readCounting(
  keyFiles: readonly string[],
  identity: SignerIdentity | null,
  world: VerifyingWorld,
): Promise<Counting> {
  const keys = await Promise.all(keyFiles.map((file) => world.statementVerifier(file)));
  return { keys, keyFiles, identity: identity === null ? null : await world.identityVerifier(identity) };
}

/** Warns of a name that any certificate of the issuer fits. */
export function warnOfAnybody(identity: SignerIdentity | null | undefined, { say }: Pick<World, 'say'>): void {
  const any = identity?.identities.find((name) => /^[*@]*\*[*@]*$/.test(name));
  if (any === undefined || identity === null || identity === undefined) return;
  say(
    `--evidence-identity '${any}' accepts whoever has a certificate of ${identity.issuer}, strangers too: name the workflow or the person who may sign`,
  );
}

/** A signature with a certificate is judged by identities, another one by keys. */
export function verifierOf({ keys, keyFiles, identity }: Counting): StatementVerifier {
  return (text, signature) => {
    if (signature.verificationMaterial !== undefined)
      return identity === null ? 'it is signed without a key, and a key counts' : identity(text, signature);
    const faults = keys.map((verify) => verify(text, signature));
    if (faults.includes(null)) return null;
    const [first = 'it is signed with a key, and an identity counts', ...others] = faults;
    return others.length === 0 ? first : `its signature is not by any of ${keyFiles.join(', ')}`;
  };
}
