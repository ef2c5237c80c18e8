import { InputError, type Problem } from '../domain/errors.ts';
import { quote } from '../domain/tag.ts';
import type { Inputs } from './inputs.ts';
import type { Env } from './runner.ts';

/**
 * The secrets that a step says it cannot do without, by the names of the variables it gets them in: found missing before
 * anything is built, and named, instead of as a login that fails an hour later.
 *
 * @returns their values, to be masked
 * @throws {InputError} USAGE, one problem a secret; never with a value
 */
export function requireEnv(inputs: Inputs, env: Env): readonly string[] {
  const names = (inputs.get('require-env') ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const problems = names.flatMap((name) => problemOf(name, env[name]));
  if (problems.length > 0) throw new InputError(problems);
  return names.flatMap((name) => env[name] ?? []);
}

function problemOf(name: string, value: string | undefined): Problem[] {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    const fix = 'write names alone, such as DOCKERHUB_TOKEN; the values go into env';
    return [{ code: 'USAGE', where: 'input require-env', message: `${quote(name)} is no name of a variable`, fix }];
  }
  if (value !== undefined && value.trim() !== '') return [];
  return [
    {
      code: 'USAGE',
      where: `env ${name}`,
      message: 'it is empty: the secret is not set, or runs of this event do not get it, as those of forks do not',
      fix: `add the secret ${name} under Settings, Secrets and variables, Actions, and hand it to the step in env`,
    },
  ];
}
