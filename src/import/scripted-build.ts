/** `docker build` and `docker buildx build` of a script, in the terms of docker/build-push-action. */
import { saidElsewhere } from './places.ts';

const flags: Readonly<Record<string, string>> = {
  '--platform': 'platforms',
  '--file': 'file',
  '-f': 'file',
  '--target': 'target',
  '--build-arg': 'build-args',
  '--secret': 'secrets',
  '--build-context': 'build-contexts',
};

export function readScriptedBuild(script: string, say: (comment: string) => void): ReadonlyMap<string, string> {
  const joined = script.replaceAll(/\\\r?\n\s*/g, ' ');
  const commands = [...joined.matchAll(/\bdocker\s+(?:buildx\s+)?(?<kind>build|bake)\s(?<rest>[^\n;&|]*)/g)];
  const [command, ...more] = commands;
  const inputs = new Map<string, string>();
  if (command === undefined || command.groups?.['kind'] === 'bake' || more.length > 0) {
    say('CHECK THIS: a script builds the image: write its Dockerfile and its platforms');
    return new Map([['platforms', saidElsewhere]]);
  }
  const words = (command.groups?.['rest'] ?? '').match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const plain = words.map((word) => word.replaceAll(/["']/g, ''));
  for (let index = 0; index < plain.length; index += 1) {
    const word = plain[index] ?? '';
    const [name = '', ...rest] = word.split('=');
    const isSplit = rest.length === 0;
    const input = flags[name];
    if (input !== undefined) {
      const value = isSplit ? (plain[index + 1] ?? '') : rest.join('=');
      inputs.set(input, [inputs.get(input) ?? [], value].flat().join('\n'));
    } else if (!word.startsWith('-') && index === plain.length - 1) inputs.set('context', word);
    if (word.startsWith('-') && isSplit && !/^--(?:push|load|pull|no-cache|quiet|rm|provenance|sbom)$|^-q$/.test(word))
      index += 1;
  }
  // What the shell puts in is not known here.
  for (const [name, value] of inputs)
    if (value.includes('$'))
      inputs.set(
        name,
        value.replaceAll(/\$\S*/g, (found) => `\${{ ${found} }}`),
      );
  return inputs;
}
