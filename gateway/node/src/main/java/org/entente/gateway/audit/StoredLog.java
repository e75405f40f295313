package org.entente.gateway.audit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.IdWindow;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * The layout of the log in the store.
 *
 * <pre>
 *   AUDIT_NODE  level (1) ‖ index (8)      hash of a complete subtree (32)
 *   AUDIT_LEAF  index (8)                  {@link StoredLeaf}
 *   AUDIT_INDEX 1 (1) ‖ message id (16) ‖ log (4) ‖ index (8)   empty
 *   AUDIT_INDEX 2 (1) ‖ span (6) ‖ log (4) ‖ index (8)   ends of several message ids
 *   META        "audit/head"               version 1 (1) ‖ size (8) ‖ root (32)
 *   META        "audit/checkpoint"         the last signed note
 *   META        "audit/cosigned"           the last note that witnesses cosigned
 *   META        "audit/log"                number (4) of the gateway's log in force; absent: 1
 * </pre>
 *
 * Numbers are big-endian, so a tile is one stretch of keys. Logs after the first have {@code 0xff ‖
 * number (4)} before the keys of nodes and leaves, a prefix that no level or index has, and {@code
 * /<number>} after the names in META. So a log's data stays in place when another begins.
 *
 * <p>A leaf that names several messages of one {@link IdWindow} has one index entry for them. A
 * span has {@value #MOST_SHARED} such entries at most, so that no member that chooses its ids makes
 * the search for one of them slow; further messages have entries of their own.
 */
public final class StoredLog implements LogReader {

  static final String IN_STORE = "the checkpoint in the store";

  private static final int ONE = 1;
  private static final int SHARED = 2;

  /** Entries of several messages in one span, of which a start of the gateway begins new ones. */
  static final int MOST_SHARED = 64;

  /** Spans whose entries are counted. */
  private static final int SPANS = 4_096;

  private static final byte HEAD_VERSION = 1;
  private static final byte[] NOTHING = {};
  private static final int LATER_LOG = 0xff;
  private static final int HEAD_BYTES = 1 + Long.BYTES + TreeHash.BYTES;

  private final Store store;
  private final Path directory;
  private final CheckpointFile file;
  private final int number;

  /** Counts shared entries by span, for the one that appends. */
  private final Map<Long, Integer> shared =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
          return size() > SPANS;
        }
      };

  public StoredLog(Store store, Path directory, int number) {
    this.store = store;
    this.directory = directory;
    this.file = new CheckpointFile(directory, number);
    this.number = number;
  }

  /**
   * What is kept in this store, and in the audit directory beside it, of the gateway's log in
   * force.
   */
  public static StoredLog inForce(Store store, Path directory) {
    return new StoredLog(store, directory, numberInForce(store));
  }

  /** Which of the gateway's logs is in force, from 1. */
  public static int numberInForce(Store store) {
    byte[] value = store.get(Table.META, ascii("audit/log"));
    return value == null ? 1 : (int) KeyReader.of(value).u32();
  }

  /** Puts another log of the gateway in force. */
  static void putNumberInForce(Batch batch, int number) {
    batch.put(Table.META, ascii("audit/log"), KeyBuilder.key().u32(number).done());
  }

  int number() {
    return number;
  }

  Path directory() {
    return directory;
  }

  @Override
  public Optional<TreeHash> node(int level, long index) {
    return Optional.ofNullable(store.get(Table.AUDIT_NODE, nodeKey(level, index)))
        .filter(bytes -> bytes.length == TreeHash.BYTES)
        .map(TreeHash::of);
  }

  @Override
  public Optional<byte[]> leaf(long index) {
    return Optional.ofNullable(store.get(Table.AUDIT_LEAF, leafKey(index)));
  }

  @Override
  public Optional<TreeHead> head() {
    byte[] value = store.get(Table.META, headKey());
    if (value == null) {
      // A store that never had a leaf; one that lost its head still has leaf 0.
      return leaf(0).isEmpty() ? Optional.of(TreeHead.empty()) : Optional.empty();
    }
    if (value.length != HEAD_BYTES || value[0] != HEAD_VERSION || BigEndian.u64(value, 1) < 0) {
      return Optional.empty();
    }
    TreeHash root = TreeHash.of(Arrays.copyOfRange(value, 1 + Long.BYTES, HEAD_BYTES));
    return Optional.of(new TreeHead(BigEndian.u64(value, 1), root));
  }

  @Override
  public List<Copy> checkpoints() {
    List<Copy> copies = new ArrayList<>();
    // The file first: a running signer writes it last, so the later reads are not older.
    file.read().ifPresent(note -> copies.add(new Copy("the file " + file.path(), note)));
    checkpointInStore().ifPresent(note -> copies.add(new Copy(IN_STORE, note)));
    return copies;
  }

  Optional<byte[]> checkpointInStore() {
    return Optional.ofNullable(store.get(Table.META, checkpointKey()));
  }

  /**
   * Writes the file from the store, on a machine while others have signed: where it is missing, and
   * where the store continues it. By then the pair that signed the file may be replaced and
   * destroyed, and no verifier knows it. A file that the store does not continue stays, and refuses
   * the opening. Durable on return. What the store's note says is verified at the opening.
   *
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public void followCheckpoint() {
    Optional<byte[]> newest = checkpointInStore();
    Optional<byte[]> written = file.read();
    if (newest.isPresent() && (written.isEmpty() || continues(newest.get(), written.get()))) {
      file.write(newest.get());
    }
  }

  /**
   * The same log as a machine has it while others sign: its file counts only if the store does not
   * continue it. Otherwise it is missing, or as old as this machine's last lead.
   */
  public LogReader signedByOthers() {
    Optional<byte[]> newest = checkpointInStore();
    Optional<byte[]> written =
        file.read().filter(it -> newest.isEmpty() || !continues(newest.get(), it));
    List<Copy> copies = new ArrayList<>();
    written.ifPresent(it -> copies.add(new Copy("the file " + file.path(), it)));
    newest.ifPresent(it -> copies.add(new Copy("the checkpoint in this machine's copy", it)));
    return new LogCopy(this, copies);
  }

  /** Size of the log over which the file was signed, if the store holds less; not verified. */
  public OptionalLong sizeAhead() {
    long held = head().map(TreeHead::size).orElse(Long.MAX_VALUE);
    return file.read().flatMap(StoredLog::checkpoint).stream()
        .mapToLong(Checkpoint::size)
        .filter(size -> size > held)
        .findAny();
  }

  private boolean continues(byte[] newest, byte[] written) {
    Optional<Checkpoint> later = checkpoint(newest);
    Optional<Checkpoint> earlier = checkpoint(written);
    return later.isPresent()
        && earlier.isPresent()
        && later.get().origin().equals(earlier.get().origin())
        && later.get().size() >= earlier.get().size()
        && isRoot(earlier.get())
        && isRoot(later.get());
  }

  private boolean isRoot(Checkpoint one) {
    boolean held = head().filter(head -> head.size() >= one.size()).isPresent();
    return held && MerkleTree.root(one.size(), this).filter(one.root()::equals).isPresent();
  }

  private static Optional<Checkpoint> checkpoint(byte[] note) {
    return SignedNote.parse(note).asNote().flatMap(it -> Checkpoint.parse(it.text()));
  }

  CheckpointFile checkpointFile() {
    return file;
  }

  /** Makes everything committed so far durable, whatever the ledger's own durability is. */
  void sync() {
    store.commit(
        store.batch().put(Table.META, ascii("audit/format"), new byte[] {1}), Durability.SYNCED);
  }

  /** The last note cosigned by witnesses, as stored; readers verify it again. */
  Optional<byte[]> cosigned() {
    return Optional.ofNullable(store.get(Table.META, cosignedKey()));
  }

  void commitCosigned(byte[] note) {
    store.commit(store.batch().put(Table.META, cosignedKey(), note), Durability.SYNCED);
  }

  void commitCheckpoint(byte[] note) {
    store.commit(store.batch().put(Table.META, checkpointKey(), note), Durability.SYNCED);
  }

  void putNode(Batch batch, int level, long index, TreeHash hash) {
    batch.put(Table.AUDIT_NODE, nodeKey(level, index), hash.bytes());
  }

  void putLeaf(Batch batch, long index, StoredLeaf leaf) {
    batch.put(Table.AUDIT_LEAF, leafKey(index), leaf.encode(index));
  }

  /** Adds the index entries of a leaf's messages. */
  void putIndex(Batch batch, long index, AuditRecord record) {
    for (IdWindow window : IdWindow.of(record.subject().messages())) {
      List<MessageId> ids = window.ids();
      if (ids.size() > 1 && shared.merge(window.number(), 1, Integer::sum) <= MOST_SHARED) {
        batch.put(Table.AUDIT_INDEX, indexKey(sharedPrefix(ids.get(0)), index), window.ends());
      } else {
        ids.forEach(id -> batch.put(Table.AUDIT_INDEX, indexKey(prefix(id), index), NOTHING));
      }
    }
  }

  private byte[] indexKey(byte[] prefix, long index) {
    return KeyBuilder.key().bytes(prefix).u32(number).u64(index).done();
  }

  /** Before the leaves that have an entry for a message. */
  static byte[] prefix(MessageId id) {
    return KeyBuilder.key().u8(ONE).bytes(id.bytes()).done();
  }

  /** Before the leaves that have an entry for several messages of the same span. */
  static byte[] sharedPrefix(MessageId id) {
    return KeyBuilder.key().u8(SHARED).bytes(IdWindow.span(id)).done();
  }

  void putHead(Batch batch, TreeHead head) {
    byte[] value = new byte[HEAD_BYTES];
    value[0] = HEAD_VERSION;
    BigEndian.putU64(value, 1, head.size());
    System.arraycopy(head.root().bytes(), 0, value, 1 + Long.BYTES, TreeHash.BYTES);
    batch.put(Table.META, headKey(), value);
  }

  byte[] nodeKey(int level, long index) {
    return prefix().u8(level).u64(index).done();
  }

  byte[] leafKey(long index) {
    return prefix().u64(index).done();
  }

  private KeyBuilder prefix() {
    return number == 1 ? KeyBuilder.key() : KeyBuilder.key().u8(LATER_LOG).u32(number);
  }

  byte[] headKey() {
    return named("audit/head");
  }

  byte[] checkpointKey() {
    return named("audit/checkpoint");
  }

  private byte[] cosignedKey() {
    return named("audit/cosigned");
  }

  private byte[] named(String key) {
    return ascii(number == 1 ? key : key + '/' + number);
  }

  private static byte[] ascii(String key) {
    return KeyBuilder.key().ascii(key).done();
  }
}
