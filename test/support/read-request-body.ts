import type { RequestBody } from '../../src/message/body.ts';

/** The bytes of a request body as a text, opened once. */
export async function readRequestBody(body: RequestBody): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body.open()) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
