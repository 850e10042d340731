package dev.tidings.hub;

import dev.tidings.presence.Elsewhere;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What nodes tell each other beside the engine: who is where, which connections have to go, and
/// what is passed on without being kept. Called on any lane; never waits.
///
/// All nodes hear the same in the same order, each of its own too. What cannot be told, because
/// nobody can be reached for too long or too much waits, is given up: presence is told anew when it
/// can be, a publication is lost as its topic allows.
public interface OtherNodes extends Elsewhere {
  /// There is no other node.
  OtherNodes NONE =
      new OtherNodes() {
        @Override
        public boolean isAlone() {
          return true;
        }

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

        @Override
        public void kick(Kick kick) {
          // nobody to tell
        }

        @Override
        public void pass(List<Publication> publications) {
          // nobody to tell
        }
      };

  /// Whether nobody can ever hear.
  boolean isAlone();

  /// Connections on the other nodes have to go, too.
  void kick(Kick kick);

  /// Was published here, in this order, in topics without a log.
  void pass(List<Publication> publications);

  /// Whom the operator puts out.
  ///
  /// @param who a user, a connection or a token, see [Of]
  /// @param device of [Of#USER] only this one, `""` for all
  /// @param commit what has to be known before, 0 if nothing
  record Kick(Of of, String who, String device, long commit) {
    /// What is named.
    public enum Of {
      /// All connections of a user, or one device of his.
      USER,
      /// A connection by its name.
      CONNECTION,
      /// All connections with the token of this id.
      TOKEN,
      /// Connections of a user that may not stay, as the sanctions are.
      UNWELCOME
    }
  }

  /// Units of one topic.
  ///
  /// @param latest whether only the newest of each key matters there; it is one unit then
  /// @param key `""` if it has none
  /// @param units separated by line feeds; only to be read
  record Publication(String topic, boolean latest, String key, int count, byte[] units) {}

  /// What the other nodes say, in order. Called on one thread, which may be kept waiting a little.
  interface Listener {
    /// These users are on that node, since when.
    void on(String node, Map<String, Long> sinceMillis);

    /// These users are on that node no longer.
    void off(String node, Set<String> users);

    /// A connection of this device came to another node.
    void device(String user, String device);

    /// What this node said of a device has its place in the order, or never will. From any thread.
    void announced(String user, String device);

    /// Something was not heard: nobody knows what became of what this node said of devices.
    void forgetAnnounced();

    void kick(Kick kick);

    /// @param done called, on any thread, when every lane has it
    void passed(Publication publication, Runnable done);
  }
}
