/** How to wake the streams that are open in this process, by stream id: an acknowledgement makes room in a window. */
export type OpenStreams = Map<string, () => void>;
