/** Port of the web shell where none is named. Apart from the server, so that a command line need not load it. */
export const defaultWebPort = 4870
