package dev.tidings.client.model;

/// The last entry of a conversation that was handed to the application.
///
/// @param epoch names the log
/// @param seq 0 if none yet
public record Position(String epoch, long seq) {}
