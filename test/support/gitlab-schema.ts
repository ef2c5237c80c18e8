/** GitLab's published schema of `.gitlab-ci.yml`, as the npm package gitlab-ci-local ships it inside its program. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { Ajv, type ErrorObject } from 'ajv';
import { parse } from 'yaml';

const program = fileURLToPath(new URL('../../node_modules/gitlab-ci-local/dist/index.js', import.meta.url));
const start = '{$schema:"http://json-schema.org/draft-07/schema#",$id:"https://gitlab.com/.gitlab-ci.yml"';

let compiled: Promise<(value: unknown) => readonly ErrorObject[]> | undefined;

/**
 * What the schema has against a pipeline, as `path message`; none if it is valid.
 *
 * @param text YAML
 */
export async function pipelineFaults(text: string): Promise<readonly string[]> {
  const check = await (compiled ??= compile());
  return check(parse(text)).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

async function compile(): Promise<(value: unknown) => readonly ErrorObject[]> {
  const source = await readFile(program, 'utf8');
  const from = source.indexOf(start);
  if (from === -1) throw new Error(`${program} holds no schema of GitLab`);
  const schema: object = runInNewContext(`(${objectAt(source, from)})`);
  // Its keywords for editors, and unions of types, are none that Ajv knows.
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

/** The object literal that begins here. */
function objectAt(source: string, from: number): string {
  let depth = 0;
  for (const { 0: sign, index } of source
    .slice(from)
    .matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[{}]/g)) {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (depth === 0) return source.slice(from, from + index + 1);
  }
  throw new Error('the schema has no end');
}
