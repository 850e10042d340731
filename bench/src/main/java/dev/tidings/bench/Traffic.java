package dev.tidings.bench;

/// What connections of the load do once they are live. Called on the loop; the bytes are valid
/// during the call only.
interface Traffic {
  /// Says nothing and expects to hear nothing.
  Traffic NONE =
      new Traffic() {
        @Override
        public void ok(LoadConnection connection, byte[] bytes, int from, int to) {
          throw new BenchFailure(connection.user() + " heard ok and had asked nothing");
        }

        @Override
        public void msg(LoadConnection connection, byte[] bytes, int from, int to) {
          throw new BenchFailure(connection.user() + " heard a message and nobody had sent one");
        }
      };

  void ok(LoadConnection connection, byte[] bytes, int from, int to);

  void msg(LoadConnection connection, byte[] bytes, int from, int to);
}
