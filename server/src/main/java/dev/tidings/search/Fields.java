package dev.tidings.search;

import java.nio.ByteBuffer;
import org.apache.lucene.index.Term;
import org.apache.lucene.util.BytesRef;

/// What the index knows of a message. Nothing can be read from it but words, places and names; what
/// was said stands in the log alone.
final class Fields {
  /// Its place: number of the conversation and seq.
  static final String ID = "id";

  /// Its words.
  static final String TEXT = "text";

  /// The number of the conversation, as a term.
  static final String LOG = "log";

  /// The users of a private conversation.
  static final String OF = "of";

  static final String FROM = "from";

  /// When it is over, if it will be.
  static final String EXPIRES = "expires";

  /// The number of the conversation, to be looked up.
  static final String NUMBER = "number";

  static final String SEQ = "seq";

  /// The seq, to be found by its range.
  static final String SEQS = "seqs";

  static final String TS = "ts";

  /// The edit that it says this since.
  static final String REV = "rev";

  private Fields() {}

  static Term id(long number, long seq) {
    byte[] bytes = ByteBuffer.allocate(16).putLong(number).putLong(seq).array();
    return new Term(ID, new BytesRef(bytes));
  }

  static BytesRef log(long number) {
    return new BytesRef(ByteBuffer.allocate(8).putLong(number).array());
  }
}
