package dev.tidings.testbed;

/// Something on the testbed itself went wrong, so that nothing was proved. The message says what.
public final class TestbedFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TestbedFailure(String message) {
    super(message);
  }

  public TestbedFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
