import { InputError } from '../../domain/errors.ts';
import type { PageAccess } from '../../ports.ts';
import type { Outcome, World } from '../world.ts';

/** Without a login nothing is done and nothing fails: a fork's run, or one at home, has none. */
export function closedOutcome({ name, because }: Extract<PageAccess, { readonly kind: 'closed' }>): Outcome {
  return { stdout: `${name} not written: ${because}\n`, result: 'as-planned' };
}

export function writtenOutcome(pages: readonly { readonly name: string; readonly done: string }[]): Outcome {
  return { stdout: `${pages.map(({ name, done }) => `${name} ${done}`).join('\n')}\n`, result: 'as-planned' };
}

/** A config that may be a stranger's says what is written and where. @throws {InputError} EVENT_INVALID */
export function refuseStranger(flag: '--release' | '--push', { dataOnly }: World): void {
  if (dataOnly !== true) return;
  const message = `docs ${flag} writes with the login of the repository, and this event is of a fork or a pull request`;
  throw new InputError([
    { code: 'EVENT_INVALID', where: 'the event', message, fix: 'run it on release, push or dispatch' },
  ]);
}
