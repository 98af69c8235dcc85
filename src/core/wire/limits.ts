/** Longest text that anybody may send upward, in UTF-16 units; longer ones end the connection. */
export const MAX_TEXT_LENGTH = 4_096;
