package dev.tidings.auth;

import java.util.OptionalLong;

/// Whom a connection speaks for.
///
/// @param service a backend: may act for others (`as`) and needs no membership
/// @param expiresMillis Unix time from which this is no longer true; empty: never
public record Identity(String user, boolean service, Caps caps, OptionalLong expiresMillis) {}
