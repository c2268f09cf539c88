/** Before the scheme that a connection is opened for: how `connectToHost` comes through `createRequest`, as in Qt. */
export const PRECONNECT = 'preconnect-';
