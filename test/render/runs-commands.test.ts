import { expect, test } from 'vitest';
import { runsCommands } from '../../src/render/runs-commands.ts';

const rows: { name: string; dockerfile: string; target?: string; runs: boolean }[] = [
  { name: 'a RUN', dockerfile: 'FROM a\nRUN x', runs: true },
  { name: 'files alone', dockerfile: 'FROM scratch\nCOPY f /f', runs: false },
  { name: 'nothing', dockerfile: '', runs: false },
  {
    name: 'a cross-build: commands on the builder, files in the image',
    dockerfile: 'FROM --platform=$BUILDPLATFORM go AS build\nRUN make\nFROM scratch\nCOPY --from=build /x /x',
    runs: false,
  },
  {
    name: 'the platform of the image, written out',
    dockerfile: 'FROM --platform=$TARGETPLATFORM go\nRUN make',
    runs: true,
  },
  {
    name: 'a stage on top of one of the builder has its platform',
    dockerfile:
      'FROM --platform=$BUILDPLATFORM go AS base\nFROM base AS Build\nRUN make\nFROM scratch\nCOPY --from=build / /',
    runs: false,
  },
  {
    name: 'a stage that is read by its number',
    dockerfile: 'FROM go\nRUN make\nFROM scratch\nCOPY --from=0 /x /x',
    runs: true,
  },
  {
    name: 'a stage that a mount reads',
    dockerfile:
      'FROM go AS w\nRUN make\nFROM --platform=linux/amd64 b AS t\nRUN --mount=type=bind,from=w,target=/w x\nFROM scratch\nCOPY --from=t / /',
    runs: true,
  },
  {
    name: 'a stage that nothing needs',
    dockerfile: 'FROM go AS test\nRUN make test\nFROM scratch\nCOPY f /',
    runs: false,
  },
  { name: 'a target', dockerfile: 'FROM go AS run\nRUN x\nFROM scratch AS files', target: 'run', runs: true },
  {
    name: 'a target, its case aside',
    dockerfile: 'FROM go AS Files\nFROM go AS run\nRUN x',
    target: 'files',
    runs: false,
  },
];
test.each(rows)('commands on the platform of the image: $name', ({ dockerfile, target, runs }) => {
  expect(runsCommands(dockerfile, target)).toBe(runs);
});
