package org.entente.gateway.retention;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.entente.proto.store.v1.ErasureRecord;

/**
 * Journal of erasures, in a file outside the ledger and its backups: a ledger restored from before
 * an erasure is compared with it, so that no erased message is served again. Holds ids and times,
 * no content.
 *
 * <p>A record is on the disk (fsync) when {@link #append} returns. An incomplete last record, or
 * zeros after the last one, are cut off, since that erasure had not begun; with other damage the
 * journal does not open. Records of buckets that have ended are dropped at opening: their keys are
 * gone, so nothing is left to erase. Records are read one by one and never all in memory. Safe for
 * many threads.
 *
 * <pre>
 * u32 length · u32 CRC-32C of the length · u32 CRC-32C of the record · ErasureRecord, and so on
 * </pre>
 */
public final class ErasureJournal implements AutoCloseable {
  private static final int PREFIX_BYTES = 12;
  private static final int MOST_BYTES = 4_096;
  private static final int PAGE = 1_000;

  private final Path path;
  private final Others others;

  /** An interrupt of a thread that writes closes it. */
  private FileChannel file;

  private boolean closed;

  /** Bytes of the records at opening. */
  private long bytesAtOpening;

  /** Bytes of the records that are durable. */
  private long length;

  private ErasureJournal(Path path, FileChannel file, Others others) {
    this.path = path;
    this.file = file;
    this.others = others;
  }

  /** The journals of the other machines of a cluster. */
  public interface Others {
    /** Those of a gateway that runs on one machine. */
    Others NONE = records -> {};

    /**
     * Has each of them take the records.
     *
     * @param records each as {@link #append(byte[])} takes it
     * @throws IOException naming one that may not have them on its disk
     */
    void append(List<ByteString> records) throws IOException;
  }

  /** Takes records. */
  interface Records {
    void take(ErasureRecord record) throws IOException;
  }

  /** Takes records, some at a time. */
  private static final class Pages implements Records {
    private final int size;
    private final PageUse use;
    private final List<ErasureRecord> page = new ArrayList<>();

    Pages(int size, PageUse use) {
      this.size = size;
      this.use = use;
    }

    @Override
    public void take(ErasureRecord record) throws IOException {
      page.add(record);
      if (page.size() == size) {
        end();
      }
    }

    void end() throws IOException {
      if (!page.isEmpty()) {
        use.take(List.copyOf(page));
        page.clear();
      }
    }
  }

  /** Takes a page of records. */
  interface PageUse {
    void take(List<ErasureRecord> page) throws IOException;
  }

  /**
   * Opens a journal, or creates an empty one.
   *
   * @param today days since 1970; records that ended earlier are dropped
   * @throws IOException if it is damaged or the disk fails
   */
  public static ErasureJournal open(Path path, long today) throws IOException {
    return opened(path, today, Others.NONE);
  }

  /**
   * The same on a machine of a cluster, which may follow for long: what has ended is told by its
   * own clock and by the newest erasure, whichever is earlier. Nothing checks the clock of a
   * machine that follows, nor that of the leader when it stamps an erasure.
   */
  public static ErasureJournal open(Path path, long today, Others others) throws IOException {
    AtomicLong newest = new AtomicLong();
    if (Files.exists(path)) {
      read(path, Long.MAX_VALUE, record -> newest.accumulateAndGet(record.getAtMs(), Math::max));
    }
    return opened(path, Math.min(today, Duration.ofMillis(newest.get()).toDays()), others);
  }

  private static ErasureJournal opened(Path path, long today, Others others) throws IOException {
    Path next = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(next);
    FileChannel file =
        FileChannel.open(
            next,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    boolean opened = false;
    try {
      ErasureJournal journal = new ErasureJournal(path, file, others);
      if (Files.exists(path)) {
        Pages living = new Pages(PAGE, journal::write);
        read(
            path,
            Long.MAX_VALUE,
            record -> {
              if (record.getBucketDay() >= today) {
                living.take(record);
              }
            });
        living.end();
      }
      journal.bytesAtOpening = file.position();
      journal.length = file.position();
      file.force(true);
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(path);
      opened = true;
      return journal;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private static void syncFolder(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder)) {
        channel.force(true);
      }
    }
  }

  /** Reads record by record, since a journal can be larger than the memory. */
  private static void read(Path path, long end, Records records) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      long at = 0;
      byte[] prefix = in.readNBytes(PREFIX_BYTES);
      while (at < end && prefix.length == PREFIX_BYTES) {
        ByteBuffer head = ByteBuffer.wrap(prefix);
        int length = head.getInt();
        boolean lengthHolds = head.getInt() == sum(lengthBytes(length));
        if (!lengthHolds || length < 0 || length > MOST_BYTES) {
          if (isZero(prefix) && isZero(in)) {
            return;
          }
          throw damaged(path, at);
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
          return;
        }
        records.take(record(path, at, bytes, head.getInt()));
        at += PREFIX_BYTES + length;
        prefix = in.readNBytes(PREFIX_BYTES);
      }
    }
  }

  private static ErasureRecord record(Path path, long at, byte[] bytes, int sum)
      throws IOException {
    if (sum(bytes) != sum) {
      throw damaged(path, at);
    }
    try {
      return ErasureRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(path, at);
    }
  }

  private static boolean isZero(byte[] bytes) {
    for (byte one : bytes) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(InputStream in) throws IOException {
    byte[] part = in.readNBytes(MOST_BYTES);
    while (part.length > 0) {
      if (!isZero(part)) {
        return false;
      }
      part = in.readNBytes(MOST_BYTES);
    }
    return true;
  }

  private static byte[] lengthBytes(int length) {
    return ByteBuffer.allocate(4).putInt(length).array();
  }

  private static IOException damaged(Path path, long at) {
    return new IOException(path + " is damaged at byte " + at);
  }

  private static int sum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }

  /**
   * Reads the records at opening, oldest first.
   *
   * @param page most records that are in memory at a time
   * @throws IOException if the disk fails
   */
  void atOpening(int page, PageUse use) throws IOException {
    Pages pages = new Pages(page, use);
    read(path, bytesAtOpening, pages);
    pages.end();
  }

  /**
   * Adds erasures durably, in one write.
   *
   * @throws IOException if they could not be written; none of the erasures may proceed then
   */
  public synchronized void append(List<ErasureRecord> erasures) throws IOException {
    if (!file.isOpen() && !closed) {
      file = FileChannel.open(path, StandardOpenOption.WRITE);
    }
    // An incomplete record of a failed call would look like damage once another follows.
    file.truncate(length).position(length);
    write(erasures);
    file.force(false);
    length = file.position();
  }

  /**
   * Adds erasures durably to the journals of the other machines.
   *
   * @throws IOException if one of them may not have them
   */
  void appendElsewhere(List<ErasureRecord> erasures) throws IOException {
    others.append(delimited(erasures));
  }

  private static List<ByteString> delimited(List<ErasureRecord> erasures) throws IOException {
    List<ByteString> records = new ArrayList<>();
    for (ErasureRecord erasure : erasures) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      erasure.writeDelimitedTo(bytes);
      records.add(ByteString.copyFrom(bytes.toByteArray()));
    }
    return records;
  }

  /**
   * Has another machine's journal, which may be new, take all records that are durable here when
   * the call begins. Others may be added meanwhile.
   *
   * @throws IOException if they cannot be read, or may not be on the disk there
   */
  public void sendTo(Others other) throws IOException {
    Pages pages = new Pages(PAGE, page -> other.append(delimited(page)));
    read(path, durableBytes(), pages);
    pages.end();
  }

  private synchronized long durableBytes() {
    return length;
  }

  /**
   * Adds erasures of another machine durably, in one write.
   *
   * @param records as that one's {@link Others} got them
   * @throws IOException if they are no such records, or could not be written
   */
  public void append(byte[] records) throws IOException {
    List<ErasureRecord> erasures = new ArrayList<>();
    InputStream in = new ByteArrayInputStream(records);
    for (ErasureRecord next = ErasureRecord.parseDelimitedFrom(in);
        next != null;
        next = ErasureRecord.parseDelimitedFrom(in)) {
      if (next.getSerializedSize() > MOST_BYTES) {
        throw new IOException("an erasure record of " + next.getSerializedSize() + " bytes");
      }
      erasures.add(next);
    }
    append(erasures);
  }

  private void write(List<ErasureRecord> erasures) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ErasureRecord erasure : erasures) {
      bytes.writeBytes(encoded(erasure));
    }
    ByteBuffer records = ByteBuffer.wrap(bytes.toByteArray());
    while (records.hasRemaining()) {
      file.write(records);
    }
  }

  private static byte[] encoded(ErasureRecord erasure) {
    byte[] bytes = erasure.toByteArray();
    return ByteBuffer.allocate(PREFIX_BYTES + bytes.length)
        .putInt(bytes.length)
        .putInt(sum(lengthBytes(bytes.length)))
        .putInt(sum(bytes))
        .put(bytes)
        .array();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    file.close();
  }
}
