import http2 from 'node:http2';

export function create({ ca }) {
  let session;
  return {
    get: (url) =>
      new Promise((resolve, reject) => {
        const { origin, pathname } = new URL(url);
        session ??= http2.connect(origin, { ca });
        const stream = session.request({ ':path': pathname });
        const chunks = [];
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('end', () => resolve(Buffer.concat(chunks).toString().length));
        stream.on('error', reject);
      }),
    close: () => session?.close(),
  };
}
