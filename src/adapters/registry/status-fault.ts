import { parseJsonObject, isJsonObject } from '../../domain/json.ts';
import { redact } from '../../domain/secrets.ts';
import { quote } from '../../domain/tag.ts';
import { WireFault, type WireAnswer } from '../http/wire.ts';

/**
 * What an answer that is neither success nor a 404 means. 408, 429 and 5xx may pass; 401 and 403 say nothing about
 * whether a thing exists; the rest is the registry's no.
 */
export function statusFault(answer: WireAnswer, may: string): WireFault {
  const { status } = answer;
  const said = registryWords(answer);
  const detail = said === null ? `${status}` : `${status} ${said}`;
  if (status === 401 || status === 403) {
    return new WireFault('REGISTRY_DENIED', detail, { status, tries: 1, fix: loginFix(may, answer.advice) });
  }
  if (status === 429) {
    return new WireFault('REGISTRY_THROTTLED', detail, { status, fix: 'wait, or log in for a higher limit' });
  }
  if (status === 408 || (status >= 500 && status !== 501 && status !== 505)) {
    return new WireFault('REGISTRY_UNREACHABLE', detail, { status });
  }
  // Words of ECR (400 TAG_INVALID) and Harbor (412 PRECONDITION); no code of the specification says it.
  if (status >= 400 && /\bimmutable\b/i.test(detail)) {
    const fix = "exempt convenience tags from the registry's rule: moving is what they are for";
    return new WireFault('REGISTRY_REFUSED', detail, { status, tries: 1, fix });
  }
  if (status === 405) {
    const fix = 'it may be read-only, as under maintenance';
    return new WireFault('REGISTRY_REFUSED', detail, { status, tries: 1, fix });
  }
  if (status >= 400) return new WireFault('REGISTRY_REFUSED', detail, { status, tries: 1 });
  return new WireFault('REGISTRY_ANSWER', `${status}, which is no answer to this request`, { status });
}

/** What to do about a denial: the command, and whose credentials were sent or where none were found. */
export function loginFix(may: string, advice: string | undefined): string {
  return `log in with a token that may ${may}${advice === undefined ? '' : `: ${advice}`}`;
}

/** The registry's own error code and words, fit to be printed, also where they repeat what it was sent; `null` where it gave none. */
export function registryWords(answer: WireAnswer): string | null {
  const error = registryErrors(answer)[0];
  if (error === undefined) return null;
  return error.message === '' ? error.code : `${error.code} ${quote(redact(error.message))}`;
}

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes */
export function registryErrors(answer: WireAnswer): readonly { readonly code: string; readonly message: string }[] {
  const errors = parseJsonObject(new TextDecoder().decode(answer.body))?.['errors'];
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: unknown) => {
    if (!isJsonObject(error) || typeof error['code'] !== 'string' || !/^[A-Za-z0-9_]{1,60}$/.test(error['code']))
      return [];
    return [{ code: error['code'], message: typeof error['message'] === 'string' ? error['message'] : '' }];
  });
}
