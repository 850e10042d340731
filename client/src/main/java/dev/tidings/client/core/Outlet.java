package dev.tidings.client.core;

/// Where the core puts what the application shall see.
@FunctionalInterface
public interface Outlet {

  /// Takes the next delivery, in order, and returns at once. When the application is through with
  /// it, [ClientCore#delivered] is called with its weight.
  void hand(Delivery delivery);
}
