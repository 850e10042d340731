package dev.tidings.search;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/// What a word is, in any language: where blanks stand between words, these (UAX #29); of Chinese,
/// Japanese, Korean, Thai and their like each two neighbouring signs, and in what was said each
/// single one too.
final class Words {
  /// Parts of a text that is sought: words, or pairs of signs.
  static final int PARTS_MAX = 64;

  private static final Analyzer SAID = analyzer(/* single= */ true);
  private static final Analyzer SOUGHT = analyzer(/* single= */ false);

  private Words() {}

  /// A text that cannot be sought.
  static final class NoText extends Exception {
    private static final long serialVersionUID = 1L;

    NoText(String rule) {
      super(rule);
    }
  }

  private static Analyzer analyzer(boolean single) {
    return new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        Tokenizer words = new StandardTokenizer();
        TokenStream pairs =
            new SignPairs(new CJKBigramFilter(new ASCIIFoldingFilter(words), ALL, single), single);
        return new TokenStreamComponents(words, pairs);
      }
    };
  }

  private static final int ALL =
      CJKBigramFilter.HAN
          | CJKBigramFilter.HIRAGANA
          | CJKBigramFilter.KATAKANA
          | CJKBigramFilter.HANGUL;

  /// For texts that went through [Folding].
  static Analyzer said() {
    return SAID;
  }

  /// Wants all words of `text`; those between quotes, and pairs of one run of signs, side by side.
  /// The text is no language: whatever it holds is a word or stands between words.
  ///
  /// @throws NoText if there is no word, or too many
  static Query all(String field, String text) throws NoText {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    String[] quoted = Folding.of(text).split("\"", -1);
    int parts = 0;
    for (int i = 0; i < quoted.length; i++) {
      // An odd number of quotes: the last one opens nothing.
      boolean together = i % 2 == 1 && i < quoted.length - 1;
      String[] pieces = together ? new String[] {quoted[i]} : quoted[i].split("\\s+", -1);
      for (String piece : pieces) {
        List<Part> found = parts(field, piece);
        parts += found.size();
        if (parts > PARTS_MAX) {
          throw new NoText("must have at most " + PARTS_MAX + " words");
        }
        if (!found.isEmpty()) {
          all.add(sideBySide(field, found), Occur.FILTER);
        }
      }
    }
    if (parts == 0) {
      throw new NoText("must have a word");
    }
    return all.build();
  }

  private record Part(BytesRef term, int position) {}

  private static List<Part> parts(String field, String piece) {
    List<Part> parts = new ArrayList<>();
    try (TokenStream stream = SOUGHT.tokenStream(field, new StringReader(piece))) {
      TermToBytesRefAttribute term = stream.getAttribute(TermToBytesRefAttribute.class);
      PositionIncrementAttribute step = stream.getAttribute(PositionIncrementAttribute.class);
      stream.reset();
      int position = -1;
      while (stream.incrementToken() && parts.size() <= PARTS_MAX) {
        position += step.getPositionIncrement();
        parts.add(new Part(BytesRef.deepCopyOf(term.getBytesRef()), position));
      }
      stream.end();
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory cannot be read", e);
    }
    return parts;
  }

  private static Query sideBySide(String field, List<Part> parts) {
    if (parts.size() == 1) {
      return new TermQuery(new Term(field, parts.getFirst().term()));
    }
    PhraseQuery.Builder phrase = new PhraseQuery.Builder();
    parts.forEach(part -> phrase.add(new Term(field, part.term()), part.position()));
    return phrase.build();
  }
}
