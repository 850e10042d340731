package dev.tidings.engine;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// An engine around another one, for who has something of his own to say to what is asked and how
/// it ends, and nothing to the rest.
public abstract class ForwardingEngine implements Engine {
  /// The one inside.
  protected abstract Engine engine();

  @Override
  public String cursor(long commit, long nowMillis) {
    return engine().cursor(commit, nowMillis);
  }

  @Override
  public OptionalLong toldUpTo(String cursor, long nowMillis) {
    return engine().toldUpTo(cursor, nowMillis);
  }

  @Override
  public long commit() {
    return engine().commit();
  }

  @Override
  public Sanctions sanctions() {
    return engine().sanctions();
  }

  @Override
  public Map<String, String> channels() {
    return engine().channels();
  }

  @Override
  public List<String> erasing() {
    return engine().erasing();
  }

  @Override
  public Level level() {
    return engine().level();
  }

  @Override
  public String fault() {
    return engine().fault();
  }
}
