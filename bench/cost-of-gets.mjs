const GETS = 4000;
const AT_ONCE = 6;

/** Microseconds of the processor for a GET of `url`, six at once. */
export async function costOfGets(manager, url) {
  let left = GETS;
  const worker = async () => {
    while (left-- > 0) await manager.get(url).text();
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / GETS;
}
