import { LineCounter, parseDocument } from 'yaml';
import { InputError, type Problem, type ProblemCode } from '../domain/errors.ts';
import { isTooDeep } from '../domain/yaml-depth.ts';

/** Each use of an anchor costs what it stands for; a page of nested ones can stand for gigabytes. */
const maxAliasCount = 100;
const maxListed = 20;

/**
 * Reads one YAML 1.2 document with the core schema: a duplicate key, an unknown tag and a second document are faults.
 *
 * @throws {InputError} with `where:line:column` for every fault of the text
 */
export function readYaml(text: string, where: string, code: ProblemCode): unknown {
  if (isTooDeep(text)) {
    const fix = 'write it with fewer levels';
    throw new InputError([{ code, where, message: 'its lists and maps are nested too deep', fix }]);
  }
  const lineCounter = new LineCounter();
  // A key that is a list or a map has no counterpart in JSON.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, stringKeys: true });
  const faults = [...document.errors, ...document.warnings].slice(0, maxListed);
  const problems = faults.map((fault): Problem => {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    return { code, where: `${where}:${line}:${col}`, message: fault.message, fix: 'expected YAML 1.2' };
  });
  if (problems.length > 0) throw new InputError(problems);
  try {
    return document.toJS({ maxAliasCount });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = 'its aliases stand for more than a config can need';
    throw new InputError([{ code, where, message, fix: 'write the values out' }], { cause: error });
  }
}
