package dev.tidings.search;

import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.engine.TextIndex.Finding;
import dev.tidings.engine.TextIndex.Place;
import dev.tidings.engine.TextIndex.Position;
import dev.tidings.engine.TextIndex.Wanted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexOrDocValuesQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;

/// The words of all messages, as Lucene keeps them. Written by one thread, searched by any.
///
/// It is sorted as results are, newest first: so a search ends when it has found enough, however
/// often a word is said.
final class IndexFolder implements AutoCloseable {
  /// Lucene says by this that it could use a module of Java that is not final yet. It is kept from
  /// the collector, or the level would be forgotten.
  private static final Logger SILENT = Logger.getLogger("org.apache.lucene.internal.vectorization");

  static {
    SILENT.setLevel(Level.SEVERE);
    IndexSearcher.setDefaultQueryCache(null); // no two users ask the same
  }

  private static final long MERGES_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final double BUFFER_MB = 4;
  private static final double SEGMENT_MB_MAX = 1_024;

  private static final Sort NEWEST_FIRST =
      new Sort(
          new SortField(Fields.TS, SortField.Type.LONG, /* reverse= */ true),
          new SortField(Fields.NUMBER, SortField.Type.LONG, /* reverse= */ true),
          new SortField(Fields.SEQ, SortField.Type.LONG, /* reverse= */ true));

  private final IndexWriter writer;
  private final SearcherManager searchers;

  /// Opens what is in `directory`, or begins there.
  ///
  /// @throws IOException also if it is damaged
  IndexFolder(Directory directory) throws IOException {
    ConcurrentMergeScheduler merges = new ConcurrentMergeScheduler();
    merges.setMaxMergesAndThreads(2, 1);
    IndexWriterConfig config =
        new IndexWriterConfig(Words.said())
            .setIndexSort(NEWEST_FIRST)
            .setRAMBufferSizeMB(BUFFER_MB)
            .setMergeScheduler(merges)
            .setMergePolicy(
                new TieredMergePolicy()
                    .setMaxMergedSegmentMB(SEGMENT_MB_MAX)
                    .setForceMergeDeletesPctAllowed(0))
            .setCommitOnClose(false);
    try {
      writer = new IndexWriter(directory, config);
    } catch (IllegalArgumentException e) { // sorted in another way, or by a codec that is not there
      throw new CorruptIndexException("not an index of this version", directory.toString(), e);
    }
    try {
      searchers = new SearcherManager(writer, null);
    } catch (IOException | RuntimeException | Error e) {
      writer.rollback();
      throw e;
    }
  }

  // What the one thread does.

  /// What was kept last.
  State state() {
    Iterable<Map.Entry<String, String>> kept = writer.getLiveCommitData();
    Map<String, String> words = new HashMap<>();
    if (kept != null) {
      kept.forEach(each -> words.put(each.getKey(), each.getValue()));
    }
    return State.of(words);
  }

  /// Begins anew.
  void clear() throws IOException {
    writer.deleteAll();
  }

  /// @param again whether it may be there, with other words
  void put(long number, ConversationId in, Entry message, boolean again) throws IOException {
    String text = Texts.of(message.data().json());
    Term id = Fields.id(number, message.seq());
    if (text.isBlank()) {
      if (again) {
        writer.deleteDocuments(id);
      }
      return;
    }
    Document document = new Document();
    document.add(new StringField(Fields.ID, id.bytes(), Field.Store.NO));
    document.add(new TextField(Fields.TEXT, Folding.of(text), Field.Store.NO));
    document.add(new StringField(Fields.LOG, Fields.log(number), Field.Store.NO));
    document.add(new StringField(Fields.FROM, message.from(), Field.Store.NO));
    if (in.kind() == ConversationId.Kind.PRIVATE) {
      in.forUsers(user -> document.add(new StringField(Fields.OF, user, Field.Store.NO)));
    }
    document.add(new NumericDocValuesField(Fields.NUMBER, number));
    document.add(new NumericDocValuesField(Fields.SEQ, message.seq()));
    document.add(new LongPoint(Fields.SEQS, message.seq()));
    document.add(new NumericDocValuesField(Fields.TS, message.tsMillis()));
    document.add(new NumericDocValuesField(Fields.REV, message.rev()));
    long expires = message.extras().expiresMillis();
    if (expires > 0) {
      document.add(new LongPoint(Fields.EXPIRES, expires));
    }
    if (again) {
      writer.updateDocument(id, document);
    } else {
      writer.addDocument(document);
    }
  }

  void remove(long number, long seq) throws IOException {
    writer.deleteDocuments(Fields.id(number, seq));
  }

  /// Removes what lies before `low`, the first entry that is kept.
  void removeBefore(long number, long low) throws IOException {
    removeIfAny(
        new BooleanQuery.Builder()
            .add(new TermQuery(new Term(Fields.LOG, Fields.log(number))), Occur.FILTER)
            .add(LongPoint.newRangeQuery(Fields.SEQS, 0, low - 1), Occur.FILTER)
            .build());
  }

  /// Removes what was over at that time.
  void removeExpired(long nowMillis) throws IOException {
    removeIfAny(LongPoint.newRangeQuery(Fields.EXPIRES, 0, nowMillis));
  }

  private void removeIfAny(Query query) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    boolean any;
    try {
      any = searcher.count(query) > 0;
    } finally {
      searchers.release(searcher);
    }
    if (any) {
      writer.deleteDocuments(query);
    }
  }

  /// Whether a message that is in the index still says these words.
  interface Says {
    boolean test(long number, long seq, long rev);
  }

  /// Holds everything against the log and removes what is not said there any more, from the files
  /// too. Ends early, with false, when `stop` says so.
  boolean audit(Says says, BooleanSupplier stop) throws IOException {
    show();
    IndexSearcher searcher = searchers.acquire();
    try {
      for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
        NumericDocValues numbers = DocValues.getNumeric(leaf.reader(), Fields.NUMBER);
        NumericDocValues seqs = DocValues.getNumeric(leaf.reader(), Fields.SEQ);
        NumericDocValues revs = DocValues.getNumeric(leaf.reader(), Fields.REV);
        for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
          if (stop.getAsBoolean()) {
            return false;
          }
          long number = numbers.advanceExact(doc) ? numbers.longValue() : 0;
          long seq = seqs.advanceExact(doc) ? seqs.longValue() : 0;
          long rev = revs.advanceExact(doc) ? revs.longValue() : 0;
          if (!says.test(number, seq, rev)) {
            remove(number, seq);
          }
        }
      }
    } finally {
      searchers.release(searcher);
    }
    return isRewritten(stop);
  }

  /// Has all files written anew that hold what was removed.
  private boolean isRewritten(BooleanSupplier stop) throws IOException {
    while (true) {
      writer.forceMergeDeletes(/* doWait= */ false);
      while (!writer.getMergingSegments().isEmpty()) { // also such as were under way already
        if (stop.getAsBoolean()) {
          return false;
        }
        LockSupport.parkNanos(this, MERGES_LOOK_NANOS);
      }
      show();
      IndexSearcher searcher = searchers.acquire();
      try {
        if (!searcher.getIndexReader().hasDeletions()) {
          return true;
        }
      } finally {
        searchers.release(searcher);
      }
    }
  }

  /// Lets searches find what was put.
  void show() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /// Keeps all of it, with how far it has come.
  void commit(State state) throws IOException {
    writer.setLiveCommitData(state.kept().entrySet());
    writer.commit();
  }

  /// Ends without keeping more than was kept.
  @Override
  public void close() throws IOException {
    try {
      searchers.close();
    } finally {
      writer.rollback();
    }
  }

  // What any thread may do.

  /// @param late whether it takes too long
  Finding find(Wanted wanted, boolean whole, BooleanSupplier late) throws IOException {
    Query query;
    try {
      query = query(wanted);
    } catch (Words.NoText e) {
      return new Finding.NoText(String.valueOf(e.getMessage()));
    }
    IndexSearcher ours = searchers.acquire();
    try {
      // A searcher of its own for each search: the time it may take is a property of it.
      IndexSearcher searcher = new IndexSearcher(ours.getIndexReader());
      searcher.setTimeout(late::getAsBoolean);
      ScoreDoc[] found =
          searcher.search(
                  query,
                  new TopFieldCollectorManager(
                      NEWEST_FIRST,
                      wanted.limit(),
                      behind(wanted.behind()),
                      /* totalHitsThreshold= */ 1))
              .scoreDocs;
      if (searcher.timedOut()) {
        return new Finding.NoText("takes too long to find: narrow the search");
      }
      List<Place> places = new ArrayList<>(found.length);
      for (ScoreDoc each : found) {
        Object[] key = ((FieldDoc) each).fields;
        Position position = new Position((long) key[0], (long) key[1], (long) key[2]);
        places.add(new Place(position, rev(searcher.getIndexReader(), each.doc)));
      }
      return new Finding.Places(places, whole);
    } finally {
      searchers.release(ours);
    }
  }

  private static FieldDoc behind(Position position) {
    Object[] key = {position.tsMillis(), position.number(), position.seq()};
    return new FieldDoc(Integer.MAX_VALUE, Float.NaN, key);
  }

  private static long rev(IndexReader reader, int doc) throws IOException {
    List<LeafReaderContext> leaves = reader.leaves();
    LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
    NumericDocValues revs = DocValues.getNumeric(leaf.reader(), Fields.REV);
    return revs.advanceExact(doc - leaf.docBase) ? revs.longValue() : 0;
  }

  private static Query query(Wanted wanted) throws Words.NoText {
    BooleanQuery.Builder where = new BooleanQuery.Builder();
    if (!wanted.reader().isEmpty()) {
      where.add(new TermQuery(new Term(Fields.OF, wanted.reader())), Occur.SHOULD);
    }
    if (!wanted.logs().isEmpty()) {
      List<BytesRef> numbers = wanted.logs().keySet().stream().map(Fields::log).toList();
      Query stretches = new StretchQuery(Map.copyOf(wanted.logs()));
      Query listed =
          new BooleanQuery.Builder()
              .add(new TermInSetQuery(Fields.LOG, numbers), Occur.FILTER)
              .add(stretches, Occur.FILTER)
              .build();
      where.add(new IndexOrDocValuesQuery(listed, stretches), Occur.SHOULD);
    }
    BooleanQuery.Builder query =
        new BooleanQuery.Builder()
            .add(Words.all(Fields.TEXT, wanted.text()), Occur.FILTER)
            .add(where.build(), Occur.FILTER);
    if (!wanted.from().isEmpty()) {
      query.add(new TermQuery(new Term(Fields.FROM, wanted.from())), Occur.FILTER);
    }
    return query.build();
  }
}
