/** Paths and contexts that a config names: nothing leaves the root, and no credential is written down. */
import type { Problem } from '../domain/errors.ts';
import { contextPath, contextSecret, outsideRoot, pathFault } from '../domain/path-fault.ts';
import type { At } from './place.ts';
import type { ParsedConfig, ParsedImage } from './schema.ts';

/** @param above how many folders the root is above the config's */
export function checkBuildPaths(
  given: Pick<ParsedImage, 'dockerfile' | 'template' | 'context' | 'contexts' | 'secrets'>,
  at: At,
  above: number,
): Problem[] {
  const { context } = given;
  const files = (['dockerfile', 'template'] as const).flatMap((key) => checkPath(given[key], at(key), above));
  const main =
    typeof context === 'object'
      ? checkPath(context.path, at('context', 'path'), above)
      : checkPath(context, at('context'), above);
  const contexts = Object.entries(given.contexts ?? {}).flatMap(([key, text]) => {
    const where = at('contexts', key);
    const secret = contextSecret(text, where);
    return secret === null ? checkPath(contextPath(text) ?? undefined, where, above) : [secret];
  });
  const secrets = Object.entries(given.secrets ?? {}).flatMap(([id, source]) =>
    'file' in source ? checkPath(source.file, at('secrets', id, 'file'), above) : [],
  );
  return [...files, ...main, ...contexts, ...secrets];
}

export function checkSignaturePaths({ signature }: Pick<ParsedImage, 'signature'>, at: At, above: number): Problem[] {
  if (signature === undefined) return [];
  return 'key' in signature
    ? checkPath(signature.key, at('signature', 'key'), above)
    : checkPath(signature.trustRoot, at('signature', 'trustRoot'), above);
}

export function checkSourcePaths({ source }: ParsedConfig, at: At, above: number): Problem[] {
  return (['file', 'git'] as const).flatMap((key) => checkPath(source?.[key], at('source', key), above));
}

function checkPath(path: string | undefined, where: string, above: number): Problem[] {
  if (path === undefined) return [];
  const fault = pathFault(path, above);
  return fault === null ? [] : [outsideRoot(path, fault, where)];
}
