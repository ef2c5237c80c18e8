import type { WireAnswer } from '../http/wire.ts';
import type { Credentials, Password } from './credentials.ts';
import { basicHeader } from './basic-header.ts';

const hidden = '***';
/** A shorter text is part of ordinary words, and hiding it would show where it is. */
const shortest = 4;

/**
 * An answer of 400 and above may quote what was sent: then its body has `***` there, before anybody reads it.
 *
 * @param header the `Authorization` that was sent
 */
export function withoutSecrets(answer: WireAnswer, credentials: Credentials | null, header: string | null): WireAnswer {
  if (answer.status < 400) return answer;
  const secrets = [...secretsOf(credentials), ...(header === null ? [] : [header.replace(/^\w+ /, '')])];
  // Byte by byte, as a body may be anything.
  const text = Buffer.from(answer.body).toString('latin1');
  const shown = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    // The longest first: one may be part of another.
    .toSorted((a, b) => b.length - a.length)
    .reduce((body, secret) => body.replaceAll(Buffer.from(secret, 'utf8').toString('latin1'), hidden), text);
  return shown === text ? answer : { ...answer, body: Buffer.from(shown, 'latin1') };
}

function secretsOf(credentials: Credentials | null): string[] {
  if (credentials === null) return [];
  const ofPassword = ({ username, password }: Password): string[] => [
    password,
    basicHeader(username, password).replace(/^Basic /, ''),
  ];
  if (credentials.kind === 'password') return ofPassword(credentials);
  const { password } = credentials.kind === 'identity-token' ? credentials : {};
  return [credentials.token, ...(password === undefined ? [] : ofPassword(password))];
}
