import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { CredentialRow } from '../tables/credentials.ts';
import { tempFolder } from './temp-folder.ts';

export interface CredentialCase {
  readonly env: Readonly<Record<string, string>>;
  readonly registry: string;
  readonly path: string;
}

/** Writes a row's files and helpers into a new home folder. */
export async function credentialCase(row: CredentialRow, host: string): Promise<CredentialCase> {
  const home = await tempFolder({ 'bin/nothing': '' });
  const real = (text: string): string => text.replaceAll('HOST', host).replaceAll('HOME', home);
  for (const [path, content] of Object.entries(row.files ?? {})) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), real(typeof content === 'string' ? content : JSON.stringify(content)));
  }
  for (const [name, body] of Object.entries(row.helpers ?? {})) {
    const program = join(home, 'bin', `docker-credential-${name}`);
    await writeFile(program, `#!/bin/sh\nread -r server\n${body}\n`);
    await chmod(program, 0o755);
  }
  const at = real(row.at ?? 'HOST/acme/app');
  const slash = at.indexOf('/');
  const own = Object.entries(row.env ?? {}).map(([name, value]) => [name, real(value)] as const);
  return {
    env: { HOME: home, PATH: `${home}/bin${delimiter}${process.env['PATH'] ?? ''}`, ...Object.fromEntries(own) },
    registry: at.slice(0, slash),
    path: at.slice(slash + 1),
  };
}
