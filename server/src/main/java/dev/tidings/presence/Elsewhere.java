package dev.tidings.presence;

/// What the other nodes are to hear of who is here. Called on the registry's lane; never waits.
public interface Elsewhere {
  /// There is no other node.
  Elsewhere NOBODY =
      new Elsewhere() {
        @Override
        public void came(String user, long sinceMillis) {
          // nobody to tell
        }

        @Override
        public void left(String user) {
          // nobody to tell
        }

        @Override
        public boolean device(String user, String device) {
          return false;
        }
      };

  /// The first connection of `user` on this node is there.
  void came(String user, long sinceMillis);

  /// The last connection of `user` on this node has gone.
  void left(String user);

  /// A connection of this device is there, and replaces older ones on all nodes.
  ///
  /// @return whether it will be heard of in the order that all nodes share: then
  ///   [Registry#announced(String, String)] says so
  boolean device(String user, String device);
}
