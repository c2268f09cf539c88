// One way to get at a response a second time, in a process of its own: `node contestant.mjs NAME ORIGIN DIRECTORY`. For
// each message `{ size, count, as, entries }` it takes that many hits as `bytes` or `text`, of so many entries in turn, and
// sends the microseconds of one: on the clock and of the processor.
import path from 'node:path';

const [name, origin, directory] = process.argv.slice(2);

async function through(makeCache) {
  const fairlead = await import('../../dist/internal.js');
  const manager = new fairlead.NetworkAccessManager({ cache: makeCache(fairlead) });
  return (place, as) => manager.get(origin + place)[as]();
}

/** Each loads what it needs and no more: a full collection takes as long as the heap is large. */
const contestants = {
  memory: () => through(({ MemoryCache }) => new MemoryCache()),
  disk: () => through(({ DiskCache }) => new DiskCache({ directory, maximumSize: 2 ** 30 })),
  undici: async () => {
    const { Agent, cacheStores, interceptors, request } = await import('undici');
    const dispatcher = new Agent().compose(interceptors.cache({ store: new cacheStores.MemoryCacheStore() }));
    return async (place, as) => {
      const { body } = await request(origin + place, { dispatcher });
      return as === 'text' ? body.text() : body.arrayBuffer();
    };
  },
  'make-fetch-happen': async () => {
    const { default: makeFetchHappen } = await import('make-fetch-happen');
    const happen = makeFetchHappen.defaults({ cachePath: directory });
    return async (place, as) => {
      const response = await happen(origin + place);
      return as === 'text' ? response.text() : response.buffer();
    };
  },
  'fs.readFile': async () => {
    const { readFile, promises } = await import('node:fs');
    const written = new Set();
    return async (place, as) => {
      const file = path.join(directory, place.replaceAll('/', '-'));
      if (!written.has(file)) await promises.writeFile(file, Buffer.alloc(Number(place.split('/')[1]), 'x'));
      written.add(file);
      return new Promise((resolve, reject) => {
        readFile(file, as === 'text' ? 'utf8' : null, (error, data) =>
          error === null ? resolve(data) : reject(error),
        );
      });
    };
  },
};

const hit = await contestants[name]();
process.on('message', async ({ size, count, as, entries }) => {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < count; i++) await hit(`/${size}/${i % entries}`, as);
  const { user, system } = process.cpuUsage(cpu);
  process.send({ wall: ((performance.now() - wall) * 1000) / count, processor: (user + system) / count });
});
process.on('disconnect', () => process.exit());
