/**
 * Texts that look like credentials: they have no place in an image, and none in anything that is printed or kept.
 *
 * A build argument ends in the image's history, and with provenance `mode=max` in the pushed attestation too.
 */

interface TokenShape {
  readonly kind: string;
  readonly pattern: RegExp;
}

// Prefixes as the issuers document them. The lengths are lower bounds, so that a cut-off token is seen too.
const tokenShapes: readonly TokenShape[] = [
  { kind: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{8,}|github_pat_[A-Za-z0-9_]{8,})/g },
  { kind: 'a GitLab token', pattern: /\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{8,}/g },
  { kind: 'a Docker Hub token', pattern: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{8,}/g },
  { kind: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{10,}/g },
  { kind: 'a PyPI token', pattern: /\bpypi-[A-Za-z0-9_-]{16,}/g },
  { kind: 'an AWS key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { kind: 'a Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{8,}/g },
  { kind: 'a JSON Web Token', pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g },
  { kind: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^]*?-----END [A-Z ]*PRIVATE KEY-----)?/g },
  { kind: 'a PEM block', pattern: /-----BEGIN (?:PGP|ENCRYPTED|OPENSSH)[A-Z ]*-----/g },
  { kind: 'a URL with a password', pattern: /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@:]*:[^\s/@]+@/gi },
];

const hidden = '***';

/** What kind of credential a text seems to hold, for a message that must not show it; `null` where it seems to hold none. */
export function secretKind(text: string): string | null {
  return tokenShapes.find((shape) => text.search(shape.pattern) !== -1)?.kind ?? null;
}

/** A text without what looks like a credential in it: tokens, `user:password@`, `Authorization`, `token=` in a query. */
export function redact(text: string): string {
  let shown = text.replaceAll(/(?<scheme>\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@]+@/gi, `$<scheme>${hidden}@`);
  shown = shown.replaceAll(
    /(?<name>\bauthorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer)\s+)?[^\s"',]+/gi,
    `$<name>${hidden}`,
  );
  shown = shown.replaceAll(/(?<name>\b(?:basic|bearer)\s+)[A-Za-z0-9+/._~-]{8,}=*/gi, `$<name>${hidden}`);
  shown = shown.replaceAll(
    /(?<name>["']?\b(?:access_token|refresh_token|identitytoken|registrytoken|auth|password|token|_state|signature|x-amz-signature|x-amz-security-token)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
    `$<name>${hidden}`,
  );
  for (const { pattern } of tokenShapes) shown = shown.replaceAll(pattern, hidden);
  return shown;
}

/** Why a secret cannot be sent in a header of HTTP, as a clause behind its name; `null` where it can. Never quotes it. */
export function unsendable(secret: string): string | null {
  if (/[\r\n]/.test(secret)) return 'holds a line break';
  return /^[\x20-\x7e]*$/.test(secret) ? null : 'holds a character that no header can carry';
}
