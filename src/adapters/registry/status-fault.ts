import type { OutsideCode } from '../../domain/errors.ts';
import { parseJsonObject, isJsonObject } from '../../domain/json.ts';
import { redact } from '../../domain/secrets.ts';
import { quote } from '../../domain/tag.ts';
import { WireFault, type WireAnswer } from '../http/wire.ts';

/**
 * What an answer that is neither success nor a 404 means. The registry's own words come first: a status is used for
 * many causes (a 403 for a full quota, a 400 for an immutable tag). Without words that say more, 408, 429 and 5xx may
 * pass, 401 and 403 say nothing about whether a thing exists, and the rest is the registry's no.
 */
export function statusFault(answer: WireAnswer, may: string): WireFault {
  const { status } = answer;
  const said = registryWords(answer);
  const detail = said === null ? `${status}` : `${status} ${said}`;
  const cause = speaks(status) ? causes.find(({ words }) => words.test(detail)) : undefined;
  if (cause !== undefined) {
    const { code, meaning, fix, isFinal } = cause;
    const message = meaning === undefined ? detail : `${meaning} (${detail})`;
    return new WireFault(code, message, { status, fix, ...(isFinal ? { tries: 1 } : {}) });
  }
  if (status === 401 || (status === 403 && (said === null || aboutLogin.test(said)))) {
    const scope = status === 401 && lacksScope(answer) ? `the token lacks the scope to ${may}: ` : '';
    return new WireFault('REGISTRY_DENIED', `${scope}${detail}`, {
      status,
      tries: 1,
      fix: loginFix(may, answer.advice),
    });
  }
  if (status === 403) {
    const fix = "see the registry's reason: it does not speak of the login";
    return new WireFault('REGISTRY_DENIED', detail, { status, tries: 1, fix });
  }
  if (status === 429) {
    return new WireFault('REGISTRY_THROTTLED', detail, { status, fix: 'wait, or log in for a higher limit' });
  }
  if (status === 408 || (status >= 500 && status !== 501 && status !== 505)) {
    return new WireFault('REGISTRY_UNREACHABLE', detail, { status });
  }
  if (status >= 400) return new WireFault('REGISTRY_REFUSED', detail, { status, tries: 1 });
  const message = `${status}, which is no answer to this request`;
  return new WireFault('REGISTRY_ANSWER', message, { status, ...(status >= 300 ? { tries: 1 } : {}) });
}

/** Statuses whose words may name another cause; the others are what they say. */
function speaks(status: number): boolean {
  return status >= 400 && ![408, 429, 502, 504].includes(status);
}

const aboutLogin = /den(?:y|ied)|auth|log ?in|access|permi|scope|credential|forbidden|token|not allowed/i;

interface Cause {
  readonly words: RegExp;
  readonly code: OutsideCode;
  /** Put before the registry's words. */
  readonly meaning?: string;
  readonly fix: string;
  readonly isFinal: boolean;
}

/** Begins every refusal of a tag that may not be moved. */
export const immutableTags = 'tags of this repository are immutable';

/** By the words of ECR, Harbor, Artifact Registry, Quay, ACR, GitLab, Docker Hub and Artifactory; no code of the specification says it. */
const causes: readonly Cause[] = [
  {
    words: /\bimmutab|cannot be overwritten|image ?tag ?already ?exists/i,
    code: 'REGISTRY_REFUSED',
    meaning: immutableTags,
    fix: "exempt convenience tags from the registry's immutability rule: moving is what they are for",
    isFinal: true,
  },
  {
    words: /\btags?\b.*\bprotected\b|\bprotected tags?\b/i,
    code: 'REGISTRY_REFUSED',
    meaning: 'this tag is protected',
    fix: "exempt convenience tags from the registry's protection rule, or allow this account to push them",
    isFinal: true,
  },
  {
    words: /disallowed on this registry, repository or image|\block(?:ed)?\b/i,
    code: 'REGISTRY_REFUSED',
    meaning: 'the image or repository is locked',
    fix: 'unlock it (ACR: az acr repository update --write-enabled true); it may also be read-only',
    isFinal: true,
  },
  {
    words: /too ?many ?requests|rate ?limit/i,
    code: 'REGISTRY_THROTTLED',
    fix: 'wait, or log in for a higher limit',
    isFinal: false,
  },
  {
    words:
      /\bquota\b|configured upper limit|storage (?:limit|space)|insufficient storage|no space left|exceed\w* .*\b(?:limit|storage)\b|^(?:507|413)\b/i,
    code: 'REGISTRY_REFUSED',
    meaning: 'the quota or a size limit of the registry is reached',
    fix: 'free space or raise the limit; a new login does not help',
    isFinal: true,
  },
  {
    words: /read-?only|maintenance/i,
    code: 'REGISTRY_REFUSED',
    meaning: 'the registry is read-only',
    fix: 'try again when its maintenance is over',
    isFinal: true,
  },
  {
    words: /token (?:has )?expired|expired token|jwt.*expired/i,
    code: 'REGISTRY_DENIED',
    meaning: 'the login has expired',
    fix: 'log in again',
    isFinal: true,
  },
  {
    words: /^404 NAME_UNKNOWN\b|^404 .*repository .*does not exist/i,
    code: 'REGISTRY_REFUSED',
    fix: 'create the repository first (ECR: aws ecr create-repository --repository-name NAME)',
    isFinal: true,
  },
  {
    words: /^405\b/,
    code: 'REGISTRY_REFUSED',
    fix: 'it may be read-only, as under maintenance',
    isFinal: true,
  },
];

function lacksScope(answer: WireAnswer): boolean {
  return /\berror\s*=\s*"?insufficient_scope\b/i.test(answer.headers['www-authenticate'] ?? '');
}

/** What to do about a denial: the command, and whose credentials were sent or where none were found. */
export function loginFix(may: string, advice: string | undefined): string {
  return `log in with a token that may ${may}${advice === undefined ? '' : `: ${advice}`}`;
}

/** The registry's own error code and words, fit to be printed, also where they repeat what it was sent; `null` where it gave none. */
export function registryWords(answer: WireAnswer): string | null {
  const error = registryErrors(answer)[0];
  if (error === undefined) return null;
  const words = error.message === '' ? '' : quote(redact(error.message.slice(0, 500)));
  return [error.code, words].filter((text) => text !== '').join(' ');
}

/**
 * The errors of the body, as the specification has them; some registries give codes as numbers, leave them out, or put
 * one message beside the list.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export function registryErrors(answer: WireAnswer): readonly { readonly code: string; readonly message: string }[] {
  const body = parseJsonObject(new TextDecoder().decode(answer.body));
  if (body === null) return [];
  const errors = Array.isArray(body['errors']) ? body['errors'] : [body];
  return errors.flatMap((error: unknown) => {
    if (!isJsonObject(error)) return [];
    const [code = ''] = [error['code'], error['status']].flatMap((value) =>
      typeof value === 'string' || typeof value === 'number' ? [String(value)] : [],
    );
    const message = [error['message'], error['detail']].find((text) => typeof text === 'string' && text !== '');
    if (!/^[A-Za-z0-9_]{0,60}$/.test(code) || (code === '' && message === undefined)) return [];
    return [{ code, message: typeof message === 'string' ? message : '' }];
  });
}
