// One way to get at a response a second time, in a process of its own: `node contestant.mjs NAME ORIGIN DIRECTORY`. For
// each message `{ size, count, as }` it takes that many hits as `bytes` or `text`, and sends the microseconds of one: on the
// clock and of the processor.
import path from 'node:path';

const [name, origin, directory] = process.argv.slice(2);

async function through(makeCache) {
  const fairlead = await import('../../dist/internal.js');
  const manager = new fairlead.NetworkAccessManager({ cache: makeCache(fairlead) });
  return (size, as) => manager.get(`${origin}/${size}`)[as]();
}

/** Each loads what it needs and no more: a full collection takes as long as the heap is large. */
const contestants = {
  memory: () => through(({ MemoryCache }) => new MemoryCache()),
  disk: () => through(({ DiskCache }) => new DiskCache({ directory, maximumSize: 2 ** 30 })),
  undici: async () => {
    const { Agent, cacheStores, interceptors, request } = await import('undici');
    const dispatcher = new Agent().compose(interceptors.cache({ store: new cacheStores.MemoryCacheStore() }));
    return async (size, as) => {
      const { body } = await request(`${origin}/${size}`, { dispatcher });
      return as === 'text' ? body.text() : body.arrayBuffer();
    };
  },
  'make-fetch-happen': async () => {
    const { default: makeFetchHappen } = await import('make-fetch-happen');
    const happen = makeFetchHappen.defaults({ cachePath: directory });
    return async (size, as) => {
      const response = await happen(`${origin}/${size}`);
      return as === 'text' ? response.text() : response.buffer();
    };
  },
  'fs.readFile': async () => {
    const { readFile, writeFileSync } = await import('node:fs');
    for (const size of [1024, 64 * 1024, 1024 * 1024]) {
      writeFileSync(path.join(directory, String(size)), Buffer.alloc(size, 'x'));
    }
    return (size, as) =>
      new Promise((resolve, reject) => {
        readFile(path.join(directory, String(size)), as === 'text' ? 'utf8' : null, (error, data) =>
          error === null ? resolve(data) : reject(error),
        );
      });
  },
};

const hit = await contestants[name]();
process.on('message', async ({ size, count, as }) => {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < count; i++) await hit(size, as);
  const { user, system } = process.cpuUsage(cpu);
  process.send({ wall: ((performance.now() - wall) * 1000) / count, processor: (user + system) / count });
});
process.on('disconnect', () => process.exit());
