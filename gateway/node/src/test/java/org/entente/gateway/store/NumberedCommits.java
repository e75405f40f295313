package org.entente.gateway.store;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Numbered commits over two tables, so that a lost, torn, changed or misplaced one shows. */
public final class NumberedCommits {
  private static final byte[] LAST = KeyBuilder.key().ascii("last").done();

  private NumberedCommits() {}

  /** Commits {@code from} to {@code to}, both included. */
  static void commit(Store store, int from, int to, int valueBytes, Durability durability) {
    for (int number = from; number <= to; number++) {
      store.commit(batch(store, number, valueBytes), durability);
    }
  }

  /** The commit of a number. */
  public static Batch batch(Store store, int number, int valueBytes) {
    byte[] key = KeyBuilder.key().u32(number).done();
    return store
        .batch()
        .put(Table.INBOX, key, value(number, valueBytes))
        .put(Table.CURSOR, LAST, key);
  }

  /** The last number committed, having checked that all before it are there, whole. */
  public static int count(Store store, int valueBytes) {
    int count = 0;
    try (Scan scan = store.scan(Table.INBOX, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        count++;
        assertEquals(count, KeyReader.of(scan.key()).u32(), "a hole");
        assertArrayEquals(value(count, valueBytes), scan.value(), "value of " + count);
        assertArrayEquals(scan.value(), store.get(Table.INBOX, scan.key()));
      }
    }
    byte[] last = store.get(Table.CURSOR, LAST);
    assertEquals(count, last == null ? 0 : KeyReader.of(last).u32(), "the two tables disagree");
    return count;
  }

  private static byte[] value(int number, int bytes) {
    byte[] value = new byte[bytes];
    new Random(number).nextBytes(value);
    return value;
  }

  /**
   * Copies the files of a store, open or not, as they are at one moment: what a killed process
   * leaves.
   */
  static Path copy(Path dir, Path to) {
    Map<Path, Long> sizes = Map.of();
    // What RocksDB writes and deletes meanwhile would give a mixture of two moments.
    while (!sizes.equals(sizes(dir))) {
      sizes = sizes(dir);
      try {
        Files.createDirectories(to);
        for (Path old : files(to, "")) {
          Files.delete(old);
        }
        for (Path file : sizes.keySet()) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      } catch (NoSuchFileException e) {
        sizes = Map.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return to;
  }

  private static Map<Path, Long> sizes(Path dir) {
    return files(dir, "").stream().collect(toMap(f -> f, f -> f.toFile().length()));
  }

  /** The files of a store with this ending, by age. */
  static List<Path> files(Path dir, String ending) {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(f -> f.getFileName().toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
