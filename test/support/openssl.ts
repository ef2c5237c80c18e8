/** A certificate authority in a folder, made with openssl: `ca.key` and `ca.crt`. */
import { spawnSync } from 'node:child_process';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface OpensslAuthority {
  /** Writes `NAME.key` and the signed certificate; `extensions` is a file in the folder. */
  readonly sign: (
    name: string,
    leaf: {
      readonly subject: string;
      readonly days: string;
      readonly extensions: string;
      readonly certificate: string;
    },
  ) => void;
}

export function opensslAuthority(folder: string, subject: string): OpensslAuthority {
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', subject);
  return {
    sign: (name, { subject: own, days, extensions, certificate }) => {
      openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', own);
      const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days, '-extfile', extensions];
      openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-out', certificate);
    },
  };
}
