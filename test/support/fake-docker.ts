import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { vi } from 'vitest';
import { tempFolder } from './temp-folder.ts';

export interface FakeDocker {
  /** A folder of the test's own. */
  readonly folder: string;
  /** Working directory, BUILDX_BAKE_ENTITLEMENTS_FS and arguments of every call that builds, a line each. */
  readonly calls: () => Promise<readonly string[]>;
}

/** Bash that answers when a build looks before it begins. */
export interface Looks {
  readonly inspect?: string;
  readonly print?: string;
}

const nodes = String.raw`printf 'Name: fake\nDriver: remote\n\nNodes:\nName: fake0\nPlatforms: linux/amd64, linux/arm64\n'`;

/**
 * Puts a `docker` first on the PATH that runs a piece of bash for every call that builds; builder and bake file are
 * looked at before that. The script finds the
 * bake file in `$file`, the metadata file in `$metadata` and the test's folder in `$folder`. Undo with
 * `vi.unstubAllEnvs()`.
 */
export async function fakeDocker(script: string, version = 'exit 0', looks: Looks = {}): Promise<FakeDocker> {
  const folder = await tempFolder({ calls: '', 'bin/docker': '' });
  const docker = `#!/bin/bash
if [[ "$1 $2" == 'buildx version' ]]; then ${version}; fi
folder='${folder}'
if [[ "$1 $2" == 'buildx inspect' ]]; then ${looks.inspect ?? nodes}; exit; fi
if [[ "$*" == *' --print '* ]]; then
  for word in "$@"; do [[ $word == --file=* ]] && file=\${word#--file=}; done
  ${looks.print ?? 'cat "$file"'}; exit
fi
printf '%s\\n' "$PWD" "$BUILDX_BAKE_ENTITLEMENTS_FS" "$@" >> "$folder/calls"
for word in "$@"; do
  case $word in --file=*) file=\${word#--file=} ;; --metadata-file=*) metadata=\${word#--metadata-file=} ;; esac
done
${script}
`;
  await writeFile(`${folder}/bin/docker`, docker);
  await chmod(`${folder}/bin/docker`, 0o755);
  vi.stubEnv('PATH', `${folder}/bin${delimiter}${process.env['PATH'] ?? ''}`);
  return {
    folder,
    calls: async () => {
      const text = await readFile(`${folder}/calls`, 'utf8');
      return text === '' ? [] : text.trimEnd().split('\n');
    },
  };
}
