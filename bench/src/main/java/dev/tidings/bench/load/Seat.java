package dev.tidings.bench.load;

/// Who sits at a connection. Numbers begin at 0.
///
/// @param index its number among all connections of the run; each has another one
/// @param role what it is there for
/// @param conversation the one that a [Role#READER] hears, and that a [Role#SENDER] mostly sends to
public record Seat(int index, Role role, int conversation) {}
