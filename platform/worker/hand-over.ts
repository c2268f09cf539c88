/** What a page says to a dedicated worker with a port for it. A SharedWorker has a port for each tab by itself. */
export const HAND_OVER = 'fairlead:connect';
