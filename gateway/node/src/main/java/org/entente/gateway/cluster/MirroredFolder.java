package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;

/**
 * This node's folder of attachments. Files and folder are for their owner only. Safe for many
 * threads.
 *
 * <p>Once a leader has asked for a file, no earlier leader changes it, whichever of the two this
 * node is: what the earlier one is writing ends first, and what it sends later is refused.
 *
 * <p>A folder whose disk is not mounted answers nothing, since "no such file" may end a file for
 * all.
 */
final class MirroredFolder implements FileNode {
  /** Bytes of one call. */
  static final int CALL_BYTES = 1 << 20;

  /** Ids of a message and an attachment. Nothing else becomes part of a path. */
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}(-[0-9a-f]{32})?");

  private static final int LOCKS = 64;

  private final Path folder;
  private final long room;
  private final LongSupplier term;
  private final KnownFolder known;

  /** The latest in which a leader has asked: Ratis may not know it yet. */
  private final AtomicLong latest = new AtomicLong();

  /** Held while a file is changed; by name. */
  private final List<Object> locks = Stream.generate(Object::new).limit(LOCKS).toList();

  /**
   * The folder, which is made if this node has had none.
   *
   * @param room bytes that stay free on its disk: what other machines send may not fill it
   * @param term the latest that this node knows of
   * @param mark a file on another disk if possible, which says that there is a folder
   */
  MirroredFolder(Path folder, long room, LongSupplier term, Path mark) {
    this.folder = folder;
    this.room = room;
    this.term = term;
    known = new KnownFolder(folder, mark);
    known.begin();
  }

  private Object lock(String name) {
    return locks.get(Math.floorMod(name.hashCode(), LOCKS));
  }

  /** On return, no earlier leader is at the file, and none will be. */
  private Path file(long asked, String name) throws IOException {
    synchronized (lock(name)) {
      requireTerm(asked);
    }
    if (!NAME.matcher(name).matches()) {
      throw new IOException("this is no name of an attachment");
    }
    requireFolder();
    return folder.resolve(name);
  }

  /**
   * Refuses a folder whose disk is not mounted.
   *
   * @throws IOException saying what to do
   */
  void requireFolder() throws IOException {
    known.require();
  }

  private void requireTerm(long asked) throws IOException {
    long known = latest.accumulateAndGet(Math.max(asked, term.getAsLong()), Math::max);
    if (asked < known) {
      throw new IOException("term " + asked + " is over: this node is in term " + known);
    }
  }

  @Override
  public Held held(long asked, String name, long bytes) throws IOException {
    Sha256 digest = new Sha256();
    try (FileChannel channel = FileChannel.open(file(asked, name), StandardOpenOption.READ)) {
      long length = channel.size();
      long end = Math.min(bytes, length);
      ByteBuffer buffer = ByteBuffer.allocate(CALL_BYTES);
      for (long at = 0; at < end; at += buffer.position()) {
        buffer.clear().limit((int) Math.min(CALL_BYTES, end - at));
        if (channel.read(buffer, at) <= 0) {
          throw new IOException("a file became shorter while it was read");
        }
        digest.update(buffer.array(), 0, buffer.position());
      }
      return held(length, digest);
    } catch (NoSuchFileException e) {
      return held(0, digest);
    }
  }

  private static Held held(long length, Sha256 digest) {
    return new Held(length, HexFormat.of().formatHex(digest.digest()));
  }

  @Override
  public void write(long asked, String name, long offset, byte[] bytes) throws IOException {
    synchronized (lock(name)) {
      write(file(asked, name), offset, bytes);
    }
  }

  /** Makes a change of this node itself, which leads in a term, unless a later one has begun. */
  void change(long asked, String name, Runnable change) throws IOException {
    synchronized (lock(name)) {
      Path unused = file(asked, name);
      change.run();
    }
  }

  private void write(Path file, long offset, byte[] bytes) throws IOException {
    if (bytes.length > 0 && Files.getFileStore(folder).getUsableSpace() - bytes.length < room) {
      throw new IOException("the disk of attachments.folder is full");
    }
    boolean isNew = !Files.exists(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      if (channel.size() < offset) {
        throw new IOException("the file has " + channel.size() + " bytes, not " + offset);
      }
      channel.truncate(offset);
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left, offset + left.position());
      }
      channel.force(true);
    }
    if (isNew) {
      syncNames();
    }
  }

  private void syncNames() throws IOException {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public byte[] read(long asked, String name, long offset, int most) throws IOException {
    try (FileChannel channel = FileChannel.open(file(asked, name), StandardOpenOption.READ)) {
      long left = Math.max(0, channel.size() - offset);
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(Math.min(most, CALL_BYTES), left));
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException("a file became shorter while it was read");
        }
      }
      return bytes.array();
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  @Override
  public Map<String, Long> files(long asked) throws IOException {
    requireTerm(asked);
    requireFolder();
    Map<String, Long> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        if (NAME.matcher(name).matches()) {
          found.put(name, Files.size(file));
        }
      }
    }
    return found;
  }

  @Override
  public void remove(long asked, List<String> names) throws IOException {
    for (String name : names) {
      synchronized (lock(name)) {
        Files.deleteIfExists(file(asked, name));
      }
    }
  }
}
