/**
 * Checks of what ends in a Dockerfile or on an image: base images, labels, build arguments.
 *
 * Rejected, not fixed: a value that could become an instruction, an option or a second stage.
 */
import type { Problem, ProblemCode } from '../domain/errors.ts';
import { parseRepository } from '../domain/reference.ts';
import { secretKind } from '../domain/secrets.ts';
import { isTag, quote } from '../domain/tag.ts';

const labelKeyPattern = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
const argumentNamePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The last word says what it holds: `PIP_TOKEN`, not `TOKEN_URL`. */
const secretName = /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIALS?|API_?KEY|PRIVATE_KEY|SECRET_KEY|ACCESS_KEY)$/i;
const argumentReference = /\$\{[A-Z][A-Z0-9_]*\}/g;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const breaking = /[\p{Cc}\u2028\u2029]/u;

/**
 * Checks the name of a base image as a `FROM` line will have it; `${NAME}` may stand for any part of a name or tag.
 *
 * @param where the file and key, for the problem
 */
export function checkBaseImage(text: string, where: string): readonly Problem[] {
  const fault = baseImageFault(text);
  if (fault === null) return [];
  const message = `${quote(text)} is no base image: ${fault}`;
  return [{ code: 'REFERENCE_INVALID', where, message, fix: "write name:tag, such as 'python:3.12-slim'" }];
}

/** Checks one label or annotation of an image: `[a-z0-9.-]` in the key, one line without `"` in the value. */
export function checkLabel(key: string, value: string, where: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!labelKeyPattern.test(key)) {
    problems.push({
      code: 'LABEL_INVALID',
      where,
      message: `${quote(key)} is no label key`,
      fix: 'use small letters, digits, . and -, with a letter or digit at both ends',
    });
  }
  return [...problems, ...checkValue(`the label ${quote(key)}`, value, where, 'LABEL_INVALID')];
}

/** Checks one build argument: a shell name, one line without `"` in the value, nothing that looks like a credential. */
export function checkBuildArg(name: string, value: string, where: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!argumentNamePattern.test(name)) {
    problems.push({
      code: 'BUILD_ARG_INVALID',
      where,
      message: `${quote(name)} is no name of a build argument`,
      fix: 'use letters, digits and _, not starting with a digit',
    });
  }
  if (value !== '' && secretName.test(name)) {
    problems.push({
      code: 'SECRET_IN_BUILD',
      where,
      message: `the build argument ${quote(name)} has the name of a secret; arguments stay in the image's history`,
      fix: `write secrets: { ${name.toLowerCase()}: { env: '${name}' } } and mount it (RUN --mount=type=secret,id=${name.toLowerCase()})`,
    });
  }
  return [...problems, ...checkValue(`the build argument ${quote(name)}`, value, where, 'BUILD_ARG_INVALID')];
}

function checkValue(what: string, value: string, where: string, code: ProblemCode): readonly Problem[] {
  const kind = secretKind(value);
  if (kind !== null) {
    return [
      {
        code: 'SECRET_IN_BUILD',
        where,
        message: `${what} looks like it holds ${kind}, which everybody who pulls the image could read`,
        fix: 'pass secrets with a secret mount (RUN --mount=type=secret)',
      },
    ];
  }
  const fault = valueFault(value);
  return fault === null
    ? []
    : [{ code, where, message: `${what} ${fault}`, fix: 'write one line of text without quotes' }];
}

function valueFault(value: string): string | null {
  const control = breaking.exec(value);
  if (control !== null) return `has the character ${quote(control[0])}, which would end its line`;
  if (value.includes('"')) return 'has a ", which would end its quotation';
  if (value.endsWith('\\')) return 'ends with \\, which would join the next line to it';
  return null;
}

function baseImageFault(text: string): string | null {
  if (text === '') return 'it is empty';
  if (text.startsWith('-')) return 'it starts with -, which reads as an option';
  if (breaking.test(text)) return 'it has a line break or control character';
  if (/\s/.test(text)) return 'it has a space';
  if (text === 'scratch') return null;
  const plain = text.replaceAll(argumentReference, '0');
  if (plain.includes('$')) return 'it may contain only ${NAME}, with NAME of capital letters, digits and _';
  const [named = '', digest, ...more] = plain.split('@');
  if (more.length > 0 || (digest !== undefined && !digestPattern.test(digest))) {
    return 'after @ a digest is expected, sha256: and 64 hex digits';
  }
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  if (hasTag && !isTag(named.slice(colon + 1))) return `${quote(named.slice(colon + 1))} is not a tag`;
  const repository = parseRepository(hasTag ? named.slice(0, colon) : named, '');
  return repository.ok ? null : (repository.problems[0]?.message ?? 'it cannot be read');
}
