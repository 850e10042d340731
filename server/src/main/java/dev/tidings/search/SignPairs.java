package dev.tidings.search;

import java.io.IOException;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;

/// Divides runs of Thai, Lao, Khmer and Burmese, in which no blanks stand between words, into pairs
/// of neighbouring signs; what [org.apache.lucene.analysis.cjk.CJKBigramFilter] does for others.
final class SignPairs extends TokenFilter {
  private static final String RUN =
      StandardTokenizer.TOKEN_TYPES[StandardTokenizer.SOUTHEAST_ASIAN];

  private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
  private final TypeAttribute type = addAttribute(TypeAttribute.class);
  private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
  private final boolean single;

  private String run = "";
  private int at;

  /// Whether the single sign at `at` was given, and its pair comes next, in the same place.
  private boolean pairNext;

  /// @param single whether each single sign is given too
  SignPairs(TokenStream input, boolean single) {
    super(input);
    this.single = single;
  }

  @Override
  public boolean incrementToken() throws IOException {
    if (at < run.length()) {
      return nextOfRun();
    }
    if (!input.incrementToken()) {
      return false;
    }
    if (!type.type().equals(RUN)) {
      return true;
    }
    run = term.toString();
    at = 0;
    pairNext = false;
    return nextOfRun();
  }

  private boolean nextOfRun() {
    int afterOne = run.offsetByCodePoints(at, 1);
    boolean isPaired = afterOne < run.length();
    if (pairNext || (isPaired && !single)) {
      int afterTwo = run.offsetByCodePoints(afterOne, 1);
      give(at, afterTwo, pairNext ? 0 : 1);
      at = !single && afterTwo == run.length() ? afterTwo : afterOne;
      pairNext = false;
    } else {
      give(at, afterOne, 1);
      pairNext = isPaired;
      at = isPaired ? at : afterOne;
    }
    return true;
  }

  private void give(int from, int to, int positions) {
    clearAttributes();
    term.append(run, from, to);
    type.setType(RUN);
    step.setPositionIncrement(positions);
  }

  @Override
  public void reset() throws IOException {
    super.reset();
    run = "";
    at = 0;
    pairNext = false;
  }
}
