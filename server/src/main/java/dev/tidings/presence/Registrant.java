package dev.tidings.presence;

/// A connection as the registry knows it.
public interface Registrant {
  String user();

  /// A name the user gave this device, `""` if none.
  String device();

  /// A newer connection of the same device took its place. Called on the registry's lane.
  void replaced();
}
