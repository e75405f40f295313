package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.AttachmentSeal;

/**
 * The sealed segments of one attachment on the disk, from the first on. Holds no key and no open
 * file; needs the memory of one segment. Reads may run beside one writer.
 *
 * @param size length of the attachment in bytes, before sealing
 */
record SealedFile(Path path, long size) {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** The number of segments in the whole file. */
  int segments() {
    return AttachmentSeal.segments(size);
  }

  /** The number of whole segments on the disk; their content is not checked. */
  int present() {
    try {
      long length = Files.size(path);
      long full = length / AttachmentSeal.SEALED_BYTES;
      int last = segments() - 1;
      boolean whole = length >= AttachmentSeal.sealedLength(size);
      return whole ? segments() : (int) Math.min(full, last);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("an attachment cannot be read", e);
    }
  }

  /** The sealed bytes of a segment; empty if they are not there. */
  Optional<byte[]> read(int segment) {
    ByteBuffer sealed = ByteBuffer.allocate(AttachmentSeal.sealedLength(size, segment));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long at = AttachmentSeal.sealedOffset(segment);
      while (sealed.hasRemaining()) {
        int read = channel.read(sealed, at + sealed.position());
        if (read < 0) {
          return Optional.empty();
        }
      }
      return Optional.of(sealed.array());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("an attachment cannot be read", e);
    }
  }

  /**
   * Writes sealed segments.
   *
   * @param sync whether they are durable on return
   */
  void write(int first, Iterable<byte[]> sealed, boolean sync) {
    try (FileChannel channel =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY)) {
      long at = AttachmentSeal.sealedOffset(first);
      for (byte[] segment : sealed) {
        ByteBuffer bytes = ByteBuffer.wrap(segment);
        while (bytes.hasRemaining()) {
          at += channel.write(bytes, at);
        }
      }
      if (sync) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an attachment cannot be written", e);
    }
  }

  /** Cuts off all from a segment on, durably. */
  void cut(int segment) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(AttachmentSeal.sealedOffset(segment));
      channel.force(true);
    } catch (NoSuchFileException e) {
      // Nothing to cut.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException("an attachment cannot be written", e);
    }
  }

  /**
   * Cuts off what a power loss may have left of the last writes.
   *
   * @param unsynced most segments that may have been written without being synced
   * @return the segments that are left; those among the last ones open
   */
  int mend(AttachmentSeal seal, int unsynced) {
    int present = present();
    int good = Math.max(0, present - unsynced);
    while (good < present && opens(seal, good)) {
      good++;
    }
    cut(good);
    return good;
  }

  private boolean opens(AttachmentSeal seal, int segment) {
    return read(segment).flatMap(bytes -> seal.open(segment, bytes)).isPresent();
  }

  /**
   * SHA-256 of a whole file.
   *
   * @param content of what was sealed
   * @param sealed of the bytes on the disk
   */
  record Hashes(ByteString content, ByteString sealed) {}

  /** The hashes; empty if a segment is missing or does not open. */
  Optional<Hashes> hashes(AttachmentSeal seal) {
    Sha256 content = new Sha256();
    Sha256 onDisk = new Sha256();
    for (int segment = 0; segment < segments(); segment++) {
      byte[] sealed = read(segment).orElse(new byte[0]);
      byte[] plain = seal.open(segment, sealed).orElse(null);
      if (plain == null) {
        return Optional.empty();
      }
      onDisk.update(sealed);
      content.update(plain);
      Arrays.fill(plain, (byte) 0);
    }
    return Optional.of(
        new Hashes(ByteString.copyFrom(content.digest()), ByteString.copyFrom(onDisk.digest())));
  }

  /** Removes it; nothing happens if it is not there. */
  void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException("an attachment cannot be removed", e);
    }
  }
}
