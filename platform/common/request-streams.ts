/**
 * Whether the fetch of this runtime streams request bodies. Without support a stream is turned into text, which brings a
 * Content-Type, and `duplex` is never read.
 *
 * Source: https://developer.chrome.com/docs/capabilities/web-apis/fetch-streaming-requests#feature_detection
 */
export function supportsRequestStreams(): boolean {
  let duplexRead = false;
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      duplexRead = true;
      return 'half';
    },
  };
  try {
    const { headers } = new Request('https://probe.invalid', init);
    return duplexRead && !headers.has('content-type');
  } catch {
    return false;
  }
}
