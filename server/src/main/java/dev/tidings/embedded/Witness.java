package dev.tidings.embedded;

import dev.tidings.engine.Store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file beside the store that says how far it had come: the position of the last commit that
/// returned.
///
/// Never synced, so it costs a copy into the page cache and may lag behind after power loss, but it
/// is never ahead. A store that opens below it has lost something that was confirmed: RocksDB alone
/// cannot tell a record that was not written to its end from one whose length was damaged.
final class Witness implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);

  private final FileChannel file;
  private final ByteBuffer row = ByteBuffer.allocate(2 * Long.BYTES);
  private boolean failing;

  private Witness(FileChannel file) {
    this.file = file;
  }

  static Witness open(Path path) throws IOException {
    return new Witness(
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /// The position last noted, 0 if none can be read: an empty file, or one half written.
  long position() throws IOException {
    row.clear();
    while (row.hasRemaining() && file.read(row, row.position()) > 0) {
      // a short read goes on behind it
    }
    return !row.hasRemaining() && row.getLong(0) == ~row.getLong(Long.BYTES) ? row.getLong(0) : 0;
  }

  /// Notes that everything up to `position` was committed. Called by the committing thread.
  void note(long position) {
    row.clear();
    row.putLong(position).putLong(~position).flip();
    try {
      while (row.hasRemaining()) {
        file.write(row, row.position());
      }
      failing = false;
    } catch (IOException e) {
      // An old note is still a true one, only a weaker proof.
      if (!failing) {
        LOG.warn("cannot note how far the store has come", e);
      }
      failing = true;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new StoreException("cannot close the note of how far the store has come", e);
    }
  }
}
