package org.entente.gateway.feature.search;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;

/**
 * A Lucene index in memory that is never written to disk. For each message it holds its index terms
 * and its place, but no readable text.
 *
 * <p>Changes are visible after {@link #refresh}. Safe for use by several threads; its creator
 * closes it.
 */
final class MessageIndex implements AutoCloseable {
  private static final String PLACE = "place";
  private static final String RECEIVED = "received";
  private static final String EXERCISE = "exercise";
  private static final String LANE = "lane";
  private static final String KIND = "kind";
  private static final String CATEGORY = "category";
  private static final String JURISDICTION = "jurisdiction";
  private static final String ORIGIN = "origin";
  private static final String SEVERITY = "severity";
  private static final String SUBJECT = "subject";
  private static final String HEADLINE = "headline";
  private static final String ANSWERS = "answers";
  private static final String SHARE = "share";

  /** Characters of terms and words for which a message counts once more. */
  static final int SHARE_CHARACTERS = 640;

  /** What a term takes beside its characters. */
  private static final int TERM_OVERHEAD = 8;

  private static final double BUFFER_MIB = 16;
  private static final Sort NEWEST = new Sort(new SortField(PLACE, SortField.Type.LONG, true));
  private static final Sort OLDEST =
      new Sort(
          new SortField(PLACE, SortField.Type.LONG),
          new SortField(RECEIVED, SortField.Type.LONG),
          new SortField(SHARE, SortField.Type.LONG));
  private static final FieldType WORDS = words();

  private final IndexWriter writer;
  private final SearcherManager searchers;

  private interface Use<T> {
    T with(IndexSearcher searcher) throws IOException;
  }

  private interface Change {
    void make() throws IOException;
  }

  /** Caches no results, since these would outlive erased messages. */
  private static final class NoQueryCache extends SearcherFactory {
    @Override
    public IndexSearcher newSearcher(IndexReader reader, IndexReader previous) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      return searcher;
    }
  }

  /** An empty index. */
  MessageIndex() {
    TieredMergePolicy merging = new TieredMergePolicy();
    merging.setForceMergeDeletesPctAllowed(0);
    IndexWriterConfig config =
        new IndexWriterConfig(WordTokenizer.analyzer())
            .setMergePolicy(merging)
            .setMergeScheduler(new SerialMergeScheduler())
            .setRAMBufferSizeMB(BUFFER_MIB)
            .setCommitOnClose(false);
    try {
      writer = new IndexWriter(new ByteBuffersDirectory(), config);
      searchers = new SearcherManager(writer, new NoQueryCache());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FieldType words() {
    FieldType type = new FieldType();
    type.setTokenized(true);
    type.setOmitNorms(true);
    type.setIndexOptions(IndexOptions.DOCS);
    type.freeze();
    return type;
  }

  /**
   * Adds a message at its place.
   *
   * @return its share of the index: 1 for each {@value #SHARE_CHARACTERS} characters begun
   */
  int add(InboxPosition place, InboxRecord record, Label label, Body body) {
    Document document = new Document();
    number(document, PLACE, place.number());
    number(document, RECEIVED, record.getReceivedAtMs());
    term(document, EXERCISE, Boolean.toString(record.getExercise()));
    term(document, LANE, Integer.toString(place.lane().number()));
    term(document, KIND, Integer.toString(label.getKindValue()));
    term(document, CATEGORY, Integer.toString(label.getCategoryValue()));
    term(document, ORIGIN, record.getOrigin());
    document.add(new SortedDocValuesField(ORIGIN, new BytesRef(record.getOrigin())));
    document.add(new IntPoint(SEVERITY, label.getSeverityValue()));
    label.getJurisdictionsList().forEach(code -> term(document, JURISDICTION, code));
    if (!label.getInReplyTo().isEmpty()) {
      term(document, ANSWERS, hex(label.getInReplyTo()));
    }
    List<String> subjects = IndexTerms.indexed(label, body);
    subjects.forEach(subject -> term(document, SUBJECT, subject));
    List<String> headlines = headlines(body).stream().map(WordTokenizer::plain).toList();
    headlines.forEach(text -> document.add(new Field(HEADLINE, text, WORDS)));
    int share = share(subjects, headlines);
    document.add(new NumericDocValuesField(SHARE, share));
    change(() -> writer.addDocument(document));
    return share;
  }

  private static int share(List<String> subjects, List<String> headlines) {
    int characters =
        subjects.stream().mapToInt(term -> term.length() + TERM_OVERHEAD).sum()
            + headlines.stream().mapToInt(String::length).sum();
    return 1 + characters / SHARE_CHARACTERS;
  }

  /** The share of each origin in the index, as of the last refresh. */
  Map<String, Long> shares() {
    return use(
        searcher -> {
          Map<String, Long> shares = new HashMap<>();
          for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            shares(leaf.reader())
                .forEach((origin, share) -> shares.merge(origin, share, Long::sum));
          }
          return shares;
        });
  }

  private static Map<String, Long> shares(LeafReader reader) throws IOException {
    SortedDocValues origins = DocValues.getSorted(reader, ORIGIN);
    NumericDocValues shares = DocValues.getNumeric(reader, SHARE);
    Bits live = reader.getLiveDocs();
    long[] sums = new long[origins.getValueCount()];
    for (int one = origins.nextDoc();
        one != DocIdSetIterator.NO_MORE_DOCS;
        one = origins.nextDoc()) {
      if ((live == null || live.get(one)) && shares.advanceExact(one)) {
        sums[origins.ordValue()] += shares.longValue();
      }
    }
    Map<String, Long> out = new HashMap<>();
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] > 0) {
        out.put(origins.lookupOrd(i).utf8ToString(), sums[i]);
      }
    }
    return out;
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private static void number(Document document, String field, long value) {
    document.add(new LongPoint(field, value));
    document.add(new NumericDocValuesField(field, value));
  }

  private static void term(Document document, String field, String value) {
    document.add(new StringField(field, value, Field.Store.NO));
  }

  private static List<String> headlines(Body body) {
    return switch (body.getContentCase()) {
      case ALERT -> body.getAlert().getTextsList().stream().map(AlertText::getHeadline).toList();
      case INTELLIGENCE -> List.of(body.getIntelligence().getHeadline());
      case DOCUMENT -> List.of(body.getDocument().getName());
      case REQUEST -> List.of(body.getRequest().getQuestion());
      case OPERATION_UPDATE -> updates(body.getOperationUpdate());
      case ANSWER,
          FEEDBACK,
          EVIDENCE,
          RECALL,
          CONSENT,
          RESPONDERS,
          ROSTER,
          CHARGE,
          CONTENT_NOT_SET ->
          List.of();
    };
  }

  private static List<String> updates(OperationUpdate update) {
    return update.getTasksList().stream().map(OperationTask::getTitle).toList();
  }

  /** Removes the messages at these places, given as {@link InboxPosition#number}. */
  void remove(Collection<Long> places) {
    change(() -> writer.deleteDocuments(LongPoint.newSetQuery(PLACE, places)));
  }

  /**
   * Removes the oldest messages of an origin and refreshes the index.
   *
   * @param share how much of the index they hold together, at least
   * @return messages of this origin received before this time, milliseconds since 1970, are not in
   *     the index
   */
  long removeOldest(String origin, long share) {
    refresh();
    int most = (int) Math.min(share, Integer.MAX_VALUE - 1);
    return use(
        searcher -> {
          ScoreDoc[] oldest = searcher.search(is(ORIGIN, origin), most + 1, OLDEST).scoreDocs;
          long freed = 0;
          int count = 0;
          while (count < oldest.length && freed < share) {
            freed += value((FieldDoc) oldest[count], 2);
            count++;
          }
          if (count == 0) {
            return Long.MIN_VALUE;
          }
          FieldDoc last = (FieldDoc) oldest[count - 1];
          BooleanQuery.Builder gone = new BooleanQuery.Builder();
          and(gone, is(ORIGIN, origin));
          and(gone, LongPoint.newRangeQuery(PLACE, 0, value(last, 0)));
          writer.deleteDocuments(gone.build());
          searchers.maybeRefreshBlocking();
          return count < oldest.length ? value((FieldDoc) oldest[count], 1) : value(last, 1) + 1;
        });
  }

  private static long value(FieldDoc found, int field) {
    return (Long) found.fields[field];
  }

  /**
   * Places of the messages found, newest first.
   *
   * @param before only places with a smaller number
   * @param most most places to return
   */
  List<InboxPosition> find(SearchCriteria sought, long before, int most) {
    Query query = query(sought, before);
    return use(
        searcher -> {
          List<InboxPosition> out = new ArrayList<>();
          for (ScoreDoc found : searcher.search(query, most, NEWEST).scoreDocs) {
            out.add(InboxPosition.of(value((FieldDoc) found, 0)));
          }
          return out;
        });
  }

  private static Query query(SearchCriteria sought, long before) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    and(all, LongPoint.newRangeQuery(PLACE, 0, before - 1));
    and(all, LongPoint.newRangeQuery(RECEIVED, sought.fromMillis(), sought.toMillis() - 1));
    and(all, is(EXERCISE, Boolean.toString(sought.filter().getExercise())));
    any(all, LANE, texts(sought.filter().getLanesValueList()));
    any(all, KIND, texts(sought.filter().getKindsValueList()));
    any(all, CATEGORY, texts(sought.filter().getCategoriesValueList()));
    any(all, JURISDICTION, sought.filter().getJurisdictionsList());
    any(all, ORIGIN, sought.filter().getOriginsList());
    int severity = sought.filter().getMinimumSeverityValue();
    if (severity > 0) {
      and(all, IntPoint.newRangeQuery(SEVERITY, severity, Integer.MAX_VALUE));
    }
    if (!sought.inReplyTo().isEmpty()) {
      and(all, is(ANSWERS, hex(sought.inReplyTo())));
    }
    sought.terms().forEach(term -> and(all, is(SUBJECT, term)));
    any(all, SUBJECT, sought.anyOf());
    sought.words().forEach(word -> and(all, is(HEADLINE, word)));
    return all.build();
  }

  private static List<String> texts(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).toList();
  }

  private static Query is(String field, String value) {
    return new TermQuery(new Term(field, value));
  }

  private static void any(BooleanQuery.Builder all, String field, List<String> values) {
    if (!values.isEmpty()) {
      and(all, new TermInSetQuery(field, values.stream().map(BytesRef::new).toList()));
    }
  }

  private static void and(BooleanQuery.Builder all, Query query) {
    all.add(query, BooleanClause.Occur.FILTER);
  }

  /** Messages in the index at the last refresh. */
  int size() {
    return use(searcher -> searcher.getIndexReader().numDocs());
  }

  /** Makes changes visible. */
  void refresh() {
    change(searchers::maybeRefreshBlocking);
  }

  /**
   * Merges removed messages away, so that memory keeps only what a running search still reads.
   * Takes as long as rewriting those segments.
   */
  void purge() {
    change(() -> writer.forceMergeDeletes(true));
    refresh();
  }

  /** Whether removed messages are still in memory, as of the last refresh. */
  boolean holdsRemoved() {
    return use(searcher -> searcher.getIndexReader().hasDeletions());
  }

  private <T> T use(Use<T> use) {
    try {
      IndexSearcher searcher = searchers.acquire();
      try {
        return use.with(searcher);
      } finally {
        searchers.release(searcher);
      }
    } catch (IOException e) {
      // The directory is in memory, so this cannot happen.
      throw new UncheckedIOException(e);
    }
  }

  private static void change(Change change) {
    try {
      change.make();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    change(searchers::close);
    change(writer::rollback);
  }
}
