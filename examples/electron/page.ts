/** The page: it has a client of the manager of the main process, and no network, cookies or cache of its own. */
import { NetworkError } from 'fairlead';
import { connectManager } from 'fairlead/electron/renderer';

interface Note {
  readonly title: string;
  readonly text: string;
}

const api = new URLSearchParams(location.search).get('api')!;
const client = connectManager();

const byId = <Kind extends HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;
const status = byId('status');

async function refresh(): Promise<void> {
  const reply = client.get(`${api}/notes`);
  const notes = await reply.json<Note[]>();
  byId('notes').replaceChildren(
    ...notes.map(({ title, text }) => {
      const item = document.createElement('li');
      item.textContent = `${title}: ${text}`;
      return item;
    }),
  );
  status.textContent = reply.sourceIsFromCache ? 'offline: what was there last' : `${notes.length} notes`;
}

async function logIn(form: HTMLFormElement): Promise<void> {
  const { user, password } = Object.fromEntries(new FormData(form));
  await client.post({ url: `${api}/login`, json: { user, password } }).completed;
  await refresh();
}

async function download(): Promise<void> {
  const reply = client.get(`${api}/report`);
  const progress = byId<HTMLProgressElement>('progress');
  reply.on('downloadProgress', (received, total) => {
    progress.value = total > 0 ? received / total : 0;
  });
  const { size } = await reply.blob();
  byId('size').textContent = `${size} bytes`;
}

/** What goes wrong is told in words. */
function telling(action: () => Promise<void>): () => void {
  return () => {
    action().catch((error: unknown) => {
      status.textContent = error instanceof NetworkError ? `${error.code}: ${error.message}` : String(error);
    });
  };
}

byId<HTMLFormElement>('login').addEventListener('submit', (event) => {
  event.preventDefault();
  telling(() => logIn(event.target as HTMLFormElement))();
});
byId('refresh').addEventListener('click', telling(refresh));
byId('download').addEventListener('click', telling(download));
