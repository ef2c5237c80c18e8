/** A config whose text has no file name to go by: piped in, or pasted. It is data alone, JSON or YAML, and never run. */
import { InputError } from '../domain/errors.ts';
import { readJson } from './json-text.ts';

/** A line that no config in JSON or YAML has at its start. */
const codeLine = /^(?:import\s|export\s|(?:const|let|var)\s+\w+\s*=|module\.exports\b|\/\/|\/\*)/m;

/**
 * @param where how messages name the text
 * @returns what it says, not checked in any way
 * @throws {InputError} CONFIG_INVALID with `where:line:column` of what is wrong
 */
export async function readConfigText(text: string, where: string): Promise<unknown> {
  if (isJsonConfig(text)) return readJson(text, where, 'CONFIG_INVALID');
  if (codeLine.test(text)) {
    const message = 'it is TypeScript or JavaScript, and only JSON or YAML is read here';
    const fix = 'write the same keys as JSON or YAML, without imports and defineConfig';
    throw new InputError([{ code: 'CONFIG_INVALID', where, message, fix }]);
  }
  const { readYaml } = await import('./yaml-text.ts');
  return readYaml(text, where, 'CONFIG_INVALID');
}

export function isJsonConfig(text: string): boolean {
  return text.trimStart().startsWith('{');
}
