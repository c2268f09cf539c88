import { supportsRequestStreams } from '../../../platform/common/fetch-upload.ts';
import { type Places, type Row, shown } from './outcome.ts';

/** The global object of a frame, whose classes are others than those of its page. */
type Realm = typeof globalThis;

/** What can be sent, made by the classes of another realm. */
export const realmBodies = (
  realm: Realm,
): Readonly<Record<string, () => Exclude<BodyInit, ReadableStream>>> => ({
  Blob: () => new realm.Blob(['x'], { type: 'a/b' }),
  File: () => new realm.File(['x'], 'f.txt'),
  FormData: () => {
    const data = new realm.FormData();
    data.set('a', 'b');
    data.set('f', new realm.File(['x'], 'f.txt'));
    return data;
  },
  URLSearchParams: () => new realm.URLSearchParams({ a: 'b' }),
  ArrayBuffer: () => new realm.Uint8Array([65]).buffer,
  Uint8Array: () => new realm.Uint8Array([65, 66]).subarray(1),
  DataView: () => new realm.DataView(new realm.Uint8Array([65, 66]).buffer, 1),
});

/** Objects of a frame are what they are to the fetch of its page. */
export const realmRows = (realm: Realm, { elsewhere, secure }: Places): readonly Row[] => {
  const echo = `${elsewhere}/echo`;
  return [
    ...Object.entries(realmBodies(realm)).map(
      ([name, body]): Row => [
        name,
        async (fetch) => shown(await fetch(echo, { method: 'POST', body: body() })),
      ],
    ),
    ['Request', async (fetch) => shown(await fetch(new realm.Request(echo, { method: 'POST', body: 'x' })))],
    ['URL', async (fetch) => shown(await fetch(new realm.URL(echo)))],
    ['Headers', async (fetch) => shown(await fetch(echo, { headers: new realm.Headers({ 'x-a': '1' }) }))],
    ['an object of fields', async (fetch) => shown(await fetch(echo, { headers: fieldsOf(realm) }))],
    [
      'ReadableStream',
      async (fetch) => {
        if (!supportsRequestStreams()) return 'this engine sends no streams';
        const body = new realm.Blob(['streamed']).stream();
        const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
        return shown(await fetch(`${secure}/echo`, init));
      },
    ],
    ['a signal that is aborted', async (fetch) => fetch(echo, { signal: realm.AbortSignal.abort() })],
    [
      'a signal that aborts a body',
      async (fetch) => {
        const controller = new realm.AbortController();
        const response = await fetch(`${elsewhere}/stall`, { signal: controller.signal });
        controller.abort();
        return response.text();
      },
    ],
    [
      'a signal in a Request of its own',
      async (fetch) => {
        const controller = new realm.AbortController();
        const request = new realm.Request(`${elsewhere}/stall`, { signal: controller.signal });
        const response = await fetch(request);
        controller.abort();
        return response.text();
      },
    ],
  ];
};

function fieldsOf(realm: Realm): Record<string, string> {
  const fields = new realm.Object() as Record<keyof never, unknown>;
  fields['x-a'] = '1';
  return fields as Record<string, string>;
}
