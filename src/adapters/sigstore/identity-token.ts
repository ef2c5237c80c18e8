/**
 * The token that says who runs this, for signing without a key: GitHub's of the job, or the one in `SIGSTORE_ID_TOKEN`, as
 * GitLab and others set it. It is sent to the certificate authority and nowhere else.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 * @see https://docs.gitlab.com/ci/yaml/signing_examples/
 */
import { z } from 'zod';
import { InputError, OutsideError } from '../../domain/errors.ts';
import { parseJsonObject } from '../../domain/json.ts';
import { unsendable } from '../../domain/secrets.ts';
import { quote } from '../../domain/tag.ts';
import { askJson } from '../http/ask-json.ts';
import { isExposed } from '../http/exposed.ts';
import { held, sigstoreRequest, type SigstoreLine } from './sigstore-request.ts';

export interface IdentityToken {
  readonly token: string;
  /** What the authority asks a signature of, as a proof that the key is held. */
  readonly subject: string;
}

export interface TokenPlace extends SigstoreLine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: number;
}

const audience = 'sigstore';
const variable = 'SIGSTORE_ID_TOKEN';
const clockSkewMs = 60_000;

/**
 * @throws {InputError} USAGE if there is no token, or it is not for sigstore: a token for another service is not sent
 * @throws {OutsideError} CREDENTIALS_FAILED for one that has expired, SIGNING_FAILED if GitHub gives none
 */
export async function identityToken(place: TokenPlace): Promise<IdentityToken> {
  const given = place.env[variable]?.trim() ?? '';
  return given === ''
    ? readToken(await githubToken(place), 'the token of the job', place)
    : readToken(given, variable, place);
}

const answered = z.object({ value: z.string().min(1) });

async function githubToken({ env, ...line }: TokenPlace): Promise<string> {
  const [url, bearer] = [env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '', env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''];
  if (url === '' || bearer === '') throw noToken(env);
  const fault = unsendable(bearer);
  if (fault !== null) throw new OutsideError('CREDENTIALS_FAILED', `ACTIONS_ID_TOKEN_REQUEST_TOKEN ${fault}`);
  if (!URL.canParse(url) || isExposed(new URL(url), new Set()))
    throw new OutsideError('CREDENTIALS_FAILED', 'ACTIONS_ID_TOKEN_REQUEST_URL is not an address with https');
  const asked = new URL(url);
  asked.searchParams.set('audience', audience);
  const advice = (status: number | undefined): string =>
    status === 401 || status === 403 ? '; give the job permissions: id-token: write' : '';
  const name = 'the identity token of the job';
  return askJson(line.http, {
    ...sigstoreRequest({ name, url: asked.href, secrets: [bearer], advice }, line),
    headers: { authorization: `Bearer ${bearer}` },
    // Nothing is shown of a success that cannot be read: the token may be in it.
    read: (answer) =>
      held(answer.status < 300 ? { ...answer, text: 'there is no token in it' } : answer, answered, [bearer]).value,
  });
}

function noToken(env: TokenPlace['env']): InputError {
  const [message, fix] =
    env['GITHUB_ACTIONS'] === 'true'
      ? ['this job may not ask for an identity token', 'give it permissions: id-token: write']
      : [
          'there is no identity token',
          `set ${variable}: on GitLab with id_tokens: { ${variable}: { aud: ${audience} } }, elsewhere to a token of the CI for the audience ${audience}; or sign with --sign-key`,
        ];
  return new InputError([{ code: 'USAGE', where: '--sign-keyless', message, fix }]);
}

const claimsShape = z.object({
  aud: z.union([z.string(), z.array(z.string())]),
  /** Seconds. */
  exp: z.number().optional(),
  sub: z.string().optional(),
  email: z.string().optional(),
});

/** The authority verifies the token; here it is read for what must be known to ask, and for mistakes. */
function readToken(token: string, name: string, { nowMs }: Pick<TokenPlace, 'nowMs'>): IdentityToken {
  const claims = claimsShape.safeParse(parseJsonObject(claimsText(token)));
  if (!claims.success) throw unusable(name, 'it is not an identity token of OpenID Connect');
  const { aud, exp, sub = '', email = '' } = claims.data;
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (!audiences.includes(audience)) throw unusable(name, `it is for ${audiences.map(quote).join(', ')}`);
  if (exp !== undefined && exp * 1000 + clockSkewMs < nowMs) {
    const message = `${name} has expired; run the job again, and give it a token that lasts as long as the job`;
    throw new OutsideError('CREDENTIALS_FAILED', message, { variable: name });
  }
  // As cosign does: whoever has an address is known by it.
  const subject = email === '' ? sub : email;
  if (subject === '') throw unusable(name, 'it names nobody');
  return { token, subject };
}

function claimsText(token: string): string {
  const [, claims = '', signature, ...more] = token.split('.');
  if (signature === undefined || more.length > 0 || !/^[A-Za-z0-9_-]+$/.test(claims)) return '';
  return Buffer.from(claims, 'base64url').toString('utf8');
}

function unusable(where: string, message: string): InputError {
  const fix = `give one for the audience ${audience}; no other is sent`;
  return new InputError([{ code: 'USAGE', where, message, fix }]);
}
