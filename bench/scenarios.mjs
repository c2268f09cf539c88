/**
 * What is measured. Each scenario names its peers (the first is the one that all ratios are against) and what fairlead is
 * meant to reach: `speed` at least, `cpu` at most, both against that first peer; `rss` in MiB at most; `over`: how many
 * times the speed of other peers. `inFlight` are callers that ask one after the other, over as many connections unless
 * `connections` says how many. `small` is measured in three phases (PHASES).
 */
const SMALL_PEERS = ['undici', 'fairlead', 'node-http', 'got', 'axios'];

export const SCENARIOS = [
  {
    name: 'GET 1 KB, 6 in flight',
    run: 'small',
    inFlight: 6,
    count: 24_000,
    peers: SMALL_PEERS,
    goal: { speed: 2, cpu: 0.5, over: { got: 7, axios: 7 } },
  },
  {
    name: 'GET 1 KB, 64 in flight',
    run: 'small',
    inFlight: 64,
    count: 24_000,
    peers: SMALL_PEERS,
    goal: { speed: 2, cpu: 0.5, over: { got: 7, axios: 7 } },
  },
  {
    name: 'GET 1 KB, 64 callers, six connections',
    run: 'small',
    inFlight: 64,
    connections: 6,
    count: 24_000,
    peers: ['undici', 'fairlead', 'node-http'],
    goal: { speed: 2, cpu: 0.5 },
  },
  {
    name: 'POST of a small JSON, 6 in flight',
    run: 'small',
    post: { name: 'Ada', tags: ['a', 'b'], count: 3 },
    inFlight: 6,
    count: 24_000,
    peers: ['undici', 'fairlead'],
    goal: { speed: 2, cpu: 0.5 },
  },
  {
    name: 'GET 1 KB over TLS, 6 in flight',
    run: 'small',
    secure: true,
    inFlight: 6,
    count: 24_000,
    peers: SMALL_PEERS,
    goal: { speed: 2, cpu: 0.5, over: { got: 7, axios: 7 } },
  },
  {
    name: 'GET 1 KB over TLS, 64 in flight',
    run: 'small',
    secure: true,
    inFlight: 64,
    count: 24_000,
    peers: SMALL_PEERS,
    goal: { speed: 2, cpu: 0.5, over: { got: 7, axios: 7 } },
  },
  {
    name: 'GET 1 KB over HTTP/2, 64 in flight',
    run: 'small',
    secure: true,
    http2: true,
    inFlight: 64,
    count: 16_000,
    peers: ['undici', 'fairlead', 'node-http2'],
    goal: { speed: 1.8, over: { 'node-http2': 0.8 } },
  },
  {
    name: 'download 512 MiB into a callback',
    run: 'download',
    peers: ['undici', 'fairlead'],
    goal: { speed: 2, rss: 90 },
  },
  {
    name: 'download 512 MiB, async iterator',
    run: 'iterate',
    peers: ['undici', 'fairlead'],
    goal: { speed: 1.2, rss: 90 },
  },
  { name: 'upload 512 MiB', run: 'upload', peers: ['undici', 'fairlead'], goal: { speed: 1.3, rss: 80 } },
  {
    name: '10 000 queued at once',
    run: 'queued',
    inFlight: 6,
    count: 10_000,
    peers: ['undici', 'fairlead'],
    goal: { speed: 1.8, bytes: 1000 },
  },
  {
    name: 'five redirects',
    run: 'redirects',
    inFlight: 6,
    count: 4_000,
    // As many requests as go before the steady phase of small ones.
    warmUp: 1.5,
    peers: ['undici', 'fairlead'],
    goal: { speed: 1.8 },
  },
  {
    name: 'fetch 1 KB, 64 in flight',
    run: 'small',
    inFlight: 64,
    count: 16_000,
    peers: ['global-fetch', 'fairlead-fetch', 'ky', 'node-fetch'],
    goal: { speed: 3 },
  },
  { name: 'import', run: 'import', peers: ['undici', 'fairlead'], goal: { cpu: 0.4 } },
];

export const DOWNLOAD_BYTES = 512 * 1024 * 1024;

/**
 * The phases of a process that makes small requests, by the number of the answer: from its start to the 200th (the start
 * of Node and the import included), from the 2 000th to the 32 000th, by which V8 has optimised the last of the code on every Node, and
 * `count` of them from there on.
 */
export const PHASES = {
  cold: [0, 200],
  warming: [2_000, 32_000],
  steady: [32_000, Number.POSITIVE_INFINITY],
};

/** What `--brief` leaves of a scenario: its first peer and fairlead, and less of each. */
export function inBrief(scenario) {
  const isKept = (peer, index) => index === 0 || peer.startsWith('fairlead');
  const { over: _over, ...goal } = scenario.goal;
  return { ...scenario, goal, share: 0.25, peers: scenario.peers.filter(isKept) };
}
