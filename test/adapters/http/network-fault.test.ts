import { expect, test } from 'vitest';
import { networkFault } from '../../../src/adapters/http/network-fault.ts';

const broken = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });

test.each([
  ['123456789012.dkr.ecr.eu-central-1.amazonaws.com', true],
  ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', true],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', true],
  ['123456789012.dkr-ecr.eu-west-1.on.aws', true],
  ['registry.example', false],
  ['dkr.ecr.example', false],
  ['123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example', false],
])('a connection to %s that broke may mean a repository that is not there: %s', (host, isEcr) => {
  const { message, fix } = networkFault(broken, host);
  expect(message).toBe('the connection broke (UND_ERR_SOCKET)');
  expect(fix?.includes('aws ecr create-repository') ?? false).toBe(isEcr);
});
