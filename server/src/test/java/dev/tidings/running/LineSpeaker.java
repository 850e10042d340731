package dev.tidings.running;

/// Speaks lines, as `nc` does.
public final class LineSpeaker extends Speaker {
  private final Wire wire;

  public LineSpeaker(Wire wire) {
    this.wire = wire;
  }

  @Override
  public LineSpeaker as(String user) {
    super.as(user);
    return this;
  }

  @Override
  public void say(String units) {
    wire.write(units + "\n");
  }

  @Override
  public void say(byte[] units) {
    byte[] line = new byte[units.length + 1];
    System.arraycopy(units, 0, line, 0, units.length);
    line[units.length] = '\n';
    wire.write(line);
  }

  @Override
  protected Unit hear() {
    return new Unit(wire.line());
  }

  @Override
  protected void assertEnded(int code) {
    wire.assertEnds(); // on a line only `bye` has the code
  }

  @Override
  public Wire wire() {
    return wire;
  }
}
