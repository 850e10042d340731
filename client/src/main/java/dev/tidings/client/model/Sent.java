package dev.tidings.client.model;

/// The server's `ok` to a send (docs/protocol.md §5).
///
/// @param in the conversation
/// @param epoch names the log; empty for a topic without log
/// @param seq the entry's place in the log; 0 for a topic without log
/// @param ts when it was appended, Unix milliseconds; 0 if not kept
/// @param level how safely it is kept, such as `disk`; empty for a topic without log
/// @param dup whether an earlier attempt had already been appended
public record Sent(String in, String epoch, long seq, long ts, String level, boolean dup) {}
