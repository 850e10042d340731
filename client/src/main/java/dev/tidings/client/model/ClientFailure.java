package dev.tidings.client.model;

/// Why a request did not succeed. The future of the request fails with one of these.
public abstract sealed class ClientFailure extends RuntimeException {

  private ClientFailure(String message) {
    super(message);
  }

  /// The server refused for good; the same request would fail again. Nothing was done.
  public static final class Refused extends ClientFailure {
    private final String code;

    /// @param code the wire's error code, such as `not_member`
    /// @param message for people
    public Refused(String code, String message) {
      super(code + ": " + message);
      this.code = code;
    }

    /// The wire's error code, such as `not_member`.
    public String code() {
      return code;
    }
  }

  /// It was attempted, no answer is known, and repeating is no longer safe or no longer possible.
  public static final class OutcomeUnknown extends ClientFailure {
    /// @param why what ended the attempts
    public OutcomeUnknown(String why) {
      super("outcome unknown: " + why);
    }
  }

  /// More requests wait than the client was allowed to keep. Nothing was attempted.
  public static final class QueueFull extends ClientFailure {
    /// @param waitingMax the bound that was reached
    public QueueFull(int waitingMax) {
      super("already " + waitingMax + " requests waiting");
    }
  }

  /// The client is closed. Nothing was attempted.
  public static final class ClientClosed extends ClientFailure {
    /// @param why the verdict
    public ClientClosed(String why) {
      super("client closed: " + why);
    }
  }
}
