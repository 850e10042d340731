package dev.tidings.search;

import dev.tidings.engine.TextIndex.Stretch;
import java.io.IOException;
import java.util.Map;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;

/// What lies in some stretches of logs. It looks at each candidate, so another query should say
/// which these are.
final class StretchQuery extends Query {
  private final Map<Long, Stretch> logs;

  StretchQuery(Map<Long, Stretch> logs) {
    this.logs = logs;
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public ScorerSupplier scorerSupplier(LeafReaderContext context) throws IOException {
        NumericDocValues numbers = DocValues.getNumeric(context.reader(), Fields.NUMBER);
        NumericDocValues seqs = DocValues.getNumeric(context.reader(), Fields.SEQ);
        TwoPhaseIterator matches =
            new TwoPhaseIterator(numbers) {
              @Override
              public boolean matches() throws IOException {
                Stretch stretch = logs.get(numbers.longValue());
                return stretch != null
                    && seqs.advanceExact(numbers.docID())
                    && seqs.longValue() >= stretch.low()
                    && seqs.longValue() <= stretch.high();
              }

              @Override
              public float matchCost() {
                return 50; // a look-up in a map
              }
            };
        Scorer scorer = new ConstantScoreScorer(score(), mode, matches);
        return new DefaultScorerSupplier(scorer);
      }

      @Override
      public boolean isCacheable(LeafReaderContext context) {
        return false;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public String toString(String field) {
    return "stretches of " + logs.size() + " logs";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StretchQuery query && query.logs.equals(logs);
  }

  @Override
  public int hashCode() {
    return logs.hashCode();
  }
}
