/**
 * What a call costs the processor, in milliseconds: unlike a clock's, it is the same on a busy machine. Other tests of
 * the same process wait meanwhile, as long as the call gives nothing else a turn.
 */
export function processorMs(call: () => void): number {
  const before = process.cpuUsage();
  call();
  return process.cpuUsage(before).user / 1000;
}
